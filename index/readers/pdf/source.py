"""Open PDF files of unknown origin within limits, and read what they say of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import pypdfium2 as pdfium

from index.errors import ReadError
from index.messages import MessageCatalogue
from index.readers.pdf.headings import OutlineEntry
from index.readers.pdf.pages import read_string

_MESSAGES = MessageCatalogue("index", "readers")

MAX_PAGES = 10_000
"""The most pages that a file may have."""

_MAX_OUTLINE_ENTRIES = 10_000
_MAX_OUTLINE_DEPTH = 8


def open_document(data: bytes, path: Path) -> pdfium.PdfDocument:
    """Return an open file; one whose password is empty is open to everybody.

    Args:
        data: The file's content.
        path: The file, for errors.

    Raises:
        ReadError: If it needs a password, is damaged, or has too many pages.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        key = "pdf.password" if "password" in str(error).lower() else "pdf.damaged"
        raise ReadError(_MESSAGES[key].format(path=path)) from error
    if len(document) > MAX_PAGES:
        pages = len(document)
        document.close()
        message = _MESSAGES["pdf.too_many_pages"]
        raise ReadError(message.format(path=path, pages=f"{pages:,}", limit=f"{MAX_PAGES:,}"))
    return document


def read_outline(document: pdfium.PdfDocument) -> Iterator[OutlineEntry]:
    """Yield the entries of a file's outline that lead to a page.

    Args:
        document: An open file.
    """
    for bookmark in islice(document.get_toc(max_depth=_MAX_OUTLINE_DEPTH), _MAX_OUTLINE_ENTRIES):
        destination = bookmark.get_dest()
        page = destination.get_index() if destination else None
        if page is not None:
            title = read_string(bookmark.get_title)
            yield OutlineEntry(title, page + 1, bookmark.level + 1)


def read_properties(document: pdfium.PdfDocument) -> dict[str, str]:
    """Return a file's title, authors and the like.

    Args:
        document: An open file.
    """
    keys = document.METADATA_KEYS
    return {key: read_string(partial(document.get_metadata_value, key)) for key in keys}
