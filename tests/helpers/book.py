"""A random book as a PDF, for measuring how long files of it are read.

`python -m tests.helpers.book --articles 98 FILE` writes one of some 350 pages with 2,000 notes.
`python -m eval.benchmarks.reading FILE` measures how it is read.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index.document import Publication
from tests.helpers.generator import Generator, Shape
from tests.helpers.typesetting import typeset_pdf

_ENGLISH = 3  # one publication in so many is in English


def build_book(articles: int) -> Publication:
    """Return a random publication with so many articles, each of up to ten sections."""
    drawn = [_draw_publication(seed) for seed in range((articles + 1) // 2)]
    parts = tuple(article for publication in drawn for article in publication.articles)
    return replace(drawn[0], articles=parts[:articles])


def _draw_publication(seed: int) -> Publication:
    shape = Shape(
        seed=seed,
        articles=2,
        sections=10,
        notes=30,
        levels=2,
        english=seed % _ENGLISH == 0,
        repeated=True,
        explaining=True,
    )
    return Generator(shape).publication()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=98)
    parser.add_argument("file", type=Path)
    options = parser.parse_args(arguments)
    options.file.write_bytes(typeset_pdf(build_book(options.articles)))


if __name__ == "__main__":
    main()
