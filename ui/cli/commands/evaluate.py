"""`tongzhu eval`: a question set asked, judged and reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.table import Table as RichTable
from rich.text import Text

from eval.extras import require
from eval.questions.format import QuestionSetError, Split
from eval.questions.sets import QuestionSet, find, prepared
from index.encoders.protocol import load_encoder
from ui.cli.output import print_line
from ui.cli.paths import library_path
from ui.cli.progress import Bars
from ui.cli.terminal import QUIET, TITLE, console
from ui.messages import cli
from ui.messages.cli import Language, say

if TYPE_CHECKING:
    from eval.report.json import Facts
    from eval.report.tables import Table
    from eval.run import Run

_SPLITS: dict[str, Split | None] = {"dev": "dev", "test": "test", "all": None}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for.

    Attributes:
        name: The question set.
        library: The folder; None for the set's own or the user's.
        paragraphs: The SQuAD file whose paragraphs are to be found.
        split: "dev", "test" or "all".
        baselines: Names parted by commas, or "all".
        against: A library, or the folder of an earlier report, to compare with.
        report: The folder to write a report into.
        as_json: Whether to print JSON.
    """

    name: str
    library: Path | None = None
    paragraphs: Path | None = None
    split: str = "all"
    baselines: str = ""
    against: Path | None = None
    report: Path | None = None
    as_json: bool = False


def evaluate(wanted: Wanted, language: Language) -> int:
    """Prints the figures of a question set, and writes them down where that is asked for."""
    require("eval")
    from eval.baselines.systems import named
    from eval.report.compare import compare, facts
    from eval.report.json import as_json
    from eval.report.tables import markdown, write

    baselines = named(wanted.baselines)
    if set(baselines) - {"vectors"}:
        require("baselines")
    chosen = find(wanted.name, wanted.paragraphs, _split(wanted.split))
    with Bars(language) as bars:
        library = _library(wanted, chosen, bars)
        about = facts(chosen, library, wanted.split)
        runs = compare(
            chosen,
            library,
            baselines=baselines,
            against=wanted.against,
            progress=bars.show_questions,
        )
    if wanted.report:
        write(wanted.report, chosen.name, runs, about, language)
        print_line(say(cli.REPORT_AT, language, path=wanted.report), stderr=True)
    if wanted.as_json:
        print_line(as_json(chosen.name, runs, about).rstrip("\n"))
    elif console().is_terminal:
        _show(chosen.name, runs, about, language)
    else:
        print_line(markdown(chosen.name, runs, about, language).rstrip("\n"))
    return 0


def _split(name: str) -> Split | None:
    if name not in _SPLITS:
        raise QuestionSetError(
            f"--split is {name}: it must be dev, test or all.",
            f"--split 為 {name}：須為 dev、test 或 all。",
        )
    return _SPLITS[name]


def _library(wanted: Wanted, chosen: QuestionSet, bars: Bars) -> Path:
    """The library that was named, else the set's own, made if need be, else the user's."""
    if wanted.library or not chosen.source:
        return library_path(wanted.library)
    encoder = load_encoder(unpacking=bars.show_unpacking)
    return prepared(chosen.source, encoder, bars.show)


def _show(name: str, runs: Sequence[Run], about: Facts, language: Language) -> None:
    """Sets the figures for a terminal."""
    from eval.report import messages
    from eval.report.tables import difference, tables

    screen = console()
    screen.print(Text(name, TITLE))
    screen.print(Text(about.line(language), QUIET))
    screen.print(Text(say(messages.INTERVALS, language), QUIET))
    for run in runs:
        screen.print()
        screen.print(Text(run.system, TITLE))
        for table in tables(run, language, narrow=True):
            screen.print(_set(table))
    for run in runs[1:]:
        screen.print(_set(difference(runs[0], run, language)))


def _set(table: Table) -> RichTable:
    rich = RichTable(
        title=Text(table.title),
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    longest = max(cell_len(word) for row in table.rows for word in row[0].split())
    rich.add_column(Text(table.head[0]), min_width=longest)
    for name in table.head[1:]:
        # A word to a line: left to itself, Rich would rather cut figures.
        rich.add_column(Text(name.replace(" ", "\n")), justify="right")
    for row in table.rows:
        rich.add_row(*(_cell(cell) for cell in row))
    return rich


def _cell(cell: str) -> Text:
    """A figure with its interval under it."""
    figure, _, interval = cell.partition("\n")
    return Text.assemble(figure, ("\n" + interval, QUIET)) if interval else Text(figure)
