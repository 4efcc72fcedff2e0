"""Throughput of `retrieve_many` compared with `retrieve`, on the bundled sample.

Run `python -m eval.benchmarks.batching`. The 200 questions are all different. Both run by turns
after a warm-up; the first call, which loads the models, is reported apart.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from importlib.resources import files
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from eval.questions.format import load_questions
from index import sample
from index.update.update import update_library
from rag.answer.model import Answer
from rag.retriever import Retriever

_QUESTION_COUNT = 200
_WARM_UP = 10
_ROUNDS = 5

_T = TypeVar("_T")


def load_distinct_questions() -> list[str]:
    """Return the first distinct questions of the project's sets; not all are about the sample."""
    folder = files("eval").joinpath("questions")
    sets = sorted((Path(str(item)) for item in folder.iterdir()), reverse=True)
    texts = (
        item.question for path in sets if path.suffix == ".jsonl" for item in load_questions(path)
    )
    return list(islice(dict.fromkeys(texts), _QUESTION_COUNT))


def time_call(function: Callable[[], _T]) -> tuple[_T, float]:
    """Return the result of a function and the seconds that it takes."""
    start = time.perf_counter()
    return function(), time.perf_counter() - start


def main() -> None:
    """Print both rates, their ratio, and how often both cite the same passages."""
    console, queries = Console(), load_distinct_questions()
    with tempfile.TemporaryDirectory() as folder:
        update_library(folder, add=[sample.get_path()])
        retriever = Retriever.open(folder)
        for question in queries[:_WARM_UP]:
            retriever.retrieve(question)
        _, first_seconds = time_call(lambda: retriever.retrieve_many(queries))
        single_seconds, batch_seconds = [], []
        for _ in range(_ROUNDS):
            single_answers, seconds = time_call(
                lambda: [retriever.retrieve(query) for query in queries]
            )
            single_seconds.append(seconds)
            batch_answers, seconds = time_call(lambda: retriever.retrieve_many(queries))
            batch_seconds.append(seconds)
    table = Table("", "questions/s", "ms each")
    for name, seconds in (
        ("one by one", median(single_seconds)),
        ("retrieve_many", median(batch_seconds)),
        ("retrieve_many, the first time", first_seconds),
    ):
        table.add_row(name, f"{len(queries) / seconds:.0f}", f"{seconds / len(queries) * 1000:.1f}")
    console.print(table)
    ratios = [
        single_item / batch_item
        for single_item, batch_item in zip(single_seconds, batch_seconds, strict=True)
    ]
    same_passages = [
        _list_passage_ids(single_item) == _list_passage_ids(batch_item)
        for single_item, batch_item in zip(single_answers, batch_answers, strict=True)
    ]
    same_first = [
        _list_passage_ids(single_item)[:1] == _list_passage_ids(batch_item)[:1]
        for single_item, batch_item in zip(single_answers, batch_answers, strict=True)
    ]
    console.print(
        f"{len(queries)} questions, median of {_ROUNDS}: {median(ratios):.1f} × the rate"
        f" ({min(ratios):.1f} to {max(ratios):.1f});"
        f" the same first passage for {sum(same_first)}, the same five for {sum(same_passages)}"
    )


def _list_passage_ids(answer: Answer) -> list[str]:
    return [citation.passage_id for citation in answer.citations]


if __name__ == "__main__":
    main()
