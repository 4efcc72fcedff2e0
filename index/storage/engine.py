"""What searches the passages of one generation, by vectors and by terms: the protocol.

A row is the position of a passage in one generation of a library, counted from 0. Rows mean nothing
beyond that generation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from index.arrays import Rows, Vectors
from index.storage.records import SearchHit
from index.storage.term_index import TermGroup


class Engine(Protocol):
    """Searches the passages of one generation. Safe to use from many threads.

    Hits come best first, equal scores by row. With `rows` only those passages are searched; None
    means all of them. Every method raises `LibraryError` where it cannot do what it says.
    """

    @property
    def size(self) -> int:
        """The number of passages."""

    def search_vectors(self, vector: Vectors, k: int, rows: Rows | None = None) -> list[SearchHit]:
        """Return the k nearest passages by inner product.

        Args:
            vector: A query of unit length, [dimension].
            k: The most hits to return.
            rows: The passages to be searched; None for all.
        """

    def search_terms(
        self, groups: Sequence[TermGroup], k: int, rows: Rows | None = None
    ) -> list[SearchHit]:
        """Return the k best passages by BM25 among those with a term of any group.

        A group scores as its best weighted variant; a passage, as the sum of its groups.

        Args:
            groups: The words of a query.
            k: The most hits to return.
            rows: The passages to be searched; None for all.
        """

    def read_vectors(self, rows: Sequence[int] | Rows) -> Vectors:
        """Return the vectors of passages, [rows, dimension].

        Args:
            rows: Rows in any order.
        """

    def passage_similarities(self, vector: Vectors, rows: Rows) -> Vectors:
        """Return the inner product of a vector with the vector of each row, [rows].

        Args:
            vector: A query of unit length, [dimension].
            rows: Rows in any order.
        """

    def sentence_similarities(self, vector: Vectors, rows: Sequence[int]) -> list[Vectors]:
        """Return for each row the inner products of a vector with its sentences, [sentences].

        The sentences are those of `Library.sentences`, in the same order.

        Args:
            vector: A query of unit length, [dimension].
            rows: Rows in any order.
        """

    def max_similarities(self, query_tokens: Vectors, rows: Sequence[int]) -> list[Vectors]:
        """Return for each row the MaxSim of its texts, [1 + sentences, q].

        The texts of a row are the titles and headings above the passage, then its sentences as in
        `sentence_similarities`. For each token of the query, the inner product with the nearest
        token of the text; 0 for a text without tokens.

        Args:
            query_tokens: Tokens of a query, of unit length, [q, dimension].
            rows: Rows in any order.
        """

    def document_frequency(self, term: str) -> int:
        """Return the number of passages with a term: in their text, their headings or their notes.

        Args:
            term: A term as `index.text.terms.analyze` returns it.
        """
