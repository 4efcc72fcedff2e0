"""Tests of feature matrices and of ablating sentences of a passage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.encoders.protocol import load_encoder
from index.storage.library import Library
from rag.ranking.features import (
    CandidateFeatures,
    Feature,
    FeatureMatrix,
    ablate,
    compute_maxsim,
    find_answering_sentences,
)
from rag.ranking.scoring import PassageRanker

COLUMNS = {feature: column for column, feature in enumerate(Feature)}


@pytest.fixture(scope="module")
def ranker(sample_library: Path) -> Iterator[PassageRanker]:
    with Library.open(sample_library) as library:
        yield PassageRanker(library, load_encoder())


@pytest.fixture(scope="module")
def features(ranker: PassageRanker) -> CandidateFeatures:
    (query,) = ranker.encode(["How much power did the tidal plant generate?"])
    return ranker.rank(query).in_context


def test_feature_column_is_a_view_of_the_matrix() -> None:
    matrix = FeatureMatrix.zeros(np.array([False, True]))
    matrix[Feature.HEADING][1] = 0.5
    assert matrix.values[1].tolist() == [0.5 if f == Feature.HEADING else 0.0 for f in Feature]
    selected = matrix.select(np.array([False, True]))
    assert (selected[Feature.HEADING].tolist(), selected.cross_lingual.tolist()) == ([0.5], [True])


def test_ablating_no_sentence_changes_no_feature(features: CandidateFeatures) -> None:
    for candidate, values in zip(features.candidates, features.features.values, strict=True):
        kept = np.ones(len(candidate.sentence_similarity), dtype=np.bool_)
        ablated, ablated_values = ablate(candidate, values, kept)
        assert ablated_values == pytest.approx(values, abs=1e-9)
        assert np.array_equal(ablated.token_similarity, candidate.token_similarity)


def test_ablating_the_best_sentence_lowers_features(
    ranker: PassageRanker, features: CandidateFeatures
) -> None:
    compared = [
        (candidate, values)
        for candidate, values in zip(features.candidates, features.features.values, strict=True)
        if candidate.token_similarity.size and len(candidate.sentence_similarity) > 1
    ]
    assert compared
    for whole_candidate, values in compared:
        sentences = ranker.passage_loader.load_sentences(whole_candidate.loaded_passage)
        answering = find_answering_sentences(features.query, sentences)
        candidate, _ = ablate(whole_candidate, values, answering)
        kept = np.ones(len(candidate.sentence_similarity), dtype=np.bool_)
        kept[candidate.sentence_similarity.argmax()] = False
        ablated, ablated_values = ablate(candidate, values, kept)
        change = ablated_values - values
        assert change.max() <= 1e-9
        assert change[COLUMNS[Feature.VECTOR]] == 0
        lost = candidate.sentence_similarity.max() - candidate.sentence_similarity[kept].max()
        assert change[COLUMNS[Feature.SENTENCE]] == pytest.approx(-lost)
        before = compute_maxsim(candidate.token_similarity, candidate.heading_token_similarity)
        after = compute_maxsim(ablated.token_similarity, ablated.heading_token_similarity)
        assert change[COLUMNS[Feature.MAXSIM]] == pytest.approx(after[0] - before[0])
        assert change[COLUMNS[Feature.SENTENCE_MAXSIM]] == pytest.approx(after[1] - before[1])


def test_ranking_stages_can_be_called_separately(ranker: PassageRanker) -> None:
    (query,) = ranker.encode(["潮汐電廠發了多少電？"])
    rows = ranker.retrieve(query)
    assert rows == sorted(set(rows))
    extracted = ranker.extract(query, ranker.passage_loader.load(rows))
    assert extracted.features.values.shape == (len(rows), len(Feature))
    scored = ranker.score(extracted)
    assert scored.ranking == ranker.rank(query).ranking
    score_parts = scored.score_parts(scored.ranking[0])
    assert [part.name for part in score_parts] == [*Feature, "bias"]
