"""How often works, outlets and authors are cited, and by which articles."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from rag.works.identity import fold_letters
from rag.works.model import Work

CountedField = Literal["work", "outlet", "author", "year"]


@dataclass(frozen=True, slots=True)
class CitationCount:
    """How often a work, an outlet, an author or the works of a year are cited.

    Attributes:
        name: As printed most often; a year as digits.
        works: How many works are meant.
        notes: How many notes cite them.
        articles: How many articles.
    """

    name: str
    works: int
    notes: int
    articles: int


def count_citations(works: Iterable[Work], counted: CountedField) -> tuple[CitationCount, ...]:
    """Return how often each work, outlet, author or year is cited, the most cited first.

    Years are in their order. Outlets are what works appeared in: newspapers, journals, sites.

    Args:
        works: The works.
        counted: What to count.
    """
    groups: dict[str, list[Work]] = defaultdict(list)
    names: dict[str, Counter[str]] = defaultdict(Counter)
    for work in works:
        for name in list_names(work, counted):
            key = work.id if counted == "work" else fold_letters(name)
            groups[key].append(work)
            names[key][name] += 1
    counts = [
        CitationCount(
            names[key].most_common(1)[0][0],
            len(group),
            len({note for work in group for note in work.notes}),
            len({article for work in group for article in work.articles}),
        )
        for key, group in groups.items()
    ]
    if counted == "year":
        return tuple(sorted(counts, key=lambda count: int(count.name)))
    return tuple(sorted(counts, key=lambda count: (-count.notes, -count.articles, count.name)))


def list_names(work: Work, counted: CountedField) -> list[str]:
    """Return the names under which a work is counted.

    Args:
        work: The work.
        counted: What is counted.
    """
    return list(dict.fromkeys(_NAMES[counted](work)))


def _name_work(work: Work) -> list[str]:
    reference = work.reference
    return [reference.title or reference.container or reference.text]


def _name_outlet(work: Work) -> list[str]:
    return [work.reference.container] if work.reference.container else []


def _name_authors(work: Work) -> list[str]:
    return [person.name for person in work.reference.authors]


def _name_year(work: Work) -> list[str]:
    return [str(work.reference.date.year)] if work.reference.date else []


_NAMES: dict[CountedField, Callable[[Work], list[str]]] = {
    "work": _name_work,
    "outlet": _name_outlet,
    "author": _name_authors,
    "year": _name_year,
}

COUNTED_FIELDS: tuple[CountedField, ...] = tuple(_NAMES)
"""What can be counted."""
