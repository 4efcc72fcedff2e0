"""Questions one by one next to `retrieve_many`, on the library of the bundled sample.

Run `python -m eval.benchmarks.batching`. The 200 questions are all different. Both ways take turns
after a warm-up, for what is measured is the rate: loading the models is reported apart.
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

from eval.questions.format import load
from index import sample
from index.update.update import update
from rag.answer.model import Answer
from rag.retriever import Retriever

_QUESTIONS = 200
_WARM = 10
_TURNS = 5

_T = TypeVar("_T")


def questions() -> list[str]:
    """The first different questions of the project's own sets; some are not on the sample."""
    folder = files("eval").joinpath("questions")
    sets = sorted((Path(str(each)) for each in folder.iterdir()), reverse=True)
    texts = (each.question for path in sets if path.suffix == ".jsonl" for each in load(path))
    return list(islice(dict.fromkeys(texts), _QUESTIONS))


def timed(work: Callable[[], _T]) -> tuple[_T, float]:
    """What the work gives, and the seconds that it takes."""
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def main() -> None:
    """Prints both rates, their ratio, and how often both ways cite the same."""
    console, asked = Console(), questions()
    with tempfile.TemporaryDirectory() as folder:
        update(folder, add=[sample.path()])
        retriever = Retriever.open(folder)
        for question in asked[:_WARM]:
            retriever.retrieve(question)
        _, first = timed(lambda: retriever.retrieve_many(asked))
        alone, together = [], []
        for _ in range(_TURNS):
            single, seconds = timed(lambda: [retriever.retrieve(each) for each in asked])
            alone.append(seconds)
            many, seconds = timed(lambda: retriever.retrieve_many(asked))
            together.append(seconds)
    table = Table("", "questions/s", "ms each")
    for name, seconds in (
        ("one by one", median(alone)),
        ("retrieve_many", median(together)),
        ("retrieve_many, the first time", first),
    ):
        table.add_row(name, f"{len(asked) / seconds:.0f}", f"{seconds / len(asked) * 1000:.1f}")
    console.print(table)
    ratios = [one / other for one, other in zip(alone, together, strict=True)]
    same = [_places(one) == _places(other) for one, other in zip(single, many, strict=True)]
    heads = [
        _places(one)[:1] == _places(other)[:1] for one, other in zip(single, many, strict=True)
    ]
    console.print(
        f"{len(asked)} questions, median of {_TURNS}: {median(ratios):.1f} × the rate"
        f" ({min(ratios):.1f} to {max(ratios):.1f});"
        f" the same first passage for {sum(heads)}, the same five for {sum(same)}"
    )


def _places(answer: Answer) -> list[str]:
    return [citation.passage for citation in answer.citations]


if __name__ == "__main__":
    main()
