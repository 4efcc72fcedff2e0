"""Find words in an article, in either Chinese script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.document import Span
from index.text.script_variants import match_either_script

MAX_FOUND_LENGTH = 100
"""Characters of what is looked for."""

_CONTEXT_LENGTH = 24  # characters on either side of a place that is listed
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place where words were found.

    Attributes:
        anchor: The id of the paragraph or note.
        before: The text before it, shortened.
        text: The words as printed.
        after: The text after it, shortened.
    """

    anchor: str
    before: str
    text: str
    after: str


def compile_words(words: str) -> re.Pattern[str] | None:
    """Return a pattern for words as typed, in either script and case; None where there are none."""
    pieces = [re.escape(piece) for piece in words[:MAX_FOUND_LENGTH].split()]
    if not pieces:
        return None
    return re.compile(match_either_script(r"\s*".join(pieces)), re.IGNORECASE)


def find_spans(text: str, pattern: re.Pattern[str] | None) -> list[Span]:
    """Return where a text matches a pattern; nowhere for None."""
    return [Span(*match.span()) for match in pattern.finditer(text)] if pattern else []


def describe_places(
    anchor: str, text: str, pattern: re.Pattern[str] | None
) -> Iterator[FoundPlace]:
    """Yield the places of a text that match a pattern, each with the text around it."""
    for start, end in find_spans(text, pattern):
        first, last = max(0, start - _CONTEXT_LENGTH), end + _CONTEXT_LENGTH
        yield FoundPlace(
            anchor,
            ("… " if first else "") + _SPACES.sub(" ", text[first:start]),
            text[start:end],
            _SPACES.sub(" ", text[end:last]) + (" …" if last < len(text) else ""),
        )
