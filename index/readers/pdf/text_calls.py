"""Call PDFium's functions for the characters of a page, with as little overhead as ctypes allows.

pypdfium2's own functions convert each argument to a typed pointer at each call. Here the same
functions take addresses, which halves the time of reading a page.
"""

from __future__ import annotations

import ctypes

import pypdfium2.raw as pdfium_c

_POINTER, _INT = ctypes.c_void_p, ctypes.c_int


class TextCalls:
    """Calls for the characters of one page."""

    def __init__(self, text_page: pdfium_c.FPDF_TEXTPAGE) -> None:
        """Bind the page.

        Args:
            text_page: Must stay open.
        """
        self._page = ctypes.cast(text_page, _POINTER).value or 0
        self._doubles = (ctypes.c_double * 6)()  # origin: x, y; ink: left, right, bottom, top
        self._floats = (ctypes.c_float * 4)()  # advance: left, top, right, bottom
        start = ctypes.addressof(self._doubles)
        self._doubles_at = [start + 8 * index for index in range(6)]
        self._floats_at = ctypes.addressof(self._floats)

    def get_code(self, index: int) -> int:
        """Return the UTF-16 code unit of a character.

        Args:
            index: Of the character in the page's stream.
        """
        return int(_GET_UNICODE(self._page, index))

    def get_object(self, index: int) -> int:
        """Return the address of the text object of a character; 0 for generated ones.

        Args:
            index: Of the character in the page's stream.
        """
        return _GET_TEXT_OBJECT(self._page, index) or 0

    def get_place(self, index: int) -> tuple[float, float, float, float, float]:
        """Return where a character stands, in points; y grows upwards.

        Args:
            index: Of the character in the page's stream.

        Returns:
            The ends of its advance width, its baseline, and the lower and upper edge of its ink.
        """
        x, y, left, right, bottom, top = self._doubles_at
        _GET_ORIGIN(self._page, index, x, y)
        _GET_BOX(self._page, index, left, right, bottom, top)
        _GET_LOOSE_BOX(self._page, index, self._floats_at)
        doubles, floats = self._doubles, self._floats
        return floats[0], floats[2], doubles[1], doubles[4], doubles[5]

    def get_turned_place(self, index: int, turn: int) -> tuple[float, float, float, float, float]:
        """Return where a character of a page that is turned until its text is upright stands.

        Args:
            index: Of the character in the page's stream.
            turn: The quarters of a turn by which the text is turned anticlockwise.
        """
        self.get_place(index)
        x, y, left, right, bottom, top = self._doubles
        x0, y1, x1, y0 = self._floats
        if turn == 1:
            return y0, y1, -x, -right, -left
        if turn == 2:
            return -x1, -x0, -y, -top, -bottom
        return -y1, -y0, x, left, right


def _find_function(name: str) -> int:
    """Return the address of one of PDFium's functions."""
    return ctypes.cast(getattr(pdfium_c, name), _POINTER).value or 0


_GET_UNICODE = ctypes.CFUNCTYPE(ctypes.c_uint, _POINTER, _INT)(
    _find_function("FPDFText_GetUnicode")
)
_GET_TEXT_OBJECT = ctypes.CFUNCTYPE(_POINTER, _POINTER, _INT)(
    _find_function("FPDFText_GetTextObject")
)
_GET_ORIGIN = ctypes.CFUNCTYPE(_INT, _POINTER, _INT, *[_POINTER] * 2)(
    _find_function("FPDFText_GetCharOrigin")
)
_GET_BOX = ctypes.CFUNCTYPE(_INT, _POINTER, _INT, *[_POINTER] * 4)(
    _find_function("FPDFText_GetCharBox")
)
_GET_LOOSE_BOX = ctypes.CFUNCTYPE(_INT, _POINTER, _INT, _POINTER)(
    _find_function("FPDFText_GetLooseCharBox")
)
