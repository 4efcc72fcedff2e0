"""The files of the next generation: what stays of the current one, then what comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.arrays import Vectors
from index.encoders.language_bias import LanguageMean, language_means
from index.passages import build_encoder_input
from index.storage.documents import write_documents
from index.storage.library import DOCUMENTS_FILE, Library
from index.storage.local_engine import TERM_INDEX_FOLDER, LocalEngine
from index.storage.records import PublicationEntry
from index.storage.term_index import TermDocument, write_term_index
from index.storage.token_vectors import TokenCodes, quantize, write_token_vectors
from index.storage.vectors import PASSAGE_INDEX_FILE, write_passage_vectors, write_sentence_vectors
from index.text.scripts import Language, detect_language
from index.update.embedding_cache import EmbeddingCache
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

_BATCH_TEXTS = 256  # texts: the most whose encoding a crash can lose
_BLOCK_PASSAGES = 4096  # passages whose vectors are held in memory at once


class GenerationBuilder:
    """Builds the next generation of a library."""

    def __init__(
        self,
        library: Library | None,
        dropped_ids: Sequence[str],
        entries: Sequence[PublicationEntry],
        cache: EmbeddingCache,
    ) -> None:
        """Takes what is to be changed.

        Args:
            library: The current generation; None if there is none.
            dropped_ids: The ids of publications that are not carried over.
            entries: What comes.
            cache: Where vectors of what comes are kept until they are written.
        """
        self._library = library
        self._dropped_ids = dropped_ids
        self._entries = entries
        self._cache = cache

    def encode(self, encoder: Encoder, report_progress: ProgressCallback) -> tuple[int, int]:
        """Sees to it that the cache has the vectors of everything that comes.

        Vectors of texts that stand in what is dropped are taken over; only the rest is encoded.

        Returns:
            How many texts were encoded, and how many were known.

        Raises:
            OSError: If the cache cannot be written.
            ModelError: If the model cannot be loaded.
        """
        # Passages and sentences of each publication together, so that the rate stays even.
        texts = dict.fromkeys(
            text for entry in self._entries for text in (*passage_texts(entry), *token_texts(entry))
        )
        texts_with_vectors = {
            text
            for entry in self._entries
            for text in (*passage_texts(entry), *sentence_texts(entry))
        }
        if self._library and not self._library.is_outdated:
            for publication_id in self._dropped_ids:
                self._reuse_embeddings(
                    self._library, publication_id, texts.keys(), texts_with_vectors
                )
        texts_with_tokens = {text for entry in self._entries for text in token_texts(entry)}
        missing = self._cache.find_missing(texts)
        means = language_means(encoder) if missing else {}
        for start in range(0, len(missing), _BATCH_TEXTS):
            batch = missing[start : start + _BATCH_TEXTS]

            def report_encoded(done: int, start: int = start) -> None:
                report_progress(ProgressEvent("encoding", start + done, len(missing)))

            report_encoded(0)
            embeddings = encoder.encode_passages(batch, report_encoded)
            tokens = [
                _quantize_tokens(
                    text, text_tokens if text in texts_with_tokens else text_tokens[:0], means
                )
                for text, text_tokens in zip(batch, embeddings.tokens, strict=True)
            ]
            self._cache.add(batch, embeddings.vectors, tokens)
        report_progress(ProgressEvent("encoding", len(missing), len(missing)))
        return len(missing), len(texts) - len(missing)

    def write(self, folder: Path, dimension: int, report_progress: ProgressCallback) -> None:
        """Writes the parts of the generation into its folder.

        Raises:
            OSError: If they cannot be written.
        """
        reusable = self._library if self._library and not self._library.is_outdated else None
        previous_folder = reusable.folder if reusable else None
        total = 2 + len(self._entries)
        report_progress(ProgressEvent("writing", 0, total))
        documents = previous_folder / DOCUMENTS_FILE if previous_folder else None
        write_documents(folder / DOCUMENTS_FILE, documents, self._dropped_ids, self._entries)
        report_progress(ProgressEvent("writing", 1, total))
        write_passage_vectors(folder / PASSAGE_INDEX_FILE, dimension, self._iter_passage_vectors())
        write_sentence_vectors(
            folder, dimension, list(self._iter_sentence_counts()), self._iter_sentence_vectors()
        )
        write_token_vectors(
            folder, dimension, list(self._iter_token_counts()), self._iter_token_codes()
        )
        terms = previous_folder / TERM_INDEX_FOLDER if previous_folder else None
        write_term_index(
            folder / TERM_INDEX_FOLDER,
            terms,
            self._dropped_ids,
            self._iter_term_documents(report_progress),
        )
        report_progress(ProgressEvent("writing", total, total))

    def _reuse_embeddings(
        self,
        library: Library,
        publication_id: str,
        wanted_texts: Set[str],
        texts_with_vectors: Set[str],
    ) -> None:
        rows = library.rows_of(publication_id)
        articles = library.publication(publication_id).articles
        passages = library.passages(rows)
        engine = library.local_engine
        tokens = iter(engine.token_vectors.read_range(*engine.text_range(rows.start, rows.stop)))
        vectors = iter(engine.sentence_vectors.read_range(rows.start, rows.stop))
        passage_vectors = engine.passage_vectors.read_range(rows.start, rows.stop)
        embeddings: dict[str, tuple[Vectors, TokenCodes]] = {}
        heading_embeddings: dict[
            str, tuple[Vectors, TokenCodes]
        ] = {}  # whose vectors nobody asks for
        for row, passage, vector in zip(rows, passages, passage_vectors, strict=True):
            heading_codes = next(tokens)
            embeddings.setdefault(build_encoder_input(passage), (vector, heading_codes[:0]))
            article = articles[passage.article_index]
            heading_embeddings[heading_text(passage, article)] = (
                np.zeros_like(vector),
                heading_codes,
            )
            for ref in library.sentences(row):
                embeddings[sentence_text(passage, article, ref)] = next(vectors), next(tokens)
        embeddings |= {
            text: embedding
            for text, embedding in heading_embeddings.items()
            if text not in texts_with_vectors
        }
        uncached = self._cache.find_missing(text for text in embeddings if text in wanted_texts)
        if uncached:
            reused = [embeddings[text] for text in uncached]
            self._cache.add(
                uncached,
                np.stack([vector_and_codes[0] for vector_and_codes in reused]),
                [vector_and_codes[1] for vector_and_codes in reused],
            )

    def _iter_kept_ranges(self) -> Iterator[tuple[LocalEngine, int, int]]:
        """The engine and the ranges of rows that are carried over, in pieces."""
        if self._library:
            for rows in self._library.rows_without(self._dropped_ids):
                for start in range(rows.start, rows.stop, _BLOCK_PASSAGES):
                    yield self._library.local_engine, start, min(start + _BLOCK_PASSAGES, rows.stop)

    def _iter_passage_vectors(self) -> Iterator[Vectors]:
        for engine, start, stop in self._iter_kept_ranges():
            yield engine.passage_vectors.read_range(start, stop)
        for entry in self._entries:
            yield self._cache.vectors(passage_texts(entry))

    def _iter_sentence_vectors(self) -> Iterator[Vectors]:
        for engine, start, stop in self._iter_kept_ranges():
            yield engine.sentence_vectors.read_range(start, stop)
        for entry in self._entries:
            yield self._cache.vectors(sentence_texts(entry))

    def _iter_sentence_counts(self) -> Iterator[int]:
        for engine, start, stop in self._iter_kept_ranges():
            yield from engine.sentence_vectors.sentence_counts(start, stop)
        for entry in self._entries:
            yield from (len(sentence_refs) for sentence_refs in entry.sentences)

    def _iter_token_codes(self) -> Iterator[TokenCodes]:
        for engine, start, stop in self._iter_kept_ranges():
            yield from engine.token_vectors.read_range(*engine.text_range(start, stop))
        for entry in self._entries:
            yield from map(self._cache.token_codes, token_texts(entry))

    def _iter_token_counts(self) -> Iterator[int]:
        for engine, start, stop in self._iter_kept_ranges():
            yield from engine.token_vectors.token_counts(*engine.text_range(start, stop))
        for entry in self._entries:
            yield from self._cache.token_counts(token_texts(entry))

    def _iter_term_documents(self, report_progress: ProgressCallback) -> Iterator[TermDocument]:
        for done, entry in enumerate(self._entries, 2):
            report_progress(ProgressEvent("writing", done, 2 + len(self._entries)))
            articles = entry.publication.articles
            for key, passage in enumerate(entry.passages, entry.first_key):
                notes = find_passage_notes(passage, articles[passage.article_index])
                yield TermDocument(
                    key,
                    passage.publication_id,
                    passage.text,
                    passage.context,
                    "\n".join(note.text for note in notes),
                )


def _quantize_tokens(
    text: str, tokens: Vectors, means: Mapping[Language, LanguageMean]
) -> TokenCodes:
    """The tokens of a text as they are kept."""
    return quantize(means[detect_language(text)].center_tokens(tokens))
