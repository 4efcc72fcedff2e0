"""The id of a publication."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import date


def compact(text: str) -> str:
    """A text for comparison: width folded, blanks dropped, case folded."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def publication_id(title: str, number: str, day: date | None, articles: Iterable[str]) -> str:
    """Twelve hexadecimal digits, the same however blanks and widths are set in the titles."""
    parts = [title, number, day.isoformat() if day else "", *articles]
    key = "\x1f".join(compact(part) for part in parts)
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:12]
