"""Draw pages of a PDF with some of their text marked."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pypdfium2 as pdfium
from PIL import Image, ImageChops

from index.page_numbers import MarkedPage

WIDTH = 1000
"""The width of a picture, in pixels."""

_MAX_HEIGHT = 3 * WIDTH  # pixels of a page
_GAP = 12  # pixels between two pages
_GAP_COLOUR = (128, 128, 128)
_PAPER_COLOUR = (255, 255, 255)
_MARK_COLOUR = (255, 232, 138)
_MARGIN = 1.5  # points around a box
_COLOURS = 256


def draw_pages(data: bytes, pages: Sequence[MarkedPage]) -> bytes:
    """Return a PNG picture of pages, one below the other.

    Run it in a process apart (`index.sandbox`): the file may be anybody's.

    Args:
        data: The content of a PDF file.
        pages: At least one.

    Raises:
        pypdfium2.PdfiumError: If the file or a page is damaged.
        IndexError: If the file has no such page.
    """
    document = pdfium.PdfDocument(data)
    try:
        pictures = [_draw_page(document, page) for page in pages]
    finally:
        document.close()
    height = sum(picture.height for picture in pictures) + _GAP * (len(pictures) - 1)
    width = max(picture.width for picture in pictures)
    whole = Image.new("RGB", (width, height), _GAP_COLOUR)
    top = 0
    for picture in pictures:
        whole.paste(picture, (0, top))
        top += picture.height + _GAP
    stream = io.BytesIO()
    whole.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE).save(stream, "PNG")
    return stream.getvalue()


def _draw_page(document: pdfium.PdfDocument, page: MarkedPage) -> Image.Image:
    if not 1 <= page.page <= len(document):
        raise IndexError(page.page)
    drawn = document[page.page - 1]
    drawn.set_rotation(0)  # as it was read: the boxes are those of the upright page
    width, height = drawn.get_size()
    scale = min(WIDTH / max(width, 1), _MAX_HEIGHT / max(height, 1))
    picture: Image.Image = drawn.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    marks = Image.new("RGB", picture.size, _PAPER_COLOUR)
    for box in page.boxes:
        left, top = (max(0, round((edge - _MARGIN) * scale)) for edge in (box.x0, box.y0))
        right = min(picture.width, round((box.x1 + _MARGIN) * scale))
        bottom = min(picture.height, round((box.y1 + _MARGIN) * scale))
        if left < right and top < bottom:
            marks.paste(_MARK_COLOUR, (left, top, right, bottom))
    return ImageChops.multiply(picture, marks)
