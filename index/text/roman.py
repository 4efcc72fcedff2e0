"""Roman numerals."""

from __future__ import annotations

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_PARTS = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def parse_roman(text: str) -> int:
    """Return the value of a Roman numeral.

    Args:
        text: Of the letters IVXLCDM alone, all large or all small.

    >>> parse_roman("xiv"), parse_roman("MCM")
    (14, 1900)
    """
    values = [_VALUES[char] for char in text.upper()]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < following else value for value, following in pairs)


def format_roman(value: int) -> str:
    """Return a number as a Roman numeral in large letters.

    Args:
        value: From 1.

    >>> format_roman(14), format_roman(1900)
    ('XIV', 'MCM')
    """
    parts = []
    for amount, letters in _PARTS:
        count, value = divmod(value, amount)
        parts.append(letters * count)
    return "".join(parts)
