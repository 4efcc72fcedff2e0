"""Encodes what an update adds; what was encoded before is found again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING

from index.arrays import Vectors
from index.encoders.language_bias import LanguageMean, language_means
from index.encoders.protocol import PassageEmbeddings, PassageText
from index.encoders.token_pooling import OTHER_SHARE, OWN_SHARE, merge_similar_tokens
from index.storage.library import Library
from index.storage.quantization import Codes, quantize
from index.storage.records import PublicationEntry
from index.storage.segment_vectors import SegmentVectors
from index.storage.vectors import SENTENCE_BITS
from index.text.scripts import Language, detect_language
from index.update.embedding_cache import (
    EmbeddingCache,
    PassageCodes,
    PassageKey,
    compute_passage_key,
)
from index.update.entries import build_passage_text, build_passage_texts
from index.update.progress import ProgressCallback, ProgressEvent

if TYPE_CHECKING:
    from index.encoders.protocol import Encoder

_BATCH_PASSAGES = 32  # the most whose embeddings a crash can lose


class EntryEncoder:
    """Encodes the publications that an update adds."""

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
            library: The current generation; None if there is none, or nothing of it can be used.
            dropped_ids: The ids of the publications that are not carried over.
            entries: The publications that are added.
            cache: Stores the embeddings of what is added until they are written.
            encoder: Encodes the texts.
        """
        self._library = library
        self._dropped_ids = dropped_ids
        self._entries = entries
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
        if self._library:
            for publication_id in self._dropped_ids:
                self._reuse_embeddings(self._library, publication_id, passages.keys())
        missing = {key: passages[key] for key in self._cache.find_missing(passages)}
        self._encode_passages([missing], report_progress, approve)
        return len(missing), len(passages) - len(missing)

    def read_codes(self, entry: PublicationEntry) -> Iterator[PassageCodes]:
        """Return the embeddings of the passages of a publication; `encode` has to come first.

        Args:
            entry: One of the publications that are added.
        """
        return map(self._cache.read, self._compute_keys(build_passage_texts(entry)))

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
        stored = library.stored_range(publication_id)
        vectors = library.segments[stored.segment].vectors
        articles = library.publication(publication_id).articles
        reusable: dict[PassageKey, PassageCodes] = {}
        for position, (passage, refs) in enumerate(
            zip(library.passages(rows), library.sentences(rows), strict=True),
            stored.first_position,
        ):
            article = articles[passage.article_index]
            key = compute_passage_key(build_passage_text(passage, article, refs))
            if key in wanted:
                reusable[key] = _read_stored_codes(vectors, position)
        self._cache.add({key: reusable[key] for key in self._cache.find_missing(reusable)})


def _read_stored_codes(vectors: SegmentVectors, position: int) -> PassageCodes:
    """Return the stored embeddings of a passage."""
    (vector,) = vectors.passages.read_range(position, position + 1)
    return PassageCodes(
        vector,
        vectors.sentences.read_range(position, position + 1),
        tuple(vectors.tokens.split_range(*vectors.text_range(position, position + 1))),
    )


def _quantize(
    passage: PassageText,
    embeddings: PassageEmbeddings,
    means: Mapping[Language, LanguageMean],
    token_bits: int,
) -> PassageCodes:
    texts = (passage.heading, *passage.sentences)
    shares = [OTHER_SHARE] * len(texts)
    shares[1 : 1 + passage.own_count] = [OWN_SHARE] * passage.own_count
    return PassageCodes(
        embeddings.vector,
        quantize(embeddings.sentence_vectors, SENTENCE_BITS),
        tuple(
            _quantize_tokens(means[detect_language(text)], tokens, share, token_bits)
            for text, tokens, share in zip(texts, embeddings.tokens, shares, strict=True)
        ),
    )


def _quantize_tokens(mean: LanguageMean, tokens: Vectors, share: float, bits: int) -> Codes:
    return quantize(merge_similar_tokens(mean.center_tokens(tokens), share), bits)
