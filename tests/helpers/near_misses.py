"""Texts that a pattern nearly matches over and over, for which a careless one takes quadratic time.

`python -m tests.helpers.near_misses --megabytes 5` reads so much of them for each pattern that the
readers use, and prints the seconds of processor time that each took.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from index.readers import paged
from index.text.patterns import LANGUAGES, PatternEntry, read_entries

PACKAGES = ("index.readers", "index.readers.notes", "index.text", "index.glossary")
_WIDTHS = (1, 2, 5)  # characters of an example that are repeated
_LINE = 2_000  # characters of a line


def list_near_misses(entry: PatternEntry) -> Iterator[tuple[str, str]]:
    """Beginnings of examples, each with the part of the example that is to be repeated after it."""
    for text in (*entry.match, *entry.reject):
        for start in range(len(text)):
            for width in _WIDTHS:
                if start + width <= len(text):
                    yield text[:start], text[start : start + width]
        yield "", text


def repeat(beginning: str, part: str, size: int) -> str:
    """A text of about this size that ends like none of the examples."""
    return f"{beginning}{part * (size // len(part))}\x01"


def build_text(entry: PatternEntry, size: int) -> str:
    """A text of about this size with the near misses of a pattern, one on each long line."""
    lines = [repeat(*near_miss, _LINE) for near_miss in list_near_misses(entry)]
    text = "\n\n".join(lines)
    return "\n\n".join([text] * (size // len(text) + 1))[:size]


def measure(function: Callable[[str], object], text: str) -> float:
    """Return the seconds of processor time that a function takes for a text."""
    start = time.process_time()
    function(text)
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=5)
    parser.add_argument("names", nargs="*", help="patterns; all if none is named")
    arguments = parser.parse_args()
    for package in PACKAGES:
        for language in LANGUAGES:
            for name, entry in read_entries(package, language).items():
                if arguments.names and name not in arguments.names:
                    continue
                text = build_text(entry, int(arguments.megabytes * 1e6))
                seconds = measure(paged.read, text)
                sys.stdout.write(f"{seconds:6.1f} s  {package} {language} {name}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
