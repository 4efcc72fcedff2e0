"""The pieces of a Unigram vocabulary, decoded only where a text needs them.

A vocabulary has some 250,000 pieces, and a dictionary of all takes half a second; a question needs
a few hundred of them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.arrays import IntArray

PREFIX_CHARACTERS = 2
_KEY_BYTES = 8  # as many as two characters take at most


class Vocabulary:
    """The pieces of a vocabulary, by token id."""

    def __init__(self, text: bytes, offsets: NDArray[np.uint32]) -> None:
        """Take the pieces.

        Args:
            text: All pieces one after the other, in UTF-8.
            offsets: Where each piece begins, and where the last one ends, in bytes.
        """
        self._text = text
        self._offsets = offsets.astype(np.int64)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, token_id: int) -> str:
        """Return the piece of a token id."""
        return self._text[self._offsets[token_id] : self._offsets[token_id + 1]].decode()

    def decode_all(self) -> list[str]:
        """Return all pieces, by token id."""
        is_character_start = (np.frombuffer(self._text, "u1") & 0xC0) != 0x80
        characters_before = np.concatenate(([0], np.cumsum(is_character_start)))  # for each byte
        text = self._text.decode()
        return [
            text[start:end] for start, end in pairwise(characters_before[self._offsets].tolist())
        ]

    def sort_keys(self) -> NDArray[np.uint64]:
        """Return the first eight bytes of each piece as a number that sorts as they do, [n]."""
        padded = np.frombuffer(self._text + bytes(_KEY_BYTES), "u1")
        places = self._offsets[:-1, None] + np.arange(_KEY_BYTES)
        is_inside = places < self._offsets[1:, None]
        return np.where(is_inside, padded[places], 0).astype("u1").view(">u8")[:, 0].astype("u8")


class PieceGroup(NamedTuple):
    """The token ids of some pieces, and the characters of the longest."""

    token_ids: dict[str, int]
    longest: int


class PieceIndex(dict[str, PieceGroup]):
    """The pieces that begin with two characters or are the first one alone, by these two.

    At the end of a text they are looked up by one character. What was looked up is kept.
    """

    def __init__(self, vocabulary: Vocabulary, excluded: frozenset[int]) -> None:
        """Sort the pieces.

        Args:
            vocabulary: The pieces.
            excluded: The token ids that no text contains.
        """
        super().__init__()
        self._vocabulary = vocabulary
        self._excluded = excluded
        keys = vocabulary.sort_keys()
        self._order = np.argsort(keys, kind="stable")
        self._sorted_keys = keys[self._order]

    def __missing__(self, prefix: str) -> PieceGroup:
        first = _encode_key(prefix[0])
        ids = self._find(first, first)
        if len(prefix) == PREFIX_CHARACTERS:
            ids = np.concatenate([ids, self._find(_encode_key(prefix), _encode_key(prefix, 0xFF))])
        token_ids = {
            self._vocabulary[token_id]: token_id
            for token_id in ids.tolist()
            if token_id not in self._excluded
        }
        self[prefix] = PieceGroup(token_ids, max(map(len, token_ids), default=0))
        return self[prefix]

    def _find(self, lowest: np.uint64, highest: np.uint64) -> IntArray:
        """Return the token ids of the pieces whose keys are in a range."""
        start = np.searchsorted(self._sorted_keys, lowest, "left")
        stop = np.searchsorted(self._sorted_keys, highest, "right")
        return self._order[start:stop]


def _encode_key(text: str, filling: int = 0) -> np.uint64:
    """Return the key of a text of at most two characters, with other bytes after its last one."""
    padded = text.encode(errors="replace").ljust(_KEY_BYTES, bytes([filling]))
    return np.uint64(int.from_bytes(padded, "big"))
