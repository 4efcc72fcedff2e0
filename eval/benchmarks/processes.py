"""What several benchmarks share: the command line as a process, and the questions to ask."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

from eval.questions.format import load_questions
from index.storage.library import Library

TONGZHU_COMMAND = (
    sys.executable,
    "-c",
    "import sys; from ui.cli.main import main; sys.exit(main())",
)


@contextmanager
def start_tongzhu(
    arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Yield a running `tongzhu`, which is terminated in the end.

    Args:
        arguments: The arguments of the command.
        environment: The environment; None for that of this process.
    """
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*TONGZHU_COMMAND, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()


def read_cpu_seconds(process_id: int) -> float:
    """Return the processor seconds that a running process has used so far; Linux only."""
    status = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii")
    user_ticks, system_ticks = status.rpartition(")")[2].split()[11:13]
    return (int(user_ticks) + int(system_ticks)) / os.sysconf("SC_CLK_TCK")


def list_benchmark_questions(folder: Path, question_file: Path | None) -> list[str]:
    """Return the questions of a file that have no history, or texts of a library; each once.

    Args:
        folder: The folder of the library.
        question_file: The file; None for headings and beginnings of sentences of the library.

    Raises:
        TongzhuError: If the library or the file cannot be read.
    """
    with Library.open(folder) as library:
        texts = [] if question_file else list_library_texts(library)
    if question_file:
        texts = [item.question for item in load_questions(question_file) if not item.history]
    return list(dict.fromkeys(texts))


def list_library_texts(library: Library) -> list[str]:
    """Return the headings of a library and the beginnings of its sentences, each once.

    Args:
        library: An open library.
    """
    headings: list[str] = []
    for summary in library.publications():
        for article in library.publication(summary.id).articles:
            headings += [article.title, *(section.heading for section in article.sections)]
    sentences = [
        passage.text[start:end][:30]
        for passage in library.passages(range(min(library.engine.size, 100)))
        for start, end in passage.sentences[:2]
    ]
    texts = (text.strip() for text in (*headings, *sentences))
    return list(dict.fromkeys(text for text in texts if any(map(str.isalnum, text))))


def compute_percentile(values: Sequence[float], percent: int) -> float:
    """Return a percentile of values, at least one.

    Args:
        values: The values.
        percent: The percentile, 1 to 99.
    """
    if len(values) == 1:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]
