"""Weights from observations: which of several candidates is right, and how sure one can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.ranking.term_match import Floats

_PENALTY = 3e-3

Limits = tuple[float | None, float | None]


class Choice(NamedTuple):
    """Some things to choose from: a row of features for each, and which of them are right."""

    features: Floats
    right: NDArray[np.bool_]


def fit_choice(choices: Sequence[Choice], scale: Floats) -> Floats:
    """Weights under which right things have the greatest scores: a conditional logit.

    McFadden, "Conditional Logit Analysis of Qualitative Choice Behavior" (1974), with an L2
    penalty.

    Args:
        choices: Those without a right thing, or with nothing else, say nothing and are left out.
        scale: What the features are multiplied by while fitting, so that the penalty is fair.

    Returns:
        A weight for each feature.
    """
    from scipy.optimize import minimize

    told = [choice for choice in choices if choice.right.any() and not choice.right.all()]
    table = np.concatenate([choice.features for choice in told]) * scale
    right = np.concatenate([choice.right for choice in told]).astype(np.float64)
    sizes = np.array([len(choice.right) for choice in told])
    starts = np.cumsum(sizes) - sizes

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = table @ weights
        likely = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        likely /= np.repeat(np.add.reduceat(likely, starts), sizes)
        found = np.add.reduceat(likely * right, starts) + 1e-12
        aim = likely * right / np.repeat(found, sizes)
        value = -np.log(found).mean() + _PENALTY * weights @ weights
        return value, -(table.T @ (aim - likely)) / len(told) + 2 * _PENALTY * weights

    found = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x * scale)


def fit_probability(
    features: Floats, answers: NDArray[np.bool_], weights: Floats, limits: Sequence[Limits]
) -> Floats:
    """A logistic regression: a weight for each feature, and the bias last.

    Args:
        features: [n, features].
        answers: What is to be told, [n].
        weights: What each of the n counts.
        limits: Between what the weight of each feature lies; None for no limit.
    """
    from scipy.optimize import minimize

    table = np.hstack([features, np.ones((len(features), 1))])
    signs = np.where(answers, 1.0, -1.0)
    share = weights / weights.sum()

    def loss(found: Floats) -> tuple[float, Floats]:
        margin = signs * (table @ found)
        value = float(share @ np.logaddexp(0, -margin)) + 1e-4 * float(found[:-1] @ found[:-1])
        slope = -share * signs / (1 + np.exp(margin))
        return value, table.T @ slope + 2e-4 * np.append(found[:-1], 0.0)

    result = minimize(
        loss,
        np.zeros(table.shape[1]),
        jac=True,
        method="L-BFGS-B",
        bounds=[*limits, (None, None)],
    )
    return np.asarray(result.x)
