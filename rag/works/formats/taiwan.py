"""Notes as journals in Taiwan print them; items in English after their English form."""

from __future__ import annotations

from collections.abc import Iterable

from index.references.model import Reference, ReferenceDate
from rag.works.formats import chicago
from rag.works.formats.names import is_east_asian, list_names
from rag.works.formats.notes import find_address, number_items

_MOST_AUTHORS = 3


def format_taiwan(items: Iterable[tuple[str, Reference]]) -> str:
    """Return items as notes, one a line.

    Args:
        items: Ids with their references.
    """
    return number_items(items, format_item)


def format_item(reference: Reference) -> str:
    """Return an item as a full note.

    Args:
        reference: The item.

    >>> from index.references.parse import parse_reference
    >>> format_item(parse_reference("鄭望. 湖冰[J]. 湖泊研究, 2015, 22(3): 101-109"))
    '鄭望，〈湖冰〉，《湖泊研究》，第22卷第3期，2015年，頁101-109。'
    """
    if not is_east_asian(reference):
        return _format_english(reference)
    names, others = list_names(reference, reference.authors, _MOST_AUTHORS)
    people = "、".join(names) + others + ("主編" if reference.is_edited else "")
    is_part = bool(reference.container and reference.title)
    parts = [people, *(_list_part(reference) if is_part else _list_whole(reference))]
    address = find_address(reference)
    parts.append(f"<{address}>" if address else "")
    return "，".join(part for part in parts if part) + "。"


def _list_part(reference: Reference) -> list[str]:
    editors = "、".join(list_names(reference, reference.editors, _MOST_AUTHORS)[0])
    title, container = f"〈{reference.title}〉", f"《{reference.container}》"
    if reference.type in ("chapter", "paper-conference"):
        book = f"收入{editors}主編，{container}" if editors else f"收入{container}"
        return [title, book + _format_imprint(reference), _format_pages(reference)]
    numbers = "".join(
        f"第{number}{unit}"
        for number, unit in ((reference.volume, "卷"), (reference.issue, "期"))
        if number
    )
    return [title, container, numbers, format_day(reference.date), _format_pages(reference)]


def _list_whole(reference: Reference) -> list[str]:
    if not reference.title and not reference.container:
        return [reference.text]
    if not reference.title:
        return [f"《{reference.container}》", format_day(reference.date), _format_pages(reference)]
    is_book = reference.type not in ("webpage", "article-newspaper", "post")
    printed = f"《{reference.title}》" if is_book else f"〈{reference.title}〉"
    translators = "、".join(list_names(reference, reference.translators, _MOST_AUTHORS)[0])
    volume = f"第{reference.volume}卷" if reference.volume else ""
    book = printed + _format_imprint(reference)
    return [f"{translators}譯" if translators else "", book, volume]


def _format_imprint(reference: Reference) -> str:
    place = "：".join(part for part in (reference.place, reference.publisher) if part)
    if reference.type == "thesis":
        place += "學位論文"
    year = f"{reference.date.year}" if reference.date else ""
    text = "，".join(part for part in (place, reference.edition, year) if part)
    return f"（{text}）" if text else ""


def _format_pages(reference: Reference) -> str:
    if not reference.pages:
        return ""
    return ("版" if reference.type == "article-newspaper" else "頁") + reference.pages


def format_day(date: ReferenceDate | None) -> str:
    """Return a date in Chinese, as precise as it is known.

    Args:
        date: The date.
    """
    if date is None:
        return ""
    month = f"{date.month}月" if date.month else ""
    return f"{date.year}年{month}" + (f"{date.day}日" if date.day else "")


def _format_english_pages(pages: str) -> str:
    if not pages:
        return ""
    return f"p. {pages}" if pages.isdigit() else f"pp. {pages}"


def _format_english(reference: Reference) -> str:
    if reference.type != "article-journal" or not (reference.title and reference.container):
        return chicago.format_item(reference)
    numbers = (
        f"Vol. {reference.volume}" if reference.volume else "",
        f"No. {reference.issue}" if reference.issue else "",
    )
    address = find_address(reference)
    head = f"{chicago.format_people(reference)}, " if reference.authors else ""
    parts = (
        f"{head}“{reference.title},” *{reference.container}*",
        *numbers,
        chicago.format_date(reference.date),
        _format_english_pages(reference.pages),
        f"<{address}>" if address else "",
    )
    return ", ".join(part for part in parts if part) + "."
