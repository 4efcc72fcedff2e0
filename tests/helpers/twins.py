"""Publications in simplified script, which must be read as those in traditional script are.

`python -m tests.helpers.twins --count 500 [FILE...]` reads random publications, the sample and
files in both scripts, and prints the first differences of those that are read otherwise.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from index import sample
from index.document import Publication
from index.readers import markdown, paged
from index.readers.decoding import load_text
from index.readers.formats import detect_text_format
from index.readers.publication_id import compute_publication_id
from index.text.scripts import convert_to_simplified
from tests.helpers.generator import Generator, Shape
from tests.helpers.printer import Printer

_LEFT_OUT = ("id", "message")  # an id depends on the title, a message quotes the text
_MAX_DIFFERENCES = 5
_CONTEXT = 30  # characters shown before a difference


def read_text(text: str, suffix: str) -> Publication:
    """Read a text as a file with this ending is read."""
    if detect_text_format(text, suffix) == "markdown":
        return markdown.read(text, f"a{suffix}")
    return paged.read(text)


def list_differences(text: str, suffix: str = ".txt") -> list[str]:
    """Where the publication in a text and the one in its simplified form differ."""
    simplified = convert_to_simplified(text)
    assert len(simplified) == len(text)
    original, twin = read_text(text, suffix), read_text(simplified, suffix)
    return list(islice(compare("", original, twin), _MAX_DIFFERENCES))


def simplify(value: Any) -> Any:
    """A publication, or a part of one, in simplified script."""
    if isinstance(value, str):
        return convert_to_simplified(value)
    if isinstance(value, tuple):
        items = map(simplify, value)
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    parts = {field.name: simplify(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Publication):
        titles = (article.title for article in parts["articles"])
        parts["id"] = compute_publication_id(parts["title"], parts["number"], parts["date"], titles)
    return replace(value, **parts)


def compare(place: str, original: Any, twin: Any) -> Iterator[str]:
    """Where two readings differ but for their script and the lines of the file."""
    if isinstance(original, str) and isinstance(twin, str):
        texts = [convert_to_simplified(original), convert_to_simplified(twin)]
        if texts[0] != texts[1]:
            pairs = enumerate(zip(*texts, strict=False))
            differing = (index for index, (left, right) in pairs if left != right)
            start = max(next(differing, min(map(len, texts))) - _CONTEXT, 0)
            parts = (text[start : start + 3 * _CONTEXT] for text in (original, twin))
            yield f"{place}: {' and '.join(map(repr, parts))}"
    elif is_dataclass(original) and type(original) is type(twin):
        for field in fields(original):
            if field.compare and field.name not in _LEFT_OUT:
                values = (getattr(item, field.name) for item in (original, twin))
                yield from compare(f"{place}.{field.name}", *values)
    elif isinstance(original, tuple) and isinstance(twin, tuple):
        if len(original) != len(twin):
            yield f"{place}: {len(original)} and {len(twin)} items"
        for index, items in enumerate(zip(original, twin, strict=False)):
            yield from compare(f"{place}[{index}]", *items)
    elif original != twin:
        yield f"{place}: {original!r}, {twin!r}"


def draw_shape(number: int) -> Shape:
    """A random shape that is the same for the same number."""
    drawn = random.Random(number)
    flags = {f.name: drawn.random() < 0.5 for f in fields(Shape) if f.type == "bool"}
    return Shape(
        seed=number,
        articles=drawn.randint(1, 4),
        sections=drawn.randint(1, 5),
        notes=drawn.randint(0, 12),
        levels=drawn.randint(1, 5),
        **flags,
    )


def print_text(number: int) -> str:
    """The text of a random publication that is the same for the same number."""
    shape = draw_shape(number)
    return Printer(Generator(shape).publication(), shape).text()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("files", nargs="*", type=Path)
    arguments = parser.parse_args()
    texts = [(str(file), load_text(file)) for file in [sample.get_path(), *arguments.files]]
    texts += [(f"random {number}.txt", print_text(number)) for number in range(arguments.count)]
    different_count = 0
    for name, text in texts:
        if differences := list_differences(text, Path(name).suffix):
            different_count += 1
            sys.stdout.write("\n".join([name, *differences, ""]))
    sys.stdout.write(f"{len(texts)} texts, {different_count} read otherwise in simplified script\n")
    sys.exit(different_count > 0)


if __name__ == "__main__":
    main()
