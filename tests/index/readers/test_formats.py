"""Tests that publications in Word, EPUB and HTML files are read back as they were written."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from index.document import Publication
from index.errors import ReadError
from index.readers import read_with_text
from index.readers.accounting import audit_characters
from index.readers.formats import detect_binary_format, detect_text_format
from tests.helpers.generator import Generator, Shape, shapes
from tests.helpers.reading import describe, read_bytes
from tests.helpers.typesetting import MARKUPS, write_epub, write_html, write_word


def _generate(shape: Shape) -> Publication:
    """Return a publication whose articles all have notes, without what only paged text prints."""
    plain = replace(
        shape, tables=False, starred=False, repeats=False, lists=False, notes=max(shape.notes, 1)
    )
    return Generator(plain).publication()


@settings(max_examples=20)
@given(shapes())
def test_word_files_are_read_back(tmp_path_factory: pytest.TempPathFactory, shape: Shape) -> None:
    publication = _generate(shape)
    folder = tmp_path_factory.mktemp("word")
    for endnotes in (False, True):
        reading = read_bytes(folder, "a.docx", write_word(publication, endnotes=endnotes))
        assert describe(reading) == describe(publication)


@settings(max_examples=20)
@given(shapes())
def test_books_are_read_back(tmp_path_factory: pytest.TempPathFactory, shape: Shape) -> None:
    publication = _generate(shape)
    reading = read_bytes(tmp_path_factory.mktemp("epub"), "a.epub", write_epub(publication))
    assert describe(reading) == describe(publication)
    assert reading.title == publication.title


@pytest.mark.parametrize("markup", MARKUPS)
@settings(max_examples=12)
@given(shape=shapes())
def test_pages_are_read_back(
    tmp_path_factory: pytest.TempPathFactory, markup: str, shape: Shape
) -> None:
    publication = _generate(shape)
    data = write_html(publication, markup)
    reading = read_bytes(tmp_path_factory.mktemp("html"), "a.html", data)
    assert describe(reading) == describe(publication)


def test_formats_are_detected_by_content(tmp_path: Path) -> None:
    publication = _generate(Shape(seed=3, notes=3))
    for name, data in (
        ("a.txt", write_word(publication)),
        ("b.pdf", write_epub(publication)),
        ("c.docx", write_html(publication, "dpub")),
    ):
        assert describe(read_bytes(tmp_path, name, data)) == describe(publication)


@pytest.mark.parametrize(
    ("start", "suffix", "expected"),
    [
        (b"%PDF-1.7", ".bin", "pdf"),
        (b"\xef\xbb\xbf<!DOCTYPE html><p>", ".txt", "html"),
        (b"<?xml version='1.0'?>\n<html>", ".xml", "html"),
        (b"\\section{A}", ".tex", "pandoc"),
        (b"Plain text", ".txt", None),
        (b"Plain text", ".xyz", "unknown"),
        (b"PK\x03\x04 broken", ".docx", "word"),
        (b"PK\x03\x04 broken", ".zip", "unknown"),
    ],
)
def test_binary_formats(start: bytes, suffix: str, expected: str | None) -> None:
    assert detect_binary_format(start, suffix) == expected


def test_text_formats() -> None:
    assert detect_text_format("A[^1]\n\n[^1]: b", ".txt") == "markdown"
    assert detect_text_format("A¹\n\n¹ b", ".md") == "paged"
    assert detect_text_format("A", ".md") == "markdown"


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("cut.docx", write_word(_generate(Shape(notes=2)))[:900]),
        ("cut.epub", write_epub(_generate(Shape(notes=2)))[:700]),
        ("empty.html", b"<html></html>"),
        ("only-menu.html", b"<html><nav>Home</nav></html>"),
        ("sheet.xlsx", _zip({"[Content_Types].xml": b"", "xl/workbook.xml": b""})),
        ("no-body.docx", _zip({"[Content_Types].xml": b"", "word/x.xml": b""})),
        ("no-spine.epub", _zip({"META-INF/container.xml": b"<container/>"})),
        ("bad-xml.docx", _zip({"[Content_Types].xml": b"", "word/document.xml": b"<a>"})),
        ("bomb.docx", _zip({"[Content_Types].xml": b"", "word/a": bytes(600 << 20)})),
    ],
)
def test_unreadable_file_is_refused_in_one_line(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ReadError) as failure:
        read_with_text(path)
    assert "\n" not in failure.value.message.en
    assert str(path) in failure.value.message.en


@pytest.mark.parametrize("markup", MARKUPS)
def test_no_character_of_a_page_is_lost(tmp_path: Path, markup: str) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(write_html(_generate(Shape(seed=8, articles=2, notes=6)), markup))
    publication, text = read_with_text(path)
    assert audit_characters(text, publication).missing == {}


@pytest.mark.parametrize("reader", ["epub", "html", "markdown", "paged", "pandoc", "pdf", "word"])
def test_each_reader_can_be_the_first_that_is_imported(reader: str) -> None:
    subprocess.run([sys.executable, "-c", f"import index.readers.{reader}"], check=True)
