"""Puts near misses beside the answered questions that they differ from.

In one group of examples both are compared: of two questions about the same sentences, the one that
these answer should have the higher log-odds.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.training.encoder.corpus import TrainingCorpus
from eval.training.reader.examples import ReadingExample


def join_near_misses(
    corpus: TrainingCorpus, groups: Sequence[Sequence[ReadingExample]]
) -> list[list[ReadingExample]]:
    """Return groups in which near misses follow an answered question about their passage.

    It is the question of their pair; of near misses without a pair, one of the same languages, of
    those that fewest follow. A near miss stays alone where there is none.

    Args:
        corpus: The corpus of the examples.
        groups: The examples of each question.
    """
    joined = [list(group) for group in groups if group[0].kind != "near miss"]
    by_pair: dict[tuple[int, int], list[ReadingExample]] = {}
    by_passage: dict[tuple[int, str], list[list[ReadingExample]]] = {}
    for group in joined:
        question = corpus.questions[group[0].question]
        if question.pair:
            by_pair[question.passage, question.pair] = group
        elif group[0].kind == "answer":
            by_passage.setdefault((question.passage, question.group), []).append(group)
    for near_misses in groups:
        if near_misses[0].kind != "near miss":
            continue
        question = corpus.questions[near_misses[0].question]
        own = by_pair.get((question.passage, question.pair))
        others = by_passage.get((question.passage, question.group), [])
        if own is None and others:
            own = min(others, key=_count_near_misses)
        if own is None:
            joined.append(list(near_misses))
        else:
            own.extend(near_misses)
    return joined


def _count_near_misses(group: Sequence[ReadingExample]) -> int:
    return sum(example.kind == "near miss" for example in group)
