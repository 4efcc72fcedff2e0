"""The engine on this machine: FAISS, tantivy and memory-mapped arrays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from index.arrays import Rows, Vectors
from index.storage.engine import SearchHit, TermGroup
from index.storage.row_map import RowMap
from index.storage.term_index import TermIndex
from index.storage.token_vectors import TokenVectors
from index.storage.vectors import PASSAGE_INDEX_FILE, PassageVectors, SentenceVectors

TERM_INDEX_FOLDER = "terms"


class LocalEngine:
    """An `index.storage.engine.Engine` over the files of one generation."""

    def __init__(self, folder: Path, rows: RowMap) -> None:
        """Opens the files of a generation.

        Raises:
            OSError, RuntimeError, ValueError: If they are damaged or cannot be read.
        """
        self.passage_vectors = PassageVectors(folder / PASSAGE_INDEX_FILE)
        self.sentence_vectors = SentenceVectors(folder)
        self.token_vectors = TokenVectors(folder)
        self._term_index = TermIndex(folder / TERM_INDEX_FOLDER, rows)
        sizes = {
            self.passage_vectors.size,
            self.sentence_vectors.size,
            self._term_index.size,
            rows.size,
        }
        if len(sizes) != 1:
            raise ValueError(f"parts of different sizes: {sorted(sizes)}")
        if self.token_vectors.text_count != self.sentence_vectors.sentence_count + self.size:
            raise ValueError("tokens of as many texts as there are")

    @property
    def size(self) -> int:
        """The number of passages."""
        return self.passage_vectors.size

    def search_vectors(self, vector: Vectors, k: int, rows: Rows | None = None) -> list[SearchHit]:
        """As `Engine.nearest`."""
        return self.passage_vectors.search(vector, k, rows)

    def search_terms(
        self, groups: Sequence[TermGroup], k: int, rows: Rows | None = None
    ) -> list[SearchHit]:
        """As `Engine.matching`."""
        return self._term_index.search(groups, k, rows)

    def passage_similarities(self, vector: Vectors, rows: Rows) -> Vectors:
        """As `Engine.scores`."""
        return self.passage_vectors.similarities(vector, rows)

    def sentence_similarities(self, vector: Vectors, rows: Sequence[int]) -> list[Vectors]:
        """As `Engine.sentence_scores`."""
        return self.sentence_vectors.similarities(vector, rows)

    def max_similarities(self, query_tokens: Vectors, rows: Sequence[int]) -> list[Vectors]:
        """As `Engine.token_scores`."""
        return self.token_vectors.max_similarities(
            query_tokens, [self.text_range(row, row + 1) for row in rows]
        )

    def text_range(self, start: int, stop: int) -> tuple[int, int]:
        """Whose tokens are those of a range of rows: the first text, and the one after the last.

        Of each row there is what stands above it, then its sentences.
        """
        first, end = self.sentence_vectors.sentence_range(start, stop)
        return first + start, end + stop

    def document_frequency(self, term: str) -> int:
        """As `Engine.document_frequency`."""
        return self._term_index.document_frequency(term)
