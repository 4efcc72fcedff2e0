"""Works in the formats of reference managers, and as notes and lists print them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from index.references.model import Reference
from rag.works.formats.bibtex import format_bibtex
from rag.works.formats.chicago import format_chicago
from rag.works.formats.csl import format_csl_json
from rag.works.formats.gbt7714 import format_gbt7714
from rag.works.formats.ris import format_ris
from rag.works.formats.taiwan import format_taiwan

WorkFormat = Literal["csl-json", "ris", "bibtex", "gbt7714", "chicago", "taiwan"]


class FormatDescription(NamedTuple):
    """A format of works.

    Attributes:
        media_type: Its type on the web, as Zotero takes it.
        suffix: That of its files.
        write: Returns items in it: pairs of an id and a reference.
    """

    media_type: str
    suffix: str
    write: Callable[[Iterable[tuple[str, Reference]]], str]


FORMATS: dict[WorkFormat, FormatDescription] = {
    "csl-json": FormatDescription(
        "application/vnd.citationstyles.csl+json", ".json", format_csl_json
    ),
    "ris": FormatDescription("application/x-research-info-systems", ".ris", format_ris),
    "bibtex": FormatDescription("application/x-bibtex", ".bib", format_bibtex),
    "gbt7714": FormatDescription("text/plain", ".txt", format_gbt7714),
    "chicago": FormatDescription("text/markdown", ".md", format_chicago),
    "taiwan": FormatDescription("text/markdown", ".md", format_taiwan),
}
"""All formats by name; the last three are lists, a line for each item."""


def export(items: Iterable[tuple[str, Reference]], name: WorkFormat) -> str:
    """Return items in a format.

    Args:
        items: Ids with their references.
        name: The format.
    """
    return FORMATS[name].write(items)
