"""Tests that real documents of many producers are read with their notes and marks.

What a person counted in them lies beside them; see `tests/helpers/paths.py`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from index.document import Article, NoteMark
from index.errors import ReadError
from index.readers import read_with_text
from index.readers.accounting import audit_characters
from index.readers.pandoc import find_pandoc
from tests.helpers.paths import SHARED

FOLDER = SHARED / "real"

# Where the counts are those of something else than a reader should find.
DIFFERENT_COUNTS = {
    "deleted-footnote-tracked.docx": (0, 0),  # with its changes accepted the note is gone
    "njurepo-example.pdf": (5, 7),  # a reference by author and date leads to the list
    "sun-tzu-art-of-war.epub": (794, 795),  # one note is marked twice
    "unplugged-nat-zh-cn.tex": (16, 16),  # the note on the author too
}


@cache
def _entries() -> list[dict[str, Any]]:
    file = FOLDER / "truth.json"
    if not file.exists():
        return []
    entries: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["entries"]
    return entries


@pytest.fixture(params=_entries() or [None], ids=lambda entry: entry["file"] if entry else "none")
def entry(request: pytest.FixtureRequest, real_documents: Path) -> dict[str, Any]:
    value: dict[str, Any] = request.param
    if value["kind"] in ("tex", "rst") and find_pandoc() is None:
        pytest.skip("pandoc is not installed")
    return value


def _iterate_marks(article: Article) -> list[NoteMark]:
    marks = list(article.marks)
    for section in article.sections:
        marks += section.marks
        for paragraph in section.paragraphs:
            marks += paragraph.marks
    for note in article.notes:
        marks += note.marks
    return marks


def test_notes_and_marks_are_read(entry: dict[str, Any], real_documents: Path) -> None:
    path = real_documents / "files" / entry["file"]
    truth = entry["truth"]
    if entry["expected"].startswith("refuse"):
        with pytest.raises(ReadError):
            read_with_text(path)
        return
    publication, text = read_with_text(path)
    if entry["kind"] == "pdf":
        assert audit_characters(text, publication).is_balanced
    notes = sum(len(article.notes) for article in publication.articles)
    marks = sum(len(_iterate_marks(article)) for article in publication.articles)
    endnotes = truth.get("endnotes") or 0
    expected = (
        truth["notes"] + endnotes,
        truth["marks"] + (truth.get("endnote_marks") or endnotes),
    )
    assert (notes, marks) == DIFFERENT_COUNTS.get(entry["file"], expected)
