"""Made-up pages of characters, for tests that need no PDF."""

from __future__ import annotations

from collections.abc import Sequence

from index.readers.pdf.glyphs import Glyph, Rule
from index.readers.pdf.pages import PrintedPage, arrange_lines
from index.text.characters import is_fullwidth

WIDTH, HEIGHT = 400.0, 600.0


def set_line(
    text: str, x: float, baseline: float, size: float = 10.0, *, is_bold: bool = False
) -> list[Glyph]:
    """Return the characters of a line, each half as wide as high, full-width ones as wide as high.

    Figures between carets are raised: "word^3^".
    """
    glyphs: list[Glyph] = []
    is_raised = follows_space = False
    for char in text:
        if char == "^":
            is_raised = not is_raised
            continue
        if char == " ":
            x += 0.3 * size
            follows_space = True
            continue
        scale = 0.6 * size if is_raised else size
        base = baseline - 0.4 * size if is_raised else baseline
        end = x + (scale if is_fullwidth(char) else 0.5 * scale)
        ink = base - 0.7 * scale
        glyphs.append(Glyph(char, x, ink, end, base, base, scale, "Serif", is_bold, follows_space))
        x, follows_space = end, False
    return glyphs


def build_page(
    *lines: Sequence[Glyph], number: int = 1, rules: Sequence[Rule] = (), label: str = ""
) -> PrintedPage:
    """Return a page with lines."""
    page_lines = arrange_lines(number, [glyph for line in lines for glyph in line])
    return PrintedPage(number, label, WIDTH, HEIGHT, page_lines, "", tuple(rules), 0)
