"""Texts as the vocabulary of the bundled model spells them."""

from __future__ import annotations

import re
import unicodedata

_SPACE = " "
_NMT_TABLE = {
    **dict.fromkeys(
        [*range(9), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F, *range(0xFDD0, 0xFDF0)]
    ),
    **dict.fromkeys([0x09, 0x0A, 0x0C, 0x0D, 0x1680, *range(0x200B, 0x2010)], _SPACE),
    **dict.fromkeys([0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD, *range(0xD800, 0xE000)], _SPACE),
}
_PRESERVED_CHARACTER = "～"
_SPECIAL_TOKEN = re.compile(r"<(?=/?s>|pad>|unk>|mask>)")
_SPACES = re.compile(" {2,}")


def normalize_text(text: str) -> str:
    """Return a text as SentencePiece's "nmt_nfkc" does; what it spells the same stays unchanged.

    Control characters and noncharacters are dropped, white space becomes single spaces, compatible
    characters become one (NFKC), and lone surrogates count as white space. The model's special
    tokens are broken up, so that no text can contain one.

    Args:
        text: Any text.
    """
    text = text.translate(_NMT_TABLE)
    text = _PRESERVED_CHARACTER.join(
        unicodedata.normalize("NFKC", part) for part in text.split(_PRESERVED_CHARACTER)
    )
    return _SPACES.sub(_SPACE, _SPECIAL_TOKEN.sub("< ", text))
