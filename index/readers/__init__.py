"""Read files as publications: one reader for each kind of file."""

from __future__ import annotations

import re
from pathlib import Path

from index.document import Publication
from index.errors import ReadError
from index.messages import MessageCatalogue
from index.readers import markdown, paged
from index.readers.decoding import load_text

_MESSAGES = MessageCatalogue("index", "readers")

SUPPORTED_SUFFIXES = (".txt", ".md", ".markdown")
"""The endings of the files that can be read."""

READER_VERSION = 3
"""To be raised whenever a file is read otherwise than before: the files of a library are then read
again when they are indexed, though their bytes are the same."""

_PAGE_NOTE = re.compile(r"^\s{0,3}(?:[⁰¹²³⁴-⁹]{1,3}|<sup>\d{1,3}</sup>)\s+\S", re.MULTILINE)
_FRONT_MATTER = re.compile(r"---[ \t]*\n[\w .-]+:(?:\s|$)")
_NOTE_DEFINITION = re.compile(r"^ {0,3}\[\^[^\]\s]+\]:", re.MULTILINE)


def read(path: Path) -> Publication:
    """Return the publication in a file.

    A file with `[^1]: ` notes or front matter is read as Markdown, one with superscript numbers
    before its notes as the text of printed pages, whatever its suffix; else the suffix decides.

    Args:
        path: Paged text (.txt), or Markdown (.md, .markdown).

    Raises:
        ReadError: If the file cannot be read as a publication: it says why, where, and what to do.
    """
    if path.suffix.lower() not in SUPPORTED_SUFFIXES and path.is_file():
        raise ReadError(_MESSAGES["unknown_format"].format(path=path))
    text = load_text(path)
    return markdown.read(text, path.name) if _is_markdown(text, path) else paged.read(text)


def _is_markdown(text: str, path: Path) -> bool:
    if _FRONT_MATTER.match(text) or _NOTE_DEFINITION.search(text):
        return True
    return path.suffix.lower() != ".txt" and not _PAGE_NOTE.search(text)
