"""Which language a text is in, and the one form in which its terms are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Literal

from opencc import OpenCC

from index.text.characters import HAN, HANGUL, KANA_BLOCKS
from index.text.patterns import load_patterns

Language = Literal["zh", "en"]

# Forms that OpenCC's t2s keeps apart although writers use them for one another.
_VARIANT_FORMS = str.maketrans("臺著妳祂牠○‘’“”–—", "台着你他它〇''\"\"--")
_DROPPED_CHARACTERS = re.compile(
    "[\u0300-\u036f\ud800-\udfff]"
)  # accents; surrogates, which are no text
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"\s+")

_HAN_CHARACTER = re.compile(f"[{HAN}{KANA_BLOCKS}]")
_LATIN_WORD = re.compile(rf"[^\W\d_{HAN}{KANA_BLOCKS}{HANGUL}]+")
_QUOTED = re.compile(r"《[^《》]*》|〈[^〈〉]*〉|「[^「」]*」|『[^『』]*』|\"[^\"]*\"|\([^()]*\)")

_PATTERNS_ZH = load_patterns("index.text", "zh")
_PATTERNS_EN = load_patterns("index.text", "en")


@cache
def _load_simplifier() -> OpenCC:
    return OpenCC("t2s")


def fold(text: str) -> str:
    """The form of a text in which its terms are compared, never shown.

    Width, script, case, accents, quotation marks and common variants are folded: ＭＭＣＡ, mmca;
    臺灣, 台湾; naïve, naive. The length may change, so offsets into the result say nothing about
    the text.

    Args:
        text: Any text.

    Returns:
        The text in NFKC, simplified script and case-folded, white space runs as one space.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    composed = unicodedata.normalize("NFKC", _DROPPED_CHARACTERS.sub("", decomposed)).translate(
        _VARIANT_FORMS
    )
    return _SPACE.sub(" ", _load_simplifier().convert(composed).casefold())


def convert_to_simplified(text: str) -> str:
    """A text as the encoder is given it, passages and questions alike: in simplified script.

    So a question finds the same in either script: the encoder puts texts of one script nearer to
    each other, whatever they say, and has read more of this one. Lone surrogates, which are no
    text, become blanks; all else stays as it is.
    """
    converted: str = _load_simplifier().convert(_SURROGATE.sub(" ", text))
    return converted


def detect_language(text: str) -> Language:
    """Which language a text, be it a short or mixed question, is mainly in.

    The words that make a sentence decide (是, 什麼; is, what); names and quoted titles in the
    other language do not. Where neither or both have such words, the greater amount decides.

    Args:
        text: Any text.

    Returns:
        "zh" or "en"; for a text in neither, the one whose script is nearer, "en" if empty.
    """
    folded = fold(text)
    unquoted = _QUOTED.sub(" ", folded)
    if not _contains_words(unquoted):
        unquoted = folded
    has_chinese_clause, has_english_clause = (
        bool(_PATTERNS_ZH["clause-words"].search(unquoted)),
        bool(_PATTERNS_EN["clause-words"].search(unquoted)),
    )
    if has_chinese_clause != has_english_clause and len(unquoted) <= 200:
        return "zh" if has_chinese_clause else "en"
    # A Chinese word is between one and two characters long.
    return (
        "zh"
        if len(_HAN_CHARACTER.findall(unquoted)) > 1.6 * len(_LATIN_WORD.findall(unquoted))
        else "en"
    )


def _contains_words(text: str) -> bool:
    return bool(_HAN_CHARACTER.search(text) or _LATIN_WORD.search(text))
