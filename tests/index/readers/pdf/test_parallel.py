"""Tests of reading pages in two processes."""

from __future__ import annotations

import os

import pypdfium2 as pdfium
import pytest
import typst

from index.readers.pdf import parallel
from index.readers.pdf.pages import PrintedPage, read_page
from index.readers.pdf.parallel import read_pages

PAGES = [f"Page {number} has a line." for number in range(1, 41)]


def typeset() -> bytes:
    return typst.compile("\n#pagebreak()\n".join(PAGES).encode(), format="pdf")


def read_in_two(data: bytes) -> list[PrintedPage]:
    document = pdfium.PdfDocument(data)
    try:
        return read_pages(document, processes=2)
    finally:
        document.close()


def test_two_processes_read_what_one_reads() -> None:
    data = typeset()
    document = pdfium.PdfDocument(data)
    assert read_in_two(data) == read_pages(document)
    document.close()


def test_pages_are_read_though_the_second_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    own_process = os.getpid()

    def read_or_end(document: pdfium.PdfDocument, index: int, *, with_tags: bool) -> PrintedPage:
        if index == 37 and os.getpid() != own_process:
            os._exit(1)
        return read_page(document, index, with_tags=with_tags)

    monkeypatch.setattr(parallel, "read_page", read_or_end)
    pages = read_in_two(typeset())
    assert [page.lines[0].text for page in pages] == PAGES
