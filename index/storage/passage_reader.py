"""Reads what engines store of passages, out of the segments that have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from index.storage.records import KeyRange, StoredRange
from index.storage.segment import Segment
from index.storage.stored_passage import StoredPassage
from index.storage.term_documents import iter_term_documents
from index.storage.term_index import TermDocument


class PassageReader:
    """Reads passages of a generation; of its segments only those that have any of them are opened.

    Every method raises `LibraryError` where a file turns out to be damaged.
    """

    def __init__(self, segments: Sequence[Segment]) -> None:
        """Take the segments.

        Args:
            segments: The segments of the generation.
        """
        self._segments = segments

    def iter_terms(self, ranges: Iterable[StoredRange]) -> Iterator[TermDocument]:
        """Yield the terms of passages.

        Args:
            ranges: Where the passages are stored.
        """
        for stored in ranges:
            yield from self._iter_terms(stored)

    def iter_passages(self, ranges: Iterable[StoredRange]) -> Iterator[tuple[int, StoredPassage]]:
        """Yield passages, each with its key.

        Args:
            ranges: Where they are stored; the vectors of one range are in memory at once.
        """
        for stored in ranges:
            vectors, first = self._segments[stored.segment].vectors, stored.first_position
            terms = self._iter_terms(stored)
            passages = vectors.passages.read_range(first, first + stored.size)
            for index, (vector, document) in enumerate(zip(passages, terms, strict=True)):
                position = first + index
                sentences = vectors.sentences.read_range(position, position + 1)
                texts = vectors.text_range(position, position + 1)
                tokens = tuple(vectors.tokens.split_range(*texts))
                passage = StoredPassage(vector, sentences, tokens, document)
                yield stored.first_key + index, passage

    def _iter_terms(self, stored: StoredRange) -> Iterator[TermDocument]:
        documents = self._segments[stored.segment].documents
        return iter_term_documents(documents, KeyRange(stored.first_key, stored.size))
