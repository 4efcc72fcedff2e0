"""Writes a segment: publications that are carried over from others, and those that are added."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np

from index.storage.document_writer import write_documents
from index.storage.documents import Documents
from index.storage.library import Library
from index.storage.quantization import Codes
from index.storage.records import Model, PublicationEntry, StoredPublication
from index.storage.segment import DOCUMENTS_FILE
from index.storage.segment_vectors import SegmentVectors
from index.storage.term_documents import build_term_document, iter_term_documents
from index.storage.term_index import TERM_INDEX_FOLDER, TermDocument, write_term_index
from index.storage.token_vectors import write_token_vectors
from index.storage.vectors import (
    PASSAGE_INDEX_FILE,
    write_passage_vectors,
    write_sentence_vectors,
)
from index.update.embedding_cache import PassageCodes
from index.update.originals import write_originals
from index.update.progress import ProgressCallback, ProgressEvent

_T = TypeVar("_T")

_PARTS = 3  # documents, vectors and terms: each passage is written in three steps
_BLOCK_PASSAGES = 4096  # passages whose vectors are held in memory at once

CodeReader: TypeAlias = Callable[[PublicationEntry], Iterable[PassageCodes]]
"""Returns the embeddings of each passage of a publication that is added."""


class SegmentWriter:
    """Writes a segment."""

    def __init__(
        self,
        library: Library | None,
        carried: Mapping[int, Sequence[str]],
        entries: Sequence[PublicationEntry],
        read_codes: CodeReader,
        model: Model,
    ) -> None:
        """Take what the segment is to have.

        Args:
            library: The library; None if there is none.
            carried: The ids of the publications that are carried over, by the index of the segment
                that they are in.
            entries: The publications that are added.
            read_codes: Returns the embeddings of those.
            model: The model that made the embeddings.
        """
        self._library = library
        self._carried = carried
        self._entries = {entry.publication.id: entry for entry in entries}
        self._read_codes = read_codes
        self._model = model
        self._report_progress: ProgressCallback = lambda _: None
        self._done = self._total = 0

    def write(
        self,
        folder: Path,
        added_files: Mapping[str, Path],
        former_originals: Path | None,
        report_progress: ProgressCallback,
    ) -> list[StoredPublication]:
        """Write all files but the manifest.

        Args:
            folder: The segment's folder.
            added_files: Where the files of the publications that are added stand, by id.
            former_originals: A folder of a library of an older format with PDF files of the others;
                None if there is none.
            report_progress: Called at every step.

        Returns:
            The publications, in the order of their passages.

        Raises:
            OSError: If they cannot be written.
        """
        self._start_progress(report_progress)
        stored = self._write_documents(folder)
        self._write_originals(folder, added_files, former_originals)
        passages = sum(publication.key_range.size for publication in stored)
        self._add_progress(passages)
        self._write_vectors(folder, stored)
        write_term_index(folder / TERM_INDEX_FOLDER, self._iter_terms(stored))
        return stored

    def _start_progress(self, report_progress: ProgressCallback) -> None:
        """Report that nothing is done yet of what has to be written."""
        passages = sum(len(entry.passages) for entry in self._entries.values())
        if self._library:
            carried = chain.from_iterable(self._carried.values())
            passages += sum(self._library.stored_range(name).size for name in carried)
        self._report_progress = report_progress
        self._done, self._total = 0, _PARTS * passages
        self._add_progress(0)

    def _add_progress(self, passages: int) -> None:
        """Report that one more part of some passages is written."""
        self._done += passages
        self._report_progress(ProgressEvent("writing", self._done, self._total))

    def _write_documents(self, folder: Path) -> list[StoredPublication]:
        """Return the publications of the segment in order."""
        documents = folder / DOCUMENTS_FILE
        segments = self._library.segments if self._library else ()
        carried = [
            (segments[index].documents_file.path, publication_ids)
            for index, publication_ids in self._carried.items()
        ]
        write_documents(documents, carried, self._entries.values())
        with closing(Documents(documents)) as written:
            return written.stored

    def _write_originals(
        self, folder: Path, added_files: Mapping[str, Path], former_originals: Path | None
    ) -> None:
        segments = self._library.segments if self._library else ()
        for index, publication_ids in self._carried.items():
            source_files = {stored.id: stored.source_file for stored in segments[index].stored}
            carried = {name: source_files[name] for name in publication_ids}
            write_originals(folder, segments[index].folder, carried, {})
        added = {name: entry.source_file for name, entry in self._entries.items()}
        write_originals(folder, former_originals, added, added_files)

    def _write_vectors(self, folder: Path, stored: Sequence[StoredPublication]) -> None:
        dimension = self._model.dimension
        passages = self._iter_blocks(
            stored,
            lambda vectors, start, stop: vectors.passages.read_range(start, stop),
            lambda codes: np.array([code.vector for code in codes], np.float32).reshape(
                -1, dimension
            ),
        )
        write_passage_vectors(folder / PASSAGE_INDEX_FILE, dimension, passages)
        sentence_counts = self._iter_blocks(
            stored,
            lambda vectors, start, stop: vectors.sentences.group_sizes(start, stop).tolist(),
            lambda codes: [len(code.sentences) for code in codes],
        )
        sentences: Iterator[Iterable[Codes]] = self._iter_blocks(
            stored,
            lambda vectors, start, stop: [vectors.sentences.read_range(start, stop)],
            lambda codes: (code.sentences for code in codes),
        )
        write_sentence_vectors(
            folder,
            dimension,
            list(chain.from_iterable(sentence_counts)),
            chain.from_iterable(sentences),
        )
        token_counts = self._iter_blocks(
            stored,
            lambda vectors, start, stop: vectors.tokens.group_sizes(
                *vectors.text_range(start, stop)
            ).tolist(),
            lambda codes: [len(tokens) for code in codes for tokens in code.tokens],
        )
        tokens: Iterator[Iterable[Codes]] = self._iter_blocks(
            stored,
            lambda vectors, start, stop: [
                vectors.tokens.read_range(*vectors.text_range(start, stop))
            ],
            lambda codes: (tokens for code in codes for tokens in code.tokens),
            shows_progress=True,
        )
        write_token_vectors(
            folder,
            self._model.token_bytes,
            list(chain.from_iterable(token_counts)),
            chain.from_iterable(tokens),
        )

    def _iter_blocks(
        self,
        stored: Sequence[StoredPublication],
        read_carried: Callable[[SegmentVectors, int, int], _T],
        read_added: Callable[[Iterable[PassageCodes]], _T],
        *,
        shows_progress: bool = False,
    ) -> Iterator[_T]:
        """Yield a part of the vectors in blocks, in the order of the segment.

        Args:
            stored: The publications of the segment, in order.
            read_carried: Reads a range of positions of another segment: first, after the last.
            read_added: Takes it from the embeddings of what is added.
            shows_progress: Whether it is the part that takes most of the time.
        """
        for publication in stored:
            if entry := self._entries.get(publication.id):
                yield read_added(self._read_codes(entry))
            elif self._library:
                place = self._library.stored_range(publication.id)
                vectors = self._library.segments[place.segment].vectors
                end = place.first_position + place.size
                for start in range(place.first_position, end, _BLOCK_PASSAGES):
                    yield read_carried(vectors, start, min(start + _BLOCK_PASSAGES, end))
            if shows_progress:
                self._add_progress(publication.key_range.size)

    def _iter_terms(
        self, stored: Sequence[StoredPublication]
    ) -> Iterator[tuple[int, TermDocument]]:
        """Yield the key of each passage and its terms."""
        for publication in stored:
            first_key, size = publication.key_range
            if entry := self._entries.get(publication.id):
                yield from enumerate(_build_term_documents(entry), first_key)
            elif self._library:
                place = self._library.stored_range(publication.id)
                documents = self._library.segments[place.segment].documents
                terms = iter_term_documents(documents, publication.key_range)
                yield from enumerate(terms, first_key)
            self._add_progress(size)


def _build_term_documents(entry: PublicationEntry) -> Iterator[TermDocument]:
    articles = entry.publication.articles
    for passage in entry.passages:
        yield build_term_document(passage, articles[passage.article_index])
