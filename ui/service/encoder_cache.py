"""An encoder that caches the embeddings of queries."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from index.encoders.protocol import Embeddings, Encoder, join_embeddings, split_embeddings
from index.encoders.wrapper import EncoderWrapper


class CachingEncoder(EncoderWrapper):
    """An encoder that caches the embeddings of the last queries. Thread-safe.

    Args:
        encoder: The encoder.
        cache_size: The number of queries to cache; 0 for none.
    """

    def __init__(self, encoder: Encoder, cache_size: int) -> None:
        super().__init__(encoder)
        self._cache_size = cache_size
        self._cache: OrderedDict[str, Embeddings] = OrderedDict()
        self._lock = threading.Lock()

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        """See `index.encoders.protocol.Encoder`."""
        cached = self._look_up(texts)
        missing = [text for text in dict.fromkeys(texts) if text not in cached]
        if missing:
            encoded = dict(
                zip(missing, split_embeddings(self._encoder.encode_queries(missing)), strict=True)
            )
            self._store(encoded)
            cached |= encoded
        return join_embeddings([cached[text] for text in texts], self.dimension)

    def _look_up(self, texts: Sequence[str]) -> dict[str, Embeddings]:
        with self._lock:
            cached = {text: self._cache[text] for text in texts if text in self._cache}
            for text in cached:
                self._cache.move_to_end(text)
        return cached

    def _store(self, encoded: dict[str, Embeddings]) -> None:
        with self._lock:
            self._cache |= encoded
            while len(self._cache) > self._cache_size:
                self._cache.popitem(last=False)
