"""Guess the encoding of a text that is not Unicode, by how likely its characters are.

Each encoding decodes the bytes to other characters; the one whose characters are the most likely in
text of its languages is taken. Every byte of the text counts once, so that encodings with one and
with two bytes for a character compare (a character model as in Li and Momoi, "A composite approach
to language/encoding detection", 2001).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

_SAMPLE_BYTES = 60_000
_MIN_MEAN = -10.5  # of the logarithms for characters beyond ASCII; below, it is no text
_MAX_CONFIDENCE = 0.99
_LEAST_ZEROS = 0.2  # of the bytes of UTF-16 that is known by them
_ASCII = -3.0
_RARE = -14.5
_SIGN_LIKELIHOOD = -9.0  # such as α or ─
_IMPOSSIBLE = -25.0

COMMON_HAN = (
    "的一是在不了有和人這这中大為为上個个國国我以要他時时來来用們们生到作地於于出就分對对成會会可"
    "主發发年動动同工也能下過过子說说產产種种面而方後后多定行學学法所民得經经十三之進进著等部度家"
    "電电力裡里如水化高自二理起小物現现實实加量都兩两體体制機机當当使點点從从業业本去把性好應应開"
    "开它合還还因由其些然前外天政四日那社義义事平形相全表間间樣样與与關关各重新線线內内數数正心反"
    "你明看原又麼么利比或但質质氣气第向道命此變变條条只沒没結结解問问意建月公無无系軍军很情者最立"
    "代想已通並并提直題题黨党程展五果料象員员革位入常文總总次品式活設设及管特件長长求老頭头基資资"
)
"""The commonest characters of written Chinese, in both scripts."""
_CJK_PUNCTUATION = "，。、；：「」『』（）《》〈〉？！“”‘’—…·　〔〕【】"
_COMMON_SIGNS = "※○●☆★◎□■◇◆△▲→"
_COMMON_HANGUL = (
    "이다는의을를에하고가지한대사자인서기도로은나수시그어들아정리일원해제있니보여부전과주스안상"
    "장경구라만세계국동문항바선성소적연화위간했었습으와려면것된되할당조유관공요우마신"
)
_PUNCTUATION = dict.fromkeys(_COMMON_SIGNS, -7.0) | dict.fromkeys(_CJK_PUNCTUATION, -6.2)
_COMMON_CANTONESE = "佢哋喺啲嘢嘅唔啱冇咁嚟睇咗嗰咩喇啦噉乜俾畀攞搵諗靚揸嘥咪喎囉嘞孖瞓揀嬲"

_NOTE_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

# Letters with accents, and punctuation, as Western texts have them. What stands beside others of
# its kind is more likely half of a character of two bytes.
_WESTERN_COSTS: tuple[tuple[re.Pattern[str], float], ...] = tuple(
    (re.compile(expression), cost)
    for expression, cost in (
        (r"(?<=[a-zA-Z])[à-öø-ÿœšž](?![^\x00-\x7f])|(?<![^\x00-\x7f])[à-öø-ÿœšž](?=[a-z])", -4.5),
        (r"(?<=\s)[àèéòóÀÉ](?=\s)", -6.0),
        (
            r"(?<![^\s\"'’‘“(\[«/-])[À-ÖØ-ÞŒŠŽ](?=[a-zA-Z\s.'’])|(?<=[A-Z])[À-ÖØ-Þ]|(?<=[a-z])ß",
            -6.0,
        ),
        (r"(?<![^\x00-\x7fà-ÿ])[’‘“”–—…](?![^\x00-\x7fà-ÿÀ-Þ])", -5.0),
        (r"(?<![^\x00-\x7f])[«»\u00a0§°•£€©®½¼¾†‡²³¹ºª¿¡™×±¶](?![^\x00-\x7f])", -7.0),
    )
)
_WESTERN_RARE = -11.0


class EncodingGuess(NamedTuple):
    """The encoding that a text most likely has.

    Attributes:
        encoding: As Python names it.
        confidence: The probability that it is this one, of those that are known here.
    """

    encoding: str
    confidence: float


def guess_encoding(data: bytes) -> EncodingGuess | None:
    """Return the most likely encoding of a text, or None if it is likely in none.

    Args:
        data: Text that is not UTF-8.
    """
    sample = data[:_SAMPLE_BYTES]
    if wide := _find_utf16(data, sample):
        return EncodingGuess(wide, _MAX_CONFIDENCE)
    likelihoods: dict[str, tuple[str, float]] = {}  # by decoded text: equal ones are one guess
    for encoding, measure in _CANDIDATES:
        if b"\0" in sample and not encoding.startswith("utf-16"):
            continue  # zero bytes occur only in halves of characters
        text = _decode(data, sample, encoding)
        if text is None or text in likelihoods:
            continue
        high_count = sum(char > "\x7f" for char in text)
        total = measure(text) + _ASCII * (len(text) - high_count)
        mean = (total - _ASCII * (len(text) - high_count)) / max(high_count, 1)
        if mean > _MIN_MEAN:
            likelihoods[text] = encoding, total
    if not likelihoods:
        return None
    ranked = sorted(likelihoods.values(), key=lambda item: -item[1])
    margin = ranked[0][1] - ranked[1][1] if len(ranked) > 1 else math.inf
    return EncodingGuess(ranked[0][0], min(1 / (1 + math.exp(-margin / 4)), _MAX_CONFIDENCE))


def _find_utf16(data: bytes, sample: bytes) -> str | None:
    """Return the UTF-16 in which every second byte of many is zero, as in Latin text, or None."""
    for encoding, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros = sample[first::2].count(0)
        is_wide = zeros >= _LEAST_ZEROS * len(sample) and not sample[1 - first :: 2].count(0)
        if is_wide and _decode(data, sample, encoding):
            return encoding
    return None


def _decode(data: bytes, sample: bytes, encoding: str) -> str | None:
    """Return the sample decoded, where all of the data can be; None otherwise."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return sample.decode(encoding, "ignore")


