"""Find regular expressions that take more than linear time for what they nearly match.

`python -m tests.helpers.expression_times --megabytes 5 [PLACE...]` gives so much to each expression
of `index`, and prints the seconds of processor time that each took, the slowest last.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial

from tests.helpers.expression_texts import make_near_misses
from tests.helpers.expressions import Expression, find_expressions
from tests.helpers.near_misses import measure, print_times, repeat

_SIZE = 2_000  # characters: enough to notice what is not linear
_NOTICEABLE = 0.001  # seconds for so many
_RATIO = 4
_LEAST_RATIO = 9  # 4 if linear, 16 if quadratic
_ENOUGH = 0.02  # seconds for the longest text that an expression is given
LONGEST = {
    "index.glossary": 120,  # a bracket, or what stands before it
    "index.readers.hyphenation _LINE_END": 80,
    "index.readers.line_joining _ADDRESS_END": 300,
    "index.readers.notes.author_date _PAGES": 60,
    "index.readers.paged.article_heads _EMPHASIZED": 240,
    "index.readers.paged.sentence_ends _TRAILING_MARK": 80,
    "index.readers.paged.continuation _ENDS_WITH_URL": 1_000,
    "index.readers.pdf.paragraph_text _WORD_END": 80,
    "index.readers.pandoc_notes _UNUSED_MARKS": 500,  # stand once, at the end
    "index.references": 2_000,  # what is longer is not parsed
    "index.text.script_variants": 500,  # our own expressions
}
"""The most characters that expressions whose time is not linear are given, by their place."""


def find_slow_texts(expression: Expression) -> Iterator[str]:
    """Yield how an expression is applied and to what where that takes more than linear time."""
    limits = (limit for place, limit in LONGEST.items() if expression.place.startswith(place))
    longest = min(limits, default=0)
    size, least = (longest, _ENOUGH) if longest else (_SIZE, _NOTICEABLE)
    for beginning, part in make_near_misses(expression.pattern):
        for use in expression.uses:
            apply = getattr(expression.pattern, use)
            long, short = (repeat(beginning, part, length) for length in (size, size // _RATIO))
            if measure(apply, long) < least:
                continue
            ratios = (measure(apply, long) / measure(apply, short) for _ in range(3))
            if min(ratios) > _LEAST_RATIO:
                yield f"{expression.place} {use} {beginning!r} {part!r}"


def apply_to_near_misses(expression: Expression, size: int) -> None:
    """Apply an expression to this many characters of near misses."""
    near_misses = list(make_near_misses(expression.pattern))
    for beginning, part in near_misses:
        text = repeat(beginning, part, size // len(near_misses))
        for use in expression.uses:
            getattr(expression.pattern, use)(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=5)
    parser.add_argument("places", nargs="*", help="beginnings of places; all if none is named")
    arguments = parser.parse_args()
    size = int(arguments.megabytes * 1e6)
    print_times(
        (expression.place, partial(apply_to_near_misses, expression, size))
        for expression in find_expressions("index")
        if expression.place.startswith(tuple(arguments.places or [""]))
    )


if __name__ == "__main__":
    main()
