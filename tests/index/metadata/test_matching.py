"""Tests of publications that get the metadata of a citation manager's items."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from index import readers
from index.metadata.items import CatalogueItem
from index.metadata.matching import MetadataMatcher, apply_metadata
from index.references.model import Person, Reference, ReferenceDate
from index.storage.library import Library
from index.update.update import Update, make_update
from tests.helpers.hashing_encoder import HashingEncoder

ARTICLE = Reference(
    "x",
    type="article-journal",
    authors=(Person("Merrow, Ada", "Merrow", "Ada"), Person("沈一帆", "沈", "一帆")),
    title="Ferries of the North",
    container="Northern Review",
    volume="3",
    issue="2",
    date=ReferenceDate(2011, 5, 6),
    publisher="Northgate Press",
)
BOOK = Reference("y", type="book", title="論橋", date=ReferenceDate(1999))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scan-1.md").write_text("# Untitled scan\n\nThe ferry stopped in 1930.\n")
    (tmp_path / "scan-2.md").write_text("# 论桥\n\n橋已通車。\n")
    (tmp_path / "other.md").write_text("# Other\n\nNothing of that.\n")
    return tmp_path


def test_items_are_found_by_file_and_by_title(folder: Path) -> None:
    matcher = MetadataMatcher(
        (CatalogueItem("a", ARTICLE, ("SCAN-1.md",)), CatalogueItem("b", BOOK))
    )
    read = matcher.wrap(readers.read)
    article = read(folder / "scan-1.md")
    assert (article.title, article.number) == ("Northern Review", "3(2)")
    assert (article.date, article.publisher) == (datetime.date(2011, 5, 6), "Northgate Press")
    assert article.articles[0].title == "Ferries of the North"
    assert [author.name for author in article.articles[0].authors] == ["Ada Merrow", "沈一帆"]
    assert article.id == readers.read(folder / "scan-1.md").id
    assert ("date", "citation-manager") in article.metadata_sources
    book = read(folder / "scan-2.md")
    assert (book.title, book.date, book.date_printed) == ("論橋", None, "1999")
    assert read(folder / "other.md") == readers.read(folder / "other.md")
    assert [path.name for path in matcher.unmatched] == ["other.md"]


def test_of_two_items_with_one_title_none_is_taken(folder: Path) -> None:
    matcher = MetadataMatcher((CatalogueItem("a", BOOK), CatalogueItem("b", BOOK)))
    assert matcher.find(folder / "scan-2.md", readers.read(folder / "scan-2.md")) is None


def test_a_publication_of_several_articles_keeps_them(folder: Path) -> None:
    single = readers.read(folder / "other.md")
    several = replace(single, articles=single.articles * 2)
    changed = apply_metadata(several, ARTICLE)
    assert changed.articles == several.articles
    assert changed.title == "Northern Review"


def test_files_are_read_again_when_their_metadata_change(folder: Path) -> None:
    def update(reference: Reference | None) -> tuple[int, int]:
        matcher = MetadataMatcher(
            (CatalogueItem("a", reference, ("scan-1.md",)),) if reference else ()
        )
        report = make_update(
            folder / "library",
            Update(
                [folder / "scan-1.md"],
                encoder=HashingEncoder(),
                read=matcher.wrap(readers.read),
                metadata_digest=matcher.digest if reference else "",
            ),
        )
        return len(report.unchanged), len(report.added) + len(report.replaced)

    assert update(None) == (0, 1)
    assert update(ARTICLE) == (0, 1)
    assert update(ARTICLE) == (1, 0)
    assert update(None) == (1, 0)  # what is known stays
    with Library.open(folder / "library") as library:
        (summary,) = library.publications()
    assert summary.title == "Northern Review"
    assert update(replace(ARTICLE, issue="3")) == (0, 1)


def test_a_file_that_is_read_again_keeps_the_metadata_that_it_had(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher = MetadataMatcher((CatalogueItem("a", ARTICLE, ("scan-1.md",)),))
    file, path, encoder = folder / "scan-1.md", folder / "library", HashingEncoder()
    read = matcher.wrap(readers.read)
    make_update(path, Update([file], encoder=encoder, read=read, metadata_digest=matcher.digest))
    with Library.open(path) as library:
        (summary,) = library.publications()
        before = library.publication(summary.id)
    monkeypatch.setattr(readers, "READER_VERSION", 10_000)
    report = make_update(path, Update([file], encoder=encoder))
    assert not report.unchanged
    with Library.open(path) as library:
        assert library.publication(summary.id) == before
