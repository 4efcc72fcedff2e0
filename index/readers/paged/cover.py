"""The front of a publication: title, number, date and publisher out of what stands on the cover."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.readers.decoding import Line
from index.readers.paged import dates
from index.readers.paged.contents import Contents
from index.readers.paged.sentence_ends import is_han
from index.readers.publication_id import compact
from index.readers.report import Report

_PUBLISHER = re.compile(
    r"(?:研究院|研究會|基金會|研究所|學會|協會|大學|出版社|出版公司|中心|雜誌社|學院|編輯部|委員會|出版部|"
    r"研究会|基金会|学会|协会|大学|杂志社)$"
    r"|\b(?:Institute|Foundation|University|Press|Society|Association|Cent(?:er|re)|Council|"
    r"Academy|College|Publish(?:ers|ing)|Group)\b"
)
_LABEL = re.compile(
    r"(?P<label>(?:出版者|出版單位|發行單位|發行所|出版|發行|Published by|Publisher)"
    r"\s*[：:／/]?\s*)"
    r"(?P<name>\S.*)$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"電話|傳真|地址|信箱|網址|\bTel\b|\bFax\b|\bE-?mail\b|https?://|www\.|@|[路街巷號]\s?\d|\d\s?號|"
    r"ISSN|ISBN|定價",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Cover:
    """What the front of a publication says about it."""

    title: str = ""
    title_translated: str = ""
    number: str = ""
    day: date | None = None
    date_printed: str = ""
    publisher: str = ""
    publisher_translated: str = ""


def read(lines: Sequence[Line], contents: Contents, report: Report) -> Cover:
    """What the lines before the first article say; what is no metadata is set aside."""
    cover = Cover()
    last_taken = ""
    for line in lines:
        text = line.text.strip()
        if not text or line in contents.lines:
            continue
        rest = _dated(_numbered(text, cover), cover)
        plain = rest.strip("#*| \u3000")
        taken = _place(plain, cover, last_taken) if plain else ""
        if taken:
            rest = rest.replace(plain, "", 1) if taken != "label" else rest
            last_taken = taken
        if taken == "label":
            label = _LABEL.match(plain)
            rest = rest.replace(label["name"], "", 1) if label else rest
        whole = rest.strip() == text
        report.aside(line.number, rest, "cover" if whole or not _is_sign(rest) else "markup")
    return cover


def _is_sign(text: str) -> bool:
    return not any(char.isalnum() for char in text)


def _numbered(text: str, cover: Cover) -> str:
    found = dates.find_number(text)
    if not found or cover.number or _CONTACT.search(text):
        return text
    cover.number = text[found.span.start : found.span.end]
    return text[: found.span.start] + text[found.span.end :]


def _dated(text: str, cover: Cover) -> str:
    found = dates.find_date(text)
    if not found or cover.date_printed:
        return text
    cover.day = found.day
    cover.date_printed = text[found.span.start : found.span.end].strip()
    return text[: found.span.start] + text[found.span.end :]


def _place(text: str, cover: Cover, before: str) -> str:
    """Give a line to the field that it is the first to fill; the field's name, or "" if none."""
    if not any(char.isalpha() for char in text) or _CONTACT.search(text) or len(text) > 120:
        return ""
    chinese = any(is_han(char) for char in text)
    label = _LABEL.match(text)
    if label and not cover.publisher and not _same(text, cover):
        cover.publisher = label["name"]
        return "label"
    if _PUBLISHER.search(text) and cover.title:
        if not cover.publisher:
            cover.publisher = text
            return "publisher"
        same_script = chinese == any(is_han(char) for char in cover.publisher)
        if not cover.publisher_translated and not same_script:
            cover.publisher_translated = text
            return "publisher_translated"
        return ""
    if not cover.title:
        cover.title = text
        return "title"
    if (
        before == "title"
        and not cover.title_translated
        and not _same(text, cover)
        and chinese != any(is_han(char) for char in cover.title)
    ):
        cover.title_translated = text
        return "title_translated"
    return ""


def _same(text: str, cover: Cover) -> bool:
    """Whether a line only repeats the title."""
    return compact(text) == compact(cover.title)
