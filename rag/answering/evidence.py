"""Evidence: the sentences of a passage, or of its notes, that answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial

import numpy as np

from index.arrays import BoolArray, FloatArray, Vectors
from rag.answer.build import build_citation
from rag.answer.model import Citation, Evidence
from rag.query.answer_type import AnswerType, asks_for_source, contains_answer_type
from rag.query.encoding import EncodedQuery
from rag.query.follow_up import without_history
from rag.query.quantity import contains_quantity, parse_quantity
from rag.ranking.features import Candidate
from rag.ranking.parameters import EvidenceParameters
from rag.ranking.passages import LoadedPassage, PassageLoader, Sentence, SentenceKind
from rag.ranking.scoring import RankedCandidates
from rag.ranking.term_match import TermMatches, bm25_idf

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
"""The features that choose the sentences:

- similarity: of the query and the sentence;
- maxsim: the mean over the query's tokens of the highest similarity in the sentence;
- unique-similarity: how far these similarities exceed those of every other sentence, on average;
- preceding-similarity: how far those of the sentence before exceed them: it may refer to that (it,
  該國);
- term-coverage: the share of the query's terms in it, where terms that the passage repeats count
  less;
- length: the logarithm of its characters;
- number, time, person, place, reason: 1 if the question asks for one and it has one;
- quantity: 1 if the question asks for a quantity and it has one of that kind;
- explanation, source: 1 if it is in a note that explains or cites, unless the question asks for a
  source.
