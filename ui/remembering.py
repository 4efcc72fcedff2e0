"""An encoder that remembers the vectors of questions, so that nobody waits twice for one."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder

Vectors = NDArray[np.float32]


class RememberingEncoder:
    """An `index.encoder.Encoder` that keeps the vectors of the questions asked last. Thread-safe.

    Args:
        encoder: What makes the vectors.
        kept: How many vectors to keep; 0 for none.
    """

    def __init__(self, encoder: Encoder, kept: int) -> None:
        self.name = encoder.name
        self.fingerprint = encoder.fingerprint
        self.dimension = encoder.dimension
        self.max_tokens = encoder.max_tokens
        self._encoder = encoder
        self._kept = kept
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """See `index.encoder.Encoder`."""
        known = self._recalled(texts)
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        if fresh:
            made = dict(zip(fresh, self._encoder.encode_questions(fresh), strict=True))
            self._remember(made)
            known |= made
        empty = np.empty((0, self.dimension), dtype=np.float32)
        return np.stack([known[text] for text in texts]) if texts else empty

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """See `index.encoder.Encoder`."""
        return self._encoder.encode_passages(texts, progress)

    def count_tokens(self, text: str) -> int:
        """See `index.encoder.Encoder`."""
        return self._encoder.count_tokens(text)

    def _recalled(self, texts: Sequence[str]) -> dict[str, Vectors]:
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
            for text in known:
                self._vectors.move_to_end(text)
        return known

    def _remember(self, made: dict[str, Vectors]) -> None:
        with self._lock:
            self._vectors |= made
            while len(self._vectors) > self._kept:
                self._vectors.popitem(last=False)
