"""Comparison of systems on one question set: this project's, baselines, an earlier run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from eval.baselines.systems import BASELINES
from eval.questions.sets import QuestionSet, find_publication
from eval.report.json import REPORT_FILE, ReportMetadata, load_run
from eval.run import RetrievalSystem, SystemRun, TongzhuSystem, run_system
from index.encoders.protocol import load_encoder
from index.input_files import get_mode
from index.storage.library import Library
from rag.retriever import Retriever

ProgressCallback = Callable[[str, int, int], None]
"""Called with the name of a system, the number of questions answered, and of all."""

_SYSTEM_NAME = "Tongzhu"


def compare_systems(
    question_set: QuestionSet,
    library: Path,
    *,
    baselines: Sequence[str] = (),
    against: Path | None = None,
    progress: ProgressCallback | None = None,
) -> list[SystemRun]:
    """Return the runs of all systems, this project's own first.

    Args:
        question_set: The questions.
        library: The folder of the library that they are asked of.
        baselines: Names of `BASELINES`.
        against: The folder of another library, or of an earlier report on these questions.
        progress: Called after each question.

    Raises:
        QuestionSetError: If a library is not what the questions are about, or the earlier report is
            not on these questions.
        LibraryError: If a library is missing or damaged.
        ModelError: If a library's model cannot be loaded.
    """
    runs = _run_systems(question_set, library, _SYSTEM_NAME, baselines, progress)
    if against and get_mode(against / REPORT_FILE):
        runs.append(load_run(against, question_set.questions))
    elif against:
        runs += _run_systems(question_set, against, f"{_SYSTEM_NAME}, {against.name}", (), progress)
    return runs


def collect_metadata(question_set: QuestionSet, library: Path, split: str) -> ReportMetadata:
    """Return the description of the questions and the library.

    Args:
        question_set: The questions.
        library: The folder of the library.
        split: The half that is asked.

    Raises:
        LibraryError: If the library is missing or damaged.
    """
    with Library.open(library) as opened:
        model, passages = opened.model.name, opened.counts.passages
    return ReportMetadata(len(question_set.questions), split, model, passages, version("tongzhu"))


def _run_systems(
    question_set: QuestionSet,
    folder: Path,
    name: str,
    baselines: Sequence[str],
    progress: ProgressCallback | None,
) -> list[SystemRun]:
    with Library.open(folder) as library:
        publication = find_publication(library, question_set.questions)
        encoder = load_encoder(library.model.name)
        systems: list[RetrievalSystem] = [
            TongzhuSystem(Retriever(library, encoder), publication.id, name)
        ]
        systems += [BASELINES[baseline](library, publication.id, encoder) for baseline in baselines]
        runs = []
        for system in systems:

            def report_progress(done: int, name: str = system.name) -> None:
                if progress:
                    progress(name, done, len(question_set.questions))

            runs.append(run_system(system, question_set.questions, publication, report_progress))
        return runs
