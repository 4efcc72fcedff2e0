"""Figures of all questions of a run, and of those of each language and type."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import get_args

from eval.judge import QuestionResult
from eval.metrics import Estimate, compute_metrics
from eval.questions.format import Language, QuestionType

MetricsByGroup = dict[str, dict[str, Estimate]]
"""The figures of each group of questions, by the group's name."""

_GROUP_ORDER = (*get_args(Language), *get_args(QuestionType))


@lru_cache(maxsize=8)
def compute_grouped_metrics(results: tuple[QuestionResult, ...]) -> MetricsByGroup:
    """Figures over all questions, then by language, then by type.

    Refusals need answerable and unanswerable questions side by side, so every group by language
    holds both.
    """
    groups: MetricsByGroup = {"all": compute_metrics(results)}
    keys: tuple[Callable[[QuestionResult], str], ...] = (
        lambda question_result: question_result.question.language,
        lambda question_result: question_result.question.type,
    )
    for key in keys:
        group_names = sorted(
            {key(question_result) for question_result in results}, key=_GROUP_ORDER.index
        )
        if len(group_names) > 1:
            groups |= {n: compute_metrics([o for o in results if key(o) == n]) for n in group_names}
    return groups
