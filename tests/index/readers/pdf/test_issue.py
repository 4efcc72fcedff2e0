"""Issues of journals, typeset as they are printed, are read as their text files are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from index.document import PageRegion, Publication
from index.readers import paged
from index.readers.accounting import audit_characters
from index.readers.decoding import load_text
from index.readers.pdf import read
from index.text.scripts import convert_to_simplified
from tests.helpers.comparing import list_texts
from tests.helpers.generator import Generator, Shape
from tests.helpers.printed_layout import IssueLayout, TypesetIssue, typeset_issue

pytestmark = pytest.mark.usefixtures("chinese_font")

LAYOUTS = {
    "tagged": IssueLayout(),
    "simplified": IssueLayout(tags=False, bookmarks=False),
    "columns": IssueLayout(columns=2, bookmarks=False),
}


class Comparison(NamedTuple):
    """An issue as it was typeset, and as it was read."""

    original: Publication
    typeset: TypesetIssue
    reading: Publication
    text: str


@pytest.fixture(scope="module", params=LAYOUTS)
def real(request: pytest.FixtureRequest, real_issue: Path) -> Comparison:
    text = load_text(real_issue)
    name = request.param
    original = paged.read(convert_to_simplified(text) if name == "simplified" else text)
    typeset = typeset_issue(original, LAYOUTS[name])
    return Comparison(original, typeset, *read(typeset.data, Path("issue.pdf")))


def list_pages(regions: tuple[PageRegion, ...]) -> tuple[str, str]:
    return regions[0].label, regions[-1].label


def iterate_pages(publication: Publication) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the printed pages of the beginning and end of paragraphs and the notes in them."""
    for article_index, article in enumerate(publication.articles):
        for section_index, section in enumerate(article.sections):
            for index, paragraph in enumerate(section.paragraphs):
                place = f"{article_index}-{section_index}-{index}"
                yield place, list_pages(paragraph.regions)
                for mark in paragraph.marks:
                    note = article.get_note(mark.note)
                    yield f"{place}-{mark.note}", list_pages(note.regions)


def test_the_real_issue_is_read_equal(real: Comparison) -> None:
    assert len(real.original.articles) == 7
    assert sum(len(article.notes) for article in real.original.articles) == 76
    assert list_texts(real.reading) == list_texts(real.original)


def test_all_characters_are_accounted_for(real: Comparison) -> None:
    assert audit_characters(real.text, real.reading).is_balanced


def test_printed_pages_are_right(real: Comparison) -> None:
    pages = dict(iterate_pages(real.reading))
    assert len(pages) > 150
    expected = {
        place: tuple(str(real.typeset.pages[f"{place}-{end}"]) for end in ("start", "end"))
        for place in pages
    }
    assert pages == expected
    assert {start == end for start, end in pages.values()} == {True, False}


@pytest.mark.parametrize("seed", [0, 7])
def test_a_random_issue_is_read_equal(seed: int) -> None:
    shape = Shape(
        seed=seed,
        articles=3,
        sections=3,
        notes=6,
        levels=2,
        contents=True,
        contents_translated=True,
        several_authors=True,
        repeated=True,
        imprint=True,
    )
    original = Generator(shape).publication()
    layout = IssueLayout(bookmarks=seed % 2 == 0, columns=1 + seed % 2)
    typeset = typeset_issue(original, layout)
    reading, text = read(typeset.data, Path("issue.pdf"))
    assert list_texts(reading) == list_texts(original)
    assert audit_characters(text, reading).is_balanced
