"""What searches passages: the few questions that every engine answers.

A row is a passage's position in one generation of a library, counted from 0. Rows mean nothing
beyond that generation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from index.arrays import Rows, Vectors


class SearchHit(NamedTuple):
    """A passage and what a search gave it."""

    row: int
    score: float


@dataclass(frozen=True, slots=True)
class TermGroup:
    """One word of a question: ways to say it, of which the best match counts.

    Attributes:
        variants: Terms as `index.language.words` gives them, each with a positive weight that
            its score is multiplied by.
    """

    variants: tuple[tuple[str, float], ...]


class Engine(Protocol):
    """Searches the passages of one generation of a library. Safe to use from many threads.

    Results are ordered by falling score, equal scores by rising row. With `rows`, only those
    passages are searched; None means all of them.
    """

    @property
    def size(self) -> int:
        """The number of passages."""

    def search_vectors(self, vector: Vectors, k: int, rows: Rows | None = None) -> list[SearchHit]:
        """The k passages whose vectors have the greatest inner product with a vector [d]."""

    def search_terms(
        self, groups: Sequence[TermGroup], k: int, rows: Rows | None = None
    ) -> list[SearchHit]:
        """The k best passages by BM25 among those that hold a term of any group.

        A group scores as its best weighted alternative; a passage, as the sum of its groups.
        """

    def passage_similarities(self, vector: Vectors, rows: Rows) -> Vectors:
        """The inner product of a vector [d] with the vector of each of the rows, [n]."""

    def sentence_similarities(self, vector: Vectors, rows: Sequence[int]) -> list[Vectors]:
        """For each of the rows, the inner product of a vector [d] with each of its sentences.

        The sentences are those of `Library.sentences(row)`, in the same order.
        """

    def max_similarities(self, query_tokens: Vectors, rows: Sequence[int]) -> list[Vectors]:
        """For each of the rows, how near tokens [q, d] come to the nearest ones of its texts.

        The greatest inner products, [1 + sentences, q]: with the titles and headings above it, then
        with each sentence, as for `sentence_scores`; 0 for a text without tokens.
        """

    def document_frequency(self, term: str) -> int:
        """How many passages hold a term: in their text, their headings or their notes."""
