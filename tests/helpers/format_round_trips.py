"""Random publications as PDF, Word, EPUB and HTML files, read back.

`python -m tests.helpers.format_round_trips --count 500 [--start 0] [--show 3] [KIND...]` writes so
many publications as files of each kind, reads them, and prints how many are equal, the seeds of
those that are not, and the first difference of some of these. Kinds of PDF have one or two columns,
notes that are numbered through or on each page, and tags or none: `pdf1`, `pdf2-pages-tags`.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product, zip_longest
from pathlib import Path

from index.document import Article, NoteMark, Publication
from index.readers import read_data
from tests.helpers.generator import Generator, Shape
from tests.helpers.typesetting import MARKUPS, typeset_pdf, write_epub, write_html, write_word

Write = Callable[[Publication], bytes]


def _list_kinds() -> Iterator[tuple[str, str, Write]]:
    for columns, per_page, tags in product((1, 2), (False, True), (False, True)):
        name = f"pdf{columns}" + "-pages" * per_page + "-tags" * tags
        yield name, ".pdf", partial(typeset_pdf, columns=columns, per_page=per_page, tags=tags)
    yield "docx", ".docx", write_word
    yield "docx-endnotes", ".docx", partial(write_word, endnotes=True)
    yield "epub", ".epub", write_epub
    for markup in MARKUPS:
        yield f"html-{markup}", ".html", partial(write_html, markup=markup)


KINDS = {name: (suffix, write) for name, suffix, write in _list_kinds()}
"""The endings of files, and what writes them, by kind."""


def draw_publication(seed: int) -> Publication:
    """Return a random publication that is the same for the same seed."""
    drawn = random.Random(seed)
    shape = Shape(
        seed=seed,
        articles=drawn.randint(1, 3),
        sections=drawn.randint(1, 5),
        notes=drawn.randint(1, 12),
        levels=drawn.randint(1, 3),
        english=drawn.random() < 0.5,
        repeated=drawn.random() < 0.5,
        explaining=drawn.random() < 0.5,
        long_notes=drawn.random() < 0.4,
        powers=drawn.random() < 0.3,
    )
    return Generator(shape).publication()


def squeeze(text: str) -> str:
    """Return a text without blanks and the asterisks of emphasis, which a page sets in italics."""
    return re.sub(r"[\s*]", "", text)


def list_parts(publication: Publication, *, printed: bool) -> list[tuple[str, object]]:
    """Return what is compared, with where it stands; notes count by place, not by number.

    Args:
        publication: As it was made, or read.
        printed: Whether blanks are left out.
    """
    fold = squeeze if printed else str.strip
    parts: list[tuple[str, object]] = []
    for index, article in enumerate(publication.articles):
        parts += _list_article(article, f"article {index + 1}", fold)
    return parts


def _list_article(
    article: Article, place: str, fold: Callable[[str], str]
) -> Iterator[tuple[str, object]]:
    positions = {note.number: index for index, note in enumerate(article.notes)}

    def locate(text: str, marks: Sequence[NoteMark]) -> list[tuple[int, int]]:
        return [(len(fold(text[: mark.offset])), positions.get(mark.note, -1)) for mark in marks]

    yield place, (fold(article.title), locate(article.title, article.marks))
    for number, section in enumerate(article.sections):
        path = [fold(part) for part in section.path]
        yield f"{place}, section {number + 1}", (path, locate(section.heading, section.marks))
        for paragraph in section.paragraphs:
            marks = locate(paragraph.text, paragraph.marks)
            yield f"{place}, section {number + 1}", (fold(paragraph.text), marks)
    for note in article.notes:
        yield f"{place}, a note", fold(note.text)


def find_difference(kind: str, seed: int) -> str:
    """Return the first difference between a publication and what is read of it; "" if none."""
    suffix, write = KINDS[kind]
    publication = draw_publication(seed)
    reading = read_data(write(publication), Path(f"a{suffix}")).publication
    printed = suffix == ".pdf"
    for made, read in zip_longest(
        list_parts(publication, printed=printed), list_parts(reading, printed=printed)
    ):
        if made != read:
            return f"made {made}\n    read {read}"
    return ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; return 1 if a publication is not read back equal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--start", type=int, default=0, metavar="SEED")
    parser.add_argument("--show", type=int, default=3)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    options = parser.parse_args(arguments)
    if unknown := set(options.kinds) - set(KINDS):
        parser.error(f"no kinds: {', '.join(unknown)}; there are {', '.join(KINDS)}")
    has_failed = False
    for kind in options.kinds or KINDS:
        differences = {
            seed: difference
            for seed in range(options.start, options.start + options.count)
            if (difference := find_difference(kind, seed))
        }
        has_failed = has_failed or bool(differences)
        equal = options.count - len(differences)
        seeds = f"; differ: {', '.join(map(str, differences))}" if differences else ""
        sys.stdout.write(f"{kind}: {equal} of {options.count} equal{seeds}\n")
        for seed, difference in list(differences.items())[: options.show]:
            sys.stdout.write(f"  seed {seed}: {difference}\n")
        sys.stdout.flush()
    return int(has_failed)


if __name__ == "__main__":
    sys.exit(main())
