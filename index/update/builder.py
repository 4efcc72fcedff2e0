"""Builds the files of the next generation from what is carried over and what is added.

A generation depends on the publications in it alone, not on the updates that led to it: they stand
in an order of their own, and whatever is counted over all of them is counted anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from index.encoders.language_bias import LanguageMean, language_means
from index.encoders.protocol import PassageEmbeddings, PassageText
from index.storage.document_writer import write_documents, write_user_glosses
from index.storage.documents import Documents
from index.storage.library import DOCUMENTS_FILE, Library
from index.storage.local_engine import LocalEngine
from index.storage.quantization import Codes, quantize
from index.storage.records import Model, PublicationEntry, SourceFile
from index.storage.term_index import TERM_INDEX_FOLDER, TermDocument, write_term_index
from index.storage.token_vectors import write_token_vectors
from index.storage.vectors import (
    PASSAGE_INDEX_FILE,
    SENTENCE_BITS,
    write_passage_vectors,
    write_sentence_vectors,
)
from index.text.scripts import Language, detect_language
from index.text.terms import analyze
from index.update.embedding_cache import (
    EmbeddingCache,
    PassageCodes,
    PassageKey,
    compute_passage_key,
)
from index.update.entries import build_passage_text, build_passage_texts, find_passage_notes
from index.update.progress import ProgressCallback, ProgressEvent

if TYPE_CHECKING:
    from index.encoders.protocol import Encoder

_T = TypeVar("_T")

_WRITING_STEPS = 3
_BATCH_PASSAGES = 32  # the most whose embeddings a crash can lose
_BLOCK_PASSAGES = 4096  # passages whose vectors are held in memory at once


class GenerationBuilder:
    """Builds the next generation of a library."""

    def __init__(
        self,
        library: Library | None,
        dropped_ids: Sequence[str],
        entries: Sequence[PublicationEntry],
        cache: EmbeddingCache,
        encoder: Encoder,
    ) -> None:
        """Take what is to be changed.

        Args:
            library: The current generation; None if there is none. Of one of an older format
                everything but the user's glosses is dropped.
            dropped_ids: The ids of the publications that are not carried over.
            entries: The publications that are added.
            cache: Stores the embeddings of what is added until they are written.
            encoder: Encodes the texts.
        """
        self._library = library
        self._reusable = None if library is None or library.is_outdated else library
        self._dropped_ids = dropped_ids
        self._entries = entries
        self._entries_by_id = {entry.publication.id: entry for entry in entries}
        self._cache = cache
        self._encoder = encoder

    def encode(
        self,
        report_progress: ProgressCallback,
        approve: Callable[[Sequence[PassageText]], None] | None = None,
    ) -> tuple[int, int]:
        """Fill the cache with the embeddings of everything that is added.

        Embeddings of passages that also stand in what is dropped are reused; only the rest is
        encoded. But where a passage's embeddings depend on those that are encoded with it, a
        publication is encoded by itself and as a whole, or it would depend on what was there
        before.

        Args:
            report_progress: Called at every step.
            approve: Called with the passages that have to be encoded, before any is.

        Returns:
            The number of passages encoded, and of those whose embeddings were known.

        Raises:
            OSError: If the cache cannot be written.
            ModelError: If the model cannot be loaded.
        """
        if not self._encoder.encodes_passages_alone:
            return self._encode_whole_publications(report_progress, approve)
        passages = {
            key: passage
            for entry in self._entries
            for key, passage in self._passages_by_key(entry).items()
        }
        if self._reusable:
            for publication_id in self._dropped_ids:
                self._reuse_embeddings(self._reusable, publication_id, passages.keys())
        missing = {key: passages[key] for key in self._cache.find_missing(passages)}
        self._encode_passages([missing], report_progress, approve)
        return len(missing), len(passages) - len(missing)

    def _encode_whole_publications(
        self,
        report_progress: ProgressCallback,
        approve: Callable[[Sequence[PassageText]], None] | None,
    ) -> tuple[int, int]:
        groups = [self._passages_by_key(entry) for entry in self._entries]
        missing = [group for group in groups if self._cache.find_missing(group)]
        self._encode_passages(missing, report_progress, approve)
        encoded = sum(map(len, missing))
        return encoded, sum(map(len, groups)) - encoded

    def _passages_by_key(self, entry: PublicationEntry) -> dict[PassageKey, PassageText]:
        """Return the passages of a publication by what they are cached under."""
        passages = build_passage_texts(entry)
        return dict(zip(self._compute_keys(passages), passages, strict=True))

    def _compute_keys(self, passages: Sequence[PassageText]) -> list[PassageKey]:
        keys = list(map(compute_passage_key, passages))
        if self._encoder.encodes_passages_alone:
            return keys
        group = b"".join(keys)
        return [compute_passage_key(passage, group) for passage in passages]

    def write(
        self, folder: Path, model: Model, report_progress: ProgressCallback
    ) -> dict[str, SourceFile]:
        """Write the files of the generation; `encode` has to come first.

        Args:
            folder: The generation's folder.
            model: The model that made the embeddings.
            report_progress: Called at every step.

        Returns:
            What each publication of the generation was read from, by id.

        Raises:
            OSError: If they cannot be written.
        """
        documents = folder / DOCUMENTS_FILE
        report_progress(ProgressEvent("writing", 0, _WRITING_STEPS))
        write_documents(
            documents,
            self._reusable.folder / DOCUMENTS_FILE if self._reusable else None,
            self._dropped_ids,
            self._entries,
        )
        if self._library and self._library.is_outdated:
            write_user_glosses(documents, self._library.user_glosses())
        with closing(Documents(documents)) as written:
            source_files = written.source_files()
        publication_ids = list(source_files)
        report_progress(ProgressEvent("writing", 1, _WRITING_STEPS))
        self._write_vectors(folder, model, publication_ids)
        report_progress(ProgressEvent("writing", 2, _WRITING_STEPS))
        term_documents = self._iter_blocks(
            publication_ids,
            lambda engine, start, stop: engine.term_index.read_range(start, stop),
            _build_term_documents,
        )
        write_term_index(folder / TERM_INDEX_FOLDER, chain.from_iterable(term_documents))
        report_progress(ProgressEvent("writing", _WRITING_STEPS, _WRITING_STEPS))
        return source_files

    def _encode_passages(
        self,
        groups: Sequence[Mapping[PassageKey, PassageText]],
        report_progress: ProgressCallback,
        approve: Callable[[Sequence[PassageText]], None] | None,
    ) -> None:
        """Encode groups of passages; no batch spans two groups."""
        if approve is not None:
            approve([passage for group in groups for passage in group.values()])
        total = sum(map(len, groups))
        means = language_means(self._encoder) if total else {}
        encoded = 0
        for group in groups:
            items = list(group.items())
            for start in range(0, len(items), _BATCH_PASSAGES):
                batch = items[start : start + _BATCH_PASSAGES]

                def report_encoded(done: int, encoded: int = encoded) -> None:
                    report_progress(ProgressEvent("encoding", encoded + done, total))

                report_encoded(0)
                keys, passages = zip(*batch, strict=True)
                embeddings = self._encoder.encode_passages(passages, report_encoded)
                codes = [
                    _quantize(passage, embedding, means, self._encoder.token_bits)
                    for passage, embedding in zip(passages, embeddings, strict=True)
                ]
                self._cache.add(dict(zip(keys, codes, strict=True)))
                encoded += len(batch)
        report_progress(ProgressEvent("encoding", total, total))

    def _reuse_embeddings(
        self, library: Library, publication_id: str, wanted: Set[PassageKey]
    ) -> None:
        """Copy the embeddings of the wanted passages of a publication into the cache."""
        rows = library.rows_of(publication_id)
        articles = library.publication(publication_id).articles
        reusable: dict[PassageKey, PassageCodes] = {}
        for row, passage in zip(rows, library.passages(rows), strict=True):
            article = articles[passage.article_index]
            key = compute_passage_key(build_passage_text(passage, article, library.sentences(row)))
            if key in wanted:
                reusable[key] = _read_codes(library.local_engine, row)
        self._cache.add({key: reusable[key] for key in self._cache.find_missing(reusable)})

    def _read_cached(self, entry: PublicationEntry) -> Iterator[PassageCodes]:
        """Return the embeddings of the passages of a publication."""
        return map(self._cache.read, self._compute_keys(build_passage_texts(entry)))

    def _write_vectors(self, folder: Path, model: Model, publication_ids: Sequence[str]) -> None:
        passages = self._iter_blocks(
            publication_ids,
            lambda engine, start, stop: engine.passage_vectors.read_range(start, stop),
            lambda entry: np.array(
                [codes.vector for codes in self._read_cached(entry)], np.float32
            ).reshape(-1, model.dimension),
        )
        write_passage_vectors(folder / PASSAGE_INDEX_FILE, model.dimension, passages)
        sentence_counts = self._iter_blocks(
            publication_ids,
            lambda engine, start, stop: engine.sentence_vectors.group_sizes(start, stop).tolist(),
            lambda entry: list(map(len, entry.sentences)),
        )
        sentences: Iterator[Iterable[Codes]] = self._iter_blocks(
            publication_ids,
            lambda engine, start, stop: [engine.sentence_vectors.read_range(start, stop)],
            lambda entry: (codes.sentences for codes in self._read_cached(entry)),
        )
        write_sentence_vectors(
            folder,
            model.dimension,
            list(chain.from_iterable(sentence_counts)),
            chain.from_iterable(sentences),
        )
        token_counts = self._iter_blocks(
            publication_ids,
            lambda engine, start, stop: engine.token_vectors.group_sizes(
                *engine.text_range(start, stop)
            ).tolist(),
            lambda entry: [
                len(tokens) for codes in self._read_cached(entry) for tokens in codes.tokens
            ],
        )
        tokens: Iterator[Iterable[Codes]] = self._iter_blocks(
            publication_ids,
            lambda engine, start, stop: [
                engine.token_vectors.read_range(*engine.text_range(start, stop))
            ],
            lambda entry: (tokens for codes in self._read_cached(entry) for tokens in codes.tokens),
        )
        write_token_vectors(
            folder,
            model.token_bytes,
            list(chain.from_iterable(token_counts)),
            chain.from_iterable(tokens),
        )

    def _iter_blocks(
        self,
        publication_ids: Sequence[str],
        read_stored: Callable[[LocalEngine, int, int], _T],
        read_added: Callable[[PublicationEntry], _T],
    ) -> Iterator[_T]:
        """Yield a part of the generation in blocks, in the order of the rows.

        Args:
            publication_ids: The publications of the generation, in that order.
            read_stored: Reads a range of rows of the current generation: first, after the last.
            read_added: Reads what belongs to a publication that is added.
        """
        for publication_id in publication_ids:
            if entry := self._entries_by_id.get(publication_id):
                yield read_added(entry)
            elif self._reusable:
                rows = self._reusable.rows_of(publication_id)
                for start in range(rows.start, rows.stop, _BLOCK_PASSAGES):
                    stop = min(start + _BLOCK_PASSAGES, rows.stop)
                    yield read_stored(self._reusable.local_engine, start, stop)


def _build_term_documents(entry: PublicationEntry) -> list[TermDocument]:
    articles = entry.publication.articles
    return [
        TermDocument(
            analyze(passage.text),
            analyze(passage.context),
            analyze("\n".join(note.text for note in notes)),
        )
        for passage in entry.passages
        for notes in [find_passage_notes(passage, articles[passage.article_index])]
    ]


def _read_codes(engine: LocalEngine, row: int) -> PassageCodes:
    """Return the stored embeddings of a passage."""
    (vector,) = engine.passage_vectors.read_range(row, row + 1)
    return PassageCodes(
        vector,
        engine.sentence_vectors.read_range(row, row + 1),
        tuple(engine.token_vectors.split_range(*engine.text_range(row, row + 1))),
    )


def _quantize(
    passage: PassageText,
    embeddings: PassageEmbeddings,
    means: Mapping[Language, LanguageMean],
    token_bits: int,
) -> PassageCodes:
    texts = (passage.heading, *passage.sentences)
    return PassageCodes(
        embeddings.vector,
        quantize(embeddings.sentence_vectors, SENTENCE_BITS),
        tuple(
            quantize(means[detect_language(text)].center_tokens(tokens), token_bits)
            for text, tokens in zip(texts, embeddings.tokens, strict=True)
        ),
    )
