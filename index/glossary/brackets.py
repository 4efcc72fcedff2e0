"""Brackets that may gloss the term before them, and the forms in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from index.text.characters import HAN, HANGUL, KANA
from index.text.patterns import load_patterns

_KANA_HANGUL = f"{KANA}{HANGUL}"
_LATIN_LETTERS = r"A-Za-z\u00c0-\u024f"

_BRACKET = re.compile(r"[（(]([^（）()\n]{2,120})[)）]")
_SEPARATOR = re.compile(r"\s*[,，;；、]\s*")
_LATIN = re.compile(rf"[{_LATIN_LETTERS}](?:[{_LATIN_LETTERS}\d .&'’/–-]*[{_LATIN_LETTERS}\d.])?")
_CHINESE = re.compile(rf"(?:[{HAN}·‧]|(?<=[{HAN}]) ?[A-Za-z\d-]+ ?)*[{HAN}]")
_JAPANESE_OR_KOREAN = re.compile(rf"[{_KANA_HANGUL} ]*[{_KANA_HANGUL}]{{2}}[{_KANA_HANGUL} ]*")
_PATTERNS = load_patterns("index.glossary")
_MAX_WORDS = 9
_MAX_HAN_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Bracket:
    """A bracket that may gloss the term before it.

    Attributes:
        start: Its offset in the text.
        full_form: The full form in it: Latin, Chinese, Japanese or Korean; "" if there is none.
        short_forms: The short forms in it.
        is_alias: Whether it announces another name (又稱, 簡稱) in the same language.
    """

    start: int
    full_form: str
    short_forms: tuple[str, ...]
    is_alias: bool = False


class _ParsedForm(NamedTuple):
    text: str
    kind: Literal["full", "short", "alias"]


def find_brackets(text: str) -> Iterator[Bracket]:
    """Yield the brackets of a text that may be glosses: no dates, references, remarks or clauses.

    Args:
        text: The text of a paragraph, a heading or a note.
    """
    for match in _BRACKET.finditer(text):
        if bracket := _parse_bracket(match.start(), match[1]):
            yield bracket


def is_acronym(form: str) -> bool:
    """Return whether a form is one word with two capitals or more, such as CBMs or VoR.

    Args:
        form: A form of a gloss.
    """
    return bool(re.fullmatch(r"[A-Za-z][A-Za-z\d&./-]{1,11}", form)) and (
        sum(character.isupper() for character in form) >= max(2, len(form) // 2)
    )


def contains_chinese(form: str) -> bool:
    """Return whether a form has Han characters, rare ones and compatibility forms included.

    Args:
        form: A form of a gloss.
    """
    return re.search(rf"[{HAN}]", form) is not None


def is_full_form(form: str) -> bool:
    """Return whether a form is a full one: not an acronym, nor too long for a name.

    Args:
        form: A form of a gloss.
    """
    if _LATIN.fullmatch(form):
        return len(form.split()) <= _MAX_WORDS and not _PATTERNS["not-a-gloss"].match(form)
    return bool(_JAPANESE_OR_KOREAN.fullmatch(form)) or (
        bool(_CHINESE.fullmatch(form)) and len(form) <= _MAX_HAN_LENGTH
    )


def _parse_bracket(start: int, content: str) -> Bracket | None:
    """Return the forms of a bracket; None if a part of it is no form, or if it has too many."""
    forms: list[_ParsedForm] = []
    for part in _SEPARATOR.split(content.replace("*", "").strip()):
        full_form = next((form.text for form in forms if form.kind == "full"), "")
        form = _parse_form(part, full_form)
        if form is None:
            return None
        forms.append(form)
    full_forms = [form.text for form in forms if form.kind == "full"]
    if len(full_forms) > 2 or (
        len(full_forms) == 2 and contains_chinese(full_forms[0]) == contains_chinese(full_forms[1])
    ):
        return None
    short_forms = [form.text for form in forms if form.kind != "full"] + full_forms[1:]
    return Bracket(
        start,
        full_forms[0] if full_forms else "",
        tuple(dict.fromkeys(short_forms)),
        any(form.kind == "alias" for form in forms),
    )


def _parse_form(part: str, full_form: str) -> _ParsedForm | None:
    """Return the form in a part of a bracket; None if there is none.

    Args:
        part: The text between two separators.
        full_form: The first full form before it; "" if there is none.
    """
    naming_phrase = _PATTERNS["naming-phrase"].match(part)
    text = (part[naming_phrase.end() :] if naming_phrase else part).strip("「」『』“”\"'： :")
    if is_acronym(text) or (full_form and _is_short_for(text, full_form)):
        return _ParsedForm(text, "short")
    if naming_phrase and _CHINESE.fullmatch(text):
        return _ParsedForm(text, "alias")
    return _ParsedForm(text, "full") if is_full_form(text) else None


def _is_short_for(form: str, full_form: str) -> bool:
    """Return whether a word that is no acronym abbreviates a longer form: Leq, for … Level."""
    initials = {word[0].lower() for word in full_form.split()}
    return (
        re.fullmatch(r"[A-Za-z]{2,6}", form) is not None
        and len(full_form.split()) > 1
        and form[0].lower() in initials
    )