def _measure_by_table(load_table: Callable[[], dict[str, float]]) -> Callable[[str], float]:
    def measure(text: str) -> float:
        table = load_table()
        counts = Counter(text)
        return sum(
            count * table.get(char, _RARE if char.isprintable() else _IMPOSSIBLE)
            for char, count in counts.items()
            if char > "\x7f"
        )

    return measure


@cache
def _load_chinese() -> dict[str, float]:
    table = dict.fromkeys(map(chr, (*range(0x3041, 0x3100), *range(0xAC00, 0xD7A4))), -10.0)
    table |= dict.fromkeys(_iterate_rows("gb2312", 0xA6, 0xA9), _SIGN_LIKELIHOOD)
    table |= dict.fromkeys(_iterate_rows("big5", 0xA1, 0xA3), _SIGN_LIKELIHOOD)
    table |= dict.fromkeys(_iterate_rows("gb2312", 0xA1, 0xA3), _SIGN_LIKELIHOOD)
    table |= dict.fromkeys(_NOTE_DIGITS, -8.0)
    table |= dict.fromkeys(_iterate_rows("gb2312", 0xB0, 0xD7), -9.5)
    table |= dict.fromkeys(_iterate_rows("big5", 0xA4, 0xC6), -9.5)
    table |= dict.fromkeys(_COMMON_CANTONESE, -8.0)
    return table | dict.fromkeys(COMMON_HAN, -6.4) | _PUNCTUATION


@cache
def _load_japanese() -> dict[str, float]:
    table = dict.fromkeys(_iterate_rows("euc-jp", 0xA1, 0xA3), _SIGN_LIKELIHOOD)
    table |= dict.fromkeys(_iterate_rows("euc-jp", 0xB0, 0xCF), -9.2)
    table |= dict.fromkeys(map(chr, range(0x30A1, 0x30FD)), -6.8)
    table |= dict.fromkeys(map(chr, range(0x3041, 0x3094)), -5.1)
    return table | _PUNCTUATION


@cache
def _load_korean() -> dict[str, float]:
    table = dict.fromkeys(_iterate_rows("euc-kr", 0xA1, 0xA3), _SIGN_LIKELIHOOD)
    table |= dict.fromkeys(_iterate_rows("euc-kr", 0xB0, 0xC8), -8.2)
    table |= dict.fromkeys(_COMMON_HANGUL, -5.3)
    return table | _PUNCTUATION


def _iterate_rows(encoding: str, first: int, last: int) -> Iterator[str]:
    """Yield the characters of the rows of a table of two bytes."""
    for lead in range(first, last + 1):
        for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            yield from bytes((lead, trail)).decode(encoding, "ignore")


def _measure_western(text: str) -> float:
    total, rest = 0.0, sum(char > "\x7f" for char in text)
    for pattern, cost in _WESTERN_COSTS:
        count = len(pattern.findall(text))
        total += cost * count
        rest -= count
    return total + _WESTERN_RARE * rest


_CHINESE, _JAPANESE, _KOREAN = map(_measure_by_table, (_load_chinese, _load_japanese, _load_korean))


def _measure_utf16(text: str) -> float:
    return max(_CHINESE(text), _measure_western(text))


_CANDIDATES: tuple[tuple[str, Callable[[str], float]], ...] = (
    ("cp950", _CHINESE),
    ("big5hkscs", _CHINESE),
    ("gb18030", _CHINESE),
    ("utf-16-le", _measure_utf16),
    ("utf-16-be", _measure_utf16),
    ("cp932", _JAPANESE),
    ("euc-jp", _JAPANESE),
    ("cp949", _KOREAN),
    ("cp1252", _measure_western),
    ("mac-roman", _measure_western),
)
