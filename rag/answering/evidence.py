"""The sentences of a passage, or of its notes, that answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np

from index.arrays import BoolArray, FloatArray, Vectors
from rag.answering.confidence_features import match_quantities
from rag.query.answer_type import AnswerType, asks_for_source, contains_answer_type
from rag.ranking.features import Candidate, EncodedQuery
from rag.ranking.passages import LoadedPassage, SentenceKind
from rag.ranking.term_match import TermMatches, bm25_idf

_SOURCE_MARGIN = 1.5  # better than the best sentence that does not only cite
_MIN_COVERAGE_GAIN = 0.1  # of the question that a second sentence must say beyond the first

_ANSWER_TYPES: tuple[AnswerType, ...] = ("number", "time", "person", "place", "reason")

SENTENCE_FEATURES = (
    "similarity",
    "maxsim",
    "unique-similarity",
    "preceding-similarity",
    "term-coverage",
    "length",
    *_ANSWER_TYPES,
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


def sentence_features(candidate: Candidate, query: EncodedQuery) -> FloatArray:
    """The figures of each sentence of a passage, [sentences, figures].

    Args:
        candidate: The passage, held against the question.
        query: The question.
    """
    note_indicator, answer_type = not asks_for_source(query.text), query.answer_type
    features = np.zeros((len(candidate.loaded_passage.sentences), len(SENTENCE_FEATURES)))
    columns = {name: features[:, index] for index, name in enumerate(SENTENCE_FEATURES)}
    columns["similarity"][:] = candidate.sentence_similarity
    if candidate.token_similarity.size:
        columns["maxsim"][:] = candidate.token_similarity.mean(axis=1)
        columns["unique-similarity"][:] = unique_similarity(candidate.token_similarity)
        columns["preceding-similarity"][:] = preceding_similarity(
            candidate.token_similarity, [ref.note for ref in candidate.loaded_passage.sentence_refs]
        )
    columns["term-coverage"][:] = candidate.term_matches.coverage(
        passage_idf(candidate.term_matches)
    )
    has_quantity = match_quantities(query, candidate)
    columns["quantity"][:] = has_quantity & ~has_quantity.all()
    for index, sentence in enumerate(candidate.loaded_passage.sentences):
        columns["length"][index] = np.log(1 + len(sentence.text))
        if answer_type in _ANSWER_TYPES:
            columns[answer_type][index] = contains_answer_type(
                answer_type, sentence, candidate.loaded_passage.language, query.text
            )
        if sentence.kind != "text":
            columns[sentence.kind][index] = note_indicator
    return features


def unique_similarity(token_similarity: Vectors) -> FloatArray:
    """How much nearer each sentence comes to a question's tokens than every other, on average.

    Args:
        token_similarity: As in `Candidate`.
    """
    if len(token_similarity) == 1:
        return np.zeros(1)
    second, best = np.sort(token_similarity, axis=0)[-2:]
    others = np.where(token_similarity == best, second, best).clip(min=0.0)
    return np.asarray((token_similarity - others).clip(min=0.0).mean(axis=1), np.float64)


def preceding_similarity(token_similarity: Vectors, notes: Sequence[str | None]) -> FloatArray:
    """How much nearer the sentence before each comes to a question's tokens, on average.

    Before the first one of the text, and of each note, there is none.

    Args:
        token_similarity: As in `Candidate`.
        notes: The note that each sentence is in; None for the text.
    """
    gain = np.zeros(len(token_similarity))
    gain[1:] = (token_similarity[:-1] - token_similarity[1:]).clip(min=0.0).mean(axis=1)
    first_sentences = [index for index in range(1, len(notes)) if notes[index] != notes[index - 1]]
    gain[first_sentences] = 0.0
    return gain


def passage_idf(term_matches: TermMatches) -> FloatArray:
    """What each clue tells about which sentence of this one passage answers, [clues].

    What the whole passage is about stands in most of its sentences and tells nothing.
    """
    sentence_count = term_matches.degree.shape[1]
    sentence_frequency = (term_matches.degree > 0.3).sum(axis=1)
    return np.array([bm25_idf(sentence_count, int(count)) for count in sentence_frequency])


def select_evidence(
    scores: FloatArray,
    kinds: Sequence[SentenceKind],
    term_matches: TermMatches,
    margin: float,
    find_sources: Callable[[int], Collection[int]] | None = None,
) -> list[int]:
    """The sentences to mark, best first: at most two.

    A note that only cites answers little, by what its titles say, and is marked only where that is
    clearly more than any sentence says; unless a question asks for a source: then the source noted
    at the best sentence is the answer, and the sentence stands beside it.

    Args:
        scores: How well each sentence answers.
        kinds: Of each.
        term_matches: The question's clues against each.
        margin: How much worse a second sentence may be; it must also say more of the question.
        find_sources: Where a source is asked for: the sources noted at a sentence.
    """
    ranking = [int(index) for index in np.argsort(-scores, kind="stable")]
    non_sources = [index for index in ranking if kinds[index] != "source"]
    if not non_sources:
        return ranking[:1]
    best, *others = non_sources
    if find_sources is not None:
        sources = find_sources(best)
        for index in ranking:
            if index in sources:
                return [index, best]
            if index == ranking[0] and kinds[index] == "source":
                return [index]
    elif scores[ranking[0]] > scores[best] + _SOURCE_MARGIN:
        return ranking[:1]
    second = [
        index
        for index in others[:1]
        if scores[index] > scores[best] - margin
        and kinds[index] == kinds[best]
        and _coverage_gain(term_matches, best, index) >= _MIN_COVERAGE_GAIN
    ]
    return [best, *second]


def is_cross_reference(loaded_passage: LoadedPassage) -> BoolArray:
    """Whether each sentence says no more than what other note stands here (同註, *op. cit.*)."""
    article = loaded_passage.loader.load_article(
        loaded_passage.passage.publication_id, loaded_passage.passage.article_index
    )
    cross_reference_notes = {note.number for note in article.notes if note.resolves_to is not None}
    flags = [
        sentence.kind == "source" and sentence.ref.note in cross_reference_notes
        for sentence in loaded_passage.sentences
    ]
    return np.array(flags, dtype=np.bool_)


def find_note_sources(loaded_passage: LoadedPassage, sentence_index: int) -> list[int]:
    """The sources of the notes whose marks stand in a sentence, or of the note that it is in."""
    ref = loaded_passage.sentences[sentence_index].ref
    marked_notes = [
        mark.note
        for mark in loaded_passage.passage.marks
        if ref.span.start < mark.offset <= ref.span.end
    ]
    notes = marked_notes if ref.note is None else [ref.note]
    return [
        index
        for index, sentence in enumerate(loaded_passage.sentences)
        if sentence.kind == "source" and sentence.ref.note in notes
    ]


def _coverage_gain(term_matches: TermMatches, first: int, second: int) -> float:
    """The share of the question that a second sentence says better than the first, in [0, 1]."""
    gain = np.maximum(term_matches.degree[:, second] - term_matches.degree[:, first], 0.0)
    return float(term_matches.idf @ gain) / max(float(term_matches.idf.sum()), 1e-9)
