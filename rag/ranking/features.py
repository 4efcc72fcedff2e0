"""A question held against a library: what speaks for which passage, before it is weighed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from index.arrays import BoolArray, FloatArray, IntArray, Rows, Vectors
from index.encoders.language_bias import language_means
from index.encoders.protocol import Encoder
from index.storage.library import Library
from index.text.dictionary import load_dictionary
from index.text.scripts import Language, convert_to_simplified, detect_language
from rag.query.answer_type import AnswerType, answer_type, contains_answer_type
from rag.query.follow_up import without_history
from rag.query.glossary import Glossary, GlossaryMatch
from rag.query.terms import QueryTerm, query_terms
from rag.query.translation import add_synonyms, translated_terms
from rag.query.word_translation import IdfLookup, translate_word_by_word
from rag.ranking.candidates import retrieve_candidates
from rag.ranking.passages import LoadedPassage, PassageLoader
from rag.ranking.term_match import HashedTexts, TermMatches, bm25_idf, match_terms

FEATURES = (
    "vector",
    "sentence",
    "maxsim",
    "sentence-maxsim",
    "translated-maxsim",
    "term-coverage",
    "sentence-term-coverage",
    "heading",
    "answer-type",
)
"""The legs, as an answer that explains itself names them:

- vector: similarity of question and passage, above the mean of the candidates in the same language
  as this one;
- sentence: similarity of question and best sentence, above that mean;
- tokens: how near the tokens of the question come to their nearest ones in the passage or above it,
  on average, above what is usual in that language;
- sentence-tokens: the same of its best sentence;
- worded: as tokens, of a passage in the other language and the question in the words of that one
  (`rag.query.word_translation`);
