"""Runs as tables: grouped figures with their intervals, as cells, as Markdown, and as files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.groups import grouped
from eval.judge import Outcome
from eval.metrics import Figure, paired
from eval.questions.format import QuestionSetError
from eval.report import messages
from eval.report.json import Facts, as_json
from eval.run import Run
from rag.render.labels import Language, say

_SHOWN_MISSES = 50
_WHOLE = frozenset(messages.TABLES["cost"][1])  # milliseconds and characters


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a reader's language: what it shows, the names of its columns, and its rows."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def shown(name: str, figure: Figure) -> str:
    """A figure as people read it: rates with three places, others with one."""
    if name in _WHOLE:
        return f"{figure.value:.1f}"
    printed = f"{figure.value:.3f}"
    return printed.replace("0.", ".", 1) if abs(figure.value) < 1 else printed


def interval(name: str, figure: Figure) -> str:
    """The interval of a figure."""
    ends = (Figure(end, end, end, figure.count) for end in (figure.low, figure.high))
    return f"[{', '.join(shown(name, end) for end in ends)}]"


def span(name: str, figure: Figure) -> str:
    """The interval of a figure, short: .82–.94."""
    ends = (figure.low, figure.high)
    if name in _WHOLE:
        return "–".join(f"{end:.0f}" for end in ends)
    printed = (f"{end:.2f}".removesuffix(".00") for end in ends)
    return "–".join(end.removeprefix("0") or "0" for end in printed)


def tables(run: Run, language: Language, *, narrow: bool = False) -> list[Table]:
    """The figures of a run, one table for each kind of figure that it has.

    Args:
        run: At least one outcome.
        language: Of the reader.
        narrow: Whether intervals are short, and stand under their figures.
    """
    groups = grouped(run.outcomes)
    made = []
    for title, names in messages.TABLES.values():
        present = [n for n in names if any(n in values for values in groups.values())]
        if not present:
            continue
        rows = tuple(
            (
                say(messages.GROUPS[group], language),
                f"{values['characters'].count}",
                *(_cell(values, name, narrow=narrow) for name in present),
            )
            for group, values in groups.items()
            if any(name in values for name in present)
        )
        labels = [say(messages.FIGURES[name], language) for name in present]
        head = (say(messages.QUESTIONS, language), say(messages.COUNT, language), *labels)
        made.append(Table(say(title, language), head, rows))
    return made


def difference(first: Run, second: Run, language: Language) -> Table:
    """The paired differences of two runs on the same questions.

    Raises:
        QuestionSetError: If they are not of the same questions.
    """
    try:
        differences = paired(first.outcomes, second.outcomes)
    except ValueError as error:
        raise QuestionSetError(
            f"{second.system}: was not asked the same questions.",
            f"{second.system}：所問的並非相同的題目。",
        ) from error
    rows = tuple(
        (
            say(messages.FIGURES[name], language),
            f"{shown(name, figure)} {interval(name, figure)}",
            say(messages.YES if figure.low * figure.high > 0 else messages.NO, language),
        )
        for name, figure in differences.items()
    )
    head = tuple(
        say(word, language) for word in (messages.FIGURE, messages.DIFFERENCE, messages.CLEAR)
    )
    title = say(messages.AGAINST, language, first=first.system, second=second.system)
    return Table(title, head, rows)


def markdown(title: str, runs: Sequence[Run], facts: Facts, language: Language = "en") -> str:
    """The report as Markdown: every run by group, and each further run against the first.

    Questions that were missed are named only where they are of the dev half.
    """
    parts = [f"# {title}", facts.line(language), say(messages.INTERVALS, language)]
    for run in runs:
        parts.append(f"## {run.system}")
        parts += [f"### {one.title}\n\n{_markdown(one)}" for one in tables(run, language)]
        parts.append(_misses(run.outcomes, language))
    for run in runs[1:]:
        against = difference(runs[0], run, language)
        parts.append(f"## {against.title}\n\n{_markdown(against)}")
    return "\n\n".join(part for part in parts if part) + "\n"


def write(
    folder: Path, title: str, runs: Sequence[Run], facts: Facts, language: Language = "en"
) -> None:
    """Write `report.md`, `report.json` and the plots into a folder, which is made if need be.

    Raises:
        QuestionSetError: If they cannot be written.
    """
    from eval.report.plots import plot

    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.md").write_text(markdown(title, runs, facts, language), encoding="utf-8")
        (folder / "report.json").write_text(as_json(title, runs, facts), encoding="utf-8")
        plot(folder, runs)
    except OSError as error:
        raise QuestionSetError(
            f"{folder}: the report cannot be written ({error}).",
            f"{folder}：無法寫入報告（{error}）。",
        ) from error


def _cell(values: dict[str, Figure], name: str, *, narrow: bool) -> str:
    if name not in values:
        return "–"
    figure = values[name]
    if narrow:
        return f"{shown(name, figure)}\n{span(name, figure)}"
    return f"{shown(name, figure)} {interval(name, figure)}"


def _misses(outcomes: Sequence[Outcome], language: Language) -> str:
    """Answerable dev questions whose right text was not first, by id: where to look next."""
    missed = [
        o for o in outcomes if o.question.answerable and o.question.split == "dev" and o.rank != 1
    ]
    if not missed:
        return ""
    none = say(messages.NONE, language)
    names = [f"{o.question.id} ({o.rank or none})" for o in missed[:_SHOWN_MISSES]]
    if len(missed) > _SHOWN_MISSES:
        names.append(say(messages.MORE, language, count=len(missed) - _SHOWN_MISSES))
    return say(messages.MISSES, language, names=", ".join(names))


def _markdown(table: Table) -> str:
    lines = [table.head, ["---"] * len(table.head), *table.rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
