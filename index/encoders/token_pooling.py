"""Token pooling: fewer vectors for the tokens of a text, after Clavié et al. 2024.

Tokens of a text that mean nearly the same are replaced by their mean, so that fewer are stored and
compared. Source: Clavié, Chaffin and Adams, "Reducing the Footprint of Multi-Vector
Retrieval with Minimal Performance Impact via Token Pooling" (2024).
"""

from __future__ import annotations

import math

import numpy as np

from index.arrays import Vectors

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
    # SciPy takes as long to import as a question to answer, and only writers need it.
    from scipy.cluster.hierarchy import fcluster, linkage

    clusters = fcluster(linkage(tokens, "ward"), count, "maxclust")
    _, firsts, labels = np.unique(clusters, return_index=True, return_inverse=True)
    places = np.argsort(np.argsort(firsts))[labels]
    sums = np.zeros((len(firsts), tokens.shape[1]), np.float32)
    np.add.at(sums, places, tokens)
    lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return np.asarray(sums / lengths, np.float32)
