"""Works in the formats of reference managers, and as notes and lists print them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Literal, NamedTuple

from index.references.model import Reference
from rag.works.formats.bibtex import format_bibtex
from rag.works.formats.chicago import format_chicago
from rag.works.formats.csl import NO_NOTES, format_csl_json
from rag.works.formats.gbt7714 import format_gbt7714
from rag.works.formats.ris import format_ris
from rag.works.formats.taiwan import format_taiwan

WorkFormat = Literal["csl-json", "ris", "bibtex", "gbt7714", "chicago", "taiwan"]


class FormatDescription(NamedTuple):
    """A format of works.

    Attributes:
        media_type: Its type on the web, as Zotero takes it.
        suffix: That of its files.
        write: Returns items in it: pairs of an id and a reference, and the notes on items by id,
            which a printed style leaves out.
        title: Its name where all languages have the same; "" for a style.
        is_printed: Whether it is a style of notes or lists, not a format of reference managers.
    """

    media_type: str
    suffix: str
    write: Callable[[Iterable[tuple[str, Reference]], Mapping[str, Sequence[str]]], str]
    title: str = ""
    is_printed: bool = False


def _print(
    write: Callable[[Iterable[tuple[str, Reference]]], str],
    items: Iterable[tuple[str, Reference]],
    _notes: Mapping[str, Sequence[str]],
) -> str:
    return write(items)


FORMATS: dict[WorkFormat, FormatDescription] = {
    "csl-json": FormatDescription(
        "application/vnd.citationstyles.csl+json", ".json", format_csl_json, "CSL-JSON"
    ),
    "ris": FormatDescription("application/x-research-info-systems", ".ris", format_ris, "RIS"),
    "bibtex": FormatDescription("application/x-bibtex", ".bib", format_bibtex, "BibTeX"),
    "gbt7714": FormatDescription(
        "text/plain", ".txt", partial(_print, format_gbt7714), "GB/T 7714", is_printed=True
    ),
    "chicago": FormatDescription(
        "text/markdown", ".md", partial(_print, format_chicago), is_printed=True
    ),
    "taiwan": FormatDescription(
        "text/markdown", ".md", partial(_print, format_taiwan), is_printed=True
    ),
}
"""All formats by name; the last three are lists, a line for each item."""


def export(
    items: Iterable[tuple[str, Reference]],
    name: WorkFormat,
    notes: Mapping[str, Sequence[str]] = NO_NOTES,
) -> str:
    """Return items in a format.

    Args:
        items: Ids with their references.
        name: The format.
        notes: Notes on items by their ids, such as passages of an article; a format of reference
            managers keeps them with the item.
    """
    return FORMATS[name].write(items, notes)
