"""The filters of other tools as criteria of a library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from index.errors import QuestionError
from index.storage.records import Criteria

TEXTS = ("publication", "article", "author", "topic")
"""What can be filtered by a part of its text."""

_DAY = timedelta(days=1)


class Condition(NamedTuple):
    """One condition of a filter: `date` with ==, >, >=, < or <=; the fields of `TEXTS` with ==."""

    field: str
    operator: str
    value: object


def criteria(conditions: Iterable[Condition]) -> Criteria:
    """The criteria that meet all conditions.

    Raises:
        QuestionError: If one cannot be met by any library, with what can be asked for.
    """
    found: dict[str, Any] = {}
    for condition in conditions:
        for name, value in _read(condition):
            if found.setdefault(name, value) != value:
                raise _wrong(f"two conditions on {condition.field}")
    return Criteria(**found)


def from_mapping(values: Mapping[str, object]) -> Criteria:
    """Criteria by the names of their fields; dates may be ISO 8601.

    Raises:
        QuestionError: If a name or a value is not one of a criterion.
        TypeError: If it is no mapping.
    """
    if not isinstance(values, Mapping):
        raise TypeError(f"filters are names and values, not {type(values).__name__}")
    known = {field.name for field in fields(Criteria)}
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            raise _wrong(f"the field {name!r}")
        found[name] = _day(value) if name in ("after", "before") else _text(name, value)
    return Criteria(**found)


def _read(condition: Condition) -> list[tuple[str, object]]:
    field, operator, value = condition
    if field in TEXTS and operator == "==":
        return [(field, _text(field, value))]
    if field != "date":
        raise _wrong(f"{field} {operator}")
    day = _day(value)
    match operator:
        case "==":
            return [("after", day), ("before", day)]
        case ">=":
            return [("after", day)]
        case ">":
            return [("after", day + _DAY)]
        case "<=":
            return [("before", day)]
        case "<":
            return [("before", day - _DAY)]
        case _:
            raise _wrong(f"date {operator}")


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(f"{name} as {type(value).__name__}")
    return value


def _day(value: object) -> date:
    try:
        return datetime.fromisoformat(str(value)).date()
    except ValueError as error:
        raise _wrong(f"the day {value!r}") from error


def _wrong(what: str) -> QuestionError:
    return QuestionError(
        f"No filter by {what}: use {', '.join(TEXTS)} with ==, or date (YYYY-MM-DD) with"
        " ==, >, >=, < or <=, each once and all joined by AND",
        f"無法依此篩選：{what}；請以 == 指定 {'、'.join(TEXTS)}，或以 ==、>、>=、<、<= 指定"
        " date（YYYY-MM-DD），每項一次，並以 AND 連接",
    )
