"""Call PDFium's functions for the characters of a page, with as little overhead as ctypes allows.

pypdfium2's own functions convert each argument to a typed pointer at each call. Here the same
functions take addresses, which halves the time of reading a page.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import pypdfium2.raw as pdfium_c

_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
_HYPHEN = 2  # PDFium's code of a hyphen at the end of a line …
_HYPHEN_OF_TEXT = 0xFFFE  # … and the one that it has in the text of a page


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
        self._baseline = (0, 0.0, 0.0, 0.0)  # of a text object, with the edges of its advance

    def get_codes(self, count: int) -> Sequence[int]:
        """Return the UTF-16 code units of all characters.

        Args:
            count: How many there are.
        """
        buffer = (ctypes.c_ushort * (count + 2))()
        # The text of a page lacks characters that have no code.
        if _GET_TEXT(self._page, 0, count, ctypes.addressof(buffer)) == count + 1:
            return [_HYPHEN if code == _HYPHEN_OF_TEXT else code for code in buffer[:count]]
        return [_GET_UNICODE(self._page, index) for index in range(count)]

    def get_object(self, index: int) -> int:
        """Return the address of the text object of a character; 0 for generated ones.

        Args:
            index: Of the character in the page's stream.
        """
        return _GET_TEXT_OBJECT(self._page, index) or 0

    def is_generated(self, index: int) -> bool:
        """Return whether a character stands in no text object, as blanks that PDFium adds.

        Args:
            index: Of the character in the page's stream.
        """
        return bool(_IS_GENERATED(self._page, index) == 1)

    def get_place(
        self, index: int, text_object: int, turn: int
    ) -> tuple[float, float, float, float, float]:
        """Return where a character stands on a page that is turned until its text is upright.

        Args:
            index: Of the character in the page's stream.
            text_object: The address of its text object.
            turn: The quarters of a turn by which the text is turned anticlockwise.

        Returns:
            The ends of its advance width, its baseline, and the lower and upper edge of its ink, in
            points; y grows upwards.
        """
        x_at, y_at, *box_at = self._doubles_at
        _GET_BOX(self._page, index, *box_at)
        _GET_LOOSE_BOX(self._page, index, self._floats_at)
        x0, upper, x1, lower = self._floats
        # On one baseline, all upright characters of a text object have the same height.
        if turn or self._baseline[:3] != (text_object, upper, lower):
            _GET_ORIGIN(self._page, index, x_at, y_at)
            self._baseline = (text_object, upper, lower, self._doubles[1])
        x, y, left, right, bottom, top = self._doubles
        if turn == 0:
            return x0, x1, self._baseline[3], bottom, top
        if turn == 1:
            return lower, upper, -x, -right, -left
        if turn == 2:
            return -x1, -x0, -y, -top, -bottom
        return -upper, -lower, x, left, right

    def get_font(self, text_object: int) -> int:
        """Return the address of the font of a text object; 0 where there is none.

        Args:
            text_object: Its address.
        """
        return (_GET_FONT(text_object) or 0) if text_object else 0


def _find_function(name: str) -> int:
    """Return the address of one of PDFium's functions."""
    return ctypes.cast(getattr(pdfium_c, name), _POINTER).value or 0


_GET_UNICODE = ctypes.CFUNCTYPE(ctypes.c_uint, _POINTER, _INT)(
    _find_function("FPDFText_GetUnicode")
)
_GET_TEXT = ctypes.CFUNCTYPE(_INT, _POINTER, _INT, _INT, _POINTER)(
    _find_function("FPDFText_GetText")
)
_GET_TEXT_OBJECT = ctypes.CFUNCTYPE(_POINTER, _POINTER, _INT)(
    _find_function("FPDFText_GetTextObject")
)
_GET_FONT = ctypes.CFUNCTYPE(_POINTER, _POINTER)(_find_function("FPDFTextObj_GetFont"))
_IS_GENERATED = ctypes.CFUNCTYPE(_INT, _POINTER, _INT)(_find_function("FPDFText_IsGenerated"))
_GET_ORIGIN = ctypes.CFUNCTYPE(_INT, _POINTER, _INT, *[_POINTER] * 2)(
    _find_function("FPDFText_GetCharOrigin")
)
_GET_BOX = ctypes.CFUNCTYPE(_INT, _POINTER, _INT, *[_POINTER] * 4)(
    _find_function("FPDFText_GetCharBox")
)
_GET_LOOSE_BOX = ctypes.CFUNCTYPE(_INT, _POINTER, _INT, _POINTER)(
    _find_function("FPDFText_GetLooseCharBox")
)
