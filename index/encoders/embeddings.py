"""What a model makes of texts: a vector of each, and one of each of its tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Texts as a model has them.

    Attributes:
        vectors: Of unit length, [texts, dimension].
        tokens: Of each text, what the model's last layer says of its tokens, in order,
            [tokens, dimension], not of unit length. Only of those that hold a letter or a digit,
            and of none that a model adds. None at all of a model whose vectors are no mean over
            tokens: then they have not learned to be compared.
    """

    vectors: Vectors
    tokens: tuple[Vectors, ...]


def is_content_token(pieces: Iterable[str]) -> NDArray[np.bool_]:
    """Whether each piece of a vocabulary holds a letter or a digit."""
    return np.array([any(map(str.isalnum, piece)) for piece in pieces], dtype=np.bool_)


def join_embeddings(parts: Sequence[Embeddings], dimension: int) -> Embeddings:
    """Texts that were encoded in parts, in order."""
    return Embeddings(
        np.concatenate([np.empty((0, dimension), np.float32), *(part.vectors for part in parts)]),
        tuple(tokens for part in parts for tokens in part.tokens),
    )


def split_embeddings(embeddings: Embeddings) -> list[Embeddings]:
    """Each text by itself."""
    return [
        Embeddings(vector[None], (tokens,))
        for vector, tokens in zip(embeddings.vectors, embeddings.tokens, strict=True)
    ]
