"""Tests of questions where the last answer comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.document import NoteMark, Span
from rag import Retriever
from rag.answer.model import Answer, ArticleRef, Citation, CitedNote, Evidence, PublicationRef
from rag.answering.claim_source import cite_claim_source, find_claim_notes
from rag.query.follow_up import asks_for_claim_source
from rag.render.text import to_text

TEXT = "The ferry left at noon. It carried copper. The pier is old.\nTides rise."
FIRST, SECOND, THIRD = Span(0, 23), Span(24, 42), Span(43, 59)
NOTES = (CitedNote("1", "Marlowe, *Tables*, p. 3."), CitedNote("2", "Thorley, *Piers*, p. 8."))


def cite(span: Span, note: str | None = None, marks: tuple[int, ...] = (23, 59)) -> Citation:
    return Citation(
        "p",
        PublicationRef("p", "刊"),
        ArticleRef(0, "題"),
        0,
        (),
        TEXT,
        tuple(NoteMark(offset, number) for offset, number in zip(marks, "12", strict=False)),
        NOTES,
        (Evidence(span, note),),
    )


@pytest.mark.parametrize(
    ("span", "note", "numbers"),
    [
        (FIRST, None, ("1",)),
        (SECOND, None, ("2",)),
        (THIRD, None, ("2",)),
        (Span(0, 7), "2", ("2",)),
    ],
)
def test_a_sentence_rests_on_its_own_note_or_the_next(
    span: Span, note: str | None, numbers: tuple[str, ...]
) -> None:
    assert find_claim_notes(cite(span, note)) == numbers


def test_a_sentence_without_a_note_has_no_source() -> None:
    assert find_claim_notes(cite(Span(60, 71))) == ()
    answer = cite_claim_source("source?", Answer("?", (cite(Span(60, 71)),), 0.9, 0.5))
    assert answer
    assert not answer.is_answered
    assert to_text(answer, "en").startswith("The sentence that answered has no note")
    assert "Tides rise." in to_text(answer, "en")
    assert cite_claim_source("source?", Answer("?", (), 0.0, 0.5)) is None


def test_the_sources_come_before_the_sentence() -> None:
    answer = cite_claim_source("source?", Answer("?", (cite(FIRST), cite(THIRD)), 0.9, 0.5))
    assert answer
    (citation,) = answer.citations
    assert [item.note for item in citation.evidence] == ["1", None]
    assert citation.evidence_text == NOTES[0].text
    assert answer.is_answered


def test_the_source_of_the_last_answer_is_asked_for_in_both_languages(
    sample_library: Path,
) -> None:
    retriever = Retriever.open(sample_library)
    question = "What happened to the lamp levy in 1996?"
    claim = retriever.retrieve(question).citations[0]
    for follow_up in ("What is the source of that claim?", "這個說法的出處是什麼？"):
        assert asks_for_claim_source(follow_up)
        citation = retriever.retrieve(follow_up, history=[question]).citations[0]
        assert citation.passage_id == claim.passage_id
        assert citation.evidence[-1].span == claim.evidence[0].span
        assert citation.evidence[0].note in find_claim_notes(claim)
    assert not asks_for_claim_source("What is the source of the river?")
