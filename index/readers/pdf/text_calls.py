"""Call PDFium's functions for the characters of a page, with as little overhead as ctypes allows.

pypdfium2's own functions convert each argument to a typed pointer at each call. Here the same
functions take addresses, and loops over characters run in C.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import count, pairwise, repeat

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium_c

Places = npt.NDArray[np.float64]

_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
_HYPHEN = 2  # PDFium's code of a hyphen at the end of a line …
_MIN_RUN = 4  # characters of a text object: else each is asked for its baseline
_MAX_MARK = 64  # bytes of the name of a mark
_HYPHEN_OF_TEXT = 0xFFFE  # … and the one that it has in the text of a page


def find_function(name: str) -> int:
    """Return the address of one of PDFium's functions.

    Args:
        name: Of the function.
    """
    return ctypes.cast(getattr(pdfium_c, name), _POINTER).value or 0


class TextCalls:
    """Calls for one page of text."""

    def __init__(self, text_page: pdfium_c.FPDF_TEXTPAGE, length: int) -> None:
        """Store the page.

        Args:
            text_page: The page's text.
            length: The number of its characters.
        """
        self._page = ctypes.cast(text_page, _POINTER).value or 0
        self._length = length

    def get_codes(self) -> Sequence[int]:
        """Return the UTF-16 code units of all characters."""
        buffer = (ctypes.c_ushort * (self._length + 2))()
        written = _GET_TEXT(self._page, 0, self._length, ctypes.addressof(buffer))
        # The text of a page lacks characters that have no code.
        if written == self._length + 1:
            return [_HYPHEN if code == _HYPHEN_OF_TEXT else code for code in buffer[: self._length]]
        return [_GET_UNICODE(self._page, index) for index in range(self._length)]

    @cached_property
    def objects(self) -> list[int]:
        """The addresses of the text objects of all characters; 0 for generated ones."""
        objects = map(_GET_TEXT_OBJECT, repeat(self._page), range(self._length))
        return [address or 0 for address in objects]

    def is_generated(self, index: int) -> bool:
        """Return whether a character stands in no text object, as blanks that PDFium adds.

        Args:
            index: Of the character in the page's stream.
        """
        return bool(_IS_GENERATED(self._page, index) == 1)

    def get_font(self, text_object: int) -> int:
        """Return the address of the font of a text object; 0 where there is none.

        Args:
            text_object: Its address.
        """
        return (_GET_FONT(text_object) or 0) if text_object else 0

    def get_content(self, text_object: int) -> int:
        """Return the number of the marked content that a text object stands in, else -1.

        Args:
            text_object: Its address.
        """
        return _GET_CONTENT(text_object) if text_object else -1

    def is_artifact(self, text_object: int) -> bool:
        """Return whether a text object is marked as no part of the text, as running heads are.

        Args:
            text_object: Its address.
        """
        count = max(_COUNT_MARKS(text_object), 0) if text_object else 0
        return any(self._read_mark(text_object, index) == "Artifact" for index in range(count))

    @staticmethod
    def _read_mark(text_object: int, index: int) -> str:
        """Return the name of a mark around a text object."""
        buffer, length = ctypes.create_string_buffer(_MAX_MARK), ctypes.c_ulong()
        mark = _GET_MARK(text_object, index)
        _GET_MARK_NAME(mark, ctypes.addressof(buffer), _MAX_MARK, ctypes.addressof(length))
        return buffer.raw[: max(min(length.value, _MAX_MARK) - 2, 0)].decode("utf-16-le", "replace")

    def get_places(self, indexes: Sequence[int], turn: int) -> tuple[Places, ...]:
        """Return where characters stand on a page that is turned until its text is upright.

        Args:
            indexes: Of the characters in the page's stream.
            turn: The quarters of a turn by which the text is turned anticlockwise.

        Returns:
            Five arrays: the ends of their advance widths, their baselines, and the lower and upper
            edges of their ink, in points; y grows upwards.
        """
        baselines = np.array(self._get_baselines(indexes, turn))
        boxes = [(ctypes.c_double * len(indexes))() for _ in range(4)]
        loose_boxes = (ctypes.c_float * (4 * len(indexes)))()
        self._fill(_GET_BOX, indexes, boxes)
        self._fill(_GET_LOOSE_BOX, indexes, [loose_boxes])
        left, right, bottom, top = (np.array(numbers) for numbers in boxes)
        x0, upper, x1, lower = np.array(loose_boxes, np.float64).reshape(-1, 4).T
        if turn == 0:
            return x0, x1, baselines, bottom, top
        if turn == 1:
            return lower, upper, -baselines, -right, -left
        if turn == 2:
            return -x1, -x0, -baselines, -top, -bottom
        return -upper, -lower, baselines, left, right

    def _get_baselines(self, indexes: Sequence[int], turn: int) -> list[float]:
        """Return the x or y of the baseline of each character.

        Where the first and the last character of a text object share it, all of them do.
        """
        keys = [self.objects[index] for index in indexes]
        starts = [0, *(k for k, (last, key) in enumerate(pairwise(keys), 1) if last != key)]
        if _MIN_RUN * len(starts) > len(indexes):
            return self._get_origins(indexes, turn)
        runs = list(pairwise([*starts, len(indexes)]))
        ends = self._get_origins(
            [indexes[place] for start, end in runs for place in (start, end - 1)], turn
        )
        baselines: list[float] = []
        for (start, end), first, last in zip(runs, ends[::2], ends[1::2], strict=True):
            if keys[start] and first == last:
                baselines += [first] * (end - start)
            else:
                baselines += self._get_origins(indexes[start:end], turn)
        return baselines

    def _get_origins(self, indexes: Sequence[int], turn: int) -> list[float]:
        origins = [(ctypes.c_double * len(indexes))() for _ in range(2)]
        self._fill(_GET_ORIGIN, indexes, origins)
        return origins[(turn + 1) % 2][:]

    def _fill(
        self,
        function: Callable[..., int],
        indexes: Sequence[int],
        arrays: Sequence[ctypes.Array[ctypes.c_double] | ctypes.Array[ctypes.c_float]],
    ) -> None:
        """Have a function write what it returns for each of some characters into arrays."""
        addresses = (
            count(ctypes.addressof(array), ctypes.sizeof(array) // max(1, len(indexes)))
            for array in arrays
        )
        for _ in map(function, repeat(self._page), indexes, *addresses):
            pass


_GET_UNICODE = ctypes.CFUNCTYPE(ctypes.c_uint, _POINTER, _INT)(find_function("FPDFText_GetUnicode"))
_GET_TEXT = ctypes.CFUNCTYPE(_INT, _POINTER, _INT, _INT, _POINTER)(
    find_function("FPDFText_GetText")
)
_GET_TEXT_OBJECT = ctypes.CFUNCTYPE(_POINTER, _POINTER, _INT)(
    find_function("FPDFText_GetTextObject")
)
_GET_FONT = ctypes.CFUNCTYPE(_POINTER, _POINTER)(find_function("FPDFTextObj_GetFont"))
_IS_GENERATED = ctypes.CFUNCTYPE(_INT, _POINTER, _INT)(find_function("FPDFText_IsGenerated"))
_GET_ORIGIN = ctypes.CFUNCTYPE(_INT, _POINTER, _INT, *[_POINTER] * 2)(
    find_function("FPDFText_GetCharOrigin")
)
_GET_BOX = ctypes.CFUNCTYPE(_INT, _POINTER, _INT, *[_POINTER] * 4)(
    find_function("FPDFText_GetCharBox")
)
_GET_LOOSE_BOX = ctypes.CFUNCTYPE(_INT, _POINTER, _INT, _POINTER)(
    find_function("FPDFText_GetLooseCharBox")
)
_GET_CONTENT = ctypes.CFUNCTYPE(_INT, _POINTER)(find_function("FPDFPageObj_GetMarkedContentID"))
_COUNT_MARKS = ctypes.CFUNCTYPE(_INT, _POINTER)(find_function("FPDFPageObj_CountMarks"))
_GET_MARK = ctypes.CFUNCTYPE(_POINTER, _POINTER, ctypes.c_ulong)(
    find_function("FPDFPageObj_GetMark")
)
_GET_MARK_NAME = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, ctypes.c_ulong, _POINTER)(
    find_function("FPDFPageObjMark_GetName")
)
