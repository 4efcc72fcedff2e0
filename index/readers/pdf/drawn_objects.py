"""List what is drawn on a PDF page other than text, with as little overhead as ctypes allows."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from index.readers.pdf.text_calls import find_function


class DrawnObject(NamedTuple):
    """A path or a picture.

    Attributes:
        is_picture: Whether it is no path.
        bounds: Its left, lower, right and upper edge on the page as the file has it, in points.
    """

    is_picture: bool
    bounds: tuple[float, float, float, float]


def list_drawn_objects(page: pdfium.PdfPage) -> Iterator[DrawnObject]:
    """Yield the paths and pictures of a page, and those of the forms on it.

    Args:
        page: An open page.

    Raises:
        pdfium.PdfiumError: If the page is damaged.
    """
    edges = (ctypes.c_float * 4)()
    first = ctypes.addressof(edges)
    addresses = [first + index * ctypes.sizeof(ctypes.c_float) for index in range(4)]
    for address, kind in _list_addresses(page):
        if kind in _DRAWN:
            _GET_BOUNDS(address, *addresses)
            left, lower, right, upper = edges
            yield DrawnObject(kind == pdfium_c.FPDF_PAGEOBJ_IMAGE, (left, lower, right, upper))


def _list_addresses(page: pdfium.PdfPage) -> Iterator[tuple[int, int]]:
    """Yield the addresses and kinds of the objects on a page, and of those in its forms."""
    page_address = ctypes.cast(page.raw, _POINTER).value or 0
    for index in range(_check_count(_COUNT_OBJECTS(page_address))):
        address = _check_address(_GET_OBJECT(page_address, index))
        kind = _GET_TYPE(address)
        yield address, kind
        if kind == pdfium_c.FPDF_PAGEOBJ_FORM:
            for place in range(_check_count(_COUNT_IN_FORM(address))):
                inner = _check_address(_GET_IN_FORM(address, place))
                yield inner, _GET_TYPE(inner)


def _check_count(count: int) -> int:
    if count < 0:
        raise pdfium.PdfiumError("Failed to count the objects of a page.")
    return count


def _check_address(address: int | None) -> int:
    if not address:
        raise pdfium.PdfiumError("Failed to get an object of a page.")
    return address


_DRAWN = frozenset((pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE))
_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
_COUNT_OBJECTS = ctypes.CFUNCTYPE(_INT, _POINTER)(find_function("FPDFPage_CountObjects"))
_GET_OBJECT = ctypes.CFUNCTYPE(_POINTER, _POINTER, _INT)(find_function("FPDFPage_GetObject"))
_COUNT_IN_FORM = ctypes.CFUNCTYPE(_INT, _POINTER)(find_function("FPDFFormObj_CountObjects"))
_GET_IN_FORM = ctypes.CFUNCTYPE(_POINTER, _POINTER, ctypes.c_ulong)(
    find_function("FPDFFormObj_GetObject")
)
_GET_TYPE = ctypes.CFUNCTYPE(_INT, _POINTER)(find_function("FPDFPageObj_GetType"))
_GET_BOUNDS = ctypes.CFUNCTYPE(_INT, _POINTER, *[_POINTER] * 4)(
    find_function("FPDFPageObj_GetBounds")
)
