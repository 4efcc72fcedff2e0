"""A gloss: forms that a publication or the user declares to mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from index.text.scripts import fold

GlossKind = Literal["bracket", "title", "name", "user"]


@dataclass(frozen=True, slots=True)
class Gloss:
    """Forms that mean the same.

    Attributes:
        forms: Two or more, as printed, the explained one first.
        kind: The source: a bracket, a translated title, a romanised name, or the user's file.
        article: The index of the article; None for the whole publication or the user's file.
        line: The line of the file, counted from 1; 0 if unknown.
    """

    forms: tuple[str, ...]
    kind: GlossKind
    article: int | None = None
    line: int = 0

    @property
    def key(self) -> frozenset[str]:
        """The folded forms: equal for glosses of the same forms."""
        return frozenset(fold(form) for form in self.forms)


class StoredGloss(NamedTuple):
    """A gloss of a library, with the id of its publication; "" for the user's own."""

    publication_id: str
    gloss: Gloss
