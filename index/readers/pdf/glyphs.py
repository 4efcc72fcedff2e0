"""Extract the characters of PDF pages with their places, sizes and fonts, by PDFium."""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache
from itertools import compress
from typing import NamedTuple

import msgspec
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from index.document import Box
from index.readers.pdf.structure_tags import ARTIFACT
from index.readers.pdf.text_calls import TextCalls

_MIN_SIZE = 0.1  # points
_BOLD_WEIGHT = 600
_FORCE_BOLD = 1 << 18  # flag of a font descriptor, ISO 32000-2, table 121
_MAX_TILT = 0.03  # of a quarter of a turn
_SAMPLES = 60  # characters that show how a page's text is turned

_FORMS = re.compile(
    "[\u2e80-\u2fdf"  # radicals
    "\uf900-\ufaff"  # compatibility forms of Han
    "\ufb00-\ufb06"  # Latin ligatures
    "\u2217\u2225"  # signs of notes from fonts of mathematics
    "\uf06c\uf06e\uf076\uf0a7\uf0b7\uf0d8\uf0fc"  # bullets from fonts of symbols
    "\ufe10-\ufe19\ufe30-\ufe4f]"  # vertical forms of punctuation
)
_FIRST_FORM = "\u2217"
_SPECIAL = re.compile("[\x00-\x1f\x80-\x9f\u2010\u2011\ud800-\udfff]")
"""Controls, surrogates, and signs that are hyphens only."""
_FONT_SIGNS = {
    "\u2217": "*", "\u2225": "\u2016",
    "\uf06c": "●", "\uf06e": "■", "\uf076": "❖", "\uf0a7": "▪", "\uf0b7": "•",
    "\uf0d8": "➢", "\uf0fc": "✓",
}  # fmt: skip
LINE_END_HYPHEN = "\N{SOFT HYPHEN}"
"""Stands for a hyphen at the end of a line."""

_TEX_CODES = {
    0x0B: "ff", 0x0C: "fi", 0x0E: "ffi", 0x0F: "ffl",
    0x10: "“", 0x11: "”", 0x12: "„", 0x13: "«", 0x14: "»", 0x15: "–", 0x16: "—",
    0x1B: "ff", 0x1C: "fi", 0x1D: "fl", 0x1E: "ffi", 0x1F: "ffl",
    0x84: "†", 0x85: "‡", 0x86: "‖", 0x87: "‰", 0x88: "•", 0x89: "°C",
    0x9F: "§",
}  # fmt: skip
"""What the codes mean that fonts of TeX have for control characters: OT1 to 0x0F, T1, then TS1."""

_PDFIUM_HYPHEN = 2  # what PDFium returns for a hyphen at the end of a line


