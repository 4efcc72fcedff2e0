"""Find title, number, date and publisher on the cover of a publication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.readers import dates
from index.readers.paged.article_heads import ParsedHead
from index.readers.paged.blocks import Block, Line
from index.readers.paged.contents import TableOfContents
from index.readers.paged.labels import is_record
from index.readers.paged.sentence_ends import Ending, detect_ending
from index.readers.paged.title_records import is_document_number
from index.readers.publication_id import normalize_for_comparison
from index.readers.report import Report
from index.text.characters import contains_han
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")

_MAX_IMPRINT_BLOCKS = 20


@dataclass(slots=True)
class Cover:
    """The metadata of a publication, as printed; empty where the cover does not have it."""

    title: str = ""
    title_translated: str = ""
    number: str = ""
    parsed_date: date | None = None
    date_printed: str = ""
    publisher: str = ""
    publisher_translated: str = ""


def parse_cover(lines: Sequence[Line], contents: TableOfContents, report: Report) -> Cover:
    """Return the metadata in the lines before the first article.

    Args:
        lines: All of them, those of the contents included.
        contents: Whose lines are passed over.
        report: Receives what is no metadata.
    """
    cover = Cover()
    previous_field = ""
    for line in lines:
        text = line.text.strip()
        if not text or line in contents.lines:
            continue
        if is_record(text):
            report.set_aside(line.number, text, "record")
            continue
        remainder = _take_issue_number(_take_date(text, cover), cover)
        stripped = remainder.strip("#*| \u3000")
        field = _assign_field(stripped, cover, previous_field) if stripped else None
        if field:
            previous_field, value = field
            remainder = remainder.replace(value, "", 1)
        is_markup = remainder.strip() != text and not any(char.isalnum() for char in remainder)
        report.set_aside(line.number, remainder, "markup" if is_markup else "cover")
    return cover


def find_imprint(blocks: Sequence[Block], heads: Sequence[ParsedHead]) -> int:
    """Return the index of the first block of the imprint; the number of blocks if there is none.

    Args:
        blocks: Those of the whole file.
        heads: The heads of the articles.
    """
    body_start = heads[-1].end + 1 if heads else 1
    search_start = max(body_start, len(blocks) - _MAX_IMPRINT_BLOCKS)
    matches = [
        index
        for index in range(search_start, len(blocks))
        if _PATTERNS["imprint-label"].match(blocks[index].text)
    ]
    if not matches:
        return len(blocks)
    start = matches[-1]
    while start > body_start and _PATTERNS["imprint-label"].match(blocks[start - 1].text):
        start -= 1
    for index in range(max(body_start - 1, start - _MAX_IMPRINT_BLOCKS), start):
        if _PATTERNS["imprint-label"].match(blocks[index].text):
            return index
    return start


def parse_single_cover(lines: Sequence[Line], report: Report) -> Cover:
    """Return date and publisher in the lines above the title of a single work, such as a thesis.

    Args:
        lines: All of them.
        report: Receives what is no metadata.
    """
    cover = Cover()
    for line in lines:
        text = line.text.strip()
        if is_record(text):
            report.set_aside(line.number, text, "record")
            continue
        remainder = _take_date(text, cover)
        if not cover.publisher and _PATTERNS["publisher"].search(remainder):
            cover.publisher, remainder = remainder.strip(), ""
        report.set_aside(line.number, remainder, "cover")
    return cover


def take_title_records(lines: Sequence[Line], cover: Cover, report: Report) -> None:
    """Fill number and date from the lines below the title of a single work.

    Args:
        lines: Those that are such records.
        cover: Whose empty fields are filled.
        report: Receives what is in no field.
    """
    for line in lines:
        text = line.text.strip()
        if is_document_number(text) and not cover.number:
            cover.number = text
            continue
        report.set_aside(line.number, _take_date(text, cover), "record")


def _take_issue_number(text: str, cover: Cover) -> str:
    match = dates.find_issue_number(text)
    if not match or cover.number or _PATTERNS["contact"].search(text):
        return text
    cover.number = text[match.span.start : match.span.end]
    return text[: match.span.start] + text[match.span.end :]


def _take_date(text: str, cover: Cover) -> str:
    match = dates.find_date(text)
    if not match or cover.date_printed:
        return text
    cover.parsed_date = match.parsed_date
    cover.date_printed = text[match.span.start : match.span.end].strip()
    return text[: match.span.start] + text[match.span.end :]


def _assign_field(text: str, cover: Cover, previous_field: str) -> tuple[str, str] | None:
    """Give a line to the first empty field that it fits; return the field and its value."""
    if (
        not any(char.isalpha() for char in text)
        or _PATTERNS["contact"].search(text)
        or len(text) > 120
    ):
        return None
    label = _PATTERNS["publisher-label"].match(text)
    name = text[label.end() :] if label else ""
    if name and not cover.publisher and not _repeats_title(text, cover):
        cover.publisher = name
        return "label", name
    if cover.title and _PATTERNS["publisher"].search(text) and not _is_sentence(text):
        return _assign_publisher(text, cover)
    if not cover.title:
        cover.title = text
        return "title", text
    if previous_field == "title" and _may_translate_title(text, cover):
        cover.title_translated = text
        return "title_translated", text
    return None


def _is_sentence(text: str) -> bool:
    return text[-1] in ".。" and detect_ending(text) is Ending.FINISHED


def _may_translate_title(text: str, cover: Cover) -> bool:
    return (
        not cover.title_translated
        and not _repeats_title(text, cover)
        and contains_han(text) != contains_han(cover.title)
    )


def _assign_publisher(text: str, cover: Cover) -> tuple[str, str] | None:
    if not cover.publisher:
        cover.publisher = text
        return "publisher", text
    if not cover.publisher_translated and contains_han(text) != contains_han(cover.publisher):
        cover.publisher_translated = text
        return "publisher_translated", text
    return None


def _repeats_title(text: str, cover: Cover) -> bool:
    """Return whether a line only repeats the title."""
    return normalize_for_comparison(text) == normalize_for_comparison(cover.title)
