"""An encoder that passes everything on to another one, for those that add something to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from index.encoders.protocol import Embeddings, Encoder, PassageEmbeddings, PassageText


class EncoderWrapper:
    """An `Encoder` with the identity of another one, which encodes for it."""

    def __init__(self, encoder: Encoder) -> None:
        """Take over the identity.

        Args:
            encoder: The other one.
        """
        self.name = encoder.name
        self.fingerprint = encoder.fingerprint
        self.dimension = encoder.dimension
        self.max_tokens = encoder.max_tokens
        self.encodes_passages_alone = encoder.encodes_passages_alone
        self.token_bits = encoder.token_bits
        self._encoder = encoder

    def encode_passages(
        self, passages: Sequence[PassageText], progress: Callable[[int], None] | None = None
    ) -> list[PassageEmbeddings]:
        """Return the embeddings of passages; see `index.encoders.protocol.Encoder`.

        Args:
            passages: Texts without the model's prefix.
            progress: Called from time to time with the number of passages encoded so far.
        """
        return self._encoder.encode_passages(passages, progress)

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        """Return the embeddings of queries; see `index.encoders.protocol.Encoder`.

        Args:
            texts: Queries without the model's prefix.
        """
        return self._encoder.encode_queries(texts)

    def count_tokens(self, text: str) -> int:
        """Return the tokens of a text as a passage; see `index.encoders.protocol.Encoder`.

        Args:
            text: A text of any length.
        """
        return self._encoder.count_tokens(text)