- terms: the share of the question that the passage says;
- sentence-terms: the share that its best sentence says;
- heading: the share that the titles and headings above it say;
- expected: whether the sentence nearest to the question has the kind of answer that it asks for.
"""


MAXSIM = slice(FEATURES.index("maxsim"), FEATURES.index("sentence-maxsim") + 1)
"""The legs that compare token by token."""

TRANSLATED_MAXSIM = FEATURES.index("translated-maxsim")
"""The one that compares the question in the words of the other language."""

RERANK_FEATURES = slice(MAXSIM.start, TRANSLATED_MAXSIM + 1)
"""All that are only known of passages that are looked at closely."""


@dataclass(frozen=True, slots=True)
class FeatureMatrix:
    """What each leg gave the candidates.

    Attributes:
        values: A row for each candidate, a column for each of `LEGS`.
        cross_lingual: Whether the candidate is in the other language: then similarities are those of
            `index.encoders.language_bias`, and the shares are of bridged terms; [n].
    """

    values: FloatArray
    cross_lingual: BoolArray


_MAX_CACHED_TERMS = 20_000
_MAX_QUERY_TERMS = 64  # of a question; the rest of an overlong one is read by the encoder alone
_SIMILARITY_WEIGHT = 4.0
"""What similarity counts against the share of the question in telling the nearest sentence."""

BACKGROUND_SIMILARITY = {False: (0.84, 0.85), True: (0.42, 0.45)}
"""Similarities of a question with passages and best sentences that have little to do with it, in
its language and across. They matter only where there are hardly any candidates."""

BACKGROUND_MAXSIM = {False: (0.47, 0.38), True: (0.40, 0.32)}
"""What such a passage gets for the legs that compare token by token, in its language and across."""

BACKGROUND_TRANSLATED_MAXSIM = 0.44
"""What one gets for the leg that compares the question put into the words of its language."""

_OTHER_LANGUAGE: dict[Language, Language] = {"zh": "en", "en": "zh"}

_MAX_QUERY_TOKENS = 64  # of a question that are compared one by one, the last ones

RERANK_DEPTH = 16
"""Candidates that are compared token by token: those that a glance puts first."""

_FIRST_STAGE_WEIGHTS = np.array([25.0, 35.0, 0.0, 0.0, 0.0, 6.0, 4.0, 1.0, 0.3])
"""What the legs count in that glance."""


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    """A question, ready to be held against passages.

    Attributes:
        text: As asked.
        answer_type: The kind of answer that it asks for.
        language: What it is in.
        query_vector: Its vector as it is compared with texts of its language, [d].
        crosslingual_query_vector: As it is compared with texts of the other one, [d].
        query_tokens: Its tokens, as they are compared in either, [tokens, d].
        translated_query_tokens: As `tokens`, of the question in the words of the other language; none where the
            library holds no passage in that.
        terms: Its words.
        translated_terms: Its words as the other language says them.
        glossary_matches: What the library's glossary says of it.
    """

    text: str
    answer_type: AnswerType
    language: Language
    query_vector: Vectors
    crosslingual_query_vector: Vectors
    query_tokens: Vectors
    translated_query_tokens: Vectors
    terms: tuple[QueryTerm, ...]
    translated_terms: tuple[QueryTerm, ...]
    glossary_matches: tuple[GlossaryMatch, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage, and what speaks for each of its sentences.

    Attributes:
        loaded_passage: The passage.
        sentence_similarity: Of the question and each sentence.
        term_matches: The question's clues against each sentence.
        token_similarity: How near each of the question's tokens comes to the nearest one of each sentence,
            [sentences, tokens]; without tokens where it was not looked into closely.
        heading_token_similarity: The same of the titles and headings above it, [tokens].
        translated_token_similarity: As `nearness`, of the tokens of the question in the words of the other language;
            without tokens where the passage is in the question's.
        translated_heading_token_similarity: As `above`, of these.
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
    """All candidates of a question: `legs` in the order of `candidates`."""

    query: EncodedQuery
    candidates: tuple[Candidate, ...]
    features: FeatureMatrix


class FeatureExtractor:
    """Holds questions against one library. Thread-safe."""

    def __init__(self, library: Library, encoder: Encoder) -> None:
        self.passage_loader = PassageLoader(library)
        self._engine = library.engine
        self._encoder = encoder
        self._dictionary = load_dictionary()
        self._glossary = Glossary(stored_gloss.gloss for stored_gloss in library.glosses())
        self._language_means = language_means(encoder)
        self._idf = lru_cache(_MAX_CACHED_TERMS)(self._compute_idf)
        self._max_idf = bm25_idf(self._engine.size, 0)
        self._is_translatable: dict[Language, bool] = {
            language: library.has_language(_OTHER_LANGUAGE[language])
            and bool(self._language_means[language].token.any())
            for language in _OTHER_LANGUAGE
        }

    def encode_queries(self, questions: Sequence[str]) -> list[EncodedQuery]:
        """Questions, ready to be held against passages; encoded together."""
        glossary_matches = [self._glossary.find(item) for item in questions]
        translations = [
            self._translate(*item) for item in zip(questions, glossary_matches, strict=True)
        ]
        texts = [convert_to_simplified(item) for item in (*questions, *filter(None, translations))]
        embeddings = self._encoder.encode_queries(texts)
        translated_tokens = iter(embeddings.tokens[len(questions) :])
        return [
            self._build_encoded_query(
                question,
                matches,
                vector,
                tokens,
                next(translated_tokens) if translation else tokens[:0],
            )
            for question, matches, translation, vector, tokens in zip(
                questions,
                glossary_matches,
                translations,
                embeddings.vectors,
                embeddings.tokens,
                strict=False,
            )
        ]

    def _translate(self, question: str, glossary_matches: Sequence[GlossaryMatch]) -> str:
        """A question in the words of the other language; nothing where they are not compared."""
        language = detect_language(question)
        if not self._is_translatable[language]:
            return ""
        return translate_word_by_word(
            question,
            language,
            self._dictionary,
            glossary_matches,
            IdfLookup(self._idf, self._max_idf),
        )

    def _build_encoded_query(
        self,
        question: str,
        glossary_matches: tuple[GlossaryMatch, ...],
        vector: Vectors,
        tokens: Vectors,
        translated_tokens: Vectors,
    ) -> EncodedQuery:
        language = detect_language(question)
        language_mean, other_language_mean = (
            self._language_means[language],
            self._language_means[_OTHER_LANGUAGE[language]],
        )
        return EncodedQuery(
            question,
            answer_type(without_history(question)),
            language,
            vector,
            language_mean.debias_query(vector),
            language_mean.center_tokens(tokens[-_MAX_QUERY_TOKENS:]),
            other_language_mean.center_tokens(translated_tokens[-_MAX_QUERY_TOKENS:]),
            # What is asked stands last, after its context.
            add_synonyms(query_terms(question), glossary_matches, self._idf)[-_MAX_QUERY_TERMS:],
            translated_terms(question, language, self._dictionary, glossary_matches)[
                -_MAX_QUERY_TERMS:
            ],
            glossary_matches,
        )

    def extract(self, query: EncodedQuery, rows: Rows | None = None) -> CandidateFeatures:
        """What speaks for which passage, among these rows or, with None, all of them."""
        return self.extract_for(
            query, self.passage_loader.load(self.retrieve_candidates(query, rows))
        )

    def retrieve_candidates(self, query: EncodedQuery, rows: Rows | None = None) -> list[int]:
        """The rows of the passages that may answer, among these or, with None, all."""
        return retrieve_candidates(
            self._engine,
            (query.query_vector, query.crosslingual_query_vector),
            (query.terms, query.translated_terms),
            self._idf,
            rows,
        )

    def extract_for(
        self, query: EncodedQuery, loaded_passages: Sequence[LoadedPassage]
    ) -> CandidateFeatures:
        """What speaks for each of these passages."""
        cross_lingual = np.array(
            [loaded_passage.language != query.language for loaded_passage in loaded_passages],
            dtype=bool,
        )
        candidates: dict[int, Candidate] = {}
        features = np.zeros((len(loaded_passages), len(FEATURES)))
        for is_cross_lingual, query_vector, terms in (
            (False, query.query_vector, query.terms),
            (True, query.crosslingual_query_vector, query.translated_terms),
        ):
            indices = np.flatnonzero(cross_lingual == is_cross_lingual).tolist()
            if indices:
                group_candidates, group_features = self._first_stage_features(
                    query, query_vector, terms, [loaded_passages[index] for index in indices]
                )
                candidates.update(zip(indices, group_candidates, strict=True))
                features[indices] = group_features
        features = _subtract_language_means(features, cross_lingual)
        if query.query_tokens.size:
            self._add_maxsim_features(query, loaded_passages, candidates, features, cross_lingual)
        ordered = tuple(candidates[index] for index in range(len(loaded_passages)))
        return CandidateFeatures(query, ordered, FeatureMatrix(features, cross_lingual))

    def _add_maxsim_features(
        self,
        query: EncodedQuery,
        loaded_passages: Sequence[LoadedPassage],
        candidates: dict[int, Candidate],
        features: FloatArray,
        cross_lingual: BoolArray,
    ) -> None:
        """Compares the first passages token by token; the others get the least that was seen."""
        reranked = np.sort(
            np.argsort(-(features @ _FIRST_STAGE_WEIGHTS), kind="stable")[:RERANK_DEPTH]
        )
        translated_tokens = (
            query.translated_query_tokens
            if cross_lingual[reranked].any()
            else query.translated_query_tokens[:0]
        )
        all_tokens, query_token_count = (
            np.concatenate([query.query_tokens, translated_tokens]),
            len(query.query_tokens),
        )
        similarities = self._engine.max_similarities(
            all_tokens, [loaded_passages[index].row for index in reranked]
        )
        for index, similarity in zip(reranked.tolist(), similarities, strict=True):
            heading_token_similarity, token_similarity = (
                similarity[0, :query_token_count],
                similarity[1:, :query_token_count],
            )
            candidates[index] = replace(
                candidates[index],
                token_similarity=token_similarity,
                heading_token_similarity=heading_token_similarity,
            )
            background = BACKGROUND_MAXSIM[bool(cross_lingual[index])]
            features[index, MAXSIM] = np.subtract(
                maxsim_features(token_similarity, heading_token_similarity), background
            )
            if cross_lingual[index] and len(translated_tokens):
                heading_token_similarity, token_similarity = (
                    similarity[0, query_token_count:],
                    similarity[1:, query_token_count:],
                )
                candidates[index] = replace(
                    candidates[index],
                    translated_token_similarity=token_similarity,
                    translated_heading_token_similarity=heading_token_similarity,
                )
                features[index, TRANSLATED_MAXSIM] = (
                    maxsim_features(token_similarity, heading_token_similarity)[0]
                    - BACKGROUND_TRANSLATED_MAXSIM
                )
        for is_cross_lingual in (False, True):
            scored = reranked[cross_lingual[reranked] == is_cross_lingual]
            unscored = np.setdiff1d(np.flatnonzero(cross_lingual == is_cross_lingual), reranked)
            if len(scored) and len(unscored):
                features[unscored, RERANK_FEATURES] = features[scored, RERANK_FEATURES].min(axis=0)

    def _first_stage_features(
        self,
        query: EncodedQuery,
        query_vector: Vectors,
        terms: Sequence[QueryTerm],
        loaded_passages: Sequence[LoadedPassage],
    ) -> tuple[list[Candidate], FloatArray]:
        """Passages of one language: each held against the question, and the legs, [n, legs]."""
        rows = np.array([loaded_passage.row for loaded_passage in loaded_passages], dtype=np.int64)
        passage_similarity = self._engine.passage_similarities(query_vector, rows)
        sentence_similarities = self._engine.sentence_similarities(query_vector, rows.tolist())
        passage_terms = [loaded_passage.terms for loaded_passage in loaded_passages]
        sentences = HashedTexts(
            np.concatenate([text_terms.sentences for text_terms in passage_terms]),
            np.concatenate([text_terms.sizes[1:] for text_terms in passage_terms]),
        )
        headings = HashedTexts(
            np.concatenate([text_terms.heading for text_terms in passage_terms]),
            np.array([text_terms.sizes[0] for text_terms in passage_terms]),
        )
        matches = match_terms(terms, sentences, self._idf, self._max_idf)
        heading_coverage = match_terms(terms, headings, self._idf, self._max_idf).coverage()
        sentence_counts = np.array([len(text_terms.sizes) - 1 for text_terms in passage_terms])
        starts: IntArray = np.cumsum(sentence_counts) - sentence_counts
        sentence_coverage = matches.coverage()
        passage_coverage = matches.by_passage(starts).coverage()
        candidates, features = [], []
        for index, (loaded_passage, start, size) in enumerate(
            zip(loaded_passages, starts, sentence_counts, strict=True)
        ):
            sentence_slice = slice(int(start), int(start + size))
            sentence_similarity = sentence_similarities[index].astype(np.float64)
            passage_matches = TermMatches(matches.degree[:, sentence_slice], matches.idf)
            candidates.append(
                Candidate(
                    loaded_passage,
                    sentence_similarity,
                    passage_matches,
                    *_empty_token_similarities(int(size)),
                )
            )
            nearest_sentence = int(
                np.argmax(
                    _SIMILARITY_WEIGHT * sentence_similarity + sentence_coverage[sentence_slice]
                )
            )
            has_answer_type = query.answer_type != "other" and contains_answer_type(
                query.answer_type,
                loaded_passage.load_sentence(nearest_sentence),
                loaded_passage.language,
                query.text,
            )
            coverages = (
                passage_coverage[index],
                sentence_coverage[sentence_slice].max(),
                heading_coverage[index],
            )
            features.append(
                (
                    passage_similarity[index],
                    sentence_similarity.max(),
                    0.0,
                    0.0,
                    0.0,
                    *coverages,
                    has_answer_type,
                )
            )
        return candidates, np.array(features, dtype=np.float64)

    def _compute_idf(self, term: str) -> float:
        return bm25_idf(self._engine.size, self._engine.document_frequency(term))


def maxsim_features(
    token_similarity: Vectors, heading_token_similarity: Vectors
) -> tuple[float, float]:
    """The legs that compare token by token, of a passage and of its best sentence.

    What the titles and headings above it say is taken as said in every sentence: else the passages
    that repeat what their article is about come before those that answer.

    Args:
        token_similarity: As in `Candidate`.
        heading_token_similarity: As in `Candidate`.
    """
    if not token_similarity.size:
        return 0.0, 0.0
    combined = np.maximum(token_similarity, heading_token_similarity)
    return float(combined.max(axis=0).mean()), float(combined.mean(axis=1).max())


def subtract_language_mean(values: FloatArray, pseudo_rival: float) -> FloatArray:
    """Similarities [n] above their mean.

    Similarities between languages, and those of long and of short texts, have different levels; how
    far a passage stands out from its rivals can be compared. `usual` counts as one more rival, so
    that a passage without any can stand out too.
    """
    return np.asarray(values - (values.sum() + pseudo_rival) / (len(values) + 1))


def _empty_token_similarities(sentence_count: int) -> tuple[Vectors, Vectors, Vectors, Vectors]:
    token_similarity, heading_token_similarity = (
        np.zeros((sentence_count, 0), np.float32),
        np.zeros(0, np.float32),
    )
    return token_similarity, heading_token_similarity, token_similarity, heading_token_similarity


def _subtract_language_means(features: FloatArray, cross_lingual: BoolArray) -> FloatArray:
    """Legs of which those that compare whole vectors are above the mean of their language."""
    centred = features.copy()
    for is_cross_lingual, background in BACKGROUND_SIMILARITY.items():
        mask = cross_lingual == is_cross_lingual
        for column, pseudo_rival in enumerate(background):
            centred[mask, column] = subtract_language_mean(features[mask, column], pseudo_rival)
    return centred
