"""Cut what was found as one reference where a second one begins, and prose off its ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from index.readers.notes.evidence import find_evidence
from index.readers.notes.labelling import Span
from index.readers.notes.masking import MaskedText
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers.notes")
_NAMING = frozenset(
    ("title-italic", "title-quoted", "title-in-brackets", "title-in-quotation-marks",
     "document-type", "law-report", "case-number", "article-of-law", "statute", "archive",
     "shelf-mark", "united-nations", "interview-or-letter", "interview")
)  # fmt: skip
_PARTING = " ,.;、。:"
_BEFORE_PARENTHESIS = re.compile(r"[^*“\"《〈『「(]*\(")
_REST_OF_PARENTHESIS = re.compile(r"(?:[^()]|\([^()]*+\))++\)")
_OF_SENTENCE = re.compile(r"\b[a-z]{2,} [a-z]{2,}\b|[はをが]")
_REACH = 1_200  # characters in which the signs of a reference are looked for


def separate_references(content: MaskedText, spans: Iterable[Span]) -> list[Span]:
    """Return spans of references, each cut where the next one begins and without prose around it.

    A span is cut only where both parts, or what is left of it, are references by their own signs.

    Args:
        content: The text.
        spans: Where references were found in it, in order.
    """
    return [part for span in spans for part in _separate(content, *span)]


def _separate(content: MaskedText, start: int, end: int) -> Iterator[Span]:
    start, end = _leave_sentence(content, start, end)
    start = _skip_prose(content, start, end)
    for match in _PATTERNS["between-references"].finditer(content.masked, start, end):
        left, right = match.start(), match.end()
        goes_on = _PATTERNS["continuation"].match(content.masked, right, end)
        if not goes_on and all(
            _is_complete(content, *part) for part in ((start, left), (right, end))
        ):
            yield start, _cut_prose(content, start, left)
            start = _skip_prose(content, right, end)
    yield start, _cut_prose(content, start, end)


def _leave_sentence(content: MaskedText, start: int, end: int) -> Span:
    """Return what a span has in parentheses if it is a reference and a sentence stands before."""
    before = _BEFORE_PARENTHESIS.match(content.masked, start, end)
    if before and _OF_SENTENCE.search(before[0]):
        inside = before.end(), end - 1
        closes = _REST_OF_PARENTHESIS.fullmatch(content.masked, before.end(), end)
        return inside if closes and _is_complete(content, *inside) else (start, end)
    return start, end


def _skip_prose(content: MaskedText, start: int, end: int) -> int:
    """Return where a reference begins in a span, after the words that lead to it."""
    match = _PATTERNS["prose-before-reference"].match(content.masked, start, end)
    return match.end() if match and _is_complete(content, match.end(), end) else start


def _cut_prose(content: MaskedText, start: int, end: int) -> int:
    """Return where a reference ends in a span, before the words that go on from it."""
    for match in _PATTERNS["prose-after-reference"].finditer(content.masked, start, end):
        if start < match.start() and _is_complete(content, start, match.start()):
            left = content.folded[start : match.start()].rstrip(_PARTING)
            return start + len(left)
    return end


def _is_complete(content: MaskedText, start: int, end: int) -> bool:
    """Return whether a part of a text is a reference that names what it refers to."""
    if end - start > _REACH or _count_open(content.masked[start:end]):
        return False
    evidence = find_evidence(content.cut(start, end))
    score = evidence.score - evidence.weights.get("address", 0)
    return score > 0 and bool(evidence.weights.keys() & _NAMING)


def _count_open(text: str) -> int:
    return sum(map(text.count, "([")) - sum(map(text.count, ")]"))
