"""The check of a written sentence against the sentences that it cites. It needs no language model.

Three gates: what it cites was given to the model and quotations are verbatim (`quotations`); every
number, date and article of law is there (`facts`); its content is covered (`content`, and the
similarity of its tokens to the cited ones), which a logistic regression turns into a probability.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from index.arrays import Vectors
from index.encoders.language_bias import language_means
from index.encoders.protocol import Encoder
from index.encoders.threads import single_threaded_blas
from index.text.dictionary import load_dictionary
from index.text.scripts import convert_to_simplified, detect_language
from rag.ranking.parameters import load_parameters
from rag.written.content import is_latin_name, measure_coverage, read_content
from rag.written.contradictions import find_contradictions
from rag.written.facts import FactKind
from rag.written.model import NumberedSentence, Problem, ProblemKind, Verdict
from rag.written.polarity import find_reversals
from rag.written.quotations import find_faulty_quotations
from rag.written.support import find_unsupported_facts

_FACT_PROBLEMS: Mapping[FactKind, ProblemKind] = {
    "number": "number", "share": "number", "multiple": "number",
    "year": "date", "month": "date", "day": "date", "law": "law",
}  # fmt: skip

_CACHED_TEXTS = 256  # whose token vectors are kept: sentences of an answer cite the same ones


class Measures(NamedTuple):
    """How far cited sentences have the content of a written one.

    Attributes:
        parts: What the coverage is computed from, by name.
        coverage: The probability that the content is covered.
        missing_names: The names that no cited sentence has.
        is_cross_lingual: Whether all cited sentences are in the other language.
    """

    parts: Mapping[str, float]
    coverage: float
    missing_names: tuple[str, ...]
    is_cross_lingual: bool


class Verifier:
    """Checks written sentences. Thread-safe.

    Args:
        encoder: The encoder of the library.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._means = language_means(encoder)
        self._dictionary = load_dictionary()
        self._encode = lru_cache(_CACHED_TEXTS)(self._encode_text)

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
        measures = self.measure(text, cited)
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
            *find_contradictions(text, cited, self._dictionary, parameters.clauses),
        ]
        for kind, words in dict(reversals).items():
            yield Problem(kind, words)
        if measures.coverage < parameters.thresholds.select(
            is_cross_lingual=measures.is_cross_lingual
        ):
            yield Problem("coverage")

    def measure(self, text: str, cited: Sequence[str]) -> Measures:
        """Return how far cited sentences have the content of a sentence.

        Args:
            text: The written sentence.
            cited: The texts that it cites.
        """
        parameters = load_parameters().verification
        written, known = (read_content(part, self._dictionary) for part in (text, "\n".join(cited)))
        coverages = measure_coverage(written, known, self._dictionary)
        similarities = self._compare_tokens(text, cited)
        is_cross_lingual = detect_language(text) not in set(map(detect_language, cited))
        parts = {
            "covered": float(np.mean(coverages)) if coverages else 1.0,
            "missing": float(
                np.mean([coverage < parameters.missing for coverage in coverages or [1.0]])
            ),
            "similarity": float(similarities.mean()),
            "least-similarity": float(np.sort(similarities)[: parameters.least_tokens].mean()),
        }
        name_coverage = parameters.names.select(is_cross_lingual=is_cross_lingual)
        missing_names = tuple(
            word.printed
            for word, coverage in zip(written.words, coverages, strict=True)
            if (is_latin_name(word) or (word.is_name and not is_cross_lingual))
            and coverage < name_coverage
        )
        weights = parameters.weights.select(is_cross_lingual=is_cross_lingual)
        logit = weights.bias + sum(weights.by_feature[name] * parts[name] for name in parts)
        return Measures(parts, 1 / (1 + math.exp(-logit)), missing_names, is_cross_lingual)

    def _compare_tokens(self, text: str, cited: Sequence[str]) -> Vectors:
        """Return the greatest similarity of each token of a text to one of the cited texts."""
        known = np.concatenate([self._encode(item) for item in cited])
        similarities: Vectors = (self._encode(text) @ known.T).max(axis=1)
        return similarities

    def _encode_text(self, text: str) -> Vectors:
        """Return the vectors of the tokens of a text, centred by its language."""
        embeddings = self._encoder.encode_queries([convert_to_simplified(text)])
        return self._means[detect_language(text)].center_tokens(embeddings.tokens[0])
