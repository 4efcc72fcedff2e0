"""The numbers by which written sentences are checked; `weights.json` has them."""

from __future__ import annotations

from dataclasses import dataclass

from rag.ranking.linear_weights import PerLanguage, Weights


@dataclass(frozen=True, slots=True)
class NumberTolerances:
    """By how much a number of a written sentence may differ from the cited one.

    Attributes:
        bounds: The share, where a word says that it is about right ("about") or a limit ("least",
            "most").
        in_words: The same for a share in words that is about right: nearly half.
        calendar: The share by which durations in other units may differ: months have 30 days or 31.
        fraction: The share by which a third of a number may differ from one with few decimals.
        rounded_digits: The digits from which a number may be rounded without such a word.
        printed_share: In per cent, by how much less than that a share with one decimal differs from
            the exact one.
        least_changed: The least of two numbers of which one may be a change of the other by a share
            in figures; smaller ones give too many shares.
    """

    bounds: dict[str, float]
    in_words: float
    calendar: float
    fraction: float
    rounded_digits: int
    printed_share: float
    least_changed: int


@dataclass(frozen=True, slots=True)
class ClauseThresholds:
    """The share of the content words of a clause that another one has, if it is about the same.

    Attributes:
        same: Where the other text says no nowhere, or says the opposite there.
        near: Where it says no elsewhere.
    """

    same: float
    near: float


@dataclass(frozen=True, slots=True)
class AttributionThresholds:
    """From which the clause of a number is about what another number is said of.

    Attributes:
        word: How far one clause has to have a word that counts as missing in the other one, and how
            little that one may have of it, from 1.
        share: The share of its words that only the clause of the other number has.
        ratio: How many times the words are that it has to be more than, of those that only the
            clause of its own number has.
    """

    word: float
    share: float
    ratio: float


@dataclass(frozen=True, slots=True)
class RoleThresholds:
    """From which two parties, or two things that are said of them, are the same.

    Attributes:
        party: The share of the words of a party that another one has.
        word: How far a word of it has to be there.
        act: What the same act adds to the share of what is said.
        content: The share of what is said of a party that is said of another one.
        margin: By which one of two shares has to be more than the other.
    """

    party: float
    word: float
    act: float
    content: float
    margin: float


@dataclass(frozen=True, slots=True)
class WordCoverage:
    """When the words of a sentence are enough to tell that its content is covered.

    Attributes:
        weights: The weights of the parts of the coverage that are of words, a logistic regression.
        enough: The coverage by words from which tokens are not compared.
        least_words: The content words that a sentence must have for that.
    """

    weights: PerLanguage[Weights]
    enough: PerLanguage[float]
    least_words: int


@dataclass(frozen=True, slots=True)
class ReadCoverage:
    """How the coverage of a sentence is computed where the reader reads it with what it cites.

    Attributes:
        weights: The weights of its parts: of words, and the reader's log-odds.
        thresholds: The coverage below which a sentence is not supported.
    """

    weights: PerLanguage[Weights]
    thresholds: PerLanguage[float]


@dataclass(frozen=True, slots=True)
class VerificationParameters:
    """How written sentences are checked.

    Attributes:
        source: Where the numbers come from.
        weights: The weights of the parts of the coverage, a logistic regression.
        thresholds: The coverage below which a sentence is not supported.
        words: When the words of a sentence are enough to tell its coverage.
        reading: What the reader has to say beside that; None if the one that comes with the package
            was not trained on claims, and is not asked.
        near_copy: The share of the words of a clause from which it is said in another text, so
            that what it negates, or says to rise or fall, can be compared.
        clauses: From which two clauses are about the same.
        attribution: From which a number is said of what another one is said of.
        roles: From which parties, and what they do, are the same.
        names: How far a name has to be covered: across languages by its sound.
        missing: The coverage below which a word counts as missing.
        least_tokens: How many of the least similar tokens are averaged.
        rank_discount: By which a later translation in the dictionary is weaker than the one before.
        numbers: By how much numbers may differ.
    """

    source: str
    weights: PerLanguage[Weights]
    thresholds: PerLanguage[float]
    words: WordCoverage
    reading: ReadCoverage | None
    near_copy: float
    clauses: ClauseThresholds
    attribution: AttributionThresholds
    roles: RoleThresholds
    names: PerLanguage[float]
    missing: float
    least_tokens: int
    rank_discount: float
    numbers: NumberTolerances
