"""Where a visitor looks: publications, authors, topics and days, as the page keeps and shows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from index.document import Message
from index.storage.records import Criteria
from ui.messages import page
from ui.service import limits

KINDS: dict[str, Message] = {
    "publication": page.ONLY_PUBLICATION,
    "article": page.ONLY_ARTICLE,
    "author": page.ONLY_AUTHOR,
    "topic": page.ONLY_TOPIC,
    "after": page.ONLY_AFTER,
    "before": page.ONLY_BEFORE,
}
_DAYS = ("after", "before")


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that a question is limited to: which kind, its name, and what it is."""

    kind: str
    label: Message
    value: str


def written(criteria: Criteria) -> str:
    """Criteria as JSON, as the page and its file keep them; "" for none."""
    given = {
        kind: value.isoformat() if isinstance(value, date) else value
        for kind, value in asdict(criteria).items()
        if value is not None
    }
    return json.dumps(given, ensure_ascii=False) if given else ""


def read(text: str) -> Criteria:
    """The criteria that `written` wrote; what cannot be understood limits nothing."""
    try:
        given = json.loads(text) if text else {}
    except json.JSONDecodeError:
        return Criteria()
    criteria = Criteria()
    for kind, value in given.items() if isinstance(given, dict) else ():
        if isinstance(value, str):
            criteria = changed(criteria, kind, value)
    return criteria


def changed(criteria: Criteria, kind: str, value: str) -> Criteria:
    """Criteria with one of a kind set, or taken back where `value` is "" or no such thing."""
    if kind not in KINDS:
        return criteria
    found = value.strip()[: limits.CRITERION] or None
    given: dict[str, Any] = {kind: _day(found) if kind in _DAYS else found}
    return replace(criteria, **given)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def chips(criteria: Criteria, name: Callable[[str], str] = str) -> tuple[Chip, ...]:
    """Criteria as they are shown; a publication, which is given by its id, by its name."""
    return tuple(
        Chip(kind, KINDS[kind], name(str(value)) if kind == "publication" else str(value))
        for kind, value in asdict(criteria).items()
        if value is not None
    )
