"""The check of a written sentence against the sentences that it cites. It needs no language model.

Three gates: what it cites was given to the model and quotations are verbatim (`quotations`); every
number, date and article of law is there (`facts`); its content is covered (`content`), which a
logistic regression turns into a probability. Where words alone do not tell that it is, the
similarity of its tokens to the cited ones counts too. With a reader, which reads the sentence
together with what it cites, a second regression counts its log-odds instead, and both have to say
so: tokens tell other passages better, the reader what a passage does not say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from index.encoders.protocol import Encoder
from index.encoders.reading import ClaimReader
from index.encoders.threads import single_threaded_blas
from index.text.dictionary import load_dictionary
from index.text.scripts import convert_to_simplified, detect_language, fold
from index.text.terms import analyze
from rag.ranking.linear_weights import PerLanguage, Weights
from rag.ranking.parameters import load_parameters
from rag.written.attribution import find_misplaced_facts
from rag.written.content import (
    Content,
    ContentWord,
    is_common_word,
    is_latin_name,
    measure_coverage,
    read_content,
)
from rag.written.contradictions import find_contradictions
from rag.written.facts import FactKind
from rag.written.model import NumberedSentence, Problem, ProblemKind, Verdict
from rag.written.polarity import find_reversals
from rag.written.quotations import find_faulty_quotations
from rag.written.support import find_unsupported_facts
from rag.written.text_tokens import TextTokens

_FACT_PROBLEMS: Mapping[FactKind, ProblemKind] = {
    "number": "number", "share": "number", "multiple": "number",
    "year": "date", "month": "date", "day": "date", "law": "law",
}  # fmt: skip


class Measures(NamedTuple):
    """How far cited sentences have the content of a written one.

    Attributes:
        parts: What the coverage is computed from, by name: of words, and the similarities of tokens
            unless words were enough, and what the reader says.
        coverage: The probability that the content is covered, by the reader if there is one.
        is_covered: Whether it is high enough, and that without the reader as well.
        missing_names: The names that no cited sentence has.
        is_cross_lingual: Whether all cited sentences are in the other language.
    """

    parts: Mapping[str, float]
    coverage: float
    is_covered: bool
    missing_names: tuple[str, ...]
    is_cross_lingual: bool


class Verifier:
    """Checks written sentences. Thread-safe.

    Args:
        encoder: The encoder of the library.
        reader: Reads sentences together with what they cite.
    """

    def __init__(self, encoder: Encoder, reader: ClaimReader | None = None) -> None:
        self._tokens = TextTokens(encoder)
        self._reader = reader
        self._dictionary = load_dictionary()

    @single_threaded_blas()
    def verify(
        self, text: str, cites: Sequence[int], evidence: Sequence[NumberedSentence]
    ) -> Verdict:
        """Return whether a written sentence is supported by what it cites.

        Args:
            text: The sentence.
            cites: The numbers that it cites.
            evidence: The sentences that the model was given.
        """
        by_number = {sentence.number: sentence.text for sentence in evidence}
        cited = [by_number[number] for number in cites if number in by_number]
        unknown = [number for number in cites if number not in by_number]
        if unknown or not cited:
            detail = ", ".join(map(str, unknown))
            return Verdict((Problem("citation", detail),), 0.0, {})
        others = [sentence.text for sentence in evidence if sentence.number not in cites]
        names = [
            other
            for sentence in evidence
            if sentence.number in cites
            for _, other in sentence.names
        ]
        measures = self.measure(text, cited, names)
        problems = tuple(self._list_problems(text, cited, others, measures))
        return Verdict(problems, measures.coverage, measures.parts)

    def _list_problems(
        self, text: str, cited: Sequence[str], others: Sequence[str], measures: Measures
    ) -> Iterator[Problem]:
        parameters = load_parameters().verification
        for quotation, fault in find_faulty_quotations(text, cited, others):
            yield Problem(fault, quotation)
        for fact in find_unsupported_facts(text, cited):
            yield Problem(_FACT_PROBLEMS[fact.kind], fact.text)
        for name in measures.missing_names:
            yield Problem("name", name)
        reversals = [
            *find_reversals(text, cited, self._dictionary, parameters.near_copy),
            *find_contradictions(text, cited, self._dictionary, parameters),
        ]
        for kind, words in dict(reversals).items():
            yield Problem(kind, words)
        thresholds = parameters.attribution
        if number := next(find_misplaced_facts(text, cited, self._dictionary, thresholds), ""):
            yield Problem("attribution", number)
        if not measures.is_covered:
            yield Problem("coverage")

    def measure(
        self,
        text: str,
        cited: Sequence[str],
        names: Sequence[str] = (),
        *,
        always_compares_tokens: bool = False,
    ) -> Measures:
        """Return how far cited sentences have the content of a sentence.

        Args:
            text: The written sentence.
            cited: The texts that it cites.
            names: What the library has in the other language for names in them.
            always_compares_tokens: Whether tokens are compared where words are enough, too.
        """
        parameters = load_parameters().verification
        cited_text = "\n".join((*cited, *names))
        written, known = (read_content(part, self._dictionary) for part in (text, cited_text))
        coverages = measure_coverage(written, known, self._dictionary)
        is_cross_lingual = detect_language(text) not in set(map(detect_language, cited))
        parts = {
            "covered": float(np.mean(coverages)) if coverages else 1.0,
            "missing": float(
                np.mean([coverage < parameters.missing for coverage in coverages or [1.0]])
            ),
        }
        weights = parameters.words.weights
        is_enough = len(coverages) >= parameters.words.least_words and _compute_probability(
            weights, parts, is_cross_lingual
        ) >= parameters.words.enough.select(is_cross_lingual=is_cross_lingual)
        if always_compares_tokens or not is_enough:
            parts |= self._compare_tokens(text, cited)
            weights = parameters.weights
        coverage = _compute_probability(weights, parts, is_cross_lingual)
        is_covered = coverage >= parameters.thresholds.select(is_cross_lingual=is_cross_lingual)
        if parameters.reading and self._reader:
            parts |= self.read(text, cited)
            coverage = _compute_probability(parameters.reading.weights, parts, is_cross_lingual)
            least = parameters.reading.thresholds.select(is_cross_lingual=is_cross_lingual)
            is_covered = is_covered and coverage >= least
        missing_names = tuple(
            self._list_missing_names(written, known, coverages, is_cross_lingual=is_cross_lingual)
        )
        return Measures(
            parts,
            coverage,
            is_covered,
            missing_names,
            is_cross_lingual,
        )

    def read(self, text: str, cited: Sequence[str]) -> dict[str, float]:
        """Return what the reader says of a sentence, by name; nothing without a reader.

        Args:
            text: The written sentence.
            cited: The texts that it cites.
        """
        if self._reader is None:
            return {}
        claim, *sentences = map(convert_to_simplified, (text, *cited))
        return {"reading": self._reader.read_claim(claim, sentences).log_odds}

    def _list_missing_names(
        self,
        written: Content,
        known: Content,
        coverages: Sequence[float],
        *,
        is_cross_lingual: bool,
    ) -> Iterator[str]:
        """Yield the names that are not covered.

        In a name of three words or more in the other language, such as that of an office, words of
        the dictionary may be missing if half of the name is there.
        """
        least = load_parameters().verification.names.select(is_cross_lingual=is_cross_lingual)
        pairs = zip(written.words, coverages, strict=True)
        for is_name, group in groupby(pairs, key=lambda pair: pair[0].is_name):
            run = list(group) if is_name else []
            printed = " ".join(word.printed for word, _ in run)
            if is_cross_lingual and self._is_another_name(printed, known):
                yield printed
                continue
            missing = [word for word, coverage in run if coverage < least and len(word.printed) > 1]
            is_half_known = is_cross_lingual and 2 * len(missing) <= len(run) > 2
            yield from (
                word.printed
                for word in missing
                if self._is_expected(
                    word, is_cross_lingual=is_cross_lingual, is_half_known=is_half_known
                )
            )

    def _is_expected(
        self, word: ContentWord, *, is_cross_lingual: bool, is_half_known: bool
    ) -> bool:
        """Return whether a word of a name has to be in what is cited."""
        if not is_latin_name(word):
            return not is_cross_lingual
        return not (is_half_known and is_common_word(word, self._dictionary))

    def _is_another_name(self, name: str, known: Content) -> bool:
        """Return whether the dictionary has a name of several words, and a text no form of it.

        Its first character may stand for a country: 美 for 美國.
        """
        terms = " ".join(analyze(name))
        if " " not in name or fold(name) in known.folded:
            return False
        entries = self._dictionary.translate_to_chinese([terms]).get(terms, [])
        firsts = {fold(entry.text)[:1] for entry in entries}
        return bool(firsts) and not any(first in known.folded for first in firsts)

    def _compare_tokens(self, text: str, cited: Sequence[str]) -> dict[str, float]:
        """Return how similar the tokens of a text are to the nearest ones of the cited texts."""
        tokens, *known = self._tokens.encode([text, *cited])
        similarities = (tokens @ np.concatenate(known).T).max(axis=1)
        least_tokens = load_parameters().verification.least_tokens
        return {
            "similarity": float(similarities.mean()),
            "least-similarity": float(np.sort(similarities)[:least_tokens].mean()),
        }


def _compute_probability(
    weights: PerLanguage[Weights], parts: Mapping[str, float], is_cross_lingual: bool
) -> float:
    chosen = weights.select(is_cross_lingual=is_cross_lingual)
    logit = chosen.bias + sum(weight * parts[name] for name, weight in chosen.by_feature.items())
    return 1 / (1 + math.exp(-logit))
