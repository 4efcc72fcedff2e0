"""Brackets that may gloss what stands before them, and the forms in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

HAN = r"\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_FOREIGN = r"\u3041-\u30fa\u30fc-\u30ff\uac00-\ud7af"  # Japanese and Korean as such
_LETTER = r"A-Za-z\u00c0-\u024f"

_BRACKET = re.compile(r"[（(]([^（）()\n]{2,120})[)）]")
_PARTED = re.compile(r"\s*[,，;；、]\s*")
_LEAD = re.compile(
    r"^(?:以下|下稱|下文|中國|中國大陸|大陸|臺灣|台灣|日本|韓國|香港|兩岸)?"
    r"(?P<said>[簡又亦也或俗舊原合通統]?稱(?:為|作)?|縮寫為?|英文(?:名稱?)?為?|原文為?|原名)[：: ]*"
    r"|^(?P<english>here(?:in)?after|also known as|known as|a\.?k\.?a\.?|or|in short|short:?)\s+",
    re.IGNORECASE,
)
_LATIN = re.compile(rf"[{_LETTER}](?:[{_LETTER}\d .&'’/–-]*[{_LETTER}\d.])?")
_CHINESE = re.compile(rf"(?:[{HAN}·‧]|(?<=[{HAN}]) ?[A-Za-z\d-]+ ?)*[{HAN}]")
_OTHER = re.compile(rf"[{_FOREIGN} ]*[{_FOREIGN}]{{2}}[{_FOREIGN} ]*")
_NO_GLOSS = re.compile(
    r"(?:ibid|op|see|cf|emphasis|italics|pp?|vol|no|nos|figs?|figure|tables?|eds?|trans|notes?"
    r"|sources?|left|right|above|below|including|especially|e\.?g|i\.?e|sic|n\.?d|forthcoming"
    r"|in press|part|chapter|section|article|photo|image|the author|author|closing|opening"
    r"|continued|appendix|annex)\b|.*\b(?:1[5-9]|20)\d\d\b",
    re.IGNORECASE,
)
_MOST_WORDS = 9
_LONGEST_HAN = 16


@dataclass(frozen=True, slots=True)
class Bracket:
    """A bracket that may gloss what stands before it.

    Attributes:
        start: Where it opens in the text.
        full: Its form in full: Latin, Chinese, Japanese or Korean; "" if it has only a short one.
        short: What it gives as short forms.
        renamed: Whether it says that it is another name (又稱, 簡稱) in the same language.
    """

    start: int
    full: str
    short: tuple[str, ...]
    renamed: bool = False


def brackets(text: str) -> Iterator[Bracket]:
    """The brackets of a text that may be glosses: no dates, references, remarks or clauses."""
    for found in _BRACKET.finditer(text):
        if bracket := _understood(found.start(), found[1]):
            yield bracket


def is_short(form: str) -> bool:
    """Whether a form is an acronym: one word with two capitals or more, such as CBMs or VoR."""
    return bool(re.fullmatch(r"[A-Za-z][A-Za-z\d&./-]{1,11}", form)) and (
        sum(sign.isupper() for sign in form) >= max(2, len(form) // 2)
    )


def is_chinese(form: str) -> bool:
    """Whether a form has Chinese characters."""
    return re.search(rf"[{HAN}]", form) is not None


def _understood(start: int, inside: str) -> Bracket | None:
    full: list[str] = []
    short: list[str] = []
    renamed = False
    for part in _PARTED.split(inside.replace("*", "").strip()):
        lead = _LEAD.match(part)
        form = part[lead.end() :] if lead else part
        form = form.strip("「」『』“”\"'： :")
        if is_short(form) or (full and _shortens(form, full[0])):
            short.append(form)
        elif lead and _CHINESE.fullmatch(form):
            short.append(form)
            renamed = True
        elif _is_form(form):
            full.append(form)
        else:
            return None
    if len(full) > 1 and not (len(full) == 2 and is_chinese(full[0]) != is_chinese(full[1])):
        return None
    if len(full) == 2:
        short.append(full[1])
    if not full and not short:
        return None
    return Bracket(start, full[0] if full else "", tuple(dict.fromkeys(short)), renamed)


def _is_form(form: str) -> bool:
    if _LATIN.fullmatch(form):
        return len(form.split()) <= _MOST_WORDS and not _NO_GLOSS.match(form)
    return bool(_OTHER.fullmatch(form)) or (
        bool(_CHINESE.fullmatch(form)) and len(form) <= _LONGEST_HAN
    )


def _shortens(form: str, full: str) -> bool:
    """Whether a word that is no acronym is short for a longer one: Leq, for … Level."""
    initials = {word[0].lower() for word in full.split()}
    return (
        re.fullmatch(r"[A-Za-z]{2,6}", form) is not None
        and len(full.split()) > 1
        and form[0].lower() in initials
    )
