"""Plots of a report: recall by depth, and the reliability of the confidence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from sklearn.calibration import calibration_curve

from eval.judge import DEPTH, QuestionResult
from eval.run import SystemRun


def write_plots(folder: Path, runs: Sequence[SystemRun]) -> None:
    """Write `recall.png` and, if a system has a confidence, `reliability.png`.

    Args:
        folder: The folder.
        runs: The runs.
    """
    _plot_recall(folder / "recall.png", runs)
    scored_runs = [run for run in runs if any(o.confidence is not None for o in run.results)]
    if scored_runs:
        _plot_reliability(folder / "reliability.png", scored_runs)


def _plot_recall(path: Path, runs: Sequence[SystemRun]) -> None:
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    depths = range(1, DEPTH + 1)
    for run in runs:
        ranks = [o.rank or DEPTH + 1 for o in run.results if o.question.is_answerable]
        recalls = [np.mean(np.array(ranks) <= depth) for depth in depths]
        axes.plot(depths, recalls, marker="o", markersize=3, label=run.system)
    axes.set(xlabel="texts", ylabel="recall", ylim=(0, 1.02))
    axes.legend(loc="lower right")
    figure.savefig(path, dpi=150)


def _plot_reliability(path: Path, runs: Sequence[SystemRun]) -> None:
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for run in runs:
        scored = [o for o in run.results if o.confidence is not None]
        confidences = np.clip([o.confidence or 0.0 for o in scored], 0, 1)
        rates, means = calibration_curve(
            [_is_top_relevant(result) for result in scored], confidences, n_bins=10
        )
        axes.plot(means, rates, marker="o", label=run.system, clip_on=False)
    axes.set(xlabel="confidence", ylabel="first text is relevant", xlim=(0, 1), ylim=(0, 1))
    axes.legend(loc="upper left")
    figure.savefig(path, dpi=150)


def _is_top_relevant(result: QuestionResult) -> bool:
    return result.question.is_answerable and result.rank == 1