"""


def cite(
    ranked: RankedCandidates,
    index: int,
    question: str,
    passage_loader: PassageLoader,
    parameters: EvidenceParameters,
) -> Citation:
    """Return the citation of a candidate, with its evidence.

    Args:
        ranked: The candidates.
        index: The index of the candidate.
        question: The question.
        passage_loader: Reads sentences and articles.
        parameters: The weights of the sentences.
    """
    candidate, query = ranked.standalone.candidates[index], ranked.standalone.query
    loaded_passage = candidate.loaded_passage
    sentences = passage_loader.load_sentences(loaded_passage)
    scores = sentence_features(candidate, sentences, query, parameters) @ [
        parameters.sentence_weights[name] for name in SENTENCE_FEATURES
    ]
    if index in ranked.readings:
        scores += ranked.readings[index].sentence_bonus
    is_source_question = asks_for_source(question)
    if not is_source_question:
        is_cross_reference = [sentence.is_cross_reference for sentence in sentences]
        scores[np.array(is_cross_reference, dtype=np.bool_)] = -np.inf
    selected = select_evidence(
        scores,
        [sentence.kind for sentence in sentences],
        candidate.term_matches,
        parameters,
        partial(find_note_sources, loaded_passage, sentences) if is_source_question else None,
    )
    return build_citation(
        loaded_passage,
        passage_loader.load_article(*loaded_passage.article),
        passage_loader.load_summary(loaded_passage.passage.publication_id),
        [
            Evidence(sentences[i].ref.span, sentences[i].ref.note, float(scores[i]))
            for i in selected
        ],
        ranked.score_parts(index),
    )


def sentence_features(
    candidate: Candidate,
    sentences: Sequence[Sentence],
    query: EncodedQuery,
    parameters: EvidenceParameters,
) -> FloatArray:
    """Return the features of each sentence of a passage; [sentences, features].

    Args:
        candidate: The passage.
        sentences: Its sentences.
        query: The query.
        parameters: The degree from which a sentence counts as having a term.
    """
    note_indicator, answer_type = not asks_for_source(query.text), query.answer_type
    features = np.zeros((len(sentences), len(SENTENCE_FEATURES)))
    columns = {name: features[:, index] for index, name in enumerate(SENTENCE_FEATURES)}
    columns["similarity"][:] = candidate.sentence_similarity
    if candidate.token_similarity.size:
        columns["maxsim"][:] = candidate.token_similarity.mean(axis=1)
        columns["unique-similarity"][:] = unique_similarity(candidate.token_similarity)
        columns["preceding-similarity"][:] = preceding_similarity(
            candidate.token_similarity, [sentence.ref.note for sentence in sentences]
        )
    columns["term-coverage"][:] = candidate.term_matches.coverage(
        passage_idf(candidate.term_matches, parameters.min_match_degree)
    )
    has_quantity = match_quantities(query, candidate, sentences)
    columns["quantity"][:] = has_quantity & ~has_quantity.all()
    for index, sentence in enumerate(sentences):
        columns["length"][index] = np.log(1 + len(sentence.text))
        if answer_type in _ANSWER_TYPES:
            columns[answer_type][index] = contains_answer_type(
                answer_type, sentence, candidate.loaded_passage.language, query.text
            )
        if sentence.kind != "text":
            columns[sentence.kind][index] = note_indicator
    return features


def unique_similarity(token_similarity: Vectors) -> FloatArray:
    """Return how far each sentence's token similarities exceed those of all others; [sentences].

    Args:
        token_similarity: The highest similarity of each token by sentence; [sentences, tokens].
    """
    if len(token_similarity) == 1:
        return np.zeros(1)
    second, best = np.sort(token_similarity, axis=0)[-2:]
    others = np.where(token_similarity == best, second, best).clip(min=0.0)
    return np.asarray((token_similarity - others).clip(min=0.0).mean(axis=1), np.float64)


def preceding_similarity(token_similarity: Vectors, notes: Sequence[str | None]) -> FloatArray:
    """Return how far the token similarities of the sentence before exceed those of each sentence.

    The first sentence of the text, and of each note, has none before it: 0; [sentences].

    Args:
        token_similarity: The highest similarity of each token by sentence; [sentences, tokens].
        notes: The number of the note that each sentence is in; None for the text.
    """
    gain = np.zeros(len(token_similarity))
    gain[1:] = (token_similarity[:-1] - token_similarity[1:]).clip(min=0.0).mean(axis=1)
    first_sentences = [index for index in range(1, len(notes)) if notes[index] != notes[index - 1]]
    gain[first_sentences] = 0.0
    return gain


def passage_idf(term_matches: TermMatches, min_match_degree: float) -> FloatArray:
    """Return the idf of each term among the sentences of one passage; [terms].

    A term that most sentences have, because the passage is about it, does not distinguish them.

    Args:
        term_matches: The terms in the sentences of the passage.
        min_match_degree: The degree from which a sentence counts as having a term, in [0, 1].
    """
    sentence_count = term_matches.degree.shape[1]
    sentence_frequency = (term_matches.degree > min_match_degree).sum(axis=1)
    return np.array([bm25_idf(sentence_count, int(count)) for count in sentence_frequency])


def match_quantities(
    query: EncodedQuery, candidate: Candidate, sentences: Sequence[Sentence]
) -> BoolArray:
    """Return whether each sentence has the quantity asked for; all do if none is asked for.

    Args:
        query: The query.
        candidate: The passage.
        sentences: Its sentences.
    """
    language = candidate.loaded_passage.language
    terms = query.terms if language == query.language else query.translated_terms
    quantity = parse_quantity(without_history(query.text), terms, language)
    if quantity is None:
        return np.ones(len(sentences), dtype=np.bool_)
    return np.array(
        [contains_quantity(quantity, sentence.folded, language) for sentence in sentences]
    )


def select_evidence(
    scores: FloatArray,
    kinds: Sequence[SentenceKind],
    term_matches: TermMatches,
    parameters: EvidenceParameters,
    find_sources: Callable[[int], Collection[int]] | None = None,
) -> list[int]:
    """Return the indices of the sentences that answer, best first; at most two.

    If the question asks for a source, the source noted at the best sentence is the answer, followed
    by that sentence. Otherwise a note that only cites never comes first; it follows as support if
    it scores clearly above every other sentence.

    Args:
        scores: The score of each sentence.
        kinds: The kind of each.
        term_matches: The query's terms in each.
        parameters: The margins.
        find_sources: Returns the sources noted at a sentence, if the question asks for one.
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
    elif scores[ranking[0]] > scores[best] + parameters.source_margin:
        return [best, ranking[0]]
    second = [
        index
        for index in others[:1]
        if scores[index] > scores[best] - parameters.second_sentence_margin
        and kinds[index] == kinds[best]
        and _coverage_gain(term_matches, best, index) >= parameters.min_coverage_gain
    ]
    return [best, *second]


def find_note_sources(
    loaded_passage: LoadedPassage, sentences: Sequence[Sentence], index: int
) -> list[int]:
    """Return the indices of the sources noted at a sentence, or in the note that it is in.

    Args:
        loaded_passage: The passage.
        sentences: Its sentences.
        index: The index of the sentence.
    """
    ref = sentences[index].ref
    marked_notes = [
        mark.note
        for mark in loaded_passage.passage.marks
        if ref.span.start < mark.offset <= ref.span.end
    ]
    notes = marked_notes if ref.note is None else [ref.note]
    return [
        position
        for position, sentence in enumerate(sentences)
        if sentence.kind == "source" and sentence.ref.note in notes
    ]


def _coverage_gain(term_matches: TermMatches, first: int, second: int) -> float:
    """Return the share of the terms that a second sentence adds to the first, in [0, 1]."""
    gain = np.maximum(term_matches.degree[:, second] - term_matches.degree[:, first], 0.0)
    return float(term_matches.idf @ gain) / max(float(term_matches.idf.sum()), 1e-9)
