"""What a reference is of, by the words and fields that it has."""

from __future__ import annotations

from index.readers.notes.masking import fold_widths
from index.references.draft import Draft
from index.references.model import ReferenceType
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.references")

CODES: dict[str, ReferenceType] = {
    "M": "book", "J": "article-journal", "N": "article-newspaper", "D": "thesis",
    "C": "paper-conference", "R": "report", "P": "patent", "S": "report", "EB": "webpage",
    "DB": "webpage", "CP": "software", "A": "document", "G": "book", "Z": "document",
}  # fmt: skip
"""The letters of GB/T 7714 for the types of documents."""

_TYPES_BY_PATTERN: tuple[tuple[str, ReferenceType], ...] = (
    ("broadcast", "broadcast"),
    ("post", "post"),
    ("patent", "patent"),
    ("report", "report"),
    ("archive", "manuscript"),
)


def choose_type(draft: Draft) -> ReferenceType:
    """Return what a reference is of.

    Args:
        draft: The reference, all fields but the type read.
    """
    if draft.type:
        return draft.type
    if draft.is_case:
        return "legal_case"
    if draft.has_thesis_word:
        return "thesis"
    if draft.container:
        return _choose_part_type(draft)
    by_word = _choose_by_word(draft)
    if by_word:
        return by_word
    if draft.publisher or draft.place or (draft.title and not draft.is_part and not draft.url):
        return "book"
    return "webpage" if draft.url else "document"


def _choose_part_type(draft: Draft) -> ReferenceType:
    container = fold_widths(draft.container)
    if draft.editors or ((draft.publisher or draft.place) and not draft.issue):
        return "chapter"
    has_day = bool(draft.date and draft.date.day)
    if draft.volume or draft.issue:
        return "article-journal"
    return _choose_periodical(draft, container, has_day=has_day)


def _choose_periodical(draft: Draft, container: str, *, has_day: bool) -> ReferenceType:
    if _PATTERNS["journal"].search(container) and not has_day:
        return "article-journal"
    if _PATTERNS["newspaper"].search(container) or (has_day and not draft.url):
        return "article-newspaper"
    if draft.url:
        return "webpage"
    return "article-journal" if draft.pages or draft.locator or draft.date else "chapter"


def _choose_by_word(draft: Draft) -> ReferenceType | None:
    text = draft.folded  # without titles and names
    patterns = (
        _PATTERNS["broadcast"], _PATTERNS["post"], _PATTERNS["patent"],
        _PATTERNS["report"], _PATTERNS["archive"],
    )  # fmt: skip
    if _PATTERNS["statute"].search(fold_widths(draft.remainder.text)):
        return "legislation"
    for pattern, (_, kind) in zip(patterns, _TYPES_BY_PATTERN, strict=True):
        if pattern.search(text):
            return kind
    return None
