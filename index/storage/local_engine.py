"""The engine on this machine: FAISS, tantivy and memory-mapped arrays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from index.storage.engine import Rows, Scored, TermGroup, Vectors
from index.storage.row_map import RowMap
from index.storage.term_index import Terms
from index.storage.token_vectors import TokenVectors
from index.storage.vectors import PASSAGES, PassageVectors, SentenceVectors

TERMS = "terms"


class LocalEngine:
    """An `index.storage.engine.Engine` over the files of one generation."""

    def __init__(self, folder: Path, rows: RowMap) -> None:
        """Opens the files of a generation.

        Raises:
            OSError, RuntimeError, ValueError: If they are damaged or cannot be read.
        """
        self.passages = PassageVectors(folder / PASSAGES)
        self.sentences = SentenceVectors(folder)
        self.tokens = TokenVectors(folder)
        self._terms = Terms(folder / TERMS, rows)
        sizes = {self.passages.size, self.sentences.size, self._terms.size, rows.size}
        if len(sizes) != 1:
            raise ValueError(f"parts of different sizes: {sorted(sizes)}")
        if self.tokens.texts != self.sentences.total + self.size:
            raise ValueError("tokens of as many texts as there are")

    @property
    def size(self) -> int:
        """The number of passages."""
        return self.passages.size

    def nearest(self, vector: Vectors, k: int, rows: Rows | None = None) -> list[Scored]:
        """As `Engine.nearest`."""
        return self.passages.nearest(vector, k, rows)

    def matching(
        self, groups: Sequence[TermGroup], k: int, rows: Rows | None = None
    ) -> list[Scored]:
        """As `Engine.matching`."""
        return self._terms.matching(groups, k, rows)

    def scores(self, vector: Vectors, rows: Rows) -> Vectors:
        """As `Engine.scores`."""
        return self.passages.scores(vector, rows)

    def sentence_scores(self, vector: Vectors, rows: Sequence[int]) -> list[Vectors]:
        """As `Engine.sentence_scores`."""
        return self.sentences.scores(vector, rows)

    def token_scores(self, tokens: Vectors, rows: Sequence[int]) -> list[Vectors]:
        """As `Engine.token_scores`."""
        return self.tokens.best(tokens, [self.texts(row, row + 1) for row in rows])

    def texts(self, start: int, stop: int) -> tuple[int, int]:
        """Whose tokens are those of a range of rows: the first text, and the one after the last.

        Of each row there is what stands above it, then its sentences.
        """
        first, end = self.sentences.range(start, stop)
        return first + start, end + stop

    def document_frequency(self, term: str) -> int:
        """As `Engine.document_frequency`."""
        return self._terms.document_frequency(term)
