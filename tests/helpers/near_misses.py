"""Texts that a pattern nearly matches over and over, for which a careless one takes quadratic time.

`python -m tests.helpers.near_misses --megabytes 5` applies each pattern and each convention of
notes that the readers use to so much of them, and prints the seconds of processor time that each
took, the slowest last; with `--read`, the whole reader reads them.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from index.readers import paged
from index.readers.notes.conventions import Convention, load_conventions
from index.readers.notes.detection import detect_notes
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


def apply_to_near_misses(entry: PatternEntry | Convention, size: int) -> None:
    """Apply a pattern, or the patterns of a convention, to this many characters of near misses."""
    near_misses = list(list_near_misses(entry))
    texts = [repeat(*near_miss, size // len(near_misses)) for near_miss in near_misses]
    if isinstance(entry, Convention):
        detect_notes(texts)
        functions = [pattern.findall for pattern in (entry.mark, entry.closing) if pattern]
    else:
        functions = [getattr(re.compile(entry.expression), entry.use)]
    for text in texts:
        for function in functions:
            function(text)


def measure(function: Callable[[str], object], text: str) -> float:
    """Return the seconds of processor time that a function takes for a text."""
    start = time.process_time()
    function(text)
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=5)
    parser.add_argument("--read", action="store_true", help="with the whole reader")
    parser.add_argument("names", nargs="*", help="patterns or conventions; all if none is named")
    arguments = parser.parse_args()
    size = int(arguments.megabytes * 1e6)
    entries: list[tuple[str, str, PatternEntry | Convention]] = [
        ("convention", name, convention) for name, convention in load_conventions().items()
    ]
    entries += [
        (f"{package} {language}", name, entry)
        for package in PACKAGES
        for language in LANGUAGES
        for name, entry in read_entries(package, language).items()
    ]
    use = _read if arguments.read else apply_to_near_misses
    print_times(
        (f"{place} {name}", partial(use, entry, size))
        for place, name, entry in entries
        if not arguments.names or name in arguments.names
    )


def _read(entry: PatternEntry | Convention, size: int) -> None:
    paged.read(build_text(entry, size))


def print_times(calls: Iterable[tuple[str, Callable[[], object]]]) -> None:
    """Make calls, and print the seconds of processor time that each took, the slowest last.

    Args:
        calls: What each is called, and the call.
    """
    results: list[tuple[float, str]] = []
    for name, call in calls:
        start = time.process_time()
        call()
        results.append((time.process_time() - start, name))
        sys.stdout.write("{:6.1f} s  {}\n".format(*results[-1]))
        sys.stdout.flush()
    sys.stdout.write("the slowest:\n")
    sys.stdout.writelines("{:6.1f} s  {}\n".format(*result) for result in sorted(results)[-10:])


if __name__ == "__main__":
    main()
