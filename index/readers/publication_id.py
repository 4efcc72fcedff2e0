"""The id of a publication."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import date


def normalize_for_comparison(text: str) -> str:
    """A text for comparison: width folded, blanks dropped, case folded."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def compute_publication_id(
    title: str, number: str, publication_date: date | None, article_titles: Iterable[str]
) -> str:
    """Twelve hexadecimal digits, the same however blanks and widths are set in the titles."""
    parts = [
        title,
        number,
        publication_date.isoformat() if publication_date else "",
        *article_titles,
    ]
    key = "\x1f".join(normalize_for_comparison(part) for part in parts)
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:12]
