"""Token pooling: fewer vectors for the tokens of a text, after Clavié et al. 2024.

Tokens of a text that mean nearly the same are replaced by their mean, so that fewer are stored and
compared. Source: Clavié, Chaffin and Adams, "Reducing the Footprint of Multi-Vector
Retrieval with Minimal Performance Impact via Token Pooling" (2024).
"""

from __future__ import annotations

import math

import numpy as np

from index.arrays import IntArray, Vectors

OWN_SHARE, OTHER_SHARE = 2 / 3, 1 / 2
"""The share of tokens that is left of a passage's own sentences, and of headings and notes."""

WHOLE_SIZE = 8
"""So many tokens of a text are always stored: short texts lose most by pooling, and cost least."""


def merge_similar_tokens(tokens: Vectors, share: float) -> Vectors:
    """Return the mean of each cluster of similar tokens, of unit length, [clusters, dimension].

    Clusters are built by Ward's method; they are in the order of their first tokens.

    Args:
        tokens: The tokens of one text, of unit length, [tokens, dimension].
        share: The share of them that is left.
    """
    count = max(math.ceil(share * len(tokens)), WHOLE_SIZE)
    if len(tokens) <= count:
        return tokens
    clusters = _cluster(tokens, count)
    firsts = np.unique(clusters)
    sums = (clusters == firsts[:, None]).astype(np.float32) @ tokens
    lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return np.asarray(sums / lengths, np.float32)


def _cluster(tokens: Vectors, count: int) -> IntArray:
    """Return the index of the first token of each token's cluster, [tokens].

    Args:
        tokens: The tokens of one text, [tokens, dimension].
        count: The number of clusters, less than that of the tokens.
    """
    # SciPy takes as long to import as a question to answer, and only writers need it.
    from scipy.cluster.hierarchy import linkage

    # A merge names two clusters: a token, or the number of tokens plus that of an earlier merge.
    merges = linkage(tokens, "ward")[: len(tokens) - count, :2].astype(np.int64).tolist()
    firsts = list(range(len(tokens)))
    clusters = np.arange(len(tokens))
    for merged in merges:
        first, second = sorted(firsts[cluster] for cluster in merged)
        firsts.append(first)
        clusters[second] = first
    for index, first in enumerate(clusters):
        clusters[index] = clusters[first]  # which is earlier, and final
    return clusters
