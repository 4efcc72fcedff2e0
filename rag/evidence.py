"""The sentences of a passage, or of its notes, that answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.coverage import Floats, Matches, rarity
from rag.expected import Expected, has
from rag.reading import Kind, Read


@dataclass(frozen=True, slots=True)
class SentenceWeights:
    """What counts in choosing a sentence.

    Attributes:
        similarity: Of question and sentence.
        terms: The share of the question that it says, words that its passage repeats counting less.
        length: The logarithm of its characters.
        expected: Having what a question of each kind expects.
        kinds: Where it stands.
    """

    similarity: float
    terms: float
    length: float
    expected: dict[Expected, float]
    kinds: dict[Kind, float]


def sentence_scores(
    read: Read,
    similarity: Floats,
    matches: Matches,
    asked: tuple[str, Expected],
    by: SentenceWeights,
) -> Floats:
    """How well each sentence of a passage answers, [sentences].

    Args:
        read: The passage.
        similarity: Of the question and each sentence.
        matches: The question's clues against each sentence.
        asked: The question, and the kind of answer that it expects.
        by: What counts.
    """
    question, kind = asked
    length = np.array([np.log(1 + len(sentence.text)) for sentence in read.sentences])
    fits = np.array(
        [has(kind, sentence.text, read.language, question) for sentence in read.sentences]
    )
    place = np.array([by.kinds[sentence.kind] for sentence in read.sentences])
    return np.asarray(
        by.similarity * similarity
        + by.terms * matches.coverage(local_weight(matches))
        + by.length * length
        + by.expected.get(kind, 0.0) * fits
        + place
    )


def local_weight(matches: Matches) -> Floats:
    """What each clue tells about which sentence of this one passage answers, [clues].

    What the whole passage is about stands in most of its sentences and tells nothing.
    """
    size = matches.strength.shape[1]
    frequency = (matches.strength > 0.3).sum(axis=1)
    return np.array([rarity(size, int(count)) for count in frequency])


def chosen(scores: Floats, kinds: Sequence[Kind], margin: float, most: int = 2) -> list[int]:
    """The sentences to mark, best first: the best one, and others hardly worse of the same kind."""
    best = [int(at) for at in np.argsort(-scores, kind="stable")[:most]]
    return [
        at
        for at in best
        if at == best[0] or (scores[at] > scores[best[0]] - margin and kinds[at] == kinds[best[0]])
    ]
