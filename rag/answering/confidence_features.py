"""What speaks for and against the first passage's being an answer, before it is weighed."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from index.arrays import BoolArray, FloatArray, Vectors
from index.storage.passage_terms import hash_terms
from index.text.terms import analyze
from rag.answering.confidence import TYPICAL_MAXSIM, ConfidenceFeatures
from rag.query.follow_up import without_history
from rag.query.quantity import contains_quantity, parse_quantity
from rag.ranking.features import FEATURES, Candidate, CandidateFeatures, EncodedQuery
from rag.ranking.passages import LoadedPassage

_ARTICLE_NUMBER = re.compile(r"第\d+[条章]")


def compute_confidence_features(
    candidate_features: CandidateFeatures, scores: FloatArray, ranking: Sequence[int]
) -> ConfidenceFeatures:
    """The signs of the first passage of a ranking.

    Args:
        candidate_features: Of the question.
        scores: Of its candidates, in their order.
        ranking: The candidates, best first; at least one.
    """
    first, *rest = ranking
    candidate = candidate_features.candidates[first]
    has_quantity = match_quantities(candidate_features.query, candidate)
    cross_lingual = bool(candidate_features.features.cross_lingual[first])
    maxsim_mean, maxsim_low = summarize_maxsim(
        candidate.token_similarity,
        candidate.heading_token_similarity,
        is_cross_lingual=cross_lingual,
    )
    return ConfidenceFeatures(
        score=float(scores[first]),
        # What is asked before may have put it before one that is better alone.
        margin=max(0.0, float(scores[first] - scores[rest[0]])) if rest else float(scores[first]),
        sentence_similarity=float(candidate.sentence_similarity.max()),
        maxsim_mean=maxsim_mean,
        maxsim_low=maxsim_low,
        term_coverage=float(
            candidate_features.features.values[first, FEATURES.index("term-coverage")]
        ),
        lacks_quantity=not has_quantity.any(),
        lacks_article_number=lacks_article_number(
            candidate_features.query, candidate.loaded_passage
        ),
        cross_lingual=cross_lingual,
    )


def summarize_maxsim(
    token_similarity: Vectors, heading_token_similarity: Vectors, *, is_cross_lingual: bool
) -> tuple[float, float]:
    """How near a question's tokens come to a passage's: on average, and the least near third.

    Args:
        token_similarity: As `Candidate.nearness` has it.
        heading_token_similarity: As `Candidate.above`.
        is_cross_lingual: Whether the passage is in the other language.
    """
    if not token_similarity.size:
        return TYPICAL_MAXSIM[is_cross_lingual]
    best_similarities = np.sort(np.maximum(token_similarity.max(axis=0), heading_token_similarity))
    return float(best_similarities.mean()), float(
        best_similarities[: max(1, len(best_similarities) // 3)].mean()
    )


def match_quantities(query: EncodedQuery, candidate: Candidate) -> BoolArray:
    """Whether each sentence gives the quantity asked for; all do where none is asked for."""
    language = candidate.loaded_passage.language
    terms = query.terms if language == query.language else query.translated_terms
    wanted = parse_quantity(without_history(query.text), terms, language)
    if wanted is None:
        return np.ones(len(candidate.sentence_similarity), dtype=np.bool_)
    return np.array(
        [
            contains_quantity(wanted, sentence.folded, language)
            for sentence in candidate.loaded_passage.sentences
        ]
    )


def lacks_article_number(query: EncodedQuery, loaded_passage: LoadedPassage) -> bool:
    """Whether a passage says none of the articles or chapters that a question numbers (第五條)."""
    article_numbers = [
        term for term in analyze(without_history(query.text)) if _ARTICLE_NUMBER.fullmatch(term)
    ]
    return (
        bool(article_numbers)
        and not np.isin(hash_terms(article_numbers), loaded_passage.terms.term_ids).any()
    )
