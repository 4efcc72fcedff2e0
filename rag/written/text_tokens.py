"""The token vectors of texts by an encoder: several at once, the last ones kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from index.arrays import Vectors
from index.encoders.language_bias import language_means
from index.encoders.protocol import Encoder
from index.text.scripts import convert_to_simplified, detect_language

_KEPT_TEXTS = 256  # sentences of an answer cite the same ones


class TextTokens:
    """Gives the token vectors of texts. Thread-safe.

    Args:
        encoder: The encoder.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._means = language_means(encoder)
        self._cache: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> list[Vectors]:
        """Return the token vectors of each text, centred by its language, [tokens, dimension].

        Those that are not cached are encoded in one call.

        Args:
            texts: Texts in either language.
        """
        with self._lock:
            by_text = {text: self._cache[text] for text in texts if text in self._cache}
        if uncached := [text for text in dict.fromkeys(texts) if text not in by_text]:
            embeddings = self._encoder.encode_queries(list(map(convert_to_simplified, uncached)))
            by_text |= {
                text: self._means[detect_language(text)].center_tokens(tokens)
                for text, tokens in zip(uncached, embeddings.tokens, strict=True)
            }
        with self._lock:
            for text, tokens in by_text.items():
                self._cache[text] = tokens
                self._cache.move_to_end(text)
            while len(self._cache) > _KEPT_TEXTS:
                self._cache.popitem(last=False)
        return [by_text[text] for text in texts]
