"""An encoder that remembers the vectors of questions, so that nobody waits twice for one."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from index.encoders.embeddings import joined, parted
from index.encoders.protocol import Encoded, Encoder


class RememberingEncoder:
    """An `Encoder` that keeps what it made of the last questions. Thread-safe.

    Args:
        encoder: What makes the vectors.
        kept: How many questions to keep; 0 for none.
    """

    def __init__(self, encoder: Encoder, kept: int) -> None:
        self.name = encoder.name
        self.fingerprint = encoder.fingerprint
        self.dimension = encoder.dimension
        self.max_tokens = encoder.max_tokens
        self._encoder = encoder
        self._kept = kept
        self._made: OrderedDict[str, Encoded] = OrderedDict()
        self._lock = threading.Lock()

    def encode_questions(self, texts: Sequence[str]) -> Encoded:
        """See `index.encoders.protocol.Encoder`."""
        known = self._recalled(texts)
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        if fresh:
            made = dict(zip(fresh, parted(self._encoder.encode_questions(fresh)), strict=True))
            self._remember(made)
            known |= made
        return joined([known[text] for text in texts], self.dimension)

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        """See `index.encoders.protocol.Encoder`."""
        return self._encoder.encode_passages(texts, progress)

    def count_tokens(self, text: str) -> int:
        """See `index.encoders.protocol.Encoder`."""
        return self._encoder.count_tokens(text)

    def _recalled(self, texts: Sequence[str]) -> dict[str, Encoded]:
        with self._lock:
            known = {text: self._made[text] for text in texts if text in self._made}
            for text in known:
                self._made.move_to_end(text)
        return known

    def _remember(self, made: dict[str, Encoded]) -> None:
        with self._lock:
            self._made |= made
            while len(self._made) > self._kept:
                self._made.popitem(last=False)
