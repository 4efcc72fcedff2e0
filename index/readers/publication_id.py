"""Compute the id of a publication."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import date


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
