"""The local engine: the files of a generation, searched in this process.

Every method raises `LibraryError` where a file turns out to be damaged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from index.arrays import IntArray, Rows, Vectors
from index.storage.manifest import MANIFEST_FILE
from index.storage.quantization import Codes
from index.storage.records import SearchHit
from index.storage.row_map import RowMap
from index.storage.segment_vectors import SegmentVectors
from index.storage.term_index import TermGroup, TermIndex
from index.storage.token_vectors import compute_max_similarities
from index.storage.vectors import compute_sentence_similarities
from index.storage.verified_files import GenerationFiles

_T = TypeVar("_T")


class LocalEngine:
    """Searches the segments of one generation; see `index.storage.engine.Engine`.

    Vectors are searched in FAISS and arrays, segment by segment, terms in tantivy, in
    one index over all segments.

    Attributes:
        term_index: For the writer, which carries over what has not changed.
        size: The number of passages.
    """

    def __init__(
        self,
        segments: Sequence[SegmentVectors],
        term_files: GenerationFiles,
        row_map: RowMap,
        token_bits: int,
    ) -> None:
        """Take the vectors of the segments, and open the term index.

        Args:
            segments: The vectors of each segment, of which there is at least one.
            term_files: The files of the generation, in which the term index is.
            row_map: The row of each passage, and where it is stored.
            token_bits: The bits of a number of a token.

        Raises:
            LibraryError: If they are damaged or cannot be read.
        """
        self.term_index = TermIndex(term_files, row_map)
        self.size = row_map.size
        self._segments = segments
        self._row_map = row_map
        self._token_bits = token_bits
        self._rows_of_segment = [
            row_map.rows_of_segment(index, segment.size) for index, segment in enumerate(segments)
        ]
        if self.term_index.size != self.size:
            raise term_files.reporter.damaged(
                MANIFEST_FILE, f"terms of {self.term_index.size} passages, not {self.size}"
            )

    def search_vectors(self, vector: Vectors, k: int, rows: Rows | None = None) -> list[SearchHit]:
        """Return the k nearest passages by inner product.

        Args:
            vector: A query of unit length, [dimension].
            k: The most hits to return.
            rows: The passages to be searched; None for all.
        """
        wanted = None if rows is None else self._row_map.locate(rows)
        hits: list[SearchHit] = []
        for index, (segment, own_rows) in enumerate(
            zip(self._segments, self._rows_of_segment, strict=True)
        ):
            positions = _choose_positions(index, own_rows, wanted)
            hits += (
                SearchHit(int(own_rows[hit.row]), hit.score)
                for hit in segment.passages.search(vector, k, positions)
            )
        return sorted(hits, key=lambda hit: (-hit.score, hit.row))[:k]

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
        dimension = self._segments[0].passages.dimension
        vectors = np.empty((len(rows), dimension), dtype=np.float32)
        for segment, places, positions in self._group_by_segment(rows):
            vectors[places] = segment.passages.read(positions)
        return vectors

    def passage_similarities(self, vector: Vectors, rows: Rows) -> Vectors:
        """Return the inner product of a vector with the vector of each row, [rows].

        Args:
            vector: A query of unit length, [dimension].
            rows: Rows in any order.
        """
        query = np.asarray(vector, dtype=np.float32)
        return np.asarray(self.read_vectors(rows) @ query, dtype=np.float32)

    def sentence_similarities(self, vector: Vectors, rows: Sequence[int]) -> list[Vectors]:
        """Return for each row the inner products of a vector with its sentences, [sentences].

        The sentences are those of `Library.sentences`, in the same order.

        Args:
            vector: A query of unit length, [dimension].
            rows: Rows in any order.
        """
        return compute_sentence_similarities(self._read_by_segment(rows, _read_sentences), vector)

    def max_similarities(self, query_tokens: Vectors, rows: Sequence[int]) -> list[Vectors]:
        """Return for each row the MaxSim of its texts, [1 + sentences, q].

        The texts of a row are the titles and headings above the passage, then its sentences as in
        `sentence_similarities`. For each token of the query, the inner product with the nearest
        token of the text; 0 for a text without tokens.

        Args:
            query_tokens: Tokens of a query, of unit length, [q, dimension].
            rows: Rows in any order.
        """
        texts = self._read_by_segment(rows, _read_texts)
        blocks, sizes = [block for block, _ in texts], [size for _, size in texts]
        return compute_max_similarities(query_tokens, blocks, sizes, self._token_bits)

    def document_frequency(self, term: str) -> int:
        """Return the number of passages with a term: in their text, their headings or their notes.

        Args:
            term: A term as `index.text.terms.analyze` returns it.
        """
        return self.term_index.document_frequency(term)

    def _read_by_segment(
        self,
        rows: Sequence[int] | Rows,
        read: Callable[[SegmentVectors, Sequence[int]], list[_T]],
    ) -> list[_T]:
        """Return what each segment has of its rows, in the order of the rows."""
        by_place: dict[int, _T] = {}
        for segment, places, positions in self._group_by_segment(rows):
            items = read(segment, positions.tolist())
            by_place.update(zip(places.tolist(), items, strict=True))
        return [by_place[place] for place in range(len(rows))]

    def _group_by_segment(
        self, rows: Sequence[int] | Rows
    ) -> Iterator[tuple[SegmentVectors, IntArray, IntArray]]:
        """Yield each segment that has any of the rows, with their places among them, and there."""
        segments, positions = self._row_map.locate(rows)
        for index in np.unique(segments).tolist():
            places = np.flatnonzero(segments == index)
            yield self._segments[index], places, positions[places]


def _choose_positions(
    index: int, own_rows: Rows, wanted: tuple[IntArray, IntArray] | None
) -> Rows | None:
    """Return the positions of a segment that are searched; None for all.

    Args:
        index: The index of the segment.
        own_rows: The row of each of its positions.
        wanted: The segment and the position of each passage that is wanted; None for all.
    """
    if wanted is not None:
        segments, positions = wanted
        return np.asarray(positions[segments == index])
    return None if own_rows.min(initial=0) >= 0 else np.flatnonzero(own_rows >= 0)


def _read_sentences(segment: SegmentVectors, positions: Sequence[int]) -> list[Codes]:
    return segment.sentences.read_ranges((position, position + 1) for position in positions)


def _read_texts(segment: SegmentVectors, positions: Sequence[int]) -> list[tuple[Codes, IntArray]]:
    ranges = [segment.text_range(position, position + 1) for position in positions]
    sizes = [segment.tokens.group_sizes(*text_range) for text_range in ranges]
    return list(zip(segment.tokens.read_ranges(ranges), sizes, strict=True))
