"""Recognise the text of pages that are pictures, by tesseract where it is installed.

Tesseract writes hOCR (https://kba.github.io/hocr-spec/1.2/) with a box for each character, so that
notes and marks are found by the same geometry as in text.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import lxml.html
import pypdfium2 as pdfium
from lxml.html import HtmlElement

from index.errors import ReadError
from index.messages import MessageCatalogue
from index.readers.pdf.glyphs import Glyph
from index.readers.pdf.pages import PrintedPage, arrange_lines

_MESSAGES = MessageCatalogue("index", "readers")

_LANGUAGES = ("chi_tra", "chi_sim", "eng")
_RESOLUTION = 300  # dots an inch
_POINTS = 72 / _RESOLUTION  # of a dot
_MAX_DOTS = 40_000_000  # of a page; A3 has 17 million
_SECONDS = 180  # for a page
_LINES = ("ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat")


def recognize_pages(
    document: pdfium.PdfDocument, pages: list[PrintedPage], path: Path
) -> tuple[int, ...]:
    """Return the numbers of the pages that have pictures but no text, and replace these pages.

    Args:
        document: The open file.
        pages: Its pages.
        path: Its file, for errors.

    Raises:
        ReadError: If there are such pages, and tesseract or its data are missing, or it fails.
    """
    numbers = [index for index, page in enumerate(pages) if page.is_picture]
    if not numbers:
        return ()
    command = _find_command(path)
    for index in numbers:
        hocr = _run(command, _render(document[index]), path)
        lines = arrange_lines(index + 1, list(parse_hocr(hocr)))
        pages[index] = replace(pages[index], lines=lines)
    return tuple(pages[index].number for index in numbers if pages[index].lines)


def _find_command(path: Path) -> list[str]:
    program = shutil.which("tesseract")
    if program is None:
        raise ReadError(_MESSAGES["ocr.missing"].format(path=path))
    listed = _run([program, "--list-langs"], b"", path).decode("utf-8", "replace").split()
    languages = [language for language in _LANGUAGES if language in listed]
    if not languages:
        raise ReadError(_MESSAGES["ocr.missing"].format(path=path))
    options = ["-l", "+".join(languages), "--dpi", str(_RESOLUTION), "-c", "hocr_char_boxes=1"]
    return [program, "stdin", "stdout", *options, "hocr"]


def _run(command: list[str], data: bytes, path: Path) -> bytes:
    try:
        result = subprocess.run(  # noqa: S603 - a program that was found, with our own arguments
            command, input=data, capture_output=True, timeout=_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        reason = " ".join(str(error).split())[-200:]
        raise ReadError(_MESSAGES["ocr.failed"].format(path=path, reason=reason)) from error
    return result.stdout


def _render(page: pdfium.PdfPage) -> bytes:
    """Return a page as a grey picture in the form PGM."""
    width, height = page.get_size()
    scale = min(_RESOLUTION / 72, (_MAX_DOTS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    rows = memoryview(bitmap.buffer).cast("B")
    lines = (
        bytes(rows[row * bitmap.stride : row * bitmap.stride + bitmap.width])
        for row in range(bitmap.height)
    )
    return b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + b"".join(lines)


def parse_hocr(hocr: bytes) -> Iterator[Glyph]:
    """Yield the characters of a page in reading order.

    Args:
        hocr: What tesseract wrote.
    """
    root = lxml.html.document_fromstring(hocr.replace(b"\0", b"") or b"<p>")
    for line in root.iter("span"):
        if line.get("class") in _LINES:
            yield from _parse_line(line)


def _parse_line(line: HtmlElement) -> Iterator[Glyph]:
    title = line.get("title", "")
    box = _parse_numbers(title, "bbox", 4)
    size = next(iter(_parse_numbers(title, "x_size", 1)), 0.0) * _POINTS
    slope, offset = _parse_numbers(title, "baseline", 2) or (0.0, 0.0)
    if not box or not size:
        return
    for word in line.iter("span"):
        if word.get("class") != "ocrx_word":
            continue
        follows_space = True
        for character in word.iter("span"):
            bounds = _parse_numbers(character.get("title", ""), "x_bboxes", 4)
            text = character.text_content().strip()
            if character is word or not bounds or not text:
                continue
            x0, y0, x1, y1 = (bound * _POINTS for bound in bounds)
            baseline = (box[3] + offset + slope * (bounds[0] - box[0])) * _POINTS
            yield Glyph(text, x0, y0, x1, y1, baseline, size, "OCR", False, follows_space)
            follows_space = False


def _parse_numbers(title: str, name: str, count: int) -> list[float]:
    """Return the numbers of a property; none if there are not so many."""
    match = re.search(rf"(?:^|;\s*){name}((?:\s+-?\d+(?:\.\d+)?){{{count}}})", title)
    return [float(number) for number in match[1].split()] if match else []
