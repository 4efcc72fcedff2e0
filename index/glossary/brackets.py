"""Brackets that may gloss what stands before them, and the forms in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.text.characters import HAN, HANGUL, KANA

_KANA_HANGUL = f"{KANA}{HANGUL}"
_LATIN_LETTERS = r"A-Za-z\u00c0-\u024f"

_BRACKET = re.compile(r"[（(]([^（）()\n]{2,120})[)）]")
_SEPARATOR = re.compile(r"\s*[,，;；、]\s*")
_NAMING_PHRASE = re.compile(
    r"^(?:以下|下稱|下文|中國|中國大陸|大陸|臺灣|台灣|日本|韓國|香港|兩岸)?"
    r"(?P<said>[簡又亦也或俗舊原合通統]?稱(?:為|作)?|縮寫為?|英文(?:名稱?)?為?|原文為?|原名)[：: ]*"
    r"|^(?P<english>here(?:in)?after|also known as|known as|a\.?k\.?a\.?|or|in short|short:?)\s+",
    re.IGNORECASE,
)
_LATIN = re.compile(rf"[{_LATIN_LETTERS}](?:[{_LATIN_LETTERS}\d .&'’/–-]*[{_LATIN_LETTERS}\d.])?")
_CHINESE = re.compile(rf"(?:[{HAN}·‧]|(?<=[{HAN}]) ?[A-Za-z\d-]+ ?)*[{HAN}]")
_JAPANESE_OR_KOREAN = re.compile(rf"[{_KANA_HANGUL} ]*[{_KANA_HANGUL}]{{2}}[{_KANA_HANGUL} ]*")
_NOT_A_GLOSS = re.compile(
    r"(?:ibid|op|see|cf|emphasis|italics|pp?|vol|no|nos|figs?|figure|tables?|eds?|trans|notes?"
    r"|sources?|left|right|above|below|including|especially|e\.?g|i\.?e|sic|n\.?d|forthcoming"
    r"|in press|part|chapter|section|article|photo|image|the author|author|closing|opening"
    r"|continued|appendix|annex)\b|.*\b(?:1[5-9]|20)\d\d\b",
    re.IGNORECASE,
)
_MAX_WORDS = 9
_MAX_HAN_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Bracket:
    """A bracket that may gloss what stands before it.

    Attributes:
        start: Where it opens in the text.
        full_form: Its form in full: Latin, Chinese, Japanese or Korean; "" if it has only a short one.
        short_forms: What it gives as short forms.
        is_alias: Whether it says that it is another name (又稱, 簡稱) in the same language.
    """

    start: int
    full_form: str
    short_forms: tuple[str, ...]
    is_alias: bool = False


def find_brackets(text: str) -> Iterator[Bracket]:
    """The brackets of a text that may be glosses: no dates, references, remarks or clauses."""
    for match in _BRACKET.finditer(text):
        if bracket := _parse_bracket(match.start(), match[1]):
            yield bracket


def is_acronym(form: str) -> bool:
    """Whether a form is an acronym: one word with two capitals or more, such as CBMs or VoR."""
    return bool(re.fullmatch(r"[A-Za-z][A-Za-z\d&./-]{1,11}", form)) and (
        sum(character.isupper() for character in form) >= max(2, len(form) // 2)
    )


def contains_chinese(form: str) -> bool:
    """Whether a form has Chinese characters."""
    return re.search(rf"[{HAN}]", form) is not None


def _parse_bracket(start: int, content: str) -> Bracket | None:
    full_forms: list[str] = []
    short_forms: list[str] = []
    is_alias = False
    for part in _SEPARATOR.split(content.replace("*", "").strip()):
        naming_phrase = _NAMING_PHRASE.match(part)
        form = part[naming_phrase.end() :] if naming_phrase else part
        form = form.strip("「」『』“”\"'： :")
        if is_acronym(form) or (full_forms and _is_short_for(form, full_forms[0])):
            short_forms.append(form)
        elif naming_phrase and _CHINESE.fullmatch(form):
            short_forms.append(form)
            is_alias = True
        elif is_full_form(form):
            full_forms.append(form)
        else:
            return None
    if len(full_forms) > 1 and not (
        len(full_forms) == 2 and contains_chinese(full_forms[0]) != contains_chinese(full_forms[1])
    ):
        return None
    if len(full_forms) == 2:
        short_forms.append(full_forms[1])
    if not full_forms and not short_forms:
        return None
    return Bracket(
        start, full_forms[0] if full_forms else "", tuple(dict.fromkeys(short_forms)), is_alias
    )


def is_full_form(form: str) -> bool:
    """Return whether a form is a full one: not an acronym, nor too long for a name."""
    if _LATIN.fullmatch(form):
        return len(form.split()) <= _MAX_WORDS and not _NOT_A_GLOSS.match(form)
    return bool(_JAPANESE_OR_KOREAN.fullmatch(form)) or (
        bool(_CHINESE.fullmatch(form)) and len(form) <= _MAX_HAN_LENGTH
    )


def _is_short_for(form: str, full_form: str) -> bool:
    """Whether a word that is no acronym is short for a longer one: Leq, for … Level."""
    initials = {word[0].lower() for word in full_form.split()}
    return (
        re.fullmatch(r"[A-Za-z]{2,6}", form) is not None
        and len(full_form.split()) > 1
        and form[0].lower() in initials
    )
