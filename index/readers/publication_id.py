"""Compute the id of a publication."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import date

from index.document import Publication

_OPENING_LENGTH = 300  # characters of the text that tell publications of one title apart


def normalize_for_comparison(text: str) -> str:
    """Return a text with width and case folded and without blanks.

    Args:
        text: A title or a name.
    """
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def compute_publication_id(
    title: str, number: str, publication_date: date | None, article_titles: Iterable[str]
) -> str:
    """Return twelve hexadecimal digits, the same however blanks and widths are set in the titles.

    Args:
        title: Of the publication.
        number: As printed, or "".
        publication_date: The day it appeared, if known.
        article_titles: In order.
    """
    parts = [
        title,
        number,
        publication_date.isoformat() if publication_date else "",
        *article_titles,
    ]
    key = "\x1f".join(normalize_for_comparison(part) for part in parts)
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def identify_by_opening(publication: Publication) -> str:
    """Return an id that also depends on how the text begins.

    For publications without a number: files that people make have titles such as 前言 or
    "Introduction" again and again; issues of a periodical have numbers.

    Args:
        publication: As it was read.
    """
    pieces = (
        piece
        for article in publication.articles
        for section in article.sections
        for piece in (section.heading, *(paragraph.text for paragraph in section.paragraphs))
    )
    opening = ""
    for piece in pieces:
        opening += normalize_for_comparison(piece[:_OPENING_LENGTH])
        if len(opening) >= _OPENING_LENGTH:
            break
    titles = (article.title for article in publication.articles)
    return compute_publication_id(
        publication.title,
        publication.number,
        publication.date,
        (*titles, opening[:_OPENING_LENGTH]),
    )
