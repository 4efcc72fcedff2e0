"""Ranking features: what is computed of each candidate passage before it is scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from index.arrays import BoolArray, FloatArray, IntArray, Vectors
from index.storage.engine import Engine
from rag.query.answer_type import asks_for_source, contains_answer_type
from rag.query.encoding import EncodedQuery
from rag.query.follow_up import without_history
from rag.query.terms import QueryTerm
from rag.ranking.linear_weights import PerLanguage
from rag.ranking.parameters import Parameters
from rag.ranking.passages import LoadedPassage, PassageLoader, Sentence
from rag.ranking.term_match import HashedTexts, TermIdf, TermMatches, match_terms


class Feature(StrEnum):
    """The ranking features, by the names of the parts of a score.

    Attributes:
        VECTOR: The similarity of query and passage vectors, above the mean of the candidates in the
            same language.
        SENTENCE: The similarity of the best sentence, above that mean.
        MAXSIM: The mean over the query's tokens of the highest similarity in the passage or the
            headings above it (MaxSim; Khattab and Zaharia, "ColBERT", 2020), above that of an
            irrelevant passage.
        SENTENCE_MAXSIM: The same for the best sentence.
        TRANSLATED_MAXSIM: MAXSIM of the query's word-by-word translation; of passages in the other
            language only.
        TERM_COVERAGE: The idf-weighted share of the query's terms in the passage.
        SENTENCE_TERM_COVERAGE: The share in the best sentence.
        HEADING: The share in the titles and headings above the passage.
        ANSWER_TYPE: Whether the nearest sentence has the kind of answer asked for (a number, …).
    """

    VECTOR = "vector"
    SENTENCE = "sentence"
    MAXSIM = "maxsim"
    SENTENCE_MAXSIM = "sentence-maxsim"
    TRANSLATED_MAXSIM = "translated-maxsim"
    TERM_COVERAGE = "term-coverage"
    SENTENCE_TERM_COVERAGE = "sentence-term-coverage"
    HEADING = "heading"
    ANSWER_TYPE = "answer-type"


_COLUMNS = {feature: column for column, feature in enumerate(Feature)}
_VECTOR_FEATURES = (Feature.VECTOR, Feature.SENTENCE)
_MAXSIM_FEATURES = (Feature.MAXSIM, Feature.SENTENCE_MAXSIM, Feature.TRANSLATED_MAXSIM)


@dataclass(frozen=True, slots=True)
class FeatureMatrix:
    """The features of the candidates of a query.

    Attributes:
        values: The features, a column for each `Feature`; [candidates, features].
        cross_lingual: Whether each candidate is in the other language; [candidates].
    """

    values: FloatArray
    cross_lingual: BoolArray

    @classmethod
    def zeros(cls, cross_lingual: BoolArray) -> FeatureMatrix:
        """Return a matrix of zeros.

        Args:
            cross_lingual: Whether each candidate is in the other language; [candidates].
        """
        return cls(np.zeros((len(cross_lingual), len(Feature))), cross_lingual)

    def __getitem__(self, feature: Feature) -> FloatArray:
        """The values of a feature, [candidates]; a view, so that assigning to it sets them."""
        return self.values[:, _COLUMNS[feature]]

    def select(self, mask: BoolArray) -> FeatureMatrix:
        """Return the matrix of some of the candidates.

        Args:
            mask: Whether each candidate is kept; [candidates].
        """
        return FeatureMatrix(self.values[mask], self.cross_lingual[mask])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage compared with a query, sentence by sentence.

    Attributes:
        loaded_passage: The passage.
        sentence_similarity: The similarity of query and sentence; [sentences].
        term_matches: The query's terms in each sentence.
        token_similarity: The highest similarity of each query token in each sentence;
            [sentences, tokens], without tokens if the candidate was not compared token by token.
        heading_token_similarity: The same in the titles and headings above the passage; [tokens].
        translated_token_similarity: As `token_similarity` for the translated query; without tokens
            if the passage is in the query's language.
        translated_heading_token_similarity: The same as `heading_token_similarity` for it.
    """

    loaded_passage: LoadedPassage
    sentence_similarity: FloatArray
    term_matches: TermMatches
    token_similarity: Vectors
    heading_token_similarity: Vectors
    translated_token_similarity: Vectors
    translated_heading_token_similarity: Vectors


