"""A cross-encoder of sentence-transformers as a reranker. Importing this module imports PyTorch."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from index.arrays import FloatArray
from index.encoders.sentence_transformers import find_model
from index.encoders.threads import passive_omp_threads
from index.errors import ModelError
from index.messages import MessageCatalogue

with passive_omp_threads():
    import torch
    from sentence_transformers import CrossEncoder

_MESSAGES = MessageCatalogue("rag", "errors")


class CrossEncoderReranker:
    """A cross-encoder as `Reranker`. Thread-safe.

    Args:
        name: The folder of a model, or its name in the Hugging Face cache.

    Raises:
        ModelError: If there is none, or it cannot be loaded.
    """

    def __init__(self, name: str) -> None:
        folder = find_model(name)
        try:
            self._model = CrossEncoder(str(folder), local_files_only=True)
        except (
            Exception
        ) as error:  # the errors that other models' files can raise have no common class
            reason = str(error).strip().partition("\n")[0]
            raise ModelError(
                _MESSAGES["reranker_not_loadable"].format(name=name, reason=reason)
            ) from error
        self._lock = threading.Lock()  # its tokenizer may be used by one thread at a time
        if self._model.num_labels != 1:
            reason = f"{self._model.num_labels} labels"
            raise ModelError(_MESSAGES["reranker_not_loadable"].format(name=name, reason=reason))

    def score(self, question: str, passages: Sequence[str]) -> FloatArray:
        """Return the logits of passages; see `Reranker`.

        Args:
            question: The question.
            passages: The passages.
        """
        with self._lock:
            logits = self._model.predict(
                [(question, passage) for passage in passages],
                activation_fn=torch.nn.Identity(),
                show_progress_bar=False,
            )
        return np.asarray(logits, np.float64).reshape(len(passages))
