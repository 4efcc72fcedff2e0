"""Parse the lines below a title: authors, institute, topics."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.document import Author
from index.readers.notes.runs import is_notes_heading
from index.text.characters import CAPITAL_LETTERS, COMMON_HAN, contains_han
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")
_MAX_INSTITUTE_LENGTH = 120  # characters
_MIN_AFFILIATIONS = 2
_ADDRESS_SEPARATOR = re.compile(r"[，,；;\s]+")
_TOPIC_SEPARATOR = re.compile(
    rf"([、，,；;/／]|[ \u3000]{{2,}}|\u3000|(?<=[{COMMON_HAN}])\s(?=[{COMMON_HAN}]))"
)
_NAME_SEPARATOR = re.compile(
    rf"([、，,；;&＆／/]|(?<=[{COMMON_HAN}])\s?[與与及和]\s?(?=[{COMMON_HAN}])"
    rf"|(?<!\s)\s+and\s+|(?<=[{COMMON_HAN}]{{2}})[\s\u3000]+(?=[{COMMON_HAN}]{{2}}))"
)
# The number or letter after a name that leads to an institute below.
_AFFILIATION_MARK = re.compile(
    rf"(?<=[{COMMON_HAN}])\s?\d(?:\s?[,，]\s?\d)*(?=[\s\u3000,，、;；]|$)"
    r"|(?<=\w)[*†‡§]{1,3}(?=\s|,|;|$)"
)
_HAN_NAME = re.compile(
    rf"[{COMMON_HAN}](?:[\s\u3000]?[{COMMON_HAN}]){{1,3}}$|"
    rf"[{COMMON_HAN}]{{1,8}}[·・][{COMMON_HAN}]{{1,8}}$"
)
_LATIN_NAME = re.compile(
    r"(?!(?:.*\s)?(?:THE|OF|TO|AND|IN|ON|FOR|WITH|The|Of|To|And|In|On|For|With|His|Her)\s)"
    rf"(?:[{CAPITAL_LETTERS}][\w’'.-]*|de|van|von|der|la|bin|al)"
    rf"(?:[ ](?:[{CAPITAL_LETTERS}][\w’'.-]*|de|van|von|der|la|bin|al)){{1,4}}$"
)
_KOREAN_NAME = re.compile(
    "[김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공"
    "현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모][가-힣]{1,2}$"
)


@dataclass(frozen=True, slots=True)
class ParsedList:
    """The names or topics of a line.

    Attributes:
        items: In order.
        label: What was printed to introduce and to part them.
    """

    items: tuple[str, ...]
    label: str = ""


def parse_topics(text: str) -> ParsedList | None:
    """Return the topics of a line such as 焦點類別：國際情勢、印太區域, if it is one.

    Args:
        text: A line.
    """
    match = _PATTERNS["topics-label"].match(text)
    if not match or not text[match.end() :].strip():
        return None
    parts, separators = _split_items(text[match.end() :], _TOPIC_SEPARATOR)
    return ParsedList(parts, " ".join([match[0], *separators]))


def parse_names(text: str) -> ParsedList | None:
    """Return the names of a line of authors, if it is one.

    Args:
        text: A line.
    """
    if is_notes_heading(text):
        return None
    label = ""
    match = _PATTERNS["byline"].match(text)
    if match and text[match.end() :]:
        label, text = match[0].strip(), text[match.end() :]
    if role := _PATTERNS["name-role"].search(text):
        label, text = f"{label} {role[0].strip()}".strip(), text[: role.start()]
    affiliations = _AFFILIATION_MARK.findall(text)
    text = _AFFILIATION_MARK.sub("", text)
    parts, separators = _split_items(text, _NAME_SEPARATOR)
    separators = (*separators, *affiliations)
    if not label and not all(is_person_name(part) for part in parts):
        return None
    return ParsedList(parts, " ".join([label, *separators]).strip())


def split_affiliation_digits(text: str) -> tuple[str, str]:
    """Return a line of names without the digits that lead to institutes, and these digits.

    A digit after one name alone may be the mark of a note; it stays.

    Args:
        text: A line.
    """
    digits = [mark for mark in _AFFILIATION_MARK.findall(text) if mark.strip()[0].isdigit()]
    if len(digits) < _MIN_AFFILIATIONS:
        return text, ""
    return _AFFILIATION_MARK.sub(
        lambda match: "" if match[0].strip()[0].isdigit() else match[0], text
    ), " ".join(digits)


def is_person_name(text: str) -> bool:
    """Return whether a text has the form of a person's name in either language.

    Args:
        text: A line or a part of one.
    """
    return (
        any(name.match(text) for name in (_HAN_NAME, _LATIN_NAME, _KOREAN_NAME))
        and not is_institute(text)
        and not _PATTERNS["contents-heading"].match(text)
        and not _PATTERNS["known-heading"].fullmatch("".join(text.split()))
    )


def is_institute(text: str) -> bool:
    """Return whether a text has the form of an institute's name.

    Args:
        text: A line.
    """
    if not 4 <= len(text) <= _MAX_INSTITUTE_LENGTH:
        return False
    # Several institutes with their addresses stand in brackets below the names.
    pieces = _ADDRESS_SEPARATOR.split(text[1:-1]) if text[0] in "（(" else [text]
    return any(_PATTERNS["institute"].search(piece) for piece in pieces)


def build_authors(printed: tuple[str, ...], romanised: tuple[str, ...]) -> tuple[Author, ...]:
    """Return authors with their names in both forms, where both lists are equally long.

    Args:
        printed: Their names as printed.
        romanised: Their names in the other list of the contents or of the front matter.
    """
    if len(printed) != len(romanised):
        return tuple(Author(name) for name in printed)
    return tuple(
        Author(name, romanised_name if romanised_name != name and contains_han(name) else "")
        for name, romanised_name in zip(printed, romanised, strict=True)
    )


def _split_items(text: str, pattern: re.Pattern[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the parts of a text and the separators between them, without blanks."""
    pieces = [piece.strip() for piece in pattern.split(text)]
    return (
        tuple(piece for piece in pieces[::2] if piece),
        tuple(piece for piece in pieces[1::2] if piece),
    )
