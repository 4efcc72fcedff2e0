"""The terms of a text: one analysis for Chinese and English, passages and queries."""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer

from index.text.characters import HAN, HANGUL, KANA
from index.text.numbers import MEASURE_WORDS, normalize_numbers
from index.text.patterns import load_patterns
from index.text.scripts import fold
from index.text.word_lists import load_stop_words

_UNSPACED = f"{HAN}{KANA}{HANGUL}"  # written without spaces; and Korean, whose words take endings
_LATIN_LETTER = rf"[^\W\d_{_UNSPACED}]"
# A number is no number with one letter after it (15E is a name); several are a unit (240mm).
_TOKEN = re.compile(
    rf"(?P<date>(?P<month>\d{{1,2}}月)(?:\d{{1,2}}日)?)"
    r"|(?P<decade>\d{4}年代)|(?P<year>[12]\d{3})年"
    rf"|(?P<ordinal>第(?P<nth>\d+)[{_UNSPACED}]?)"
    rf"|(?P<number>(?<!{_LATIN_LETTER})\d++(?:\.\d++)?%?(?!{_LATIN_LETTER}(?!{_LATIN_LETTER})))"
    rf"(?=(?P<counted>[{MEASURE_WORDS}])?)"
    rf"|(?P<han>(?:(?!第\d)[{_UNSPACED}])+)|(?P<word>[^\W_{_UNSPACED}]+)"
)

# Written 美國 or U.S., US must not become the pronoun; CBMs are CBM.
_UNITED_STATES = re.compile(r"(?<![A-Za-z])(?:U\.S\.A\.|[Uu]\.[Ss]\.|USA?(?![A-Za-z]))")
_PLURAL_ACRONYM = re.compile(r"(?<![A-Za-z])([A-Z]{2,})s(?![A-Za-z])")
_INITIALS = re.compile(r"(?<![a-z])(?:[a-z]\.){2,}")

_PATTERNS = load_patterns("index.text")
_STOP_CHARACTERS_ZH = load_stop_words("zh", "terms")
_STOP_WORDS_EN = load_stop_words("en", "terms")


@lru_cache(maxsize=50_000)
def _stem_word(word: str) -> str:
    # A stemmer keeps the word that it works on, so that threads must not share one.
    return str(snowballstemmer.stemmer("english").stemWord(word))


def analyze(text: str) -> list[str]:
    """Return the terms of a text in order, repeated as often as they occur.

    Chinese text gives single characters and bigrams: measured on public question sets they rank at
    least as well as the words of a segmenter, and need no dictionary. English text gives Snowball
    stems. Numbers and dates have one spelling in both (`index.text.numbers`). Stop words and
    question words of both languages are left out.

    Args:
        text: A passage, a note or a query.

    >>> analyze("軍艦 warships")
    ['军', '舰', '军舰', 'warship']
    """
    text = _PLURAL_ACRONYM.sub(r"\1", _UNITED_STATES.sub("usa", text))
    text = normalize_numbers(_INITIALS.sub(lambda match: match[0].replace(".", ""), fold(text)))
    terms: list[str] = []
    for match in _TOKEN.finditer(_PATTERNS["question-words"].sub(" ", text)):
        terms += _extract_token_terms(match)
    return terms


def _extract_token_terms(match: re.Match[str]) -> list[str]:
    """Return the terms of a token: a number also with its measure word, a date also as month."""
    if han_run := match["han"]:
        characters = [character for character in han_run if character not in _STOP_CHARACTERS_ZH]
        return characters + [han_run[i : i + 2] for i in range(len(han_run) - 1)]
    if word := match["word"]:
        return [] if word in _STOP_WORDS_EN else [_stem_word(word)]
    if number := match["number"]:
        return [number + match["counted"], number] if match["counted"] else [number]
    if date := match["date"]:
        return [date] if date == match["month"] else [date, match["month"]]
    if ordinal := match["ordinal"]:
        return [ordinal, match["nth"]]
    return [match["decade"] or match["year"]]
