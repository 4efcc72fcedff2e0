"""Answers to questions on a publication, alone and amid many other passages.

`python -m eval.benchmarks.amid --library DIR` adds the sample to a copy of a library, such as those
that `eval.benchmarks.scale` keeps with `--folder`, asks it the questions of `--set`, and asks the
sample alone; `--file` is another publication, `--split` the half of the questions (dev). The exit
status is 1 if the share of first places, of refusals or of false refusals is more than .03 worse.

Made-up passages have real words in their real frequencies, vectors as near to each other as those
of the sample, and tokens that mean nothing. So they crowd the candidates, and hardly the first
places: other real text would be harder.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from eval.metrics import compute_metrics, compute_paired_differences
from eval.questions.format import Question
from eval.questions.sets import find_set
from eval.run import SystemRun, TongzhuSystem, run_system
from index import sample
from index.encoders.protocol import Encoder, load_encoder
from index.storage.library import Library
from index.update.update import update_library
from rag.retriever import Retriever

METRICS = {"recall@1": 1, "refusals": 1, "false refusals": -1}
"""The metrics that are compared, and whether more of them is better (1) or worse (-1)."""

MOST_LOST = 0.03
"""How much worse a metric may be amid others."""


def ask_alone_and_amid(
    file: Path, questions: Sequence[Question], library: Path, encoder: Encoder
) -> tuple[SystemRun, SystemRun]:
    """Return the judged responses to questions on a publication, alone and amid others.

    Args:
        file: The file of the publication.
        questions: The questions.
        library: The library with the others, which stays as it is.
        encoder: Encodes the publication and the questions.
    """
    with TemporaryDirectory(dir=library.parent) as name:
        baseline, amid = Path(name, "alone"), Path(name, "amid")
        shutil.copytree(library, amid, copy_function=os.link)  # its files never change
        return _ask(baseline, file, questions, encoder), _ask(amid, file, questions, encoder)


def _ask(path: Path, file: Path, questions: Sequence[Question], encoder: Encoder) -> SystemRun:
    """Return the judged responses of a library to which a publication is added."""
    [summary] = update_library(path, [file], encoder=encoder).added
    with Library.open(path) as library:
        system = TongzhuSystem(Retriever(library, encoder), summary.id)
        return run_system(system, questions, library.publication(summary.id))


def find_losses(baseline: SystemRun, amid: SystemRun) -> dict[str, float]:
    """Return how much worse each metric is amid others; negative where it is better.

    Args:
        baseline: The responses of the publication alone.
        amid: Those to the same questions amid others.
    """
    differences = compute_paired_differences(baseline.results, amid.results)
    return {
        name: direction * differences[name].value
        for name, direction in METRICS.items()
        if name in differences
    }


def format_runs(baseline: SystemRun, amid: SystemRun) -> Table:
    """Return the metrics as a table, a row for each.

    Args:
        baseline: The responses of the publication alone.
        amid: Those to the same questions amid others.
    """
    metrics = [compute_metrics(run.results) for run in (baseline, amid)]
    losses = find_losses(baseline, amid)
    table = Table("", "alone", "amid others", "worse by", "questions")
    for name, values in metrics[0].items():
        loss = f"{losses[name]:+.3f}" if name in losses else ""
        pair = (f"{item[name].value:.3f}" for item in metrics)
        table.add_row(name, *pair, loss, str(values.count))
    return table


def main() -> None:
    """Print the metrics; the exit status is 1 if one is too much worse."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--library", type=Path, required=True, help="the library with the others")
    parser.add_argument("--set", default="sample", help="the questions (sample)")
    parser.add_argument("--file", type=Path, help="what they are asked of (the sample)")
    parser.add_argument("--split", choices=("dev", "test"), default="dev", help="their half (dev)")
    arguments = parser.parse_args()
    baseline, amid = ask_alone_and_amid(
        arguments.file or sample.get_path(),
        find_set(arguments.set, split=arguments.split).questions,
        arguments.library,
        load_encoder(),
    )
    Console().print(format_runs(baseline, amid))
    sys.exit(max(find_losses(baseline, amid).values()) > MOST_LOST)


if __name__ == "__main__":
    main()
