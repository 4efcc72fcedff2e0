"""Tokens that mean nearly the same become one vector."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.cluster.hierarchy import fcluster, linkage

from index.arrays import Vectors
from index.encoders.token_pooling import WHOLE_SIZE, merge_similar_tokens


def _to_unit_length(vectors: Vectors) -> Vectors:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


_TOKENS = arrays(
    np.float32,
    st.tuples(st.integers(0, 40), st.just(8)),
    elements=st.floats(0.125, 1, width=32),
).map(_to_unit_length)


@given(_TOKENS)
def test_half_as_many_tokens_of_unit_length_are_left(tokens: Vectors) -> None:
    merged = merge_similar_tokens(tokens, 0.5)
    most = max(-(-len(tokens) // 2), WHOLE_SIZE)
    assert len(merged) == min(most, len(tokens))
    assert merged.dtype == np.float32
    assert np.linalg.norm(merged, axis=1) == pytest.approx(np.ones(len(merged)), abs=1e-5)


@given(_TOKENS)
def test_tokens_are_merged_the_same_each_time(tokens: Vectors) -> None:
    merged = merge_similar_tokens(tokens, 0.5)
    assert np.array_equal(merged, merge_similar_tokens(tokens.copy(), 0.5))


def test_clusters_are_those_of_wards_method() -> None:
    tokens = _to_unit_length(np.random.default_rng(0).normal(size=(40, 16)))
    labels = fcluster(linkage(tokens, "ward"), 20, "maxclust")
    _, firsts = np.unique(labels, return_index=True)
    expected = [tokens[labels == labels[first]].sum(axis=0) for first in sorted(firsts)]
    assert merge_similar_tokens(tokens, 0.5) == pytest.approx(
        _to_unit_length(np.array(expected)), abs=1e-6
    )


def test_a_short_text_keeps_its_tokens() -> None:
    tokens = _to_unit_length(np.random.default_rng(0).normal(size=(WHOLE_SIZE, 16)))
    assert np.array_equal(merge_similar_tokens(tokens, 0.5), tokens)


def test_pairs_of_equal_tokens_become_one_each_in_order() -> None:
    distinct = _to_unit_length(np.random.default_rng(0).normal(size=(10, 16))).astype(np.float32)
    merged = merge_similar_tokens(np.repeat(distinct, 2, axis=0), 0.5)
    assert merged == pytest.approx(distinct, abs=1e-6)


def test_a_token_unlike_all_others_stays_as_it_is() -> None:
    rng = np.random.default_rng(0)
    alike = np.eye(16, dtype=np.float32)[0] + rng.normal(scale=0.05, size=(19, 16))
    tokens = np.vstack([_to_unit_length(alike), np.eye(16)[-1:]]).astype(np.float32)
    assert merge_similar_tokens(tokens, 0.5)[-1] == pytest.approx(tokens[-1], abs=1e-6)
