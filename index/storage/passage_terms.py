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

from index.arrays import IntArray
from index.document import Article, Passage
from index.storage.records import SentenceRef
from index.text.terms import analyze

TermIds = NDArray[np.uint64]

_DIGEST_BYTES = 6
_DIGEST_CACHE_SIZE = 100_000


@dataclass(frozen=True, slots=True)
class PassageTerms:
    """The terms of a passage: of what stands above it, then of each of its sentences.

    Attributes:
        term_ids: As `numbers` gives them, each once in the heading and in each sentence.
        sizes: How many belong to the heading, and to each sentence; [1 + sentences].
    """

    term_ids: TermIds
    sizes: IntArray

    @property
    def heading(self) -> TermIds:
        """Those of the titles, in both languages, and headings above it."""
        return self.term_ids[: self.sizes[0]]

    @property
    def sentences(self) -> TermIds:
        """Those of all sentences, one after the other."""
        return self.term_ids[self.sizes[0] :]


def hash_terms(terms: Iterable[str]) -> TermIds:
    """A number for each term: 48 bits of its BLAKE2b digest.

    That two terms of a question and of the sentences held against it share one without being the
    same happens once in ten million questions.
    """
    return _parse_digests(b"".join(map(_digest_term, terms)))


def pack(passage: Passage, article: Article, sentences: Sequence[SentenceRef]) -> bytes:
    """The terms of a passage, packed.

    Args:
        passage: Of the article.
        article: With the passage's notes.
        sentences: Its own, then those of its notes.
    """
    heading = analyze(f"{passage.context}\n{article.title_translated}")
    return _pack_texts(
        [heading, *(analyze(ref.extract_text(passage, article)) for ref in sentences)]
    )


def unpack(record: bytes) -> PassageTerms:
    """What `said` packed.

    Raises:
        ValueError: If it is cut short.
    """
    count = int(np.frombuffer(record, "<u4", 1)[0])
    sizes = np.frombuffer(record, "<u4", count, offset=4).astype(np.int64)
    term_ids = _parse_digests(record[4 * (1 + count) :])
    if sizes.sum() != len(term_ids):
        raise ValueError("as many terms as the sizes say")
    return PassageTerms(term_ids, sizes)


def _pack_texts(term_lists: Sequence[Collection[str]]) -> bytes:
    distinct = [dict.fromkeys(terms) for terms in term_lists]
    sizes = np.array([len(term_lists), *map(len, distinct)], "<u4")
    return sizes.tobytes() + b"".join(_digest_term(term) for terms in distinct for term in terms)


def _parse_digests(digests: bytes) -> TermIds:
    parts = np.frombuffer(digests, "<u2").reshape(-1, _DIGEST_BYTES // 2).astype(np.uint64)
    return np.asarray(parts[:, 0] | parts[:, 1] << np.uint64(16) | parts[:, 2] << np.uint64(32))


@lru_cache(_DIGEST_CACHE_SIZE)
def _digest_term(term: str) -> bytes:
    return hashlib.blake2b(
        term.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES
    ).digest()
