"""Tests of the questions on real documents, and of how they are judged."""

from __future__ import annotations

from functools import cache

import pytest

from eval.benchmarks.real_documents import RealQuestion, judge, load_real_questions
from index import readers
from index.document import Note, PageRef, PageRegion, Publication, Span
from index.page_numbers import find_places
from index.readers.notes.numbering import DUPLICATE_SUFFIX
from rag.answer.model import Answer, ArticleRef, Citation, CitedNote, PublicationRef
from tests.helpers.paths import SHARED

FOLDER = SHARED / "real" / "files"
QUESTIONS = [question for question in load_real_questions() if question.file]


@cache
def read_document(name: str) -> Publication:
    return readers.read(FOLDER / name)


def list_texts(publication: Publication) -> list[tuple[str, tuple[PageRegion, ...]]]:
    return [
        (paragraph.text, paragraph.regions)
        for article in publication.articles
        for section in article.sections
        for paragraph in section.paragraphs
    ]


def list_notes(publication: Publication) -> list[Note]:
    return [note for article in publication.articles for note in article.notes]


def test_question_set_is_large_and_varied() -> None:
    questions = load_real_questions()
    assert len({question.id for question in questions}) == len(questions) >= 60
    assert len({question.file for question in QUESTIONS}) >= 5
    assert {question.language for question in questions} == {"zh-Hant", "zh-Hans", "en"}
    assert all(bool(question.answers) == bool(question.file) for question in questions)


@pytest.mark.usefixtures("real_documents")
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_gold_of_a_question_matches_its_document(question: RealQuestion) -> None:
    publication = read_document(question.file)
    notes = list_notes(publication)
    texts = [*list_texts(publication), *((note.text, note.regions) for note in notes)]
    numbers = {note.number.partition(DUPLICATE_SUFFIX)[0] for note in notes}
    assert numbers.issuperset(question.notes)
    for words in question.answers:
        places = [(text.index(words), regions) for text, regions in texts if words in text]
        assert places, words
        if question.pages:
            pages = [
                place.label
                for offset, regions in places
                for place in find_places(regions, Span(offset, offset + 1))
            ]
            assert not set(pages).isdisjoint(question.pages), (words, pages)


CITATION = Citation(
    "p",
    PublicationRef("id", "Report"),
    ArticleRef(0, "Report"),
    0,
    (),
    "The quay was opened in 1912.",
    notes=(CitedNote("3′", "Harbour Gazette, 4."),),
    page=PageRef(5, "3"),
)
QUESTION = RealQuestion(
    "q",
    "test",
    "en",
    "fact",
    "When was it opened?",
    file="report.pdf",
    answers=("in 1912",),
    pages=("3",),
    notes=("3",),
    where="text",
)
IDS = {"report.pdf": "id"}


def test_passage_page_and_notes_are_judged() -> None:
    answer = Answer("q", (CITATION,), confidence=0.9, threshold=0.5)
    assert judge(QUESTION, answer, IDS) == {"passage": True, "page": True, "notes": True}
    assert judge(QUESTION, answer, {"report.pdf": "other"}) == {"passage": False}
    unanswerable = RealQuestion("u", "test", "en", "unanswerable", "What else?")
    assert judge(unanswerable, answer, IDS) == {"refusal": False}


def test_note_text_is_correct_for_note_questions_only() -> None:
    answer = Answer("q", (CITATION,), confidence=0.9, threshold=0.5)
    for where, is_right in (("note", True), ("text", False)):
        question = RealQuestion(
            *("q", "test", "en", "note", "Who says so?"),
            file="report.pdf",
            answers=("Harbour Gazette",),
            where=where,
        )
        assert judge(question, answer, IDS)["passage"] is is_right
