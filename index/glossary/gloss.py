"""A gloss: forms that a publication, or the user, says stand for the same thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from index.text.scripts import fold

GlossKind = Literal["bracket", "title", "name", "user"]


@dataclass(frozen=True, slots=True)
class Gloss:
    """Forms that stand for the same thing.

    Attributes:
        forms: Two or more, as printed, the one first that is explained.
        kind: Whether a bracket says so, a translated title, a romanised name, or the user's file.
        article: The index of the article that says so; None if it is the publication as a whole,
            or the user.
        line: Where it is said in the file, counted from 1; 0 if that is not known.
    """

    forms: tuple[str, ...]
    kind: GlossKind
    article: int | None = None
    line: int = 0

    @property
    def key(self) -> frozenset[str]:
        """The same for every gloss that says the same."""
        return frozenset(fold(form) for form in self.forms)


class StoredGloss(NamedTuple):
    """A gloss as a library holds it, with the id of the publication; "" for the user's own."""

    publication_id: str
    gloss: Gloss
