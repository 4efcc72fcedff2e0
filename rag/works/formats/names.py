"""Names of people in lists and notes, in the order and with the words of each item's language."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.references.model import Person, Reference, ReferenceLanguage
from index.text.characters import contains_han

_AND_OTHERS: dict[ReferenceLanguage, str] = {
    "zh": "等",
    "ja": "ほか",
    "ko": " 외",
    "en": " et al.",
    "": " et al.",
}


def is_east_asian(reference: Reference) -> bool:
    """Return whether a reference is printed in Chinese, Japanese or Korean.

    Args:
        reference: The reference.
    """
    return reference.language in ("zh", "ja", "ko")


def format_others(reference: Reference) -> str:
    """Return 等, *et al.* or the like, by the language of an item.

    Args:
        reference: The item.
    """
    return _AND_OTHERS[reference.language]


def format_given_first(person: Person) -> str:
    """Return a name as texts have it: "Ada Merrow", 沈一帆.

    Args:
        person: The person.
    """
    if not person.family or not person.given or contains_han(person.name):
        return person.name if not person.given else person.name.replace(" ", "")
    if not re.search(r"[A-Za-z]", person.name):
        return person.name
    given = re.sub(r"\b([A-Z])(?=[\s-]|$)", r"\1.", person.given)
    return f"{given} {person.family}"


def list_names(reference: Reference, people: Sequence[Person], most: int) -> tuple[list[str], str]:
    """Return the names to print and the words after them.

    Args:
        reference: The item.
        people: Its authors or the like.
        most: How many names are printed; of more only the first is.

    Returns:
        The names, and 等 or the like, or "".
    """
    names = [format_given_first(person) for person in people]
    has_more = reference.has_more_authors and people is reference.authors
    if len(names) > most:
        return names[:1], format_others(reference)
    return names, format_others(reference) if has_more else ""