@dataclass(frozen=True, slots=True)
class CandidateFeatures:
    """A query with its candidates and their features, in the same order.

    Attributes:
        query: The query.
        candidates: The candidates.
        features: Their features.
    """

    query: EncodedQuery
    candidates: tuple[Candidate, ...]
    features: FeatureMatrix


class FeatureExtractor:
    """Computes the features of passages of one library. Thread-safe.

    Args:
        engine: The library's search engine.
        passage_loader: Reads sentences.
        idf: The idf of terms in the library.
        parameters: The constants of the features and the weights of the first stage.
    """

    def __init__(
        self, engine: Engine, passage_loader: PassageLoader, idf: TermIdf, parameters: Parameters
    ) -> None:
        self._engine = engine
        self._passage_loader = passage_loader
        self._idf = idf
        self._constants = parameters.features
        self._rerank_depth = parameters.candidates.rerank_depth
        weights = parameters.ranking.first_stage.by_feature
        self._first_stage_weights = np.array([weights[feature] for feature in Feature])

    def extract(
        self, query: EncodedQuery, loaded_passages: Sequence[LoadedPassage]
    ) -> CandidateFeatures:
        """Return passages with their features.

        Args:
            query: The query.
            loaded_passages: The candidates.
        """
        languages = [loaded_passage.language for loaded_passage in loaded_passages]
        features = FeatureMatrix.zeros(
            np.array([language != query.language for language in languages], dtype=np.bool_)
        )
        candidates: dict[int, Candidate] = {}
        for is_cross_lingual in (False, True):
            indices = np.flatnonzero(features.cross_lingual == is_cross_lingual)
            if len(indices):
                group = [loaded_passages[index] for index in indices.tolist()]
                group_candidates = self._compare_group(
                    query, group, features, indices, is_cross_lingual=is_cross_lingual
                )
                candidates.update(zip(indices.tolist(), group_candidates, strict=True))
        _center_vector_features(features, self._constants.background)
        ordered = [candidates[index] for index in range(len(loaded_passages))]
        scores = features.values @ self._first_stage_weights
        reranked = np.sort(np.argsort(-scores, kind="stable")[: self._rerank_depth])
        if query.query_tokens.size:
            self._add_maxsim_features(query, ordered, features, reranked)
        for index, sentences in zip(
            reranked.tolist(),
            self._passage_loader.load_all_sentences([loaded_passages[index] for index in reranked]),
            strict=True,
        ):
            answering = find_answering_sentences(query, sentences)
            values = features.values[index]
            _, without_citations = ablate(ordered[index], values, answering)
            values += (1 - self._constants.citation_weight) * (without_citations - values)
        if query.query_tokens.size:
            _fill_maxsim_features(features, reranked)
        return CandidateFeatures(query, tuple(ordered), features)

    def _compare_group(
        self,
        query: EncodedQuery,
        group: Sequence[LoadedPassage],
        features: FeatureMatrix,
        indices: IntArray,
        *,
        is_cross_lingual: bool,
    ) -> list[Candidate]:
        """Compare the passages of one language, and set the features of the first stage."""
        query_vector = query.crosslingual_query_vector if is_cross_lingual else query.query_vector
        terms = query.translated_terms if is_cross_lingual else query.terms
        rows = np.array([loaded_passage.row for loaded_passage in group], dtype=np.int64)
        features[Feature.VECTOR][indices] = self._engine.passage_similarities(query_vector, rows)
        similarities = self._engine.sentence_similarities(query_vector, rows.tolist())
        sentence_counts = np.array([len(passage.terms.sizes) - 1 for passage in group])
        starts: IntArray = np.cumsum(sentence_counts) - sentence_counts
        matches, heading_coverage = self._match_terms(terms, group)
        sentence_coverage = matches.coverage()
        if query.answer_type != "other":
            self._passage_loader.load_all_sentences(group)  # at once, not one by one below
        features[Feature.TERM_COVERAGE][indices] = matches.by_passage(starts).coverage()
        features[Feature.HEADING][indices] = heading_coverage
        candidates = []
        for index, loaded_passage, similarity, start, count in zip(
            indices.tolist(),
            group,
            similarities,
            starts.tolist(),
            sentence_counts.tolist(),
            strict=True,
        ):
            candidate = Candidate(
                loaded_passage,
                similarity.astype(np.float64),
                TermMatches(matches.degree[:, start : start + count], matches.idf),
                *_no_token_similarities(count),
                *_no_token_similarities(count),
            )
            coverage = sentence_coverage[start : start + count]
            features[Feature.SENTENCE][index] = candidate.sentence_similarity.max()
            features[Feature.SENTENCE_TERM_COVERAGE][index] = coverage.max()
            features[Feature.ANSWER_TYPE][index] = self._has_answer_type(query, candidate, coverage)
            candidates.append(candidate)
        return candidates

    def _match_terms(
        self, terms: Sequence[QueryTerm], group: Sequence[LoadedPassage]
    ) -> tuple[TermMatches, FloatArray]:
        """Return the matches of terms in all sentences, and their coverage by headings."""
        passage_terms = [loaded_passage.terms for loaded_passage in group]
        sentences = HashedTexts(
            np.concatenate([text_terms.sentences for text_terms in passage_terms]),
            np.concatenate([text_terms.sizes[1:] for text_terms in passage_terms]),
        )
        headings = HashedTexts(
            np.concatenate([text_terms.heading for text_terms in passage_terms]),
            np.array([text_terms.sizes[0] for text_terms in passage_terms]),
        )
        unseen_idf = self._idf.highest * self._constants.unseen_term_idf
        matches = match_terms(terms, sentences, self._idf, unseen_idf)
        return matches, match_terms(terms, headings, self._idf, unseen_idf).coverage()

    def _has_answer_type(
        self, query: EncodedQuery, candidate: Candidate, sentence_coverage: FloatArray
    ) -> bool:
        """Return whether the nearest sentence has the kind of answer asked for."""
        if query.answer_type == "other":
            return False
        sentences = self._passage_loader.load_sentences(candidate.loaded_passage)
        similarity = self._constants.nearest_sentence_similarity * candidate.sentence_similarity
        answering = find_answering_sentences(query, sentences)
        nearest = int(np.argmax(np.where(answering, similarity + sentence_coverage, -np.inf)))
        return contains_answer_type(
            query.answer_type,
            sentences[nearest],
            candidate.loaded_passage.language,
            query.text,
        )

    def _add_maxsim_features(
        self,
        query: EncodedQuery,
        candidates: list[Candidate],
        features: FeatureMatrix,
        reranked: IntArray,
    ) -> None:
        """Compare the best candidates token by token."""
        has_cross_lingual = features.cross_lingual[reranked].any()
        translated_tokens = query.translated_query_tokens[: None if has_cross_lingual else 0]
        similarities = self._engine.max_similarities(
            np.concatenate([query.query_tokens, translated_tokens]),
            [candidates[index].loaded_passage.row for index in reranked],
        )
        count = len(query.query_tokens)
        for index, similarity in zip(reranked.tolist(), similarities, strict=True):
            is_cross_lingual = bool(features.cross_lingual[index])
            background = self._constants.background.select(is_cross_lingual=is_cross_lingual)
            candidate = replace(
                candidates[index],
                token_similarity=similarity[1:, :count],
                heading_token_similarity=similarity[0, :count],
            )
            if is_cross_lingual and len(translated_tokens):
                candidate = replace(
                    candidate,
                    translated_token_similarity=similarity[1:, count:],
                    translated_heading_token_similarity=similarity[0, count:],
                )
            for feature, value in _maxsim_features(candidate).items():
                features[feature][index] = value - background[feature]
            candidates[index] = candidate


