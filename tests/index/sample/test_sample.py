"""Tests that the bundled sample is complete, read correctly and declared as invented."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from urllib.parse import urlsplit

import pytest

from eval.questions.format import load_questions
from index import sample
from index.document import Article, NoteMark, Publication
from index.readers import read
from index.readers.accounting import audit_characters
from index.readers.decoding import load_text
from tests.helpers.paths import ROOT

NOTES = (13, 9, 9, 9, 8, 9, 9)
SECTIONS = (10, 10, 10, 10, 10, 9, 11)
STANDS_FOR = {
    (0, "6"): "2",
    (0, "9"): "8",
    (1, "7"): "6",
    (1, "8"): "2",
    (2, "8"): "5",
    (3, "8"): "7",
    (4, "6"): "2",
    (4, "8"): "5",
    (5, "3"): "2",
    (5, "6"): "1",
    (6, "6"): "3",
    (6, "9"): "4",
}
BOTH = {(0, "3"), (0, "12"), (1, "5"), (3, "6"), (4, "3"), (5, "7"), (6, "8")}
EXPLANATORY = {
    *((0, "5"), (1, "4"), (2, "2"), (2, "7"), (3, "4")),
    *((4, "4"), (5, "4"), (6, "5")),
}
TWO_SOURCES = {(0, "4"), (1, "3"), (2, "4"), (2, "9"), (3, "1"), (4, "5"), (5, "5"), (6, "2")}


@pytest.fixture(scope="module")
def publication() -> Publication:
    return read(sample.get_path())


def marks(article: Article) -> Iterator[NoteMark]:
    """The marks of an article in reading order."""
    for section in article.sections:
        yield from section.marks
        yield from chain.from_iterable(paragraph.marks for paragraph in section.paragraphs)


def test_sample_is_declared_invented_on_the_cover_and_at_the_end() -> None:
    text = sample.get_path().read_text(encoding="utf-8")
    cover, _, rest = text.partition("Contents")
    assert "均屬虛構" in cover
    assert "均屬虛構" in rest[-400:]
    assert "invented for demonstration" in rest[-400:]


def test_addresses_in_the_sample_use_example_org() -> None:
    text = sample.get_path().read_text(encoding="utf-8")
    addresses = re.findall(r"[a-z]+://[^\s<>，。；）]+", text)
    assert len(addresses) == text.count("://") > 40
    assert {urlsplit(address).netloc for address in addresses} == {"example.org"}
    assert {urlsplit(address).scheme for address in addresses} == {"https"}


def test_publication_metadata_of_the_sample_are_read(publication: Publication) -> None:
    assert publication.title == "汐望雙月刊"
    assert publication.number == "第 12 期"
    assert publication.date is not None
    assert publication.date.isoformat() == "2025-06-30"
    assert publication.publisher == "財團法人汐望公共事務研究會"
    assert publication.publisher_translated == "Hsiwang Institute for Public Affairs"
    assert publication.imprint.startswith("發行人 / 閔望舒")


def test_articles_of_the_sample_are_read(publication: Publication) -> None:
    assert [(a.authors[0].name, a.authors[0].romanised, a.page) for a in publication.articles] == [
        ("溫沛霖", "Pei-Lin Wen", 1),
        ("石若嵐", "Jo-Lan Shih", 5),
        ("尤承謙", "Cheng-Chien Yu", 9),
        ("藍知遠", "Chih-Yuan Lan", 13),
        ("祝以安", "Yi-An Chu", 17),
        ("Marian Okell", "", 21),
        ("賀蘭汀", "Lan-Ting Ho", 27),
    ]
    assert all(article.institute and article.topics for article in publication.articles)
    untranslated = [a.title for a in publication.articles if not a.title_translated]
    assert tuple(len(a.sections) for a in publication.articles) == SECTIONS
    bridge, english = publication.articles[2], publication.articles[5]
    assert bridge.title == "銜月大橋停徵通行費的爭議與後續財務安排"  # over two lines in print
    assert english.title == (
        "Keeping the Lamp: The Lighthouse Keepers’ Pension Fund and the Price of a Promise"
    )
    assert untranslated == [english.title]
    assert [section.path for section in english.sections][1:3] == [
        ("II. How the Fund Ran Dry",),
        ("II. How the Fund Ran Dry", "A. A levy on passing cargo"),
    ]


def test_notes_and_marks_of_the_sample_are_numbered_consecutively(publication: Publication) -> None:
    assert tuple(len(a.notes) for a in publication.articles) == NOTES
    for article, count in zip(publication.articles, NOTES, strict=True):
        numbers = [str(number) for number in range(1, count + 1)]
        assert [note.number for note in article.notes] == numbers
        assert [mark.note for mark in marks(article)] == numbers


def test_abbreviated_notes_of_the_sample_are_resolved(publication: Publication) -> None:
    resolved_notes = {
        (index, note.number): note.resolves_to
        for index, article in enumerate(publication.articles)
        for note in article.notes
        if note.resolves_to is not None
    }
    assert resolved_notes == STANDS_FOR
    assert publication.articles[3].get_note("9").see_also == ("7",)


def test_notes_of_the_sample_have_sources_or_explanations(publication: Publication) -> None:
    notes = {
        (index, note.number): note
        for index, article in enumerate(publication.articles)
        for note in article.notes
    }
    assert {key for key, note in notes.items() if len(note.sources) == 2} == TWO_SOURCES
    assert {key for key in notes if not notes[key].sources and key not in STANDS_FOR} == EXPLANATORY
    assert {key for key in EXPLANATORY if not notes[key].explanation} == set()
    assert {key for key in BOTH if not (notes[key].explanation and notes[key].sources)} == set()


def test_paragraphs_and_notes_of_the_sample_end_with_a_full_stop(publication: Publication) -> None:
    for article in publication.articles:
        for section in article.sections:
            for paragraph in section.paragraphs:
                assert paragraph.text[-1] in "。？.", paragraph.text[-20:]
        for note in article.notes:
            assert note.text[-1] in "。.", note.text[-20:]
    texts = [note.text for article in publication.articles for note in article.notes]
    assert sum("紙張才不會再次受潮" in text for text in texts) == 1  # runs on over a page
    assert sum("all of them without a landing stage" in text for text in texts) == 1


def test_all_characters_of_the_sample_are_accounted_for(publication: Publication) -> None:
    # Pages cut 17 paragraphs and 3 notes.
    assert Counter(finding.kind for finding in publication.findings) == {"joined": 20}
    balance = audit_characters(load_text(sample.get_path()), publication)
    assert balance.is_balanced, (balance.missing, balance.extra)


def test_sample_questions_are_balanced() -> None:
    questions = load_questions(ROOT / "eval" / "questions" / "sample.jsonl")
    assert len(questions) >= 72
    languages = Counter(question.language for question in questions)
    assert max(languages.values()) <= 1.2 * min(languages.values())
    absent = [question for question in questions if not question.is_answerable]
    assert len(absent) >= 15
    assert abs(sum(question.near_miss for question in absent) * 2 - len(absent)) <= 2
    for split in ("dev", "test"):
        half = [question for question in questions if question.split == split]
        assert abs(2 * len(half) - len(questions)) <= 6
        assert min(Counter(question.type for question in half).values()) >= 4
        assert min(Counter(question.article for question in half if question.article).values()) >= 4
