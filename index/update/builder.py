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

from index.arrays import Vectors
from index.encoders.language_bias import LanguageMean, language_means
from index.passages import build_encoder_input
from index.storage.document_writer import write_documents, write_user_glosses
from index.storage.documents import Documents
from index.storage.engine import Engine
from index.storage.library import DOCUMENTS_FILE, Library
from index.storage.records import PublicationEntry, SourceFile
from index.storage.term_index import TERM_INDEX_FOLDER, TermDocument, write_term_index
from index.storage.token_vectors import TokenCodes, quantize, write_token_vectors
from index.storage.vectors import PASSAGE_INDEX_FILE, write_passage_vectors, write_sentence_vectors
from index.text.scripts import Language, detect_language
from index.text.terms import analyze
from index.update.embedding_cache import EmbeddingCache, compute_text_digest
from index.update.entries import (
    find_passage_notes,
    heading_text,
    passage_texts,
    sentence_text,
    sentence_texts,
    token_texts,
)
from index.update.progress import ProgressCallback, ProgressEvent

if TYPE_CHECKING:
    from index.encoders.protocol import Encoder

_T = TypeVar("_T")

_WRITING_STEPS = 3
_BATCH_TEXTS = 256  # texts: the most whose embeddings a crash can lose
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
        approve: Callable[[Sequence[str]], None] | None = None,
    ) -> tuple[int, int]:
        """Fill the cache with the embeddings of everything that is added.

        Embeddings of texts that also stand in what is dropped are reused; only the rest is encoded.
        But where a text's embeddings depend on those that are encoded with it, a publication is
        encoded by itself and as a whole, or it would depend on what was there before.

        Args:
            report_progress: Called at every step.
            approve: Called with the texts that have to be encoded, before any is.

        Returns:
            The number of texts encoded, and of those whose embeddings were known.

        Raises:
            OSError: If the cache cannot be written.
            ModelError: If the model cannot be loaded.
        """
        if not self._encoder.encodes_texts_alone:
            return self._encode_whole_publications(report_progress, approve)
        # Passages and sentences of each publication together, so that the rate stays even.
        texts = dict.fromkeys(
            text for entry in self._entries for text in (*passage_texts(entry), *token_texts(entry))
        )
        if self._reusable:
            texts_with_vector = {
                text
                for entry in self._entries
                for text in (*passage_texts(entry), *sentence_texts(entry))
            }
            for publication_id in self._dropped_ids:
                self._reuse_embeddings(
                    self._reusable, publication_id, texts.keys(), texts_with_vector
                )
        missing = self._cache.find_missing(texts)
        self._encode_texts([(missing, missing)], report_progress, approve)
        return len(missing), len(texts) - len(missing)

    def _encode_whole_publications(
        self,
        report_progress: ProgressCallback,
        approve: Callable[[Sequence[str]], None] | None,
    ) -> tuple[int, int]:
        groups = []
        total = 0
        for entry in self._entries:
            texts = list(dict.fromkeys((*passage_texts(entry), *token_texts(entry))))
            keys = self._cache_keys(entry, texts)
            total += len(texts)
            if self._cache.find_missing(keys):
                groups.append((texts, keys))
        self._encode_texts(groups, report_progress, approve)
        encoded = sum(len(texts) for texts, _ in groups)
        return encoded, total - encoded

    def _cache_keys(self, entry: PublicationEntry, texts: Sequence[str]) -> Sequence[str]:
        """Return under what the embeddings of texts of a publication are cached."""
        if self._encoder.encodes_texts_alone:
            return texts
        digest = compute_text_digest("\x1f".join((*passage_texts(entry), *token_texts(entry))))
        return [f"{digest.hex()}\x1f{text}" for text in texts]

    def write(
        self, folder: Path, dimension: int, report_progress: ProgressCallback
    ) -> dict[str, SourceFile]:
        """Write the files of the generation; `encode` has to come first.

        Args:
            folder: The generation's folder.
            dimension: The numbers in a vector.
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
        self._write_vectors(folder, dimension, publication_ids)
        report_progress(ProgressEvent("writing", 2, _WRITING_STEPS))
        term_documents = self._iter_blocks(
            publication_ids,
            lambda engine, start, stop: engine.term_index.read_range(start, stop),
            _build_term_documents,
        )
        write_term_index(folder / TERM_INDEX_FOLDER, chain.from_iterable(term_documents))
        report_progress(ProgressEvent("writing", _WRITING_STEPS, _WRITING_STEPS))
        return source_files

    def _encode_texts(
        self,
        groups: Sequence[tuple[Sequence[str], Sequence[str]]],
        report_progress: ProgressCallback,
        approve: Callable[[Sequence[str]], None] | None,
    ) -> None:
        """Encode groups of texts, each with its keys in the cache; no batch spans two groups."""
        if approve is not None:
            approve([text for texts, _ in groups for text in texts])
        total = sum(len(texts) for texts, _ in groups)
        means = language_means(self._encoder) if total else {}
        texts_with_tokens = {text for entry in self._entries for text in token_texts(entry)}
        encoded = 0
        for texts, keys in groups:
            for start in range(0, len(texts), _BATCH_TEXTS):
                batch = texts[start : start + _BATCH_TEXTS]

                def report_encoded(done: int, encoded: int = encoded) -> None:
                    report_progress(ProgressEvent("encoding", encoded + done, total))

                report_encoded(0)
                embeddings = self._encoder.encode_passages(batch, report_encoded)
                codes = [
                    _quantize(text, tokens if text in texts_with_tokens else tokens[:0], means)
                    for text, tokens in zip(batch, embeddings.tokens, strict=True)
                ]
                self._cache.add(keys[start : start + _BATCH_TEXTS], embeddings.vectors, codes)
                encoded += len(batch)
        report_progress(ProgressEvent("encoding", total, total))

    def _reuse_embeddings(
        self,
        library: Library,
        publication_id: str,
        wanted_texts: Set[str],
        texts_with_vector: Set[str],
    ) -> None:
        """Copy the embeddings of the wanted texts of a publication into the cache."""
        with_vector, headings = _read_embeddings(library, publication_id)
        embeddings = with_vector | {
            text: embedding for text, embedding in headings.items() if text not in texts_with_vector
        }
        uncached = self._cache.find_missing(text for text in embeddings if text in wanted_texts)
        if uncached:
            vectors, codes = zip(*(embeddings[text] for text in uncached), strict=True)
            self._cache.add(uncached, np.stack(vectors), codes)

    def _write_vectors(self, folder: Path, dimension: int, publication_ids: Sequence[str]) -> None:
        cache = self._cache
        passages = self._iter_blocks(
            publication_ids,
            lambda engine, start, stop: engine.passage_vectors.read_range(start, stop),
            lambda entry: cache.vectors(self._cache_keys(entry, passage_texts(entry))),
        )
        write_passage_vectors(folder / PASSAGE_INDEX_FILE, dimension, passages)
        sentence_counts = self._iter_blocks(
            publication_ids,
            lambda engine, start, stop: engine.sentence_vectors.group_sizes(start, stop).tolist(),
            lambda entry: list(map(len, entry.sentences)),
        )
        sentences = self._iter_blocks(
            publication_ids,
            lambda engine, start, stop: engine.sentence_vectors.read_range(start, stop),
            lambda entry: cache.vectors(self._cache_keys(entry, sentence_texts(entry))),
        )
        write_sentence_vectors(
            folder, dimension, list(chain.from_iterable(sentence_counts)), sentences
        )
        token_counts = self._iter_blocks(
            publication_ids,
            lambda engine, start, stop: engine.token_vectors.group_sizes(
                *engine.text_range(start, stop)
            ).tolist(),
            lambda entry: cache.token_counts(self._cache_keys(entry, token_texts(entry))),
        )
        tokens: Iterator[Iterable[TokenCodes]] = self._iter_blocks(
            publication_ids,
            lambda engine, start, stop: [
                engine.token_vectors.read_range(*engine.text_range(start, stop))
            ],
            lambda entry: map(cache.token_codes, self._cache_keys(entry, token_texts(entry))),
        )
        write_token_vectors(
            folder,
            dimension,
            list(chain.from_iterable(token_counts)),
            chain.from_iterable(tokens),
        )

    def _iter_blocks(
        self,
        publication_ids: Sequence[str],
        read_stored: Callable[[Engine, int, int], _T],
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
                    yield read_stored(self._reusable.engine, start, stop)


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


_TextEmbeddings = dict[str, tuple[Vectors, TokenCodes]]  # vector and tokens of each text


def _read_embeddings(
    library: Library, publication_id: str
) -> tuple[_TextEmbeddings, _TextEmbeddings]:
    """Return the embeddings of the passages and sentences of a publication, and of its headings.

    Of a heading only the tokens are stored: its vector is 0.
    """
    rows = library.rows_of(publication_id)
    articles = library.publication(publication_id).articles
    engine = library.engine
    tokens = iter(engine.token_vectors.split_range(*engine.text_range(rows.start, rows.stop)))
    sentence_vectors = iter(engine.sentence_vectors.read_range(rows.start, rows.stop))
    passage_vectors = engine.passage_vectors.read_range(rows.start, rows.stop)
    with_vector: _TextEmbeddings = {}
    headings: _TextEmbeddings = {}
    for row, passage, vector in zip(rows, library.passages(rows), passage_vectors, strict=True):
        article = articles[passage.article_index]
        codes = next(tokens)
        with_vector.setdefault(build_encoder_input(passage), (vector, codes[:0]))
        headings[heading_text(passage, article)] = np.zeros_like(vector), codes
        for ref in library.sentences(row):
            text = sentence_text(passage, article, ref)
            with_vector[text] = next(sentence_vectors), next(tokens)
    return with_vector, headings


def _quantize(text: str, tokens: Vectors, means: Mapping[Language, LanguageMean]) -> TokenCodes:
    return quantize(means[detect_language(text)].center_tokens(tokens))
