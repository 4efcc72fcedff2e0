"""How much of a question sentences say: which clues stand in which sentence, and how much it means.

A clue weighs what BM25 would weigh it by (Robertson and Zaragoza, "The Probabilistic Relevance
Framework: BM25 and Beyond", 2009): the rarer in the library, the more. Unlike there, saying it
twice counts no more than saying it once; on public question sets that ranks better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.storage.passage_terms import Numbers, numbers
from rag.query.terms import Clue, Way

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_DIGITS = np.uint64(1 << 16)
_UNSEEN = 0.7  # what a clue weighs that no text says, against one that a single passage says


@dataclass(frozen=True, slots=True)
class Matches:
    """Clues against sentences.

    Attributes:
        strength: How surely each sentence says each clue, in [0, 1]; [clues, sentences].
        weight: What each clue means for finding the answer, at least 0; [clues].
    """

    strength: Floats
    weight: Floats

    def coverage(self, weight: Floats | None = None) -> Floats:
        """The weighted share of the clues that each sentence says, in [0, 1]; [sentences]."""
        weight = self.weight if weight is None else weight
        return np.asarray(weight @ self.strength / max(float(weight.sum()), 1e-9))

    def grouped(self, starts: Integers) -> Matches:
        """The same for passages, of which each begins at one of the sentences."""
        if not len(self.weight):
            return Matches(np.zeros((0, len(starts))), self.weight)
        return Matches(np.maximum.reduceat(self.strength, starts, axis=1), self.weight)


@dataclass(frozen=True, slots=True)
class Texts:
    """What texts say, to be held against clues.

    Attributes:
        numbers: Of the terms of each text, as `passage_terms` gives them, text after text.
        sizes: How many terms each text has, each once; [texts].
    """

    numbers: Numbers
    sizes: Integers

    def places(self, terms: Sequence[str]) -> dict[str, Integers]:
        """The texts that say each of the terms; only of those that a text says."""
        asked = numbers(terms)
        rising = np.argsort(asked)
        asked = asked[rising]
        if not len(asked) or not len(self.numbers):
            return {}
        # Nearly no term of a text is asked for: the last digits tell it of most.
        some = np.zeros(_DIGITS, dtype=bool)
        some[asked % _DIGITS] = True
        maybe = np.flatnonzero(some[self.numbers % _DIGITS])
        at = np.searchsorted(asked, self.numbers[maybe])
        at[at == len(asked)] = 0
        same = asked[at] == self.numbers[maybe]
        at, hits = at[same], maybe[same]
        if not len(hits):
            return {}
        texts = np.searchsorted(np.cumsum(self.sizes), hits, side="right")
        order = np.argsort(at, kind="stable")
        found, starts = np.unique(at[order], return_index=True)
        parts = np.split(texts[order], starts[1:])
        return {terms[rising[one]]: part for one, part in zip(found, parts, strict=True)}


def rarity(size: int, frequency: int) -> float:
    """What a term weighs that `frequency` of `size` passages hold."""
    return float(np.log1p((size - frequency + 0.5) / (frequency + 0.5)))


def match(
    clues: Sequence[Clue],
    texts: Texts,
    weigh: Callable[[str], float],
    most: float,
) -> Matches:
    """Which clues the texts say.

    Args:
        clues: Of the question.
        texts: Sentences, mostly.
        weigh: What a term weighs, by its rarity.
        most: What a term weighs that stands in no passage.
    """
    asked = {term for clue in clues for way in clue.ways for term in way.terms}
    places = texts.places(list(asked))
    size = len(texts.sizes)
    strength = np.zeros((len(clues), size))
    weight = np.zeros(len(clues))
    for row, clue in enumerate(clues):
        best = 0.0
        for way in clue.ways:
            said, worth = _say(way, places, weigh, size)
            if said is not None:
                strength[row] = np.maximum(strength[row], worth * said)
                best = max(best, worth)
        if best:
            strength[row] /= best
        weight[row] = best or most * _UNSEEN * max(way.weight for way in clue.ways)
    return Matches(strength, weight)


def _say(
    way: Way, places: dict[str, Integers], weigh: Callable[[str], float], size: int
) -> tuple[Floats | None, float]:
    """How surely each text says it that way, None if none does; and what that is worth."""
    if not all(term in places for term in way.terms):
        return None, 0.0
    each = [weigh(term) for term in way.terms]
    total = sum(each)
    said = np.zeros(size)
    for term, worth in zip(way.terms, each, strict=True):
        said[places[term]] += worth / max(total, 1e-9)
    # Half of "carbon dioxide" is no carbon dioxide: what is said in part counts little.
    return said**2, way.weight * total / len(each) ** 0.5
