r"""Characters: the ranges of Han and its neighbours, brackets, Han numerals, character bigrams.

Ranges are written for use inside a character class: `re.compile(f"[{HAN}]+")`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

SUPERSCRIPT_LETTERS = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
"""Small letters that mark notes."""

CAPITAL_LETTERS = "A-ZÀ-ÖØ-ÞΆ-ΫЀ-Я"
"""Of the Latin, Greek and Cyrillic alphabets."""

SMALL_LETTERS = "a-zß-öø-ÿœά-ώа-џ"
"""Of the Latin, Greek and Cyrillic alphabets."""

LETTERS = "A-Za-zÀ-ÖØ-öø-ɏΆ-ώЀ-ӿḀ-ỿ"
"""Of the Latin, Greek and Cyrillic alphabets, with those of both cases that lie between."""

BASIC_HAN = r"\u3400-\u9fff"
"""Han characters in everyday use: CJK Unified Ideographs and Extension A."""

COMMON_HAN = r"\u4e00-\u9fff"
"""The part of `BASIC_HAN` without Extension A, in which names are looked for."""

FOLDED_HAN = rf"{BASIC_HAN}\U00020000-\U0003ffff"
"""Han characters that folded text may hold, the rare ones of the later planes included."""

HAN = rf"\u3005\u3007{FOLDED_HAN}\uf900-\ufaff"
"""All Han characters, 々, 〇 and compatibility forms included."""

KANA = r"\u3041-\u30fa\u30fc-\u30ff"
"""Japanese syllables, without ・, which stands between the parts of names."""

KANA_BLOCKS = r"\u3040-\u30ff"
"""Hiragana and Katakana as Unicode blocks, ・ included."""

HANGUL = r"\uac00-\ud7af"
"""Korean syllables."""

FULL_WIDTH = rf"\u3000-\u30ff{BASIC_HAN}\uf900-\ufaff\uff00-\uffef"
"""What is typeset full width: Han, kana and their punctuation."""

BRACKETS = dict(zip("「『《〈（(［[〔【“<", "」』》〉）)］]〕】”>", strict=True))
"""Closing brackets and quotation marks by the opening ones."""

SENTENCE_BRACKETS = {left: right for left, right in BRACKETS.items() if left != "<"}
"""Those within which a sentence seldom ends."""

PARAGRAPH_BRACKETS = {left: BRACKETS[left] for left in "「『（(《〈“【"}
"""Those that a paragraph opens and closes; square ones also stand alone, in lists and marks."""

REFERENCE_BRACKETS = {left: BRACKETS[left] for left in "「『（(《〈“[【<"}
"""Those that references use, <https://…> included."""

HAN_DIGITS = "〇零一二两三四五六七八九"
"""The digits of Chinese numerals in folded text."""

_DIGIT_VALUES = {
    **{digit: value for value, digit in enumerate("〇一二三四五六七八九")},
    **{digit: value for value, digit in enumerate("零壹貳參肆伍陸柒捌玖")},
    "○": 0,
    "两": 2,
    "兩": 2,
    "貮": 2,
    "贰": 2,
    "参": 3,
    "叁": 3,
    "叄": 3,
    "陆": 6,
}
_UNIT_VALUES = {"十": 10, "拾": 10, "百": 100, "千": 1000}
_TENS_VALUES = {"廿": 20, "卅": 30}
_MYRIAD_VALUES = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
_NUMERAL_TOKEN = re.compile(r"\d+(?:\.\d+)?|.", re.DOTALL)
_BASIC_HAN_CHARACTER = re.compile(f"[{BASIC_HAN}]")
_UNSPACED_CHARACTER = re.compile(f"[{HAN}{KANA}{HANGUL}]")


def contains_han(text: str) -> bool:
    """Return whether a text holds a Han character in everyday use.

    Args:
        text: Any text.
    """
    return _BASIC_HAN_CHARACTER.search(text) is not None


@cache
def is_fullwidth(character: str) -> bool:
    """Return whether a character is set full width: Han, kana, and their punctuation.

    Args:
        character: One character.
    """
    return unicodedata.east_asian_width(character) in "WF" and not "가" <= character <= "힣"


def measure_width(text: str) -> int:
    """Return the printed width of a text in columns: two for a full-width character.

    Args:
        text: One line.
    """
    return len(text) + sum(map(is_fullwidth, text))


def parse_number(text: str) -> Decimal:
    """Return the value of a number in Chinese or Arabic digits.

    Args:
        text: Digits by position (二〇二五), with units (三百零五, 1.9億), formal ones (貳拾) or
            Arabic ones of any width; characters that are none of these count as zero.

    >>> [int(parse_number(text)) for text in ("二〇二五", "廿三", "三百零五", "1.9億", "８")]
    [2025, 23, 305, 190000000, 8]
    """
    text = unicodedata.normalize("NFKC", text)
    if text and all(character in _DIGIT_VALUES for character in text):
        return Decimal("".join(str(_DIGIT_VALUES[character]) for character in text))
    total = section = Decimal(0)
    current: Decimal | None = None  # the digits that no unit has followed yet
    for token in _NUMERAL_TOKEN.findall(text):
        if token in _UNIT_VALUES:
            section += (Decimal(1) if current is None else current) * _UNIT_VALUES[token]
            current = None
        elif token in _MYRIAD_VALUES:
            total += (section + (current or 0) or 1) * _MYRIAD_VALUES[token]
            section, current = Decimal(0), None
        elif token in _TENS_VALUES:
            section += _TENS_VALUES[token]
        else:
            current = Decimal(token if token[0].isdecimal() else _DIGIT_VALUES.get(token, 0))
    return total + section + (current or 0)


def split_bigrams(word: str) -> tuple[str, ...]:
    """Return the overlapping pairs of characters of a Chinese word; a single one as it is.

    Args:
        word: A word without blanks.

    >>> split_bigrams("研究院")
    ('研究', '究院')
    """
    return tuple(word[i : i + 2] for i in range(len(word) - 1)) or (word,)


def join_bigrams(bigrams: Sequence[str]) -> str:
    """Return the word that overlapping pairs of characters come from.

    Args:
        bigrams: At least one; see `split_bigrams`.
    """
    return bigrams[0] + "".join(bigram[-1] for bigram in bigrams[1:])


def join_terms(terms: Sequence[str]) -> str:
    """Return terms of one language as text: bigrams joined, words with blanks between them.

    Args:
        terms: At least one, as `index.text.terms.analyze` gives them.
    """
    return join_bigrams(terms) if _UNSPACED_CHARACTER.match(terms[0]) else " ".join(terms)
