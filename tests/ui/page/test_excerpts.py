"""Tests of what an answer shows of a passage."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from index.document import NoteMark, Span
from rag.answer.model import ArticleRef, Citation, Evidence, PublicationRef
from ui.page.excerpts import build_excerpt, cut_excerpt

SENTENCES = [f"第{number}艘渡輪在正午離開亞維里爾港。" for number in "一二三四五六七"]
TEXT = "".join(SENTENCES)
LENGTH = len(SENTENCES[0])


def locate(index: int) -> Span:
    return Span(index * LENGTH, (index + 1) * LENGTH)


def cite(*marks: NoteMark, evidence: Sequence[Evidence] = ()) -> Citation:
    publication, article = PublicationRef("p", "刊"), ArticleRef(0, "題")
    return Citation("p", publication, article, 0, (), TEXT, marks, evidence=tuple(evidence))


def test_excerpt_has_a_sentence_before_and_after() -> None:
    assert cut_excerpt(TEXT, [locate(3)]) == Span(2 * LENGTH, 5 * LENGTH)
    assert cut_excerpt(TEXT, [locate(0)]) == Span(0, 2 * LENGTH)
    assert cut_excerpt(TEXT, [locate(6)]) == Span(5 * LENGTH, 7 * LENGTH)
    assert cut_excerpt(TEXT, []) == Span(0, 2 * LENGTH)
    assert cut_excerpt("", []) == Span(0, 0)


def test_excerpt_has_all_answering_sentences_that_stand_near() -> None:
    assert cut_excerpt(TEXT, [locate(2), locate(4)]) == Span(LENGTH, 6 * LENGTH)
    assert cut_excerpt(TEXT, [locate(6), locate(0)]) == Span(5 * LENGTH, 7 * LENGTH)


def test_excerpt_keeps_the_marks_of_its_sentences_alone() -> None:
    marks = [NoteMark((index + 1) * LENGTH, str(index)) for index in range(7)]
    (runs,) = build_excerpt(cite(*marks, evidence=[Evidence(locate(3))]))
    assert [run.note for run in runs if run.note] == ["2", "3", "4"]
    assert runs[0].text == "… "
    assert runs[-1].text == " …"
    assert "".join(run.text for run in runs if run.evidence) == SENTENCES[3]


def test_excerpt_has_the_sentence_whose_note_answers() -> None:
    marks = [NoteMark((index + 1) * LENGTH, str(index)) for index in range(7)]
    (runs,) = build_excerpt(cite(*marks, evidence=[Evidence(Span(0, 9), "5")]))
    assert [run.note for run in runs if run.note] == ["4", "5", "6"]
    assert not any(run.evidence for run in runs)
    (runs,) = build_excerpt(cite(*marks))
    assert [run.note for run in runs if run.note] == ["0", "1"]


@given(st.lists(st.tuples(st.integers(0, 120), st.integers(0, 120)), max_size=3))
def test_excerpt_is_a_part_of_the_passage(pairs: list[tuple[int, int]]) -> None:
    spans = [Span(min(pair), max(pair)) for pair in pairs]
    start, end = cut_excerpt(TEXT, spans)
    assert 0 <= start < end <= len(TEXT)
    assert build_excerpt(cite(evidence=[Evidence(span) for span in spans]))
