"""Read files as publications: one reader for each format."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from index.document import MetadataOrigin, MetadataSource, Publication
from index.errors import ReadError
from index.input_files import read_file
from index.messages import Message, MessageCatalogue
from index.readers.accounting import list_unprinted
from index.readers.decoding import decode_file
from index.readers.formats import (
    BUILT_IN_SUFFIXES,
    SUPPORTED_SUFFIXES,
    Format,
    detect_binary_format,
    detect_text_format,
)
from index.readers.publication_id import identify_by_opening
from index.readers.text_quality import find_suspect_text
from index.readers.warnings import find_lost_text

__all__ = [
    "BUILT_IN_SUFFIXES",
    "READER_VERSION",
    "SUPPORTED_SUFFIXES",
    "FileReading",
    "read",
    "read_data",
    "read_with_text",
]

_MESSAGES = MessageCatalogue("index", "readers")

READER_VERSION = 29
"""To be raised whenever a file is read otherwise than before: the files of a library are then read
again when they are indexed, though their bytes are the same."""


class FileReading(NamedTuple):
    """A file as it was read.

    Attributes:
        publication: The publication in it.
        text: All its text, for `index.readers.accounting.audit_characters`.
    """

    publication: Publication
    text: str


def read(path: Path) -> Publication:
    """Return the publication in a file.

    Numbers and dates that only its name has are in it: see `index.readers.series`.

    Args:
        path: See `read_with_text`.

    Raises:
        ReadError: If the file cannot be read as a publication: it says why, where, and what to do.

    Example:
        >>> from index import readers, sample
        >>> publication = readers.read(sample.get_path())
        >>> publication.title, publication.number, len(publication.articles)
        ('汐望雙月刊', '第 12 期', 7)
    """
    from index.readers.series import IssueNames  # as below

    return IssueNames().fill(read_with_text(path).publication, path)


def read_with_text(path: Path) -> FileReading:
    """Return the publication in a file, and the file's text.

    What a file is, its content tells, see `index.readers.formats`. Where neither the publication
    nor an article has a title, the file's name stands for both.

    Args:
        path: PDF, Word, EPUB, HTML, paged text, Markdown, or what pandoc converts.

    Raises:
        ReadError: If the file cannot be read as a publication: it says why, where, and what to do.
    """
    return read_data(read_file(path), path)


def read_data(data: bytes, path: Path, *, ocr: bool = False, processes: int = 1) -> FileReading:
    """Return the publication in a file's content, and its text; see `read_with_text`.

    Args:
        data: The content.
        path: The file; its name may stand for a title.
        ocr: Whether the text of PDF pages that are pictures is recognised, by tesseract.
        processes: How many may read a long PDF: 1, or 2 if this process has no other threads.

    Raises:
        ReadError: If it cannot be read as a publication.
    """
    # Packages within this one are used without reading files; the readers take 0.3 s to import.
    from index.readers.notes.author_date import link_author_dates

    file_format = detect_binary_format(data, path.suffix.lower())
    if file_format in ("unknown", "ole"):
        raise ReadError(_explain_refusal(data, path, file_format))
    try:
        publication, text = _read_format(data, path, file_format, ocr=ocr, processes=processes)
    except RecursionError:
        raise ReadError(_MESSAGES["nested_too_deeply"].format(path=path)) from None
    findings = filter(None, (find_suspect_text(publication), find_lost_text(publication)))
    publication = replace(publication, findings=(*findings, *publication.findings))
    publication = _fill_titles(link_author_dates(publication), path)
    publication = _fill_sources(publication, file_format)
    if file_format not in ("pdf", "markdown", "paged"):
        text += "\n" + list_unprinted(text, publication)
    if publication.is_titled_by_file or not publication.number:
        publication = replace(publication, id=identify_by_opening(publication))
    return FileReading(publication, text)


def _read_format(
    data: bytes,
    path: Path,
    file_format: Format | None,
    *,
    ocr: bool = False,
    processes: int = 1,
) -> tuple[Publication, str]:
    if file_format is None:
        decoded = decode_file(data, path)
        text = decoded.text
        file_format = detect_text_format(text, path.suffix.lower())
        if file_format == "html":
            publication, text = _read_format(text.encode(), path, file_format)
        else:
            publication = _read_plain_text(text, path.name, file_format)
        if finding := decoded.describe_guess():
            publication = replace(publication, findings=(finding, *publication.findings))
        return publication, text
    # Each of these takes 50 ms or more to import.
    if file_format == "pdf":
        from index.readers import pdf

        return pdf.read(data, path, ocr=ocr, processes=processes)
    if file_format == "word":
        from index.readers import word

        return word.read(data, path)
    if file_format == "epub":
        from index.readers import epub

        return epub.read(data, path)
    if file_format == "html":
        from index.readers import html

        return html.read(data, path)
    from index.readers import pandoc

    return pandoc.read(data, path)


def _read_plain_text(text: str, name: str, file_format: Format) -> Publication:
    if file_format == "markdown":
        from index.readers import markdown

        return markdown.read(text, name)
    from index.readers import paged

    return paged.read(text)


def _explain_refusal(data: bytes, path: Path, file_format: Format) -> Message:
    """Return why a file is of no format that can be read."""
    if not data.strip():
        return _MESSAGES["no_text"].format(path=path)
    if file_format == "ole":
        is_encrypted = "EncryptedPackage".encode("utf-16-le") in data
        return _MESSAGES["archive.encrypted" if is_encrypted else "old_word"].format(path=path)
    if path.suffix.lower() in SUPPORTED_SUFFIXES:
        return _MESSAGES["wrong_suffix"].format(path=path, suffix=path.suffix)
    return _MESSAGES["unknown_format"].format(path=path)


def _fill_titles(publication: Publication, path: Path) -> Publication:
    """Return the publication with a title for each article, so that all of it can be cited."""
    if all(article.title for article in publication.articles):
        return publication
    title = publication.title or _get_file_title(path)
    articles = tuple(
        article if article.title else replace(article, title=title)
        for article in publication.articles
    )
    if publication.title:
        return replace(publication, articles=articles)
    return replace(
        publication,
        title=title,
        articles=articles,
        is_titled_by_file=True,
    )


def _fill_sources(publication: Publication, file_format: Format | None) -> Publication:
    """Return the publication with where those of its metadata come from that do not say so yet."""
    origin: MetadataOrigin = "first-page" if file_format in (None, "pdf") else "heading"
    values = {
        "title": publication.title,
        "number": publication.number,
        "authors": any(article.authors for article in publication.articles),
        "date": publication.date_printed,
        "publisher": publication.publisher,
    }
    known = {name: source for name, source in publication.metadata_sources if values.get(name)}
    if publication.is_titled_by_file:
        known["title"] = "file-name"
    sources = (
        MetadataSource(name, known.get(name, origin)) for name, value in values.items() if value
    )
    return replace(publication, metadata_sources=tuple(sources))


def _get_file_title(path: Path) -> str:
    """Return the file's name without its suffix, fit to be printed."""
    stem = path.stem.encode("utf-8", "replace").decode()
    return " ".join(unicodedata.normalize("NFC", stem).split()) or path.suffix
