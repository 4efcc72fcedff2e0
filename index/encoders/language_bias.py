"""Removal of the language bias of an encoder.

The encoder places queries of one language near each other, whatever they ask, and near the texts of
that language. Across languages this outweighs their content: sentences that merely look like a
question rank first. Subtracting most of the mean query of its language from a query removes the
bias, after Yang et al., "A Simple and Effective Method to Eliminate the Self Language Bias in
Multilingual Representations" (2021), with a mean in place of their principal component.

Tokens of any text are nearer to one another still; from them the whole mean is subtracted.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.arrays import Vectors, load_array
from index.encoders.protocol import Embeddings, Encoder
from index.errors import unwritable_cache_error
from index.files import cache_folder, replace_atomically
from index.text.scripts import Language, convert_to_simplified

QUERY_MEAN_WEIGHT = 0.75
"""The share of the mean query that is subtracted from a query; set by hand, no measurement is
recorded."""

_EPSILON = 1e-12
_LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class LanguageMean:
    """The mean vectors of a language.

    Attributes:
        query: The mean of queries, [dimension].
        token: The mean of their tokens, [dimension]; zero for a model without token vectors.
    """

    query: Vectors
    token: Vectors

    def debias_query(self, queries: Vectors) -> Vectors:
        """Return queries as they are compared with texts of the other language, of unit length.

        Args:
            queries: Vectors of unit length, [n, dimension] or [dimension].
        """
        return _to_unit_length(queries - QUERY_MEAN_WEIGHT * self.query)

    def center_tokens(self, tokens: Vectors) -> Vectors:
        """Return tokens as they are compared, within a language and across, of unit length.

        Args:
            tokens: As the encoder returns them, [n, dimension].
        """
        return _to_unit_length(tokens - self.token)


def language_means(encoder: Encoder) -> dict[Language, LanguageMean]:
    """Return the mean vectors of each language, computed once for an encoder and kept in the cache.

    Args:
        encoder: The encoder whose bias is to be removed.

    Raises:
        ModelError: If the model cannot be loaded.
        LibraryError: If the cache cannot be written.
    """
    texts = [_read_sample_queries(language) for language in _LANGUAGES]
    digest = hashlib.sha256("".join((encoder.fingerprint, *texts)).encode())
    path = cache_folder() / f"language-means-{digest.hexdigest()[:16]}.npy"
    try:
        means = load_array(path)
    except (OSError, ValueError):
        means = None
    if means is None or means.shape != (len(_LANGUAGES), 2, encoder.dimension):
        embeddings = [encoder.encode_queries(text.split("\n")) for text in texts]
        means = np.array([[part.vectors.mean(axis=0), _mean_token(part)] for part in embeddings])
        try:
            with replace_atomically(path) as draft:
                np.save(draft, means)
        except OSError as error:
            raise unwritable_cache_error(path.parent, error) from error
    return {
        language: LanguageMean(*vectors)
        for language, vectors in zip(_LANGUAGES, means, strict=True)
    }


def _read_sample_queries(language: Language) -> str:
    """Return queries of one language about many things, one a line, in simplified script."""
    path = Path(__file__).with_name("data") / f"sample_queries.{language}.txt"
    return convert_to_simplified(path.read_text(encoding="utf-8").rstrip("\n"))


def _mean_token(embeddings: Embeddings) -> Vectors:
    tokens = np.concatenate(embeddings.tokens)
    return np.asarray(tokens.sum(axis=0) / max(len(tokens), 1), dtype=np.float32)


def _to_unit_length(vectors: Vectors) -> Vectors:
    lengths = np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), _EPSILON)
    return np.asarray(vectors / lengths, dtype=np.float32)
