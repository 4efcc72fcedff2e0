"""Read characters that Word files name by their place in a font of symbols."""

from __future__ import annotations

from lxml.etree import _Element as Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PRIVATE = range(0xF020, 0xF100)

# The font Symbol, from 0x20 to 0x7E and from 0xA1 to 0xB9 (Adobe, symbol.txt); "\0" for none.
_LOW = (
    " !∀#∃%&∋()*+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_\0"
    "αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
)
_HIGH = "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠"


def read_symbol(element: Element) -> str:
    """Return the character of a `w:sym`; "" for one that only its font knows.

    Args:
        element: The symbol.
    """
    try:
        code = int(element.get(f"{_W}char", ""), 16)
    except ValueError:
        return ""
    if code in _PRIVATE:
        code -= 0xF000
        return _read_symbol_font(code) if _has_symbol_font(element) else ""
    return chr(code) if 0x20 <= code < 0xD800 else ""


def _has_symbol_font(element: Element) -> bool:
    return element.get(f"{_W}font", "").casefold() == "symbol"


def _read_symbol_font(code: int) -> str:
    if code - 0x20 < len(_LOW):
        return _LOW[code - 0x20].strip("\0")
    return _HIGH[code - 0xA1] if 0 <= code - 0xA1 < len(_HIGH) else ""
