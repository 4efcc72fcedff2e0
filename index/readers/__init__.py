"""Read files as publications: one reader for each kind of file."""

from __future__ import annotations

import re
import stat
import unicodedata
from dataclasses import replace
from pathlib import Path

from index.document import Publication
from index.errors import ReadError
from index.input_files import get_mode
from index.messages import MessageCatalogue
from index.readers import markdown, paged
from index.readers.decoding import load_text
from index.readers.publication_id import compute_publication_id

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
    Where neither the publication nor an article has a title, the file's name stands for both.

    Args:
        path: Paged text (.txt), or Markdown (.md, .markdown).

    Raises:
        ReadError: If the file cannot be read as a publication: it says why, where, and what to do.

    Example:
        >>> from index import readers, sample
        >>> publication = readers.read(sample.get_path())
        >>> publication.title, publication.number, len(publication.articles)
        ('汐望雙月刊', '第 12 期', 7)
    """
    if path.suffix.lower() not in SUPPORTED_SUFFIXES and stat.S_ISREG(get_mode(path)):
        raise ReadError(_MESSAGES["unknown_format"].format(path=path))
    text = load_text(path)
    is_markdown = _is_markdown(text, path)
    publication = markdown.read(text, path.name) if is_markdown else paged.read(text)
    return _fill_titles(publication, path)


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
        id=compute_publication_id(
            title, publication.number, publication.date, (article.title for article in articles)
        ),
        title=title,
        articles=articles,
        is_titled_by_file=True,
    )


def _get_file_title(path: Path) -> str:
    """Return the file's name without its suffix, fit to be printed."""
    stem = path.stem.encode("utf-8", "replace").decode()
    return " ".join(unicodedata.normalize("NFC", stem).split()) or path.suffix


def _is_markdown(text: str, path: Path) -> bool:
    if _FRONT_MATTER.match(text) or _NOTE_DEFINITION.search(text):
        return True
    return path.suffix.lower() != ".txt" and not _PAGE_NOTE.search(text)
