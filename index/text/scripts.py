"""The language of a text, and the folded form in which terms are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Literal

from opencc import OpenCC

from index.text.characters import HAN, HANGUL, KANA_BLOCKS
from index.text.patterns import load_patterns

Language = Literal["zh", "en"]

# Forms that OpenCC's t2s distinguishes although writers use them interchangeably.
_VARIANT_FORMS = str.maketrans("臺著妳祂牠○‘’“”–—", "台着你他它〇''\"\"--")
_DROPPED_CHARACTERS = re.compile("[\u0300-\u036f\ud800-\udfff]")  # accents, lone surrogates
_SURROGATE = re.compile("[\ud800-\udfff]")
_SCRIPTS = ("CJK", "LATIN", "FULLWIDTH LATIN", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA")
_SPACE = re.compile(r"\s+")

_HAN_CHARACTER = re.compile(f"[{HAN}{KANA_BLOCKS}]")
_LATIN_WORD = re.compile(rf"[^\W\d_{HAN}{KANA_BLOCKS}{HANGUL}]+")
_QUOTED = re.compile(r"《[^《》]*》|〈[^〈〉]*〉|「[^「」]*」|『[^『』]*』|\"[^\"]*\"|\([^()]*\)")

_CHARACTERS_PER_WORD_ZH = 1.6  # set by hand; no measurement is recorded
_CACHED_TEXTS = 4096  # titles, notes and passages are asked about again with every answer
_MAX_CLAUSE_LENGTH = 200  # characters; longer texts have clause words of both languages by chance

_PATTERNS_ZH = load_patterns("index.text", "zh")
_PATTERNS_EN = load_patterns("index.text", "en")


@cache
def _load_simplifier() -> OpenCC:
    return OpenCC("t2s")


def fold(text: str) -> str:
    """Return the form of a text in which its terms are compared; it is never shown.

    Width, script, case, accents, quotation marks and common variants are folded: ＭＭＣＡ, mmca;
    臺灣, 台湾; naïve, naive. Runs of white space become one space.

    Args:
        text: Any text; its offsets do not hold in the result.

    >>> fold("臺灣 ＭＭＣＡ")
    '台湾 mmca'
    """
    decomposed = unicodedata.normalize("NFKD", text)
    composed = unicodedata.normalize("NFKC", _DROPPED_CHARACTERS.sub("", decomposed)).translate(
        _VARIANT_FORMS
    )
    return _SPACE.sub(" ", _load_simplifier().convert(composed).casefold())


def convert_to_simplified(text: str) -> str:
    """Return a text in simplified script, as the encoder reads passages and queries alike.

    So a query in either script gets the same answer: the encoder places texts of one script nearer
    to each other, and has been trained on more of this one. Lone surrogates become blanks.

    Args:
        text: Any text.
    """
    converted: str = _load_simplifier().convert(_SURROGATE.sub(" ", text))
    return converted


@cache
def _load_traditionalizer() -> OpenCC:
    return OpenCC("s2t")


def is_simplified(text: str) -> bool:
    """Return whether a text has characters of simplified script, and none of traditional.

    Args:
        text: Any text.

    >>> is_simplified("潮汐电厂"), is_simplified("潮汐電廠"), is_simplified("潮汐")
    (True, False, False)
    """
    text = _SURROGATE.sub(" ", text)
    is_traditional = _load_simplifier().convert(text) != text
    return not is_traditional and _load_traditionalizer().convert(text) != text


def convert_to_traditional(text: str) -> str:
    """Return a text in traditional script, as OpenCC chooses where a character has several forms.

    Args:
        text: Any text.
    """
    converted: str = _load_traditionalizer().convert(_SURROGATE.sub(" ", text))
    return converted


@lru_cache(_CACHED_TEXTS)
def detect_language(text: str) -> Language:
    """Return the main language of a text, which may be a short or mixed query.

    The words that make a sentence decide (是, 什麼; is, what); names and quoted titles in the
    other language do not. Where neither or both languages have such words, the amount of text
    decides.

    Args:
        text: Any text.

    Returns:
        "zh" or "en"; for a text in neither, the one whose script is nearer; "en" if it is empty.

    >>> detect_language("MMCA 是什麼？"), detect_language("What is 軍演?")
    ('zh', 'en')
    """
    folded = fold(text)
    unquoted = _QUOTED.sub(" ", folded)
    if not _contains_words(unquoted):
        unquoted = folded
    is_chinese_clause = _PATTERNS_ZH["clause-words"].search(unquoted) is not None
    is_english_clause = _PATTERNS_EN["clause-words"].search(unquoted) is not None
    if is_chinese_clause != is_english_clause and len(unquoted) <= _MAX_CLAUSE_LENGTH:
        return "zh" if is_chinese_clause else "en"
    chinese_words = len(_HAN_CHARACTER.findall(unquoted)) / _CHARACTERS_PER_WORD_ZH
    return "zh" if chinese_words > len(_LATIN_WORD.findall(unquoted)) else "en"


def is_in_other_script(text: str) -> bool:
    """Return whether most letters of a text are of none of the scripts that are understood.

    These are Han, kana, of which half a Japanese sentence consists, and Latin.

    Args:
        text: Any text.

    >>> is_in_other_script("얼마나 발전했습니까?"), is_in_other_script("Что такое Leq?")
    (True, True)
    >>> is_in_other_script("潮力は？"), is_in_other_script("Who said 사과?")
    (False, False)
    """
    letters = [character for character in text if character.isalpha()]
    known = [letter for letter in letters if unicodedata.name(letter, "").startswith(_SCRIPTS)]
    return len(known) * 2 < len(letters)


def _contains_words(text: str) -> bool:
    return bool(_HAN_CHARACTER.search(text) or _LATIN_WORD.search(text))
