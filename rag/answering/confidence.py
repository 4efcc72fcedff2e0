"""The confidence that the first citation answers.

It is a logistic regression (Platt, "Probabilistic Outputs for Support Vector Machines", 1999) over
features that are comparable between libraries of any size and between languages: the first
passage's score and its margin over the second, its similarities, its share of the query's terms,
and whether it has the quantity, article or chapter asked for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from index.arrays import FloatArray, Vectors
from index.storage.passage_terms import hash_terms
from index.text.terms import analyze
from rag.answer.model import ScoreComponent
from rag.answering.evidence import match_quantities
from rag.query.encoding import EncodedQuery
from rag.query.follow_up import without_history
from rag.ranking.features import (
    CandidateFeatures,
    Feature,
    ablate,
    find_answering_sentences,
)
from rag.ranking.parameters import ConfidenceParameters, MaxsimSummary
from rag.ranking.passages import LoadedPassage, PassageLoader, Sentence
from rag.ranking.scoring import RankedCandidates

_ARTICLE_NUMBER = re.compile(r"第\d+[条章]")
_FIRST_SENTENCE = np.zeros(1, dtype=np.int64)
_MAX_LOG_ODDS = 30.0  # beyond, exp overflows and the probability is 0 or 1 anyway

_PART_OF_COEFFICIENT = {
    "score": "score",
    "margin": "margin",
    "sentence_similarity": "sentence-similarity",
    "maxsim_mean": "maxsim",
    "maxsim_low": "maxsim",
    "term_coverage": "term-coverage",
    "no_term_overlap": "term-coverage",
    "lacks_requested_item": "quantity",
    "lacks_requested_item_cross_lingual": "quantity",
    "cross_lingual": "cross-lingual",
    "reading": "reader",
    "bias": "bias",
}
"""The part of the log-odds that each coefficient of `Calibration` belongs to, in their order."""

CONFIDENCE_PART_NAMES = tuple(dict.fromkeys(_PART_OF_COEFFICIENT.values()))
"""The parts of the log-odds, by the names that an explanation gives them."""


@dataclass(frozen=True, slots=True)
class ConfidenceFeatures:
    """The features of the first passage of a ranking.

    Attributes:
        score: Its score.
        margin: Its score less that of the next passage, at least 0; its score if there is none.
        sentence_similarity: The similarity of the query and its best sentence.
        maxsim_mean: The mean of the highest similarity of each query token in it or its headings.
        maxsim_low: The mean of the lowest third of these.
        term_coverage: The share of the query's terms in it.
        lacks_quantity: Whether it lacks the quantity that the question asks for.
        lacks_article_number: Whether it lacks the numbered article or chapter asked for.
        cross_lingual: Whether it is in the other language.
        reading: The reader's log-odds that it answers; 0 if it was not read.
    """

    score: float
    margin: float
    sentence_similarity: float
    maxsim_mean: float
    maxsim_low: float
    term_coverage: float
    lacks_quantity: bool
    lacks_article_number: bool
    cross_lingual: bool
    reading: float = 0.0


def assess_ranking(
    ranked: RankedCandidates, passage_loader: PassageLoader, parameters: ConfidenceParameters
) -> tuple[ScoreComponent, ...]:
    """Return the log-odds that the first passage of a ranking answers, part by part.

    A request for more has the highest confidence of the questions that it follows. The history's
    part of a score is left out: that a passage is about the topic does not mean that it answers.

    Args:
        ranked: The ranked candidates.
        passage_loader: Reads sentences.
        parameters: The calibration.
    """
    rankings = ranked.earlier or (ranked,)
    return max(
        (_assess_features(ranking, passage_loader, parameters) for ranking in rankings),
        key=compute_confidence,
    )


def compute_confidence_features(
    candidate_features: CandidateFeatures,
    scores: FloatArray,
    ranking: Sequence[int],
    sentences: Sequence[Sentence],
    parameters: ConfidenceParameters,
) -> ConfidenceFeatures:
    """Return the features of the first passage of a ranking.

    Args:
        candidate_features: The candidates.
        scores: Their scores; [candidates].
        ranking: Their indices, best first; at least one.
        sentences: The sentences of the first.
        parameters: The typical similarities.
    """
    first, *rest = ranking
    query = candidate_features.query
    answering = find_answering_sentences(query, sentences)
    candidate, _ = ablate(
        candidate_features.candidates[first], candidate_features.features.values[first], answering
    )
    cross_lingual = bool(candidate_features.features.cross_lingual[first])
    maxsim = summarize_maxsim(
        candidate.token_similarity,
        candidate.heading_token_similarity,
        parameters.typical_maxsim.select(is_cross_lingual=cross_lingual),
    )
    return ConfidenceFeatures(
        score=float(scores[first]),
        # The history may have put it before a passage that scores higher without it.
        margin=max(0.0, float(scores[first] - scores[rest[0]])) if rest else float(scores[first]),
        sentence_similarity=float(candidate.sentence_similarity.max()),
        maxsim_mean=maxsim.mean,
        maxsim_low=maxsim.low,
        term_coverage=float(candidate.term_matches.by_passage(_FIRST_SENTENCE).coverage()[0]),
        lacks_quantity=not match_quantities(query, candidate, sentences)[answering].any(),
        lacks_article_number=lacks_article_number(query, candidate.loaded_passage),
        cross_lingual=cross_lingual,
    )


def _assess_features(
    ranked: RankedCandidates, passage_loader: PassageLoader, parameters: ConfidenceParameters
) -> tuple[ScoreComponent, ...]:
    """Return the log-odds of a ranking, averaged over its `confidence_inputs`."""
    if ranked.top_passage is None:
        return ()
    sentences = passage_loader.load_sentences(ranked.top_passage)
    scores = ranked.contributions[:, : len(Feature) + 1].sum(axis=1)
    reading = ranked.readings.get(ranked.ranking[0])
    log_odds = reading.log_odds if reading else 0.0
    features = [
        compute_confidence_features(inputs, scores, ranked.ranking, sentences, parameters)
        for inputs in ranked.confidence_inputs
    ]
    part_lists = [
        compute_confidence_parts(replace(item, reading=log_odds), parameters) for item in features
    ]
    return tuple(
        ScoreComponent(same_parts[0].name, sum(part.value for part in same_parts) / len(same_parts))
        for same_parts in zip(*part_lists, strict=True)
    )


def summarize_maxsim(
    token_similarity: Vectors, heading_token_similarity: Vectors, typical: MaxsimSummary
) -> MaxsimSummary:
    """Return the mean of the token similarities of a passage, and that of the lowest third.

    Args:
        token_similarity: The highest similarity of each token by sentence; [sentences, tokens].
        heading_token_similarity: The same in the headings; [tokens].
        typical: What is returned without tokens.
    """
    if not token_similarity.size:
        return typical
    best = np.sort(np.maximum(token_similarity.max(axis=0), heading_token_similarity))
    return MaxsimSummary(float(best.mean()), float(best[: max(1, len(best) // 3)].mean()))


def lacks_article_number(query: EncodedQuery, loaded_passage: LoadedPassage) -> bool:
    """Return whether a passage has none of the numbered articles or chapters asked for (第五條).

    Args:
        query: The query.
        loaded_passage: The passage.
    """
    article_numbers = [
        term for term in analyze(without_history(query.text)) if _ARTICLE_NUMBER.fullmatch(term)
    ]
    if not article_numbers:
        return False
    return not np.isin(hash_terms(article_numbers), loaded_passage.terms.term_ids).any()


def regression_inputs(
    features: ConfidenceFeatures, parameters: ConfidenceParameters
) -> tuple[float, ...]:
    """Return what each coefficient of `Calibration` but the bias is multiplied by, in their order.

    Args:
        features: The features of the first passage.
        parameters: The typical similarities and the limits of the coverage.
    """
    cross_lingual = features.cross_lingual
    typical_maxsim = parameters.typical_maxsim.select(is_cross_lingual=cross_lingual)
    # A quantity may be missed in the other language; the number of an article is not.
    certainly_lacks = features.lacks_article_number or (
        features.lacks_quantity and not cross_lingual
    )
    return (
        features.score,
        features.margin,
        features.sentence_similarity
        - parameters.typical_similarity.select(is_cross_lingual=cross_lingual),
        features.maxsim_mean - typical_maxsim.mean,
        features.maxsim_low - typical_maxsim.low,
        min(features.term_coverage, parameters.max_term_coverage),
        float(features.term_coverage < parameters.min_term_coverage),
        float(certainly_lacks),
        float(features.lacks_quantity and not certainly_lacks),
        float(cross_lingual),
        features.reading,
    )


def compute_confidence_parts(
    features: ConfidenceFeatures, parameters: ConfidenceParameters
) -> tuple[ScoreComponent, ...]:
    """Return the log-odds that a passage answers, part by part.

    Args:
        features: The features of the first passage.
        parameters: The calibration.
    """
    values = dict.fromkeys(CONFIDENCE_PART_NAMES, 0.0)
    inputs = (*regression_inputs(features, parameters), 1.0)
    coefficients = asdict(parameters.calibration)
    for (coefficient, name), value in zip(_PART_OF_COEFFICIENT.items(), inputs, strict=True):
        values[name] += coefficients[coefficient] * value
    return tuple(ScoreComponent(name, value) for name, value in values.items())


def compute_confidence(parts: Sequence[ScoreComponent]) -> float:
    """Return the probability of the log-odds, in [0, 1]; 0 if there are no parts.

    Args:
        parts: The parts of the log-odds.

    >>> compute_confidence([ScoreComponent("score", 2.0), ScoreComponent("bias", -2.0)])
    0.5
    """
    if not parts:
        return 0.0
    log_odds = sum(part.value for part in parts)
    return 1 / (1 + math.exp(-max(-_MAX_LOG_ODDS, min(_MAX_LOG_ODDS, log_odds))))
