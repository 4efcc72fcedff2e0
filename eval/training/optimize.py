"""Fitting of weights: conditional logit and logistic regression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from index.arrays import BoolArray, FloatArray

_L2_PENALTY = 3e-3

Bounds = tuple[float | None, float | None]


class RankingGroup(NamedTuple):
    """The features of alternatives, [n, features], and which of them are relevant, [n]."""

    features: FloatArray
    relevant: BoolArray


def fit_conditional_logit(
    groups: Sequence[RankingGroup], scale: FloatArray, bounds: Sequence[Bounds] | None = None
) -> FloatArray:
    """Return the weights of a conditional logit, under which relevant alternatives score highest.

    McFadden, "Conditional Logit Analysis of Qualitative Choice Behavior" (1974), with an L2
    penalty.

    Args:
        groups: The groups; those in which all or none are relevant are left out.
        scale: Factors of the features while fitting, so that the penalty is fair; [features].
        bounds: The lowest and the highest weight of each feature; None for none.
    """
    from scipy.optimize import minimize

    informative = [group for group in groups if group.relevant.any() and not group.relevant.all()]
    features = np.concatenate([group.features for group in informative]) * scale
    relevant = np.concatenate([group.relevant for group in informative]).astype(np.float64)
    sizes = np.array([len(group.relevant) for group in informative])
    starts = np.cumsum(sizes) - sizes

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        scores = features @ weights
        probabilities = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        probabilities /= np.repeat(np.add.reduceat(probabilities, starts), sizes)
        relevant_mass = np.add.reduceat(probabilities * relevant, starts) + 1e-12
        target = probabilities * relevant / np.repeat(relevant_mass, sizes)
        value = -np.log(relevant_mass).mean() + _L2_PENALTY * weights @ weights
        return value, -(features.T @ (target - probabilities)) / len(
            informative
        ) + 2 * _L2_PENALTY * weights

    solution = minimize(
        loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds
    )
    return np.asarray(solution.x * scale)


def fit_logistic_regression(
    features: FloatArray, labels: BoolArray, weights: FloatArray, bounds: Sequence[Bounds]
) -> FloatArray:
    """Return the coefficients of a logistic regression; [features + 1], the bias last.

    Args:
        features: The features; [n, features].
        labels: The labels; [n].
        weights: The weights of the samples; [n].
        bounds: The lowest and highest coefficient of each feature; None for no limit.
    """
    from scipy.optimize import minimize

    design_matrix = np.hstack([features, np.ones((len(features), 1))])
    signed_labels = np.where(labels, 1.0, -1.0)
    sample_weights = weights / weights.sum()

    def loss(coefficients: FloatArray) -> tuple[float, FloatArray]:
        margin = signed_labels * (design_matrix @ coefficients)
        value = float(sample_weights @ np.logaddexp(0, -margin)) + 1e-4 * float(
            coefficients[:-1] @ coefficients[:-1]
        )
        residuals = -sample_weights * signed_labels / (1 + np.exp(margin))
        return value, design_matrix.T @ residuals + 2e-4 * np.append(coefficients[:-1], 0.0)

    result = minimize(
        loss,
        np.zeros(design_matrix.shape[1]),
        jac=True,
        method="L-BFGS-B",
        bounds=[*bounds, (None, None)],
    )
    return np.asarray(result.x)
