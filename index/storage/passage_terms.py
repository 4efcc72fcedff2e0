"""What each sentence of a passage says, kept with it: terms as numbers, compact and found fast.

To analyse a passage takes a millisecond, and a question looks at a hundred: so it is done once,
when the passage is indexed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.document import Article, Passage
from index.storage.records import SentenceRef
from index.text.terms import words

Numbers = NDArray[np.uint64]

_BYTES = 6
_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Said:
    """The terms of a passage: of what stands above it, then of each of its sentences.

    Attributes:
        numbers: As `numbers` gives them, each once in the heading and in each sentence.
        sizes: How many belong to the heading, and to each sentence; [1 + sentences].
    """

    numbers: Numbers
    sizes: NDArray[np.int64]

    @property
    def heading(self) -> Numbers:
        """Those of the titles, in both languages, and headings above it."""
        return self.numbers[: self.sizes[0]]

    @property
    def sentences(self) -> Numbers:
        """Those of all sentences, one after the other."""
        return self.numbers[self.sizes[0] :]


def numbers(terms: Iterable[str]) -> Numbers:
    """A number for each term: 48 bits of its BLAKE2b digest.

    That two terms of a question and of the sentences held against it share one without being the
    same happens once in ten million questions.
    """
    return _read(b"".join(map(_digest, terms)))


def said(passage: Passage, article: Article, sentences: Sequence[SentenceRef]) -> bytes:
    """The terms of a passage, packed.

    Args:
        passage: Of the article.
        article: With the passage's notes.
        sentences: Its own, then those of its notes.
    """
    heading = words(f"{passage.context}\n{article.title_translated}")
    return _pack([heading, *(words(ref.text_in(passage, article)) for ref in sentences)])


def unpack(record: bytes) -> Said:
    """What `said` packed.

    Raises:
        ValueError: If it is cut short.
    """
    count = int(np.frombuffer(record, "<u4", 1)[0])
    sizes = np.frombuffer(record, "<u4", count, offset=4).astype(np.int64)
    found = _read(record[4 * (1 + count) :])
    if sizes.sum() != len(found):
        raise ValueError("as many terms as the sizes say")
    return Said(found, sizes)


def _pack(texts: Sequence[Collection[str]]) -> bytes:
    distinct = [dict.fromkeys(terms) for terms in texts]
    sizes = np.array([len(texts), *map(len, distinct)], "<u4")
    return sizes.tobytes() + b"".join(_digest(term) for terms in distinct for term in terms)


def _read(digests: bytes) -> Numbers:
    parts = np.frombuffer(digests, "<u2").reshape(-1, _BYTES // 2).astype(np.uint64)
    return np.asarray(parts[:, 0] | parts[:, 1] << np.uint64(16) | parts[:, 2] << np.uint64(32))


@lru_cache(_KEPT)
def _digest(term: str) -> bytes:
    return hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
