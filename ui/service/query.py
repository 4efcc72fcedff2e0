"""A question to a library as the service takes it, whatever surface it came through."""

from __future__ import annotations

from dataclasses import dataclass

from index.storage.records import Filters
from ui.service import limits

NO_FILTERS = Filters()
"""Every article of the library."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question and how to answer it, as `Retriever.retrieve` takes it.

    Attributes:
        question: In Chinese, in either script, or in English.
        k: How many citations at most.
        history: The questions asked before it, oldest first.
        filters: Which articles to search.
        threshold: The confidence below which the answer is not in the library; None for the one
            that was fitted.
    """

    question: str
    k: int = limits.DEFAULT_PASSAGES
    history: tuple[str, ...] = ()
    filters: Filters = NO_FILTERS
    threshold: float | None = None
