"""The local engine: the files of a generation, searched in this process.

Every method raises `LibraryError` where a file turns out to be damaged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.arrays import Rows, Vectors
from index.storage.manifest import MANIFEST_FILE
from index.storage.records import SearchHit
from index.storage.row_map import RowMap
from index.storage.stored_passage import StoredPassage
from index.storage.term_index import TermDocument, TermGroup, TermIndex
from index.storage.token_vectors import TokenVectors
from index.storage.vectors import PassageVectors, SentenceVectors
from index.storage.verified_files import GenerationFiles

_BLOCK_PASSAGES = 1024  # passages whose terms are held in memory at once


class LocalEngine:
    """Searches the files of one generation; see `index.storage.engine.Engine`.

    Vectors are searched in FAISS and memory-mapped arrays, terms in tantivy.

    Attributes:
        passage_vectors, sentence_vectors, token_vectors, term_index: Their parts, for the writer,
            which carries over what has not changed.
    """

    def __init__(self, files: GenerationFiles, row_map: RowMap, token_bits: int) -> None:
        """Open the files of a generation.

        Args:
            files: The generation's files.
            row_map: The row of each passage.
            token_bits: The bits of a number of a token.

        Raises:
            LibraryError: If they are damaged or cannot be read.
        """
        self.passage_vectors = PassageVectors(files)
        self.sentence_vectors = SentenceVectors(files)
        self.token_vectors = TokenVectors(files, token_bits)
        self.term_index = TermIndex(files)
        sizes = {
            self.passage_vectors.size,
            self.sentence_vectors.group_count,
            self.term_index.size,
            row_map.size,
        }
        if len(sizes) != 1:
            raise files.reporter.damaged(
                MANIFEST_FILE, f"parts of different sizes: {sorted(sizes)}"
            )
        text_count = self.sentence_vectors.item_count + self.size
        if self.token_vectors.group_count != text_count:
            raise files.reporter.damaged(
                MANIFEST_FILE, f"tokens of {self.token_vectors.group_count} texts, not {text_count}"
            )

    @property
    def size(self) -> int:
        """The number of passages."""
        return self.passage_vectors.size

    def search_vectors(self, vector: Vectors, k: int, rows: Rows | None = None) -> list[SearchHit]:
        """Return the k nearest passages by inner product.

        Args:
            vector: A query of unit length, [dimension].
            k: The most hits to return.
            rows: The passages to be searched; None for all.
        """
        return self.passage_vectors.search(vector, k, rows)

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
        return self.term_index.search(groups, k, rows)

    def read_vectors(self, rows: Sequence[int] | Rows) -> Vectors:
        """Return the vectors of passages, [rows, dimension].

        Args:
            rows: Rows in any order.
        """
        return self.passage_vectors.read(rows)

    def passage_similarities(self, vector: Vectors, rows: Rows) -> Vectors:
        """Return the inner product of a vector with the vector of each row, [rows].

        Args:
            vector: A query of unit length, [dimension].
            rows: Rows in any order.
        """
        return self.passage_vectors.similarities(vector, rows)

    def sentence_similarities(self, vector: Vectors, rows: Sequence[int]) -> list[Vectors]:
        """Return for each row the inner products of a vector with its sentences, [sentences].

        The sentences are those of `Library.sentences(row)`, in the same order.

        Args:
            vector: A query of unit length, [dimension].
            rows: Rows in any order.
        """
        return self.sentence_vectors.similarities(vector, rows)

    def max_similarities(self, query_tokens: Vectors, rows: Sequence[int]) -> list[Vectors]:
        """Return for each row the MaxSim of its texts, [1 + sentences, q].

        The texts of a row are the titles and headings above the passage, then its sentences as in
        `sentence_similarities`. For each token of the query, the inner product with the nearest
        token of the text; 0 for a text without tokens.

        Args:
            query_tokens: Tokens of a query, of unit length, [q, dimension].
            rows: Rows in any order.
        """
        return self.token_vectors.max_similarities(
            query_tokens, [self.text_range(row, row + 1) for row in rows]
        )

    def text_range(self, start: int, stop: int) -> tuple[int, int]:
        """Return the first text in `token_vectors` of a range of rows, and the text after the last.

        Args:
            start: The first row.
            stop: The row after the last.
        """
        first_sentence, end_sentence = self.sentence_vectors.item_range(start, stop)
        return first_sentence + start, end_sentence + stop

    def document_frequency(self, term: str) -> int:
        """Return the number of passages with a term: in their text, their headings or their notes.

        Args:
            term: A term as `index.text.terms.analyze` returns it.
        """
        return self.term_index.document_frequency(term)

    def iter_terms(self) -> Iterator[TermDocument]:
        """Yield the terms of each passage, in the order of the rows."""
        for start, stop in self._iter_blocks():
            yield from self.term_index.read_range(start, stop)

    def iter_passages(self) -> Iterator[StoredPassage]:
        """Yield each passage, in the order of the rows."""
        for start, stop in self._iter_blocks():
            vectors = self.passage_vectors.read_range(start, stop)
            terms = self.term_index.read_range(start, stop)
            for row, vector, document in zip(range(start, stop), vectors, terms, strict=True):
                sentences = self.sentence_vectors.read_range(row, row + 1)
                tokens = self.token_vectors.split_range(*self.text_range(row, row + 1))
                yield StoredPassage(vector, sentences, tuple(tokens), document)

    def _iter_blocks(self) -> Iterator[tuple[int, int]]:
        for start in range(0, self.size, _BLOCK_PASSAGES):
            yield start, min(start + _BLOCK_PASSAGES, self.size)