def find_answering_sentences(query: EncodedQuery, sentences: Sequence[Sentence]) -> BoolArray:
    """Return which sentences of a passage may answer; [sentences].

    What a note merely cites, the headline of a news item for instance, answers nothing unless a
    source is asked for, however similar it is to the question.

    Args:
        query: The query.
        sentences: The sentences of the passage and of its notes.
    """
    is_source = np.array([sentence.kind == "source" for sentence in sentences], dtype=np.bool_)
    if is_source.all() or asks_for_source(without_history(query.text)):
        return np.ones(len(sentences), dtype=np.bool_)
    return ~is_source


def ablate(
    candidate: Candidate, values: FloatArray, kept_sentences: BoolArray
) -> tuple[Candidate, FloatArray]:
    """Return a candidate without some of its sentences, and the features that it would have.

    It is the same if all are kept.

    The passage's own vector and the kind of answer of the nearest sentence stay as they are.

    Args:
        candidate: The candidate.
        values: Its features; [features].
        kept_sentences: Whether each sentence is kept, at least one; [sentences].
    """
    if kept_sentences.all():
        return candidate, values
    ablated = replace(
        candidate,
        sentence_similarity=candidate.sentence_similarity[kept_sentences],
        term_matches=replace(
            candidate.term_matches, degree=candidate.term_matches.degree[:, kept_sentences]
        ),
        token_similarity=candidate.token_similarity[kept_sentences],
        translated_token_similarity=candidate.translated_token_similarity[kept_sentences],
    )
    ablated_values = values.copy()
    ablated_values[_COLUMNS[Feature.SENTENCE]] -= (
        candidate.sentence_similarity.max() - ablated.sentence_similarity.max()
    )
    before, after = _maxsim_features(candidate), _maxsim_features(ablated)
    for feature in after:
        ablated_values[_COLUMNS[feature]] -= before[feature] - after[feature]
    start = np.zeros(1, dtype=np.int64)
    matches = ablated.term_matches
    ablated_values[_COLUMNS[Feature.TERM_COVERAGE]] = matches.by_passage(start).coverage()[0]
    ablated_values[_COLUMNS[Feature.SENTENCE_TERM_COVERAGE]] = matches.coverage().max()
    return ablated, ablated_values


