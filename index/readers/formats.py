"""Tell the format of a file by its content."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from typing import Literal

Format = Literal["pdf", "word", "epub", "html", "markdown", "paged", "pandoc", "ole", "unknown"]
"""What a file is read as; "paged" is the text of printed pages, "pandoc" what pandoc converts.

"ole" and "unknown" cannot be read: the first is what Word and others wrote before 2007, and what
they encrypt still.
"""

TEXT_SUFFIXES = (".txt", ".md", ".markdown")
"""The endings of text files."""

PANDOC_FORMATS = {
    ".odt": "odt",
    ".tex": "latex",
    ".rst": "rst",
    ".qmd": "markdown",
    ".typ": "typst",
    ".fb2": "fb2",
    ".dbk": "docbook",
    ".docbook": "docbook",
    ".org": "org",
}
"""pandoc's names of the formats that it converts, by the endings of files."""

BUILT_IN_SUFFIXES = (".pdf", ".docx", ".epub", ".html", ".htm", ".xhtml", *TEXT_SUFFIXES)
"""The endings of the files that can be read without pandoc."""

SUPPORTED_SUFFIXES = (*BUILT_IN_SUFFIXES, *PANDOC_FORMATS)
"""The endings of the files that can be read."""

SAMPLE_BYTES = 4096
"""How much of a file's beginning shows its format, of other files than archives."""

ARCHIVE_START = b"PK\x03\x04"
"""How Word, EPUB and OpenDocument files begin, and other archives."""

_HTML_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_PDF_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*%PDF-")
_OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PAGE_NOTE = re.compile(r"^\s{0,3}(?:[⁰¹²³⁴-⁹]{1,3}|<sup>\d{1,3}</sup>)\s+\S", re.MULTILINE)
_FRONT_MATTER = re.compile(r"---[ \t]*\n[\w .-]+:(?:\s|$)|\+\+\+[ \t]*\n")
_HEADING = re.compile(r"#{1,6}\s")
_HTML_BLOCK = re.compile(
    r"\s*</?(?:h[1-6]|p|div|body|article|section|main|header|footer|ol|ul|li|table|tr|td|blockquote)\b",
    re.IGNORECASE,
)
_NOTE_DEFINITION = re.compile(r"^ {0,3}\[\^[^\]\s]+\]:", re.MULTILINE)


def detect_binary_format(data: bytes, suffix: str) -> Format | None:
    """Return the format of a file that is no plain text; None for plain text.

    Args:
        data: The file's content.
        suffix: Its ending, in small letters; it decides for what pandoc converts alone.
    """
    start = data[:SAMPLE_BYTES]
    if _PDF_START.match(start):
        return "pdf"
    if start.startswith(ARCHIVE_START):
        return _detect_archive(data, suffix)
    if start.startswith(_OLE_START):
        return "ole"
    if suffix in PANDOC_FORMATS:
        return "pandoc"
    if _HTML_START.match(start) or suffix in (".html", ".htm", ".xhtml"):
        return "html"
    if suffix in TEXT_SUFFIXES:
        return None
    return "unknown"


def _detect_archive(data: bytes, suffix: str) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError, OSError):
        return "word" if suffix == ".docx" else "epub" if suffix == ".epub" else "unknown"
    if "META-INF/container.xml" in names:
        return "epub"
    if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
        return "word"
    return "pandoc" if suffix in PANDOC_FORMATS else "unknown"


def detect_text_format(text: str, suffix: str) -> Format:
    """Return "markdown", "paged" or "html", for plain text.

    A text with `[^1]: ` notes or front matter is Markdown, one with superscript numbers before its
    notes comes off printed pages, whatever the file's ending; else the ending decides. A text most
    of whose lines begin with tags of blocks is a piece of HTML, unless it begins with a heading of
    Markdown.

    Args:
        text: The file's text.
        suffix: Its ending, in small letters.
    """
    lines = [line for line in text[:SAMPLE_BYTES].split("\n") if line.strip()]
    is_heading = bool(lines and _HEADING.match(lines[0]))
    if not is_heading and 2 * sum(bool(_HTML_BLOCK.match(line)) for line in lines) > len(lines):
        return "html"
    if _FRONT_MATTER.match(text) or _NOTE_DEFINITION.search(text):
        return "markdown"
    return "markdown" if suffix != ".txt" and not _PAGE_NOTE.search(text) else "paged"
