"""The sentences of a passage, or of its notes, that answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from index.storage.engine import Vectors
from rag.answering.confidence_features import quantities
from rag.query.answer_type import Expected, asks_for_source, has
from rag.ranking.features import Asked, Candidate
from rag.ranking.passages import Kind, Read
from rag.ranking.term_match import Floats, Matches, rarity

_CLEARLY = 1.5  # better than the best sentence that does not only cite
_ADDED = 0.1  # of the question that a second sentence must say beyond the first

_ANSWERS: tuple[Expected, ...] = ("number", "time", "person", "place", "reason")

FIGURES = (
    "similarity",
    "tokens",
    "alone",
    "before",
    "terms",
    "length",
    *_ANSWERS,
    "quantity",
    "explanation",
    "source",
)
"""What counts in choosing a sentence:

- similarity: of question and sentence;
- tokens: how near the tokens of the question come to their nearest ones in it, on average;
- alone: how much nearer it brings them than any other sentence of the passage does;
- before: how much nearer yet the sentence before it does, which it may lean on (it, 該國);
- terms: the share of the question that it says, where words that its passage repeats count less;
- length: the logarithm of its characters;
- number, time, person, place, reason: 1 if the question asks for one, and it has one;
- quantity: 1 if the question asks for a quantity, and it gives that very kind of one;
- explanation, source: 1 if it stands in a note, and there explains or cites; unless the question
  asks for a source, for which a note is as good as the text.
"""


def sentence_figures(one: Candidate, asked: Asked) -> Floats:
    """The figures of each sentence of a passage, [sentences, figures].

    Args:
        one: The passage, held against the question.
        asked: The question.
    """
    noted, kind = not asks_for_source(asked.text), asked.expected
    table = np.zeros((len(one.read.sentences), len(FIGURES)))
    columns = {name: table[:, at] for at, name in enumerate(FIGURES)}
    columns["similarity"][:] = one.similarity
    if one.nearness.size:
        columns["tokens"][:] = one.nearness.mean(axis=1)
        columns["alone"][:] = alone(one.nearness)
        columns["before"][:] = before(one.nearness, [ref.note for ref in one.read.refs])
    columns["terms"][:] = one.matches.coverage(local_weight(one.matches))
    given = quantities(asked, one)
    columns["quantity"][:] = given & ~given.all()
    for at, sentence in enumerate(one.read.sentences):
        columns["length"][at] = np.log(1 + len(sentence.text))
        if kind in _ANSWERS:
            columns[kind][at] = has(kind, sentence, one.read.language, asked.text)
        if sentence.kind != "text":
            columns[sentence.kind][at] = noted
    return table


def alone(nearness: Vectors) -> Floats:
    """How much nearer each sentence comes to a question's tokens than every other, on average.

    Args:
        nearness: As in `Candidate`.
    """
    if len(nearness) == 1:
        return np.zeros(1)
    second, best = np.sort(nearness, axis=0)[-2:]
    others = np.where(nearness == best, second, best).clip(min=0.0)
    return np.asarray((nearness - others).clip(min=0.0).mean(axis=1), np.float64)


def before(nearness: Vectors, notes: Sequence[str | None]) -> Floats:
    """How much nearer the sentence before each comes to a question's tokens, on average.

    Before the first one of the text, and of each note, there is none.

    Args:
        nearness: As in `Candidate`.
        notes: The note that each sentence is in; None for the text.
    """
    more = np.zeros(len(nearness))
    more[1:] = (nearness[:-1] - nearness[1:]).clip(min=0.0).mean(axis=1)
    opens = [at for at in range(1, len(notes)) if notes[at] != notes[at - 1]]
    more[opens] = 0.0
    return more


def local_weight(matches: Matches) -> Floats:
    """What each clue tells about which sentence of this one passage answers, [clues].

    What the whole passage is about stands in most of its sentences and tells nothing.
    """
    size = matches.strength.shape[1]
    frequency = (matches.strength > 0.3).sum(axis=1)
    return np.array([rarity(size, int(count)) for count in frequency])


def chosen(
    scores: Floats,
    kinds: Sequence[Kind],
    matches: Matches,
    margin: float,
    noted: Callable[[int], Collection[int]] | None = None,
) -> list[int]:
    """The sentences to mark, best first: at most two.

    A note that only cites answers little, by what its titles say, and is marked only where that is
    clearly more than any sentence says; unless a question asks for a source: then the source noted
    at the best sentence is the answer, and the sentence stands beside it.

    Args:
        scores: How well each sentence answers.
        kinds: Of each.
        matches: The question's clues against each.
        margin: How much worse a second sentence may be; it must also say more of the question.
        noted: Where a source is asked for: the sources noted at a sentence.
    """
    order = [int(at) for at in np.argsort(-scores, kind="stable")]
    said = [at for at in order if kinds[at] != "source"]
    if not said:
        return order[:1]
    best, *others = said
    if noted is not None:
        at_it = noted(best)
        for at in order:
            if at in at_it:
                return [at, best]
            if at == order[0] and kinds[at] == "source":
                return [at]
    elif scores[order[0]] > scores[best] + _CLEARLY:
        return order[:1]
    second = [
        at
        for at in others[:1]
        if scores[at] > scores[best] - margin
        and kinds[at] == kinds[best]
        and _adds(matches, best, at) >= _ADDED
    ]
    return [best, *second]


def pointing(read: Read) -> NDArray[np.bool_]:
    """Whether each sentence says no more than what other note stands here (同註, *op. cit.*)."""
    article = read.reader.article(read.passage.publication, read.passage.article)
    others = {note.number for note in article.notes if note.stands_for is not None}
    found = [one.kind == "source" and one.ref.note in others for one in read.sentences]
    return np.array(found, dtype=np.bool_)


def noted_at(read: Read, at: int) -> list[int]:
    """The sources of the notes whose marks stand in a sentence, or of the note that it is in."""
    ref = read.sentences[at].ref
    marked = [m.note for m in read.passage.marks if ref.span.start < m.offset <= ref.span.end]
    notes = marked if ref.note is None else [ref.note]
    return [
        place
        for place, sentence in enumerate(read.sentences)
        if sentence.kind == "source" and sentence.ref.note in notes
    ]


def _adds(matches: Matches, first: int, second: int) -> float:
    """The share of the question that a second sentence says better than the first, in [0, 1]."""
    more = np.maximum(matches.strength[:, second] - matches.strength[:, first], 0.0)
    return float(matches.weight @ more) / max(float(matches.weight.sum()), 1e-9)
