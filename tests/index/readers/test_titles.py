"""Titles: what a publication, its article and its citation are called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.document import Publication
from index.readers import read
from index.readers.accounting import audit_characters
from index.readers.decoding import load_text
from rag.answer.model import ArticleRef, Citation, PublicationRef
from rag.render.bibliography import format_footnote
from rag.render.labels import format_header_lines


def _read(folder: Path, name: str, text: str) -> Publication:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    publication = read(file)
    assert audit_characters(load_text(file), publication).is_balanced
    return publication


def _cite(publication: Publication) -> Citation:
    article = ArticleRef(0, publication.articles[0].title)
    reference = PublicationRef(publication.id, publication.title, publication.number)
    return Citation("0" * 16, reference, article, 0, (), "Text.")


@pytest.mark.parametrize("name", ["潮汐 筆記.md", "潮汐 筆記.txt", "潮汐  筆記.markdown"])
@pytest.mark.parametrize(
    "text", ["Only text.\n", "# \n\nOnly text.\n", "---\ndate: 2025\n---\nText\n"]
)
def test_file_name_replaces_a_missing_title(tmp_path: Path, name: str, text: str) -> None:
    publication = _read(tmp_path, name, text)
    if publication.articles[0].title != "#":  # pages have no such headings
        assert publication.title == publication.articles[0].title == "潮汐 筆記"
        assert format_footnote(_cite(publication), "zh") == "〈潮汐 筆記〉。"
        assert format_footnote(_cite(publication), "en") == "“潮汐 筆記”."


def test_untitled_files_are_different_publications(tmp_path: Path) -> None:
    first, second = (_read(tmp_path, name, "Only text.\n") for name in ("a.md", "b.md"))
    assert first.id != second.id


def test_printed_title_takes_precedence_over_the_file_name(tmp_path: Path) -> None:
    publication = _read(tmp_path, "a.md", "---\npublication: Monthly\n---\n\nOnly text.\n")
    assert (publication.title, publication.articles[0].title) == ("Monthly", "Monthly")
    assert not publication.is_titled_by_file


@pytest.mark.parametrize("heading", ["# Tides of Whale Gate", "# Tides of  WHALE Gate", ""])
def test_title_shared_by_publication_and_article_is_cited_once(
    tmp_path: Path, heading: str
) -> None:
    text = f"---\ntitle: Tides of Whale Gate\nnumber: No. 3\n---\n\n{heading}\n\nText.\n"
    citation = _cite(_read(tmp_path, "a.md", text))
    assert format_footnote(citation, "en") == "“Tides of Whale Gate,” No. 3."
    assert format_footnote(citation, "zh") == "〈Tides of Whale Gate〉，No. 3。"
    on_a_page = replace(citation, article=replace(citation.article, page=4))
    assert format_footnote(on_a_page, "zh-Hans").endswith("，页 4 起。")
    assert format_header_lines(citation, "en") == ["Tides of Whale Gate", "No. 3"]


def test_heading_that_repeats_the_title_does_not_begin_an_article(tmp_path: Path) -> None:
    text = "---\ntitle: Monthly\n---\n\n# Monthly\n\n# First\n\nA.\n\n# Second\n\nB.\n"
    articles = _read(tmp_path, "a.md", text).articles
    assert [article.title for article in articles] == ["First", "Second"]
    introduced = _read(tmp_path, "b.md", text.replace("# First", "An introduction.\n\n# First"))
    assert [article.title for article in introduced.articles] == ["Monthly", "First", "Second"]
