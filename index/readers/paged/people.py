"""Parse the lines below a title: authors, institute, topics."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.document import Author
from index.text.characters import COMMON_HAN, contains_han

_TOPICS_LABEL = re.compile(
    r"(?P<label>[【\[*]{0,3}(?:焦點類別|关键词|關鍵詞|關鍵字|關鍵辭|主題類別|主題|類別|議題|"
    r"Focus(?: areas?| category)?|Topics?|Keywords?|Key words|Categor(?:y|ies)|Themes?)"
    r"[】\]*]{0,3}\s*[：:]\**)\s*(?P<topics>\S.*)$",
    re.IGNORECASE,
)
_TOPIC_SEPARATOR = re.compile(r"([、，,；;/／])")
_NAME_SEPARATOR = re.compile(
    rf"([、，,；;&＆／/]|(?<=[{COMMON_HAN}])\s?[與与及和]\s?(?=[{COMMON_HAN}])"
    rf"|\s+and\s+|(?<=[{COMMON_HAN}]{{2}})[\s\u3000]+(?=[{COMMON_HAN}]{{2}}))"
)
_BYLINE = re.compile(r"(?P<label>(?:作者|文|撰文|Author|By)\s*[：:/／]\s*|By\s+)(?P<names>\S.*)$")
_INSTITUTE = re.compile(
    r"(?:研究所|研究院|研究會|研究室|研究中心|中心|學系|系所|大學|學院|學會|協會|基金會|智庫|委員會|"
    r"教授|研究員|研究部|研究组|研究組|事務所|出版社|部|署|局|處|所|系|社|院|会|會)$"
    r"|\b(?:Institute|University|Centre|Center|Department|Division|School|College|Faculty|"
    r"Foundation|Council|Academy|Laborator(?:y|ies)|Society|Association|Ministry|Bureau|Office|"
    r"Programme|Program|Fellow|Professor)\b"
)
_HAN_NAME = re.compile(
    rf"[{COMMON_HAN}](?:[\s\u3000]?[{COMMON_HAN}]){{1,3}}$|"
    rf"[{COMMON_HAN}]{{1,8}}[·・][{COMMON_HAN}]{{1,8}}$"
)
_LATIN_NAME = re.compile(
    r"(?:[A-Z][\w’'.-]*|de|van|von|der|la|bin|al)"
    r"(?:[ ](?:[A-Z][\w’'.-]*|de|van|von|der|la|bin|al)){1,4}$"
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
    match = _TOPICS_LABEL.match(text)
    if not match:
        return None
    parts, separators = _split_items(match["topics"], _TOPIC_SEPARATOR)
    return ParsedList(parts, " ".join([match["label"], *separators]))


def parse_names(text: str) -> ParsedList | None:
    """Return the names of a line of authors, if it is one.

    Args:
        text: A line.
    """
    label = ""
    match = _BYLINE.match(text)
    if match:
        label, text = match["label"].strip(), match["names"]
    parts, separators = _split_items(text, _NAME_SEPARATOR)
    if not match and not all(is_person_name(part) for part in parts):
        return None
    return ParsedList(parts, " ".join([label, *separators]).strip())


def is_person_name(text: str) -> bool:
    """Return whether a text has the form of a person's name in either language.

    Args:
        text: A line or a part of one.
    """
    return bool(_HAN_NAME.match(text) or _LATIN_NAME.match(text)) and not is_institute(text)


def is_institute(text: str) -> bool:
    """Return whether a text has the form of an institute's name.

    Args:
        text: A line.
    """
    return len(text) <= 120 and len(text) >= 4 and bool(_INSTITUTE.search(text))


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
