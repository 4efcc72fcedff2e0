"""Works by words of their title, authors or outlet."""

from __future__ import annotations

from collections.abc import Iterable

from rag.works.identity import fold_letters
from rag.works.model import Work


def find_works(works: Iterable[Work], text: str) -> tuple[Work, ...]:
    """Return the works that have all words of a text, the most cited first.

    A word is looked for in the title, the authors' names in either script, the outlet, the address
    and the reference as printed.

    Args:
        works: The works.
        text: Words, in either Chinese script, or the id of a work; "" matches every work.
    """
    words = [fold_letters(word) for word in text.split()]
    matching = (
        work
        for work in works
        if work.id == text.strip() or all(word in _join_fields(work) for word in words)
    )
    return tuple(sorted(matching, key=lambda work: (-len(work.notes), -len(work.articles))))


def _join_fields(work: Work) -> str:
    reference = work.reference
    names = (name for person in reference.authors for name in (person.name, person.other_name))
    texts = (reference.title, *names, reference.container, reference.text, reference.url)
    return "\n".join(map(fold_letters, texts))
