"""Readers: one for each kind of file, each from a path to a publication."""

from __future__ import annotations

from pathlib import Path

from index.document import Publication
from index.errors import ReadError
from index.readers import paged
from index.readers.text import load

KINDS = (".txt", ".md", ".markdown")
"""The endings of the files that can be read."""


def read(path: Path) -> Publication:
    """Read a publication.

    Args:
        path: Paged text (.txt), or Markdown (.md, .markdown).

    Raises:
        ReadError: If the file cannot be read as a publication: it says why, where, and what to do.
    """
    path = Path(path)
    if path.suffix.lower() not in KINDS and not path.is_dir() and path.exists():
        raise ReadError(
            f"{path}: files of this kind cannot be read. "
            "These can: plain text (.txt), Markdown (.md, .markdown).",
            f"{path}：無法讀取這種檔案。可讀取的有：純文字（.txt）、Markdown（.md、.markdown）。",
        )
    return paged.read(load(path))
