"""Ranking of passages for one query: candidates, then features, then scores."""

from __future__ import annotations

from collections.abc import Sequence

from index.arrays import Rows
from index.encoders.protocol import Encoder
from index.storage.library import Library
from rag.ranking.features import EncodedQuery, FeatureExtractor
from rag.ranking.parameters import load_parameters
from rag.ranking.passages import LoadedPassage
from rag.ranking.scoring import RankedCandidates, compute_contributions


class PassageRanker:
    """Ranks the passages of one library. Thread-safe.

    Args:
        library: An open library.
        encoder: The encoder that made it.
    """

    def __init__(self, library: Library, encoder: Encoder) -> None:
        self._extractor = FeatureExtractor(library, encoder)
        self.passage_loader = self._extractor.passage_loader

    def encode(self, questions: Sequence[str]) -> list[EncodedQuery]:
        """Return the encoded queries of questions; one call of the encoder for all of them.

        Args:
            questions: Questions, each with its context if it has one.
        """
        return self._extractor.encode_queries(questions)

    def rank(self, query: EncodedQuery, rows: Rows | None = None) -> RankedCandidates:
        """Return the ranked candidates of a query that needs no context.

        Args:
            query: The query.
            rows: The passages that are searched; None for all.
        """
        return self.score(query, self._extractor.passage_loader.load(self.search(query, rows)))

    def search(self, query: EncodedQuery, rows: Rows | None = None) -> list[int]:
        """Return the rows of the candidates, in rising order.

        Args:
            query: The query.
            rows: The passages that are searched; None for all.
        """
        return self._extractor.retrieve_candidates(query, rows)

    def score(
        self, query: EncodedQuery, loaded_passages: Sequence[LoadedPassage]
    ) -> RankedCandidates:
        """Return passages with their features and scores.

        Args:
            query: The query.
            loaded_passages: The candidates.
        """
        features = self._extractor.extract_for(query, loaded_passages)
        parameters = load_parameters()
        contributions = compute_contributions(
            features.features, parameters.monolingual, parameters.cross_lingual
        )
        return RankedCandidates(features, features, contributions, (features,))
