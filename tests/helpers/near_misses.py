"""Texts that a pattern nearly matches over and over, for which a careless one takes quadratic time.

`python -m tests.helpers.near_misses --megabytes 5` reads so much of them for each pattern and each
convention of notes that the readers use, and prints the seconds of processor time that each took.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from index.readers import paged
from index.readers.notes.conventions import Convention, load_conventions
from index.text.patterns import LANGUAGES, PatternEntry, read_entries

PACKAGES = ("index.readers", "index.readers.notes", "index.text", "index.glossary")
_WIDTHS = (1, 2, 5)  # characters of an example that are repeated
_LINE = 2_000  # characters of a line


def list_examples(entry: PatternEntry | Convention) -> list[str]:
    """The examples of a pattern or of a convention of notes."""
    if isinstance(entry, Convention):
        return [text for texts in entry.examples.values() for text in texts]
    return [*entry.match, *entry.reject]


def list_near_misses(entry: PatternEntry | Convention) -> Iterator[tuple[str, str]]:
    """Beginnings of examples, each with the part of the example that is to be repeated after it."""
    for text in list_examples(entry):
        for start in range(len(text)):
            for width in _WIDTHS:
                if start + width <= len(text):
                    yield text[:start], text[start : start + width]
        yield "", text


def repeat(beginning: str, part: str, size: int) -> str:
    """A text of about this size that ends like none of the examples."""
    return f"{beginning}{part * (size // len(part))}\x01"


def build_text(entry: PatternEntry | Convention, size: int) -> str:
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
    parser.add_argument("names", nargs="*", help="patterns or conventions; all if none is named")
    arguments = parser.parse_args()
    entries: list[tuple[str, str, PatternEntry | Convention]] = [
        ("convention", name, convention) for name, convention in load_conventions().items()
    ]
    entries += [
        (f"{package} {language}", name, entry)
        for package in PACKAGES
        for language in LANGUAGES
        for name, entry in read_entries(package, language).items()
    ]
    for place, name, entry in entries:
        if arguments.names and name not in arguments.names:
            continue
        seconds = measure(paged.read, build_text(entry, int(arguments.megabytes * 1e6)))
        sys.stdout.write(f"{seconds:6.1f} s  {place} {name}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
