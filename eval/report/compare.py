"""Systems side by side on one question set: this project's, the baselines, an earlier run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from eval.baselines.systems import BASELINES
from eval.questions.sets import QuestionSet, subject
from eval.report.json import REPORT, Facts, load
from eval.run import Run, Tongzhu, run
from eval.system import System
from index.encoders.protocol import load_encoder
from index.storage.library import Library
from rag.retriever import Retriever

Progress = Callable[[str, int, int], None]
"""Told a system's name, the number of questions done, and of all."""

_NAME = "Tongzhu"


def compare(
    chosen: QuestionSet,
    library: Path,
    *,
    baselines: Sequence[str] = (),
    against: Path | None = None,
    progress: Progress | None = None,
) -> list[Run]:
    """The runs of all systems, this project's own first.

    Args:
        chosen: The questions.
        library: The folder of the library that they are asked of.
        baselines: Names of `BASELINES`.
        against: Another library, or the folder of an earlier report on these questions.
        progress: Called after each question.

    Raises:
        QuestionSetError: If a library is not what the questions are about, or the earlier report is
            not on these questions.
        LibraryError: If a library is missing or damaged.
        ModelError: If a library's model cannot be loaded.
    """
    runs = _runs(chosen, library, _NAME, baselines, progress)
    if against and (against / REPORT).is_file():
        runs.append(load(against, chosen.questions))
    elif against:
        runs += _runs(chosen, against, f"{_NAME}, {against.name}", (), progress)
    return runs


def facts(chosen: QuestionSet, library: Path, split: str) -> Facts:
    """What the figures are taken on.

    Raises:
        LibraryError: If the library is missing or damaged.
    """
    with Library.open(library) as opened:
        model, passages = opened.model.name, opened.counts.passages
    return Facts(len(chosen.questions), split, model, passages, version("tongzhu"))


def _runs(
    chosen: QuestionSet,
    folder: Path,
    name: str,
    baselines: Sequence[str],
    progress: Progress | None,
) -> list[Run]:
    with Library.open(folder) as library:
        publication = subject(library, chosen.questions)
        encoder = load_encoder(library.model.name)
        systems: list[System] = [Tongzhu(Retriever(library, encoder), publication.id, name)]
        systems += [BASELINES[each](library, publication.id, encoder) for each in baselines]
        runs = []
        for system in systems:

            def tell(done: int, name: str = system.name) -> None:
                if progress:
                    progress(name, done, len(chosen.questions))

            runs.append(run(system, chosen.questions, publication, tell))
        return runs