def compute_maxsim(
    token_similarity: Vectors, heading_token_similarity: Vectors
) -> tuple[float, float]:
    """Return the MaxSim of a passage and of its best sentence; zeros without tokens.

    The headings count as part of every sentence: otherwise passages that repeat what their article
    is about rank above those that answer.

    Args:
        token_similarity: The highest similarity of each token by sentence; [sentences, tokens].
        heading_token_similarity: The same in the headings; [tokens].
    """
    if not token_similarity.size:
        return 0.0, 0.0
    combined = np.maximum(token_similarity, heading_token_similarity)
    return float(combined.max(axis=0).mean()), float(combined.mean(axis=1).max())


def subtract_mean(similarity: FloatArray, background: float) -> FloatArray:
    """Return similarities less their mean, in which the background counts as one more.

    Similarities within and across languages, and of long and of short texts, have different levels;
    how far a passage is above its rivals can be compared.

    Args:
        similarity: The similarities of passages in one language; [n].
        background: The similarity of an irrelevant one, so that a lone passage can be above it.
    """
    return np.asarray(similarity - (similarity.sum() + background) / (len(similarity) + 1))


def _maxsim_features(candidate: Candidate) -> dict[Feature, float]:
    """Return the MaxSim features of a candidate that was compared token by token."""
    values = compute_maxsim(candidate.token_similarity, candidate.heading_token_similarity)
    features = dict(zip(_MAXSIM_FEATURES, values, strict=False))
    if candidate.translated_token_similarity.size:
        features[Feature.TRANSLATED_MAXSIM], _ = compute_maxsim(
            candidate.translated_token_similarity, candidate.translated_heading_token_similarity
        )
    return features


def _no_token_similarities(sentence_count: int) -> tuple[Vectors, Vectors]:
    return np.zeros((sentence_count, 0), np.float32), np.zeros(0, np.float32)


def _fill_maxsim_features(features: FeatureMatrix, reranked: IntArray) -> None:
    """Give candidates that were not compared token by token the lowest MaxSim of the others."""
    for is_cross_lingual in (False, True):
        in_language = features.cross_lingual == is_cross_lingual
        compared = reranked[in_language[reranked]]
        others = np.setdiff1d(np.flatnonzero(in_language), reranked)
        if len(compared) and len(others):
            for feature in _MAXSIM_FEATURES:
                features[feature][others] = features[feature][compared].min()


def _center_vector_features(
    features: FeatureMatrix, background: PerLanguage[dict[str, float]]
) -> None:
    """Subtract from the vector features the mean of each language."""
    for is_cross_lingual in (False, True):
        mask = features.cross_lingual == is_cross_lingual
        values = background.select(is_cross_lingual=is_cross_lingual)
        for feature in _VECTOR_FEATURES:
            features[feature][mask] = subtract_mean(features[feature][mask], values[feature])
