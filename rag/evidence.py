"""The sentences of a passage, or of its notes, that answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.coverage import Floats, Matches, rarity
from rag.expected import Expected, asks_for_source, has
from rag.reading import Kind, Read

_ANSWERS: tuple[Expected, ...] = ("number", "time", "person", "place", "reason")

FIGURES = ("similarity", "terms", "length", *_ANSWERS, "explanation", "source")
"""What counts in choosing a sentence:

- similarity: of question and sentence;
- terms: the share of the question that it says, where words that its passage repeats count less;
- length: the logarithm of its characters;
- number, time, person, place, reason: 1 if the question asks for one, and it has one;
- explanation, source: 1 if it stands in a note, and there explains or cites; unless the question
  asks for a source, for which a note is as good as the text.
"""


def sentence_figures(
    read: Read, similarity: Floats, matches: Matches, question: str, kind: Expected
) -> Floats:
    """The figures of each sentence of a passage, [sentences, figures].

    Args:
        read: The passage.
        similarity: Of the question and each sentence.
        matches: The question's clues against each sentence.
        question: As asked.
        kind: The kind of answer that it expects.
    """
    noted = not asks_for_source(question)
    table = np.zeros((len(read.sentences), len(FIGURES)))
    table[:, 0] = similarity
    table[:, 1] = matches.coverage(local_weight(matches))
    for row, sentence in zip(table, read.sentences, strict=True):
        row[2] = np.log(1 + len(sentence.text))
        if kind in _ANSWERS:
            row[FIGURES.index(kind)] = has(kind, sentence, read.language, question)
        if sentence.kind != "text":
            row[FIGURES.index(sentence.kind)] = noted
    return table


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
