"""Filters of a question as the page stores and shows them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from index.messages import Message, MessageCatalogue
from index.storage.records import Filters
from rag.query.validation import truncate
from ui.service import limits

_MESSAGES = MessageCatalogue("ui", "page")

_DATE_KINDS = ("after", "before")


@dataclass(frozen=True, slots=True)
class FilterChip:
    """One filter of a question as the page shows it: its kind, the label of the kind, its value."""

    kind: str
    label: Message
    value: str


def serialize_filters(query_filters: Filters) -> str:
    """Return filters as JSON; "" for none."""
    values = {
        kind: value.isoformat() if isinstance(value, date) else value
        for kind, value in asdict(query_filters).items()
        if value is not None
    }
    return json.dumps(values, ensure_ascii=False) if values else ""


def parse_filters(text: str) -> Filters:
    """Return the filters that `serialize_filters` wrote; what cannot be parsed is left out."""
    try:
        values = json.loads(text) if text else {}
    except json.JSONDecodeError:
        return Filters()
    query_filters = Filters()
    for kind, value in values.items() if isinstance(values, dict) else ():
        if isinstance(value, str):
            query_filters = set_filter(query_filters, kind, value)
    return query_filters


def set_filter(query_filters: Filters, kind: str, value: str) -> Filters:
    """Return filters with one kind set; or removed, if `value` is "" or no valid date.

    Args:
        query_filters: The filters.
        kind: A field of them; or "dates" for the days from which and until which publications are
            looked at, separated by a slash, in either order.
        value: What to limit to.
    """
    if kind == "dates":
        first, _, last = value.partition("/")
        days = sorted((first, last)) if first and last else (first, last)
        for name, day in zip(_DATE_KINDS, days, strict=True):
            query_filters = set_filter(query_filters, name, day)
        return query_filters
    if f"filter.{kind}" not in _MESSAGES:
        return query_filters
    text = truncate(value.strip(), limits.MAX_NAME_LENGTH) or None
    changes: dict[str, Any] = {kind: _parse_date(text) if kind in _DATE_KINDS else text}
    return replace(query_filters, **changes)


def _parse_date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def build_chips(
    query_filters: Filters, resolve_name: Callable[[str], str] = str
) -> tuple[FilterChip, ...]:
    """Return filters as chips.

    Args:
        query_filters: What a question is limited to.
        resolve_name: Returns the name of a publication by its id.
    """
    return tuple(
        FilterChip(
            kind,
            _MESSAGES[f"filter.{kind}"],
            resolve_name(str(value)) if kind == "publication" else str(value),
        )
        for kind, value in asdict(query_filters).items()
        if value is not None
    )