class Glyph(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A character on a page; lengths are in points, y grows downwards from the page's top.

    Attributes:
        text: As the file maps it, mostly one character.
        x0: The left end of its advance width.
        y0: The upper edge of its ink.
        x1: The right end of its advance width.
        y1: The lower edge of its ink.
        baseline: The y of the line that it stands on.
        size: Its font size, as scaled on the page.
        font: The name of its font, without the prefix of a subset.
        is_bold: Whether the font is bold.
        follows_space: Whether blanks stand before it in the page's text stream.
        tag: What the file's structure tags say of it, see `read_structure_tags`; "artifact" for
            what is marked as no part of the text; "" where they say nothing.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    size: float
    font: str
    is_bold: bool
    follows_space: bool
    tag: str = ""


class Rule(NamedTuple):
    """A thin horizontal line drawn on a page."""

    x0: float
    x1: float
    y: float


class _Face(NamedTuple):
    name: str
    is_bold: bool


class _Font(NamedTuple):
    """How the characters of a text object are set; `turn` counts quarters, -1 for other angles."""

    face: _Face
    scale: float
    turn: int
    tag: str


_Character = tuple[int, str, _Font, bool]
"""The position of a character in the text stream, its text and font, and if it follows a blank."""


def find_turn(text_page: pdfium.PdfTextPage) -> int:
    """Return the quarters of a turn by which most of a page's text is turned anticlockwise.

    Args:
        text_page: The text of the page.
    """
    count = text_page.count_chars()
    turns = Counter(
        _measure_turn(_read_matrix(text_page.raw, index))
        for index in range(0, count, max(1, count // _SAMPLES))
    )
    turns.pop(-1, 0)
    return max(turns, key=lambda turn: (turns[turn], -turn), default=0)


def _read_matrix(raw: pdfium_c.FPDF_TEXTPAGE, index: int) -> pdfium_c.FS_MATRIX:
    matrix = pdfium_c.FS_MATRIX()
    pdfium_c.FPDFText_GetMatrix(raw, index, matrix)
    return matrix


def _measure_turn(matrix: pdfium_c.FS_MATRIX) -> int:
    """Return how many quarters of a turn a character is turned anticlockwise, -1 for a part.

    The direction of its baseline counts: letters may be slanted to look like italics.
    """
    if not math.isfinite(matrix.a + matrix.b):
        return -1
    quarters = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
    return round(quarters) % 4 if abs(quarters - round(quarters)) <= _MAX_TILT else -1


def read_glyphs(
    text_page: pdfium.PdfTextPage,
    box: tuple[float, float, float, float],
    turn: int,
    tags: Mapping[int, str] | None = None,
) -> tuple[tuple[Glyph, ...], str]:
    """Return the upright characters on a page other than blanks, in the order of the text stream.

    Args:
        text_page: The text of the page.
        box: The page's left, lower, right and upper edge, once it is turned; y grows upwards.
        turn: By how many quarters the page is turned clockwise, so that most text is upright.
        tags: The structure tags by the numbers of marked content; None where the file has none.

    Returns:
        These, and the text of all others: of stamps, watermarks, labels of axes, and what stands
        above or below the page.
    """
    left, bottom, _, top = box
    calls = TextCalls(text_page.raw, text_page.count_chars())
    others: list[str] = []
    upright = _select_upright(text_page.raw, calls, turn, tags, others)
    if not upright:
        return (), "".join(others)
    positions, texts, fonts, follow_space = zip(*upright, strict=True)
    x0, x1, baselines, y0, y1 = calls.get_places(positions, turn)
    is_elsewhere = (y1 < bottom) | (y0 > top) | ~np.isfinite(x0 + x1 + baselines)
    faces, scales, _, font_tags = zip(*fonts, strict=True)
    names, are_bold = zip(*faces, strict=True)
    lengths = (x0 - left, top - y1, x1 - left, top - y0, top - baselines)
    columns = (column.tolist() for column in lengths)
    glyphs = map(Glyph, texts, *columns, scales, names, are_bold, follow_space, font_tags)
    if not is_elsewhere.any():
        return tuple(glyphs), "".join(others)
    others += compress(texts, is_elsewhere)
    return tuple(compress(glyphs, ~is_elsewhere)), "".join(others)


def _select_upright(
    raw: pdfium_c.FPDF_TEXTPAGE,
    calls: TextCalls,
    turn: int,
    tags: Mapping[int, str] | None,
    others: list[str],
) -> list[_Character]:
    """Return the characters with a turn, other than blanks, and add the rest to `others`."""
    objects = calls.objects
    fonts: dict[int, _Font] = {}
    faces: dict[int, _Face] = {}
    upright: list[_Character] = []
    follows_space = True
    for index, (char, text_object) in enumerate(
        zip(_list_characters(raw, calls), objects, strict=True)
    ):
        if not char:
            continue
        if char.isspace():
            follows_space = follows_space or not calls.is_generated(index)
            continue
        font = fonts.get(text_object)
        if font is None:
            face = calls.get_font(text_object)
            if face not in faces:
                faces[face] = _read_face(raw, index)
            tag = "" if tags is None else _find_tag(calls, text_object, tags)
            font = fonts[text_object] = _read_font(raw, index, faces[face], tag)
        if font.turn == turn:
            text = fold(char) if char >= _FIRST_FORM else char
            upright.append((index, text, font, follows_space))
            follows_space = False
        else:
            others.append(char)
    return upright


def _list_characters(raw: pdfium_c.FPDF_TEXTPAGE, calls: TextCalls) -> list[str]:
    """Return the characters of a page in the order of its stream; "" for half of one."""
    text = "".join(map(chr, calls.get_codes()))
    chars = list(text)
    for match in _SPECIAL.finditer(text):
        index, char = match.start(), match[0]
        before = text[index - 1 : index]
        if char in "\u2010\u2011":
            chars[index] = "-"
        elif char < "\ud800":
            chars[index] = _read_control(raw, index, ord(char))
        elif char >= "\udc00" and "\ud800" <= before < "\udc00":
            chars[index] = (before + char).encode("utf-16", "surrogatepass").decode("utf-16")
        else:
            chars[index] = ""
    return chars


def _read_control(raw: pdfium_c.FPDF_TEXTPAGE, index: int, code: int) -> str:
    """Return what a control character stands for."""
    if code == _PDFIUM_HYPHEN:
        return LINE_END_HYPHEN
    return _TEX_CODES[code] if code in _TEX_CODES and _has_ink(raw, index) else " "


def _has_ink(raw: pdfium_c.FPDF_TEXTPAGE, index: int) -> bool:
    """Return whether a character shows anything."""
    x0, x1, y0, y1 = (ctypes.c_double() for _ in range(4))
    pdfium_c.FPDFText_GetCharBox(raw, index, x0, x1, y0, y1)
    return x1.value > x0.value and y1.value > y0.value


def _read_face(raw: pdfium_c.FPDF_TEXTPAGE, index: int) -> _Face:
    """Return the name of a character's font, without the prefix of a subset, and its weight."""
    buffer, flags = ctypes.create_string_buffer(256), ctypes.c_int()
    pdfium_c.FPDFText_GetFontInfo(raw, index, buffer, 256, flags)
    full_name = buffer.value.decode("utf-8", "replace")
    name = full_name.partition("+")[2] or full_name
    weight = pdfium_c.FPDFText_GetFontWeight(raw, index)
    is_bold = (
        weight >= _BOLD_WEIGHT
        or bool(flags.value & _FORCE_BOLD)
        or any(word in name.lower() for word in ("bold", "black", "heavy", "semibold"))
    )
    return _Face(name, is_bold)


def _find_tag(calls: TextCalls, text_object: int, tags: Mapping[int, str]) -> str:
    content = calls.get_content(text_object)
    if content < 0 and calls.is_artifact(text_object):
        return ARTIFACT
    return tags.get(content, "")


def _read_font(raw: pdfium_c.FPDF_TEXTPAGE, index: int, face: _Face, tag: str) -> _Font:
    """Return how a character is set, which holds for all its text object."""
    matrix = _read_matrix(raw, index)
    width = math.hypot(matrix.a, matrix.b) or 1.0
    height = abs(matrix.a * matrix.d - matrix.b * matrix.c) / width  # of letters that are slanted
    size = pdfium_c.FPDFText_GetFontSize(raw, index) * height
    size = max(size, _MIN_SIZE) if math.isfinite(size) else _MIN_SIZE
    return _Font(face, size, _measure_turn(matrix), tag)


@cache
def fold(char: str) -> str:
    """Return what a ligature, a presentation form, a radical of Han or a symbol stands for.

    Args:
        char: A character as the file maps it.
    """
    if not _FORMS.match(char):
        return char
    return _FONT_SIGNS.get(char) or unicodedata.normalize("NFKC", char)


def enclose(glyphs: tuple[Glyph, ...] | list[Glyph]) -> Box:
    """Return the smallest box around characters.

    Args:
        glyphs: At least one.
    """
    return Box(
        min([glyph.x0 for glyph in glyphs]),
        min([glyph.y0 for glyph in glyphs]),
        max([glyph.x1 for glyph in glyphs]),
        max([glyph.y1 for glyph in glyphs]),
    )


def unite(*boxes: Box) -> Box:
    """Return the smallest box around boxes.

    Args:
        boxes: At least one.
    """
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return Box(min(x0), min(y0), max(x1), max(y1))
