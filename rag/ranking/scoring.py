"""Scores of passages: the weighted sum of their features.

`PassageRanker` runs the steps for one query: encode, retrieve candidates, extract features, score.
Scores are sums of weighted features, not of ranks: a feature that is the same for all candidates
does not change their order. The weights do not depend on the size of a library or of the list of
candidates; `eval.training.fit` fits them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np

from index.arrays import FloatArray, Rows
from index.encoders.protocol import Encoder
from index.storage.library import Library
from rag.answer.model import ScoreComponent
from rag.query.encoding import EncodedQuery, QueryEncoder
from rag.ranking.candidates import retrieve_candidates
from rag.ranking.features import CandidateFeatures, Feature, FeatureExtractor, FeatureMatrix
from rag.ranking.linear_weights import PerLanguage, Weights
from rag.ranking.parameters import load_parameters
from rag.ranking.passages import LoadedPassage, PassageLoader
from rag.ranking.term_match import TermIdf

_MAX_CACHED_RANKINGS = 128  # some 100 KB each


@dataclass(frozen=True, slots=True)
class CandidateReading:
    """What the reader says of a candidate.

    Attributes:
        log_odds: The log-odds that it answers.
        sentence_bonus: What it adds to the score of each sentence as evidence; [sentences].
    """

    log_odds: float
    sentence_bonus: FloatArray


@dataclass(frozen=True)
class RankedCandidates:
    """The candidates of a question with their scores.

    Attributes:
        in_context: The features with the question read in its context, if it is a follow-up.
        standalone: The features of the same candidates with the question alone; `in_context` where
            the question has no words of its own.
        contributions: The contributions to the score of each candidate: of each feature, the bias
            and, for a follow-up, the history; [candidates, features + 1 or features + 2].
        confidence_inputs: Those of the two whose confidence is averaged.
        earlier: The rankings of the questions before a request for more; else empty.
        reranker_bonus: What a reranker adds to the score of each; None without one; [candidates].
        reader_bonus: What the reader adds to the score of each; None without one; [candidates].
        readings: What the reader says of those that it has read, by their indices.
    """

    in_context: CandidateFeatures
    standalone: CandidateFeatures
    contributions: FloatArray
    confidence_inputs: tuple[CandidateFeatures, ...]
    earlier: tuple[RankedCandidates, ...] = ()
    reranker_bonus: FloatArray | None = None
    reader_bonus: FloatArray | None = None
    readings: Mapping[int, CandidateReading] = field(default_factory=dict)

    @cached_property
    def ranking(self) -> tuple[int, ...]:
        """The indices of the candidates, best first."""
        rows = [candidate.loaded_passage.row for candidate in self.in_context.candidates]
        scores = self.contributions.sum(axis=1)
        for bonus in (self.reranker_bonus, self.reader_bonus):
            if bonus is not None:
                scores = scores + bonus
        return tuple(rank(scores, rows))

    @property
    def top_passage(self) -> LoadedPassage | None:
        """The first passage, if there is any."""
        return self.in_context.candidates[self.ranking[0]].loaded_passage if self.ranking else None

    @property
    def is_top_cross_lingual(self) -> bool:
        """Whether the first passage is in the other language."""
        cross_lingual = self.in_context.features.cross_lingual
        return bool(self.ranking) and bool(cross_lingual[self.ranking[0]])

    def score_parts(self, index: int) -> tuple[ScoreComponent, ...]:
        """Return the contributions to the score of a candidate, by name.

        Args:
            index: The index of the candidate.
        """
        names = (*(feature.value for feature in Feature), "bias", "history")
        parts = [*map(ScoreComponent, names, self.contributions[index].tolist())]
        bonuses = {"reranker": self.reranker_bonus, "reader": self.reader_bonus}
        for name, bonus in bonuses.items():
            if bonus is not None:
                parts.append(ScoreComponent(name, float(bonus[index])))
        return tuple(parts)


class PassageRanker:
    """Ranks the passages of one library. Thread-safe.

    Args:
        library: An open library.
        encoder: The encoder that made it.

    Attributes:
        passage_loader: Reads the passages of the library.
    """

    def __init__(self, library: Library, encoder: Encoder) -> None:
        parameters = load_parameters()
        self.passage_loader = PassageLoader(library)
        self._engine = library.engine
        self._idf = TermIdf(library.engine)
        self._query_encoder = QueryEncoder(library, encoder, self._idf)
        self._extractor = FeatureExtractor(
            library.engine, self.passage_loader, self._idf, parameters
        )
        self._weights = parameters.ranking.final
        self._rank_in_all = lru_cache(_MAX_CACHED_RANKINGS)(self._encode_and_rank)

    def encode(self, questions: Sequence[str]) -> list[EncodedQuery]:
        """Return the encoded queries of questions; the encoder is called once for all.

        Args:
            questions: Questions, each after the lines of its context if it has one.
        """
        return self._query_encoder.encode(questions)

    def rank_text(self, text: str, rows: Rows | None = None) -> RankedCandidates:
        """Return the candidates of a text, ranked; those of the last texts are cached.

        In a conversation each question is ranked again for the one after it.

        Args:
            text: A question, after the lines of its context if it has one.
            rows: The passages that are searched; None for all.
        """
        return self._rank_in_all(text) if rows is None else self._encode_and_rank(text, rows)

    def _encode_and_rank(self, text: str, rows: Rows | None = None) -> RankedCandidates:
        (query,) = self.encode([text])
        return self.rank(query, rows)

    def rank(self, query: EncodedQuery, rows: Rows | None = None) -> RankedCandidates:
        """Return the candidates of a query, ranked.

        Args:
            query: The query.
            rows: The passages that are searched; None for all.
        """
        candidates = self.passage_loader.load(self.retrieve(query, rows))
        features = self.extract(query, candidates)
        return self.score(features)

    def retrieve(self, query: EncodedQuery, rows: Rows | None = None) -> list[int]:
        """Return the rows of the candidates of a query, in rising order.

        Args:
            query: The query.
            rows: The passages that are searched; None for all.
        """
        return retrieve_candidates(self._engine, query, self._idf, rows)

    def extract(
        self, query: EncodedQuery, loaded_passages: Sequence[LoadedPassage]
    ) -> CandidateFeatures:
        """Return passages with their features.

        Args:
            query: The query.
            loaded_passages: The candidates.
        """
        return self._extractor.extract(query, loaded_passages)

    def score(self, features: CandidateFeatures) -> RankedCandidates:
        """Return candidates with their scores.

        Args:
            features: The candidates with their features.
        """
        contributions = compute_contributions(features.features, self._weights)
        return RankedCandidates(features, features, contributions, (features,))


def compute_contributions(features: FeatureMatrix, weights: PerLanguage[Weights]) -> FloatArray:
    """Return what each feature adds to the score; [candidates, features + 1], the bias last.

    Args:
        features: The features of candidates.
        weights: The weights for either language.
    """
    rows = np.where(
        features.cross_lingual[:, None],
        _weight_row(weights.cross_lingual),
        _weight_row(weights.monolingual),
    )
    return np.hstack([features.values, np.ones((len(features.values), 1))]) * rows


def rank(scores: FloatArray, rows: Sequence[int]) -> list[int]:
    """Return the indices of candidates, best first; equal ones by their row.

    Args:
        scores: Their scores; [candidates].
        rows: Their rows.
    """
    return sorted(range(len(rows)), key=lambda index: (-scores[index], rows[index]))


def _weight_row(weights: Weights) -> FloatArray:
    return np.array([[*(weights.by_feature[feature] for feature in Feature), weights.bias]])
