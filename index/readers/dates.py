"""Find dates and issue numbers as publications print them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from index.document import Span
from index.text.characters import parse_number
from index.text.numbers import MONTHS
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")
_NUMERIC_DATE = re.compile(
    r"(?<!\d)(?P<y>\d{4})(?P<sep>[/.-])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?!\d)"
)


@dataclass(frozen=True, slots=True)
class DateMatch:
    """A date or an issue number in a line.

    Attributes:
        span: Where it stands.
        parsed_date: The date, where a day is given and exists.
    """

    span: Span
    parsed_date: date | None = None


def find_date(line: str) -> DateMatch | None:
    """Return the first date in a line, in the forms of either language, Minguo years included.

    Args:
        line: A line of any width.
    """
    folded = _fold_width(line)
    for pattern in (
        _PATTERNS["minguo-date"],
        _PATTERNS["western-date"],
        _NUMERIC_DATE,
        _PATTERNS["month-day-year"],
        _PATTERNS["day-month-year"],
        _PATTERNS["month-year"],
        _PATTERNS["issue-year"],
    ):
        match = pattern.search(folded)
        if match:
            return DateMatch(Span(*match.span()), _build_date(match.groupdict()))
    return None


def find_issue_number(line: str) -> DateMatch | None:
    """Return the first issue number in a line: 第 87 期, 第五卷第二期, Vol. 3, No. 2.

    Args:
        line: A line of any width.
    """
    match = _PATTERNS["issue-number"].search(_fold_width(line))
    return DateMatch(Span(*match.span())) if match else None


def _fold_width(line: str) -> str:
    """Return a line in ASCII width, character by character, so that offsets stay."""
    return "".join(
        folded if len(folded := unicodedata.normalize("NFKC", char)) == 1 else char for char in line
    )


def _build_date(groups: dict[str, str | None]) -> date | None:
    day_text = groups.get("d")
    month_name = groups.get("name")
    if day_text is None:
        return None
    month = (
        MONTHS.index(month_name[:3].lower()) + 1
        if month_name
        else int(parse_number(groups.get("m") or ""))
    )
    year = int(parse_number(groups["y"] or "")) + (1911 if groups.get("era") else 0)
    try:
        return date(year, month, int(parse_number(day_text)))
    except ValueError:
        return None
