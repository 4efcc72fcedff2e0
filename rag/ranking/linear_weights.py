"""Weights of linear scores, and values for each language of a passage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PerLanguage(Generic[T]):
    """A value for passages in the query's language and one for those in the other.

    Attributes:
        monolingual: The value where query and passage are in the same language.
        cross_lingual: The value where they are not.
    """

    monolingual: T
    cross_lingual: T

    def select(self, *, is_cross_lingual: bool) -> T:
        """Return the value for a passage.

        Args:
            is_cross_lingual: Whether the passage is in the other language.
        """
        return self.cross_lingual if is_cross_lingual else self.monolingual


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of a linear score.

    Attributes:
        by_feature: The weight of each `Feature`, by its value.
        bias: The constant that is added.
    """

    by_feature: dict[str, float]
    bias: float = 0.0
