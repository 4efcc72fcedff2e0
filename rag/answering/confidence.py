"""How likely it is that the first citation answers.

A logistic regression (Platt, "Probabilistic Outputs for Support Vector Machines", 1999) over signs
that mean the same in a library of any size and of either language: how well the first passage fits,
how far it stands out from the next, how near its best sentence is to the question in itself, how
near its words are to the question's, those above all that come least near to any, whether it says
at least some of the question's words, and whether it has the quantity asked for, or the article of
a treaty.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer.model import Part

_ENOUGH = 0.25  # of a question's words; to say more of them is no sign of an answer
_NOTHING = 0.02  # of them; below it what is near is near by chance
_USUAL = {False: 0.85, True: 0.45}  # of a question and a sentence, in one language and across
USUAL_WORDS = {False: (0.6, 0.4), True: (0.5, 0.3)}
"""What `Signs.words` and `Signs.least` usually are of passages that answer, in one language and
across; a model that gives no tokens has these."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What is seen of a passage and those that come after it.

    Attributes:
        score: Of the passage.
        lead: How much more that is than the next one's, at least 0; all of it where there is none.
        similarity: Of the question and the passage's best sentence.
        words: How near the question's tokens come to the passage's and those above it, on average.
        least: The same of the third that comes least near.
        said: The share of the question's words that the passage says.
        missing: Whether the question asks for a quantity that the passage does not give.
        unnamed: Whether it asks for an article or chapter by its number, which the passage does not
            name; in either language this is recognised.
        foreign: Whether the passage is in the other language than the question.
    """

    score: float
    lead: float
    similarity: float
    words: float
    least: float
    said: float
    missing: bool
    unnamed: bool
    foreign: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is added up to the log-odds.

    Attributes:
        score: What the score counts.
        lead: What the lead counts.
        similarity: What similarity counts that is above the usual one.
        words: What nearness of tokens counts that is above the usual one.
        least: What that of the least near ones counts.
        said: What the share counts of the question's words that the passage says, up to a quarter.
        silent: What is added where it says next to none of them.
        missing: What is added where the quantity is missing from a passage in the same language, or
            the article or chapter.
        missing_across: What is added where it is missing from one in the other language, in which
            it is not always recognised.
        across: What is added for a passage in the other language.
        bias: What is always added.
    """

    score: float
    lead: float
    similarity: float
    words: float
    least: float
    said: float
    silent: float
    missing: float
    missing_across: float
    across: float
    bias: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The confidence below which the answer is "not in this library".

    Passages of one language are told apart better than those across languages, where the same
    threshold would refuse many more questions that are answered.

    Attributes:
        same: Where the first citation is in the question's language.
        across: Where it is in the other one.
    """

    same: float
    across: float

    def of(self, *, foreign: bool) -> float:
        """The one for a first citation in the other language or not."""
        return self.across if foreign else self.same


NAMES = ("score", "lead", "nearness", "words", "said", "quantity", "across languages", "bias")
"""The parts of the log-odds, as an answer that explains itself names them."""


def confidence_parts(signs: Signs, by: Calibration) -> tuple[Part, ...]:
    """The log-odds, part by part.

    Args:
        signs: Of the first citation.
        by: The calibration.
    """
    words, least = USUAL_WORDS[signs.foreign]
    missing, missing_across = _missing(signs)
    values = (
        by.score * signs.score,
        by.lead * signs.lead,
        by.similarity * (signs.similarity - _USUAL[signs.foreign]),
        by.words * (signs.words - words) + by.least * (signs.least - least),
        by.said * min(signs.said, _ENOUGH) + (by.silent if signs.said < _NOTHING else 0.0),
        by.missing * missing + by.missing_across * missing_across,
        by.across if signs.foreign else 0.0,
        by.bias,
    )
    return tuple(Part(name, value) for name, value in zip(NAMES, values, strict=True))


def features(signs: Signs) -> tuple[float, ...]:
    """What each field of a `Calibration` but the bias is multiplied by, in their order."""
    words, least = USUAL_WORDS[signs.foreign]
    return (
        signs.score,
        signs.lead,
        signs.similarity - _USUAL[signs.foreign],
        signs.words - words,
        signs.least - least,
        min(signs.said, _ENOUGH),
        float(signs.said < _NOTHING),
        *map(float, _missing(signs)),
        float(signs.foreign),
    )


def _missing(signs: Signs) -> tuple[bool, bool]:
    """Whether `Calibration.missing` is added, or `missing_across`."""
    surely = signs.unnamed or (signs.missing and not signs.foreign)
    return surely, signs.missing and not surely


def confidence(parts: Sequence[Part]) -> float:
    """The probability, in [0, 1]; 0 where there are no parts."""
    if not parts:
        return 0.0
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, sum(part.value for part in parts)))))
