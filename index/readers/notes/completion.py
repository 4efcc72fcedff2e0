"""Complete what was found as a reference by the rest of it that stands right before or after it."""

from __future__ import annotations

from collections.abc import Iterable

from index.readers.notes.labelling import Span
from index.readers.notes.masking import MaskedText
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers.notes")
_REACH = 120  # characters before and after the end of what was found that are looked at
_EDGE = "¦"  # stands in patterns where what was found begins or ends


def complete_references(content: MaskedText, spans: Iterable[Span]) -> list[Span]:
    """Return spans of references with the rest of each, such as an author or further pages.

    Args:
        content: The text.
        spans: Where references were found in it, in order.
    """
    completed: list[Span] = []
    for span in spans:
        start = _find_start(content.folded, completed[-1][1] if completed else 0, span[0])
        end = _find_end(content.folded, span[1])
        is_open = content.folded.count("(", start, end) > content.folded.count(")", start, end)
        completed.append((start, end + (is_open and content.folded.startswith(")", end))))
    return completed


def _find_start(folded: str, least: int, start: int) -> int:
    """Return where a reference begins of which the beginning may be missing."""
    first = max(least, start - _REACH)
    text = f"{folded[first:start]}{_EDGE}{folded[start : start + _REACH]}"
    rest = _PATTERNS["rest-before-reference"].search(text)
    return first + rest.start() if rest else start


def _find_end(folded: str, end: int) -> int:
    """Return where a reference ends of which the end may be missing."""
    first = max(0, end - _REACH)
    text = f"{folded[first:end]}{_EDGE}{folded[end : end + _REACH]}"
    rest = _PATTERNS["rest-after-reference"].search(text)
    return first + rest.end() - len(_EDGE) if rest else end
