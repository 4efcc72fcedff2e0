"""The filters of other frameworks as filters of a library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from index.errors import QuestionError
from index.messages import Message, MessageCatalogue
from index.storage.records import Filters

TEXT_FIELDS = ("publication", "article", "author", "topic")
"""What can be filtered by a part of its text."""

_ONE_DAY = timedelta(days=1)
_MESSAGES = MessageCatalogue("rag", "errors")
_BY_CONDITION = "unsupported_condition"
_BY_NAME = "unsupported_filter"


class Condition(NamedTuple):
    """A condition: `date` with ==, >, >=, < or <=; a field of `TEXT_FIELDS` with ==."""

    field: str
    operator: str
    value: object


def build_filters(conditions: Iterable[Condition]) -> Filters:
    """Return the filters that meet all conditions.

    Args:
        conditions: The conditions, joined by AND.

    Raises:
        QuestionError: If no filter meets one of them; it names those there are.
    """
    filter_values: dict[str, Any] = {}
    for condition in conditions:
        for name, value in _parse_condition(condition):
            if filter_values.setdefault(name, value) != value:
                raise _build_filter_error(_BY_CONDITION, "repeated", name=condition.field)
    return Filters(**filter_values)


def parse_filter_mapping(values: Mapping[str, object]) -> Filters:
    """Return filters from values by name.

    Args:
        values: Values of the fields of `Filters`; dates may be ISO 8601.

    Raises:
        QuestionError: If a name or a value is not valid.
        TypeError: If it is no mapping.

    >>> parse_filter_mapping({"topic": "energy"}).topic
    'energy'
    """
    if not isinstance(values, Mapping):
        raise TypeError(f"filters are names and values, not {type(values).__name__}")
    field_names = {field.name for field in fields(Filters)}
    parsed: dict[str, Any] = {}
    for name, value in values.items():
        if name not in field_names:
            raise _build_filter_error(_BY_NAME, "unknown", name=repr(name))
        parsed[name] = (
            _parse_date(value, _BY_NAME)
            if name in ("after", "before")
            else _parse_text(name, value, _BY_NAME)
        )
    return Filters(**parsed)


def _parse_condition(condition: Condition) -> list[tuple[str, object]]:
    field, operator, value = condition
    if field in TEXT_FIELDS and operator == "==":
        return [(field, _parse_text(field, value, _BY_CONDITION))]
    if field != "date":
        raise _build_filter_error(_BY_CONDITION, "unknown", name=f"{field} {operator}")
    day = _parse_date(value, _BY_CONDITION)
    match operator:
        case "==":
            return [("after", day), ("before", day)]
        case ">=":
            return [("after", day)]
        case ">":
            return [("after", day + _ONE_DAY)]
        case "<=":
            return [("before", day)]
        case "<":
            return [("before", day - _ONE_DAY)]
        case _:
            raise _build_filter_error(_BY_CONDITION, "unknown", name=f"date {operator}")


def _parse_text(name: str, value: object, error_key: str) -> str:
    if not isinstance(value, str):
        raise _build_filter_error(error_key, "no_text", name=name, type=type(value).__name__)
    return value


def _parse_date(value: object, error_key: str) -> date:
    try:
        return datetime.fromisoformat(str(value)).date()
    except ValueError as error:
        raise _build_filter_error(error_key, "no_day", value=repr(value)) from error


def _build_filter_error(error_key: str, fault: str, **values: str) -> QuestionError:
    fields = Message(", ".join(TEXT_FIELDS), "、".join(TEXT_FIELDS))
    description = _MESSAGES[f"filter_fault.{fault}"].format(**values)
    return QuestionError(_MESSAGES[error_key].format(description=description, fields=fields))
