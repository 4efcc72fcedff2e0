"""Figures of all questions of a run, and of those of each language and type."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import get_args

from eval.judge import Outcome
from eval.metrics import Figure, figures
from eval.questions.format import Language, QuestionType

Groups = dict[str, dict[str, Figure]]
"""The figures of each group of questions, by the group's name."""

_ORDER = (*get_args(Language), *get_args(QuestionType))


@lru_cache(maxsize=8)
def grouped(outcomes: tuple[Outcome, ...]) -> Groups:
    """Figures over all questions, then by language, then by type.

    Refusals need answerable and unanswerable questions side by side, so every group by language
    holds both.
    """
    groups: Groups = {"all": figures(outcomes)}
    keys: tuple[Callable[[Outcome], str], ...] = (
        lambda outcome: outcome.question.language,
        lambda outcome: outcome.question.type,
    )
    for key in keys:
        names = sorted({key(outcome) for outcome in outcomes}, key=_ORDER.index)
        if len(names) > 1:
            groups |= {n: figures([o for o in outcomes if key(o) == n]) for n in names}
    return groups
