"""`tongzhu eval`: run a question set and report the metrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.table import Table as RichTable
from rich.text import Text

from eval.extras import require_extra
from eval.questions.format import Split
from eval.questions.sets import QuestionSet, find_set, prepare_library, sample_questions
from index.encoders.protocol import load_encoder
from index.errors import OptionError
from index.messages import Language, MessageCatalogue
from ui.cli.output import print_line
from ui.cli.paths import resolve_library_path
from ui.cli.progress import ProgressBars
from ui.cli.terminal import DIM, TITLE, create_console

if TYPE_CHECKING:
    from eval.report.json import ReportMetadata
    from eval.report.tables import Table
    from eval.run import SystemRun

_MESSAGES = MessageCatalogue("ui", "cli")

_SPLITS: dict[str, Split | None] = {"dev": "dev", "test": "test", "all": None}


@dataclass(frozen=True, slots=True)
class EvalOptions:
    """The options of `tongzhu eval`.

    Attributes:
        name: The question set.
        library: The folder; None for the set's own or the user's.
        paragraphs: The SQuAD file whose paragraphs are to be found.
        split: "dev", "test" or "all".
        baselines: Names parted by commas, or "all".
        against: A library, or the folder of an earlier report, to compare with.
        report: The folder to write a report into.
        as_json: Whether to print JSON.
        llm: The address of the language model that writes; "" for the one that was set up.
        sample: How many of the questions a language model writes about; 0 for all.
    """

    name: str
    library: Path | None = None
    paragraphs: Path | None = None
    split: str = "all"
    baselines: str = ""
    against: Path | None = None
    report: Path | None = None
    as_json: bool = False
    llm: str = ""
    sample: int = 0


def evaluate(options: EvalOptions, language: Language) -> int:
    """Print the metrics of a question set, and write a report where one is asked for."""
    require_extra("eval")
    from eval.baselines.systems import parse_baseline_names
    from eval.report.compare import collect_metadata, compare_systems
    from eval.report.json import render_json
    from eval.report.tables import render_markdown, write_report

    baselines = parse_baseline_names(options.baselines)
    if set(baselines) - {"vectors"}:
        require_extra("baselines")
    question_set = find_set(options.name, options.paragraphs, _parse_split(options.split))
    with ProgressBars(language) as bars:
        library = _prepare_library(options, question_set, bars)
        run_facts = collect_metadata(question_set, library, options.split)
        runs = compare_systems(
            question_set,
            library,
            baselines=baselines,
            against=options.against,
            progress=bars.show_questions,
        )
    if options.report:
        write_report(options.report, question_set.name, runs, run_facts, language)
        print_line(_MESSAGES["report_path"].in_language(language, path=options.report), stderr=True)
    if options.as_json:
        print_line(render_json(question_set.name, runs, run_facts).rstrip("\n"))
    elif create_console().is_terminal:
        _print_runs(question_set.name, runs, run_facts, language)
    else:
        print_line(render_markdown(question_set.name, runs, run_facts, language).rstrip("\n"))
    return 0


def evaluate_written(options: EvalOptions, language: Language) -> int:
    """Print the figures of what a language model writes of the answers to a question set.

    Raises:
        QuestionSetError: If there is no such set, the library is not what it is about, or the
            folder of the report has another run.
        WritingError: If the model is away or answers nonsense; a report's folder keeps what was
            done, and the same command goes on.
    """
    require_extra("eval")
    from eval.written.report import (
        build_written_table,
        render_written_json,
        render_written_markdown,
        write_written_report,
    )
    from eval.written.run import run_written
    from ui.cli.writing import find_endpoint

    endpoint = find_endpoint(options.llm)
    question_set = find_set(options.name, options.paragraphs, _parse_split(options.split))
    if options.sample:
        question_set = sample_questions(question_set, options.sample)
    with ProgressBars(language) as bars:
        library = _prepare_library(options, question_set, bars)
        run, results = run_written(
            question_set, library, endpoint, options.report, bars.show_questions
        )
    if options.report:
        write_written_report(options.report, run, results, language)
        print_line(_MESSAGES["report_path"].in_language(language, path=options.report), stderr=True)
    if options.as_json:
        print_line(render_written_json(run, results).rstrip("\n"))
        return 0
    screen = create_console()
    if screen.is_terminal:
        screen.print(Text(run.title, TITLE))
        screen.print(_to_rich_table(build_written_table(results, language)))
    else:
        print_line(render_written_markdown(run, results, language).rstrip("\n"))
    return 0


def _parse_split(name: str) -> Split | None:
    if name not in _SPLITS:
        raise OptionError(_MESSAGES["invalid_split"].format(name=name))
    return _SPLITS[name]


def _prepare_library(options: EvalOptions, question_set: QuestionSet, bars: ProgressBars) -> Path:
    """Return the library that was named, else the set's own, built if need be, else the user's."""
    if options.library or not question_set.source:
        return resolve_library_path(options.library)
    encoder = load_encoder()
    return prepare_library(question_set.source, encoder, bars.show_progress)


def _print_runs(
    name: str, runs: Sequence[SystemRun], run_facts: ReportMetadata, language: Language
) -> None:
    """Print the metrics as tables in a terminal."""
    from eval.report.tables import build_difference_table, build_tables

    screen = create_console()
    screen.print(Text(name, TITLE))
    screen.print(Text(run_facts.format_summary(language), DIM))
    screen.print(Text(MessageCatalogue("eval", "report")["intervals"].in_language(language), DIM))
    for run in runs:
        screen.print()
        screen.print(Text(run.system, TITLE))
        for table in build_tables(run, language, short_intervals=True):
            screen.print(_to_rich_table(table))
    for run in runs[1:]:
        screen.print(_to_rich_table(build_difference_table(runs[0], run, language)))


def _to_rich_table(table: Table) -> RichTable:
    rich_table = RichTable(
        title=Text(table.title),
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    longest_word = max(cell_len(word) for row in table.rows for word in row[0].split())
    rich_table.add_column(Text(table.header[0]), min_width=longest_word)
    for name in table.header[1:]:
        # One word a line: otherwise Rich truncates figures.
        rich_table.add_column(Text(name.replace(" ", "\n")), justify="right")
    for row in table.rows:
        rich_table.add_row(*(_format_cell(cell) for cell in row))
    return rich_table


def _format_cell(cell: str) -> Text:
    """Return a metric with its interval under it."""
    metric, _, interval = cell.partition("\n")
    return Text.assemble(metric, ("\n" + interval, DIM)) if interval else Text(metric)
