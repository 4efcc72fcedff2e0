"""Tell text that is none: a text layer whose fonts map to wrong characters, or a wrong decoding."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from index.document import Finding, Publication
from index.messages import MessageCatalogue
from index.readers.encoding_guess import COMMON_HAN

_MESSAGES = MessageCatalogue("index", "readers")

_SAMPLE = 200_000  # characters
_MIN_LETTERS = 200
_MAX_NONE = 0.02  # of the characters: of private use, unassigned, control, replacement
_FEW = 4  # such characters, in a text of any length
_MAX_MOJIBAKE = 0.02
_MIN_VOWELS = 0.25  # of Latin letters; English has .39, Polish .40, German .38
_MIN_COMMON_HAN = 0.12  # of Han characters; names and lists of terms have some .25, prose .45
_MOJIBAKE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0178\u2013-\u203a\u20ac\u2122]"  # UTF-8 as Latin 1
    "|\u951f\u65a4\u62f7|[\u00c0-\u00ff]{6}"  # GBK read twice, East Asian bytes as Latin 1
)
_SHOWN = 40  # characters


def find_suspect_text(publication: Publication) -> Finding | None:
    """Return a finding where the text looks as if its characters were wrong.

    Args:
        publication: As it was read.
    """
    text = _sample(publication)
    start = next((match.start() for check in _CHECKS if (match := check(text))), None)
    if start is None:
        return None
    example = " ".join(text[start : start + _SHOWN].split())
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in example)
    return Finding("suspect-text", 1, _MESSAGES["finding.suspect_text"].format(example=shown))


def _sample(publication: Publication) -> str:
    paragraphs = (
        paragraph.text
        for article in publication.articles
        for section in article.sections
        for paragraph in section.paragraphs
    )
    return "\n".join(paragraphs)[:_SAMPLE]


def _find_no_characters(text: str) -> re.Match[str] | None:
    wrong = {char for char in set(text) if _is_none(char)}
    count = sum(map(text.count, wrong))
    if not wrong or count <= max(_MAX_NONE * len(text), _FEW):
        return None
    return re.search("|".join(map(re.escape, wrong)), text)


def _is_none(char: str) -> bool:
    is_control = unicodedata.category(char) in ("Co", "Cn", "Cc", "Cs") and char not in "\n\t"
    return is_control or char == "\N{REPLACEMENT CHARACTER}"


def _find_mojibake(text: str) -> re.Match[str] | None:
    length = sum(len(match[0]) for match in _MOJIBAKE.finditer(text))
    return _MOJIBAKE.search(text) if length > _MAX_MOJIBAKE * len(text) else None


def _find_wrong_letters(text: str) -> re.Match[str] | None:
    letters = re.sub("[^a-z]", "", unicodedata.normalize("NFD", text).lower())
    vowels = sum(letters.count(vowel) for vowel in "aeiouy")
    if len(letters) < max(_MIN_LETTERS, len(text) / 4) or vowels >= _MIN_VOWELS * len(letters):
        return None
    return re.search("[A-Za-z]", text)


def _find_wrong_han(text: str) -> re.Match[str] | None:
    han = re.findall("[\u3400-\u9fff]", text)
    common = sum(char in COMMON_HAN for char in han)
    if len(han) < _MIN_LETTERS or common >= _MIN_COMMON_HAN * len(han):
        return None
    return re.search("[\u3400-\u9fff]", text)


_CHECKS: tuple[Callable[[str], re.Match[str] | None], ...] = (
    _find_no_characters,
    _find_mojibake,
    _find_wrong_letters,
    _find_wrong_han,
)
