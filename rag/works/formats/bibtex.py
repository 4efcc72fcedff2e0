"""BibTeX in UTF-8, as biber, pandoc and Zotero read it.

Written here rather than with pybtex, which tests read it back with: a writer is some lines, and
pybtex brings a whole BibTeX interpreter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Final

from index.references.model import Person, Reference, ReferenceType
from index.text.characters import contains_han
from rag.works.formats.csl import NO_NOTES, list_authors, list_editors

_TYPES: Final[dict[ReferenceType, str]] = {
    "article-journal": "article",
    "article-newspaper": "article",
    "book": "book",
    "chapter": "incollection",
    "paper-conference": "inproceedings",
    "report": "techreport",
    "thesis": "phdthesis",
}
_CONTAINERS: Final = {
    "article": "journal",
    "incollection": "booktitle",
    "inproceedings": "booktitle",
}
_PUBLISHERS: Final = {"phdthesis": "school", "techreport": "institution"}
_ESCAPES: Final = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_{}"}
    | {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "`": r"\`{}",
    }
)
_BRACES: Final = str.maketrans("{}", "()")
_NO_KEY = re.compile(r"[^a-z]")
_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def format_bibtex(
    items: Iterable[tuple[str, Reference]], notes: Mapping[str, Sequence[str]] = NO_NOTES
) -> str:
    """Return items in BibTeX, each with surname, year and its id as its key.

    Args:
        items: Ids with their references.
        notes: Notes on items by their ids; they become annotations.
    """
    return "\n".join(
        _format_entry(identifier, reference, notes.get(identifier, ()))
        for identifier, reference in items
    )


def _format_entry(identifier: str, reference: Reference, notes: Sequence[str]) -> str:
    entry_type = _TYPES.get(reference.type, "misc")
    date = reference.date
    fields = {
        "author": _join(list_authors(reference), has_more=reference.has_more_authors),
        "editor": _join(list_editors(reference)),
        "translator": _join(reference.translators),
        "title": _escape(reference.title or ("" if reference.container else reference.text)),
        _CONTAINERS.get(entry_type, "howpublished"): _escape(reference.container),
        "volume": _escape(reference.volume),
        "number": _escape(reference.issue),
        "pages": _escape(re.sub(r"\s?[-–—~～∼]\s?", "--", reference.pages)),
        "year": str(date.year) if date else "",
        _PUBLISHERS.get(entry_type, "publisher"): _escape(reference.publisher),
        "address": _escape(reference.place),
        "edition": _escape(reference.edition),
        "doi": reference.doi,
        "url": reference.url,
        "langid": _LANGUAGES.get(reference.language, ""),
        "annote": " / ".join(map(_escape, notes)),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    if date and date.month:
        lines.append(f"  month = {_MONTHS[date.month - 1]},\n")
        if date.day:
            lines.append(f"  day = {{{date.day}}},\n")
    return f"@{entry_type}{{{_build_key(identifier, reference)},\n{''.join(lines)}}}\n"


_LANGUAGES: Final = {"zh": "chinese", "en": "english", "ja": "japanese", "ko": "korean"}


def _build_key(identifier: str, reference: Reference) -> str:
    surname = reference.authors[0].family.casefold() if reference.authors else ""
    year = reference.date.year if reference.date else ""
    return f"{_NO_KEY.sub('', surname) or 'work'}{year}-{identifier}"


def _join(people: Iterable[Person], *, has_more: bool = False) -> str:
    names = [_format_name(person) for person in people]
    return " and ".join([*names, "others"] if names and has_more else names)


def _format_name(person: Person) -> str:
    if not person.family or contains_han(person.family):
        name = _escape(person.name)
        return name if person.family and person.given else f"{{{name}}}"
    family = _escape(person.family)
    return f"{family}, {_escape(person.given)}" if person.given else f"{{{family}}}"


def _escape(text: str) -> str:
    flat = " ".join(text.split())
    if not _is_balanced(flat):  # braces that BibTeX counts although they are escaped
        flat = flat.translate(_BRACES)
    return flat.translate(_ESCAPES)


def _is_balanced(text: str) -> bool:
    depths = [*accumulate((character == "{") - (character == "}") for character in text)]
    return not depths or (min(depths) >= 0 and depths[-1] == 0)
