"""Tests of what the reader adds to the check of written sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from index.document import Span
from index.encoders.protocol import load_encoder
from index.encoders.reading import Reading
from rag.ranking.linear_weights import PerLanguage, Weights
from rag.ranking.parameters import load_parameters
from rag.written import verification as module
from rag.written.model import NumberedSentence, Verdict
from rag.written.parameters import ReadCoverage
from rag.written.verification import Verifier

CITED = "工會認為企業自查無法取代獨立監測。"
WEIGHTS = Weights({"covered": 0.0, "missing": 0.0, "reading": 1.0})


class Reader:
    """Says the same of every claim; keeps what it read."""

    def __init__(self, log_odds: float) -> None:
        self.log_odds = log_odds
        self.read: list[tuple[str, list[str]]] = []

    def read_claim(self, claim: str, sentences: Sequence[str]) -> Reading:
        """Return the log-odds."""
        self.read.append((claim, list(sentences)))
        return Reading(self.log_odds, np.zeros(len(sentences)))


@pytest.fixture
def _reader_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    parameters = load_parameters()
    reading = ReadCoverage(PerLanguage(WEIGHTS, WEIGHTS), PerLanguage(0.5, 0.5))
    changed = replace(parameters, verification=replace(parameters.verification, reading=reading))
    monkeypatch.setattr(module, "load_parameters", lambda: changed)


def verify(reader: Reader, text: str) -> Verdict:
    evidence = [NumberedSentence(1, CITED, 0, Span(0, len(CITED)))]
    return Verifier(load_encoder(), reader).verify(text, [1], evidence)


@pytest.mark.usefixtures("_reader_counts")
@pytest.mark.parametrize(("log_odds", "is_covered"), [(3.0, True), (-3.0, False)])
def test_the_reader_tells_whether_a_sentence_is_covered(log_odds: float, is_covered: bool) -> None:
    reader = Reader(log_odds)
    verdict = verify(reader, CITED)
    assert verdict.is_supported == is_covered
    assert verdict.coverage == pytest.approx(1 / (1 + np.exp(-log_odds)))
    assert verdict.parts["reading"] == log_odds
    assert "similarity" not in verdict.parts
    simplified = "工会认为企业自查无法取代独立监测。"
    assert reader.read == [(simplified, [simplified])]


@pytest.mark.usefixtures("_reader_counts")
def test_what_the_reader_finds_covered_is_checked_for_facts_all_the_same() -> None:
    problems = verify(Reader(9.0), "工會認為企業自查無法取代 7 次獨立監測。").problems
    assert [problem.kind for problem in problems] == ["number"]


def test_a_reader_that_was_not_trained_on_claims_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parameters = load_parameters()
    without = replace(parameters, verification=replace(parameters.verification, reading=None))
    monkeypatch.setattr(module, "load_parameters", lambda: without)
    reader = Reader(-9.0)
    assert verify(reader, CITED).is_supported
    assert reader.read == []
