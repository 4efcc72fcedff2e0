"""Tests that pages are drawn with the sentence marked where it stands."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from index import readers
from index.document import Box, Span
from index.page_numbers import MarkedPage, find_places, group_by_page
from index.page_pictures import WIDTH, draw_pages
from tests.helpers.small_pdf import SENTENCES, typeset_pages

YELLOW = (255, 232, 138)


@pytest.fixture(scope="module")
def data() -> bytes:
    return typeset_pages(cut=True)


def open_picture(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def find_marks(picture: Image.Image) -> tuple[int, int, int, int]:
    """The box around everything that is nearly as yellow as a mark."""
    red, _, blue = picture.split()
    box = Image.eval(ImageChops.subtract(red, blue), lambda value: 255 * (value > 60)).getbbox()
    assert box
    return box


def locate(data: bytes, path: Path, sentence: str) -> tuple[MarkedPage, ...]:
    path.write_bytes(data)
    for article in readers.read(path).articles:
        for section in article.sections:
            for paragraph in section.paragraphs:
                start = paragraph.text.find(sentence)
                if start >= 0:
                    span = Span(start, start + len(sentence))
                    return group_by_page(find_places(paragraph.regions, span))
    raise AssertionError(sentence)


def test_a_sentence_is_marked_from_its_first_character_to_its_last(
    data: bytes, tmp_path: Path
) -> None:
    (page,) = locate(data, tmp_path / "small.pdf", SENTENCES[1])
    assert page.page == 2
    picture = open_picture(draw_pages(data, [page]))
    assert picture.width == WIDTH
    left, top, right, bottom = find_marks(picture)
    scale = WIDTH / 320
    # "A calm day." stands before it on the line, and the next sentence begins after it.
    assert 30 * scale + 20 < left < right < WIDTH - 30 * scale - 20
    assert 0 < bottom - top < 14 * scale
    assert picture.getpixel((left + 1, top + 1)) == pytest.approx(YELLOW, abs=12)
    darkest, _ = picture.crop((left, top, right, bottom)).convert("L").getextrema()
    assert darkest < 120  # the letters are there


def test_a_sentence_over_two_pages_is_marked_on_both(data: bytes, tmp_path: Path) -> None:
    pages = locate(data, tmp_path / "small.pdf", SENTENCES[2])
    assert [page.page for page in pages] == [2, 3]
    both = open_picture(draw_pages(data, pages))
    first = open_picture(draw_pages(data, pages[:1]))
    assert both.height > 2 * first.height
    _, top, _, bottom = find_marks(both)
    assert top < first.height < bottom


def test_boxes_beyond_the_page_do_no_harm(data: bytes) -> None:
    boxes = (Box(-50, -50, 9999, 9999), Box(10, 10, 5, 5), Box(400, 10, 500, 20))
    assert draw_pages(data, [MarkedPage(1, boxes)]).startswith(b"\x89PNG")


@pytest.mark.parametrize("page", [0, 5, -1])
def test_a_page_that_the_file_does_not_have(data: bytes, page: int) -> None:
    with pytest.raises(IndexError):
        draw_pages(data, [MarkedPage(page)])
