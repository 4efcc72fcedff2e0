"""Documents in SQLite: all of a publication is stored, and nothing of one that was removed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.document import (
    Article,
    Author,
    Finding,
    Note,
    NoteMark,
    Paragraph,
    Passage,
    Publication,
    Section,
    SetAside,
    Source,
    Span,
    TextPosition,
)
from index.messages import Message
from index.storage.document_writer import write_documents
from index.storage.documents import Documents
from index.storage.records import Filters, KeyRange, PublicationEntry, SourceFile
from index.update.entries import build_entry

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.integers(0, 9**9)


def tuples_of(elements: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(elements, max_size=2).map(tuple)


MARKS = tuples_of(st.builds(NoteMark, NUMBERS, TEXT))
ARTICLES = st.builds(
    Article,
    TEXT,
    TEXT,
    tuples_of(st.builds(Author, TEXT, TEXT)),
    TEXT,
    tuples_of(TEXT),
    tuples_of(
        st.builds(
            Section,
            tuples_of(TEXT),
            tuples_of(
                st.builds(Paragraph, TEXT, MARKS, st.sampled_from(["text", "table"]), NUMBERS)
            ),
            MARKS,
            NUMBERS,
        )
    ),
    tuples_of(
        st.builds(
            Note,
            TEXT,
            TEXT,
            tuples_of(st.builds(Source, TEXT, tuples_of(TEXT))),
            TEXT,
            st.none() | TEXT,
            tuples_of(TEXT),
            st.booleans(),
            NUMBERS,
        )
    ),
    MARKS,
    st.none() | NUMBERS,
    NUMBERS,
)
PUBLICATIONS = st.builds(
    Publication,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    st.none() | st.dates(),
    TEXT,
    TEXT,
    TEXT,
    tuples_of(ARTICLES),
    TEXT,
    tuples_of(st.builds(SetAside, NUMBERS, TEXT, st.just("cover"))),
    tuples_of(st.builds(Finding, st.just("joined"), NUMBERS, st.builds(Message, TEXT, TEXT))),
)


def passage(passage_id: str, publication: str, article: int) -> Passage:
    return Passage(
        passage_id,
        publication,
        article,
        0,
        TextPosition(0, 0),
        "文",
        (NoteMark(1, "*"),),
        (Span(0, 1),),
        "題",
    )


def entry(publication: Publication, first: int, *articles: int) -> PublicationEntry:
    """Return an entry with one passage for each of the article indexes."""
    origin = SourceFile("/somewhere", "digest")
    passages = [
        passage(f"{publication.id}-{number}", publication.id, article)
        for number, article in enumerate(articles)
    ]
    return build_entry(publication, origin, first, passages)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(publication=PUBLICATIONS)
def test_stored_publication_equals_the_original(publication: Publication, tmp_path: Path) -> None:
    path = tmp_path / "documents.sqlite"
    path.unlink(missing_ok=True)
    write_documents(path, [], [entry(publication, 0)])
    with closing(Documents(path)) as documents:
        stored = documents.publication(publication.id)
        assert repr(stored) == repr(publication)  # every field, whether it is compared or not
        for number, article in enumerate(publication.articles):
            assert documents.article(publication.id, number) == article
        with pytest.raises(KeyError):
            documents.article(publication.id, len(publication.articles))


def article(title: str, author: Author, *topics: str) -> Article:
    return Article(title, f"{title} translated", (author,), topics=topics)


WANG = Author("王小明", "Wang, Hsiao-ming")
SMITH = Author("Ann Smith")
FIRST = Publication(
    "first",
    "週報",
    number="第 1 期",
    date=date(2024, 5, 1),
    articles=(article("軍備", WANG, "國防", "印太"), article("貿易", SMITH, "經濟")),
)
SECOND = Publication(
    "second", "Weekly", "週報", "12", date(2025, 1, 1), articles=(article("Arms", SMITH, "國防"),)
)
UNDATED = Publication("undated", "月刊", articles=(article("經濟", WANG),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    entries = [entry(FIRST, 0, 0, 0, 1), entry(SECOND, 3, 0), entry(UNDATED, 10, 0, 0)]
    write_documents(tmp_path / "1.sqlite", [], entries)
    return tmp_path / "1.sqlite"


@pytest.mark.parametrize(
    ("filters", "key_ranges"),
    [
        (Filters(), [(0, 2), (2, 1), (3, 1), (10, 2)]),
        (Filters(publication="first"), [(0, 2), (2, 1)]),
        (Filters(publication="周报"), [(0, 2), (2, 1), (3, 1)]),
        (Filters(publication="第 1 期"), [(0, 2), (2, 1)]),
        (Filters(article="arms"), [(3, 1)]),
        (Filters(article="ＡＲＭＳ TRANS"), [(3, 1)]),
        (Filters(author="hsiao-MING"), [(0, 2), (10, 2)]),
        (Filters(author="smith", topic="国防"), [(3, 1)]),
        (Filters(author="smith", topic="印太"), []),
        (Filters(topic="經濟"), [(2, 1)]),
        (Filters(after=date(2024, 5, 1)), [(0, 2), (2, 1), (3, 1)]),
        (Filters(after=date(2024, 5, 2)), [(3, 1)]),
        (Filters(before=date(2024, 5, 1)), [(0, 2), (2, 1)]),
        (Filters(before=date(2024, 4, 30)), []),
        (Filters(author="%"), []),
        (Filters(author="' OR 1=1 --"), []),
    ],
)
def test_filters_select_articles(
    path: Path, filters: Filters, key_ranges: list[tuple[int, int]]
) -> None:
    with closing(Documents(path)) as documents:
        assert documents.filter_articles(filters) == [
            KeyRange(*key_range) for key_range in key_ranges
        ]


def test_passages_labels_and_summaries_are_read_back(path: Path) -> None:
    with closing(Documents(path)) as documents:
        assert documents.passage_key("first-2") == 2
        wanted = [passage("second-0", "second", 0), passage("first-1", "first", 0)]
        assert documents.passages([3, 1]) == wanted
        assert [ref.note for ref in documents.sentences([3])[0]] == [None]
        assert documents.labels("author") == ("Ann Smith", "王小明")
        assert documents.labels("topic") == ("印太", "國防", "經濟")
        assert [summary.id for summary in documents.summaries()] == ["first", "second", "undated"]
        assert [stored.key_range for stored in documents.stored] == [(0, 3), (3, 1), (10, 2)]
        for missing in (
            lambda: documents.passage_key("nowhere"),
            lambda: documents.passages([4]),
            lambda: documents.publication("nowhere"),
            lambda: documents.summary("nowhere"),
        ):
            with pytest.raises(KeyError):
                missing()


def test_only_what_is_carried_over_has_rows(path: Path, tmp_path: Path) -> None:
    before = path.read_bytes()
    after = tmp_path / "2.sqlite"
    write_documents(after, [(path, ["second"])], [entry(UNDATED, 12, 0)])
    assert path.read_bytes() == before
    with closing(sqlite3.connect(after)) as connection:
        for table, count in {"publication": 2, "article": 2, "label": 3, "passage": 2}.items():
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (count,)
    with closing(Documents(after)) as documents:
        assert [stored.key_range for stored in documents.stored] == [(3, 1), (12, 1)]
        assert documents.passages([12]) == [passage("undated-0", "undated", 0)]
        assert documents.publication("second") == SECOND


def test_nothing_of_dropped_publications_is_returned(path: Path) -> None:
    with closing(Documents(path, ["first", "undated"])) as documents:
        assert [stored.id for stored in documents.stored] == ["first", "second", "undated"]
        assert [summary.id for summary in documents.summaries()] == ["second"]
        assert list(documents.source_files()) == ["second"]
        assert documents.labels("author") == ("Ann Smith",)
        assert [header.publication_id for header in documents.article_headers()] == ["second"]
        assert documents.article_headers()[0].topics == ("国防",)
        assert documents.filter_articles(Filters(author="smith")) == [KeyRange(3, 1)]
        assert documents.passages([3]) == [passage("second-0", "second", 0)]
        for missing in (
            lambda: documents.passages([0]),
            lambda: documents.passage_key("first-2"),
            lambda: documents.publication("first"),
            lambda: documents.article("undated", 0),
        ):
            with pytest.raises(KeyError):
                missing()
