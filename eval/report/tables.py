"""Reports as tables: metrics by group with their intervals, as Markdown and as files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.judge import QuestionResult
from eval.metrics import Estimate, compute_grouped_metrics, compute_paired_differences
from eval.questions.format import QuestionSetError
from eval.report.json import ReportMetadata, render_json
from eval.run import SystemRun
from index.messages import Language, MessageCatalogue

_ERROR_MESSAGES = MessageCatalogue("eval", "errors")
_MESSAGES = MessageCatalogue("eval", "report")

_MAX_SHOWN_MISSES = 50
_TABLES: dict[str, tuple[str, ...]] = {
    "ranking": ("recall@1", "recall@3", "recall@5", "recall@10", "mrr@10", "ndcg@10"),
    "answer": (
        "evidence accuracy",
        "notes recall",
        "notes precision",
        "auroc",
        "refusals",
        "false refusals",
    ),
    "cost": ("p50 ms", "p95 ms", "characters", "with notes"),
}
"""The names of the metrics of each table."""
_COST_METRICS = frozenset(_TABLES["cost"])  # milliseconds and characters


@dataclass(frozen=True, slots=True)
class Table:
    """A table in one language: its title, the names of its columns, and its rows."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def format_value(name: str, estimate: Estimate) -> str:
    """Return a metric as text: rates with three places, others with one.

    Args:
        name: The name of the metric.
        estimate: Its value.
    """
    if name in _COST_METRICS:
        return f"{estimate.value:.1f}"
    text = f"{estimate.value:.3f}"
    return text.replace("0.", ".", 1) if abs(estimate.value) < 1 else text


def format_interval(name: str, estimate: Estimate) -> str:
    """Return the interval of a metric as text.

    Args:
        name: The name of the metric.
        estimate: Its value.
    """
    bounds = (
        Estimate(bound, bound, bound, estimate.count) for bound in (estimate.low, estimate.high)
    )
    return f"[{', '.join(format_value(name, bound) for bound in bounds)}]"


def format_short_interval(name: str, estimate: Estimate) -> str:
    """Return the interval of a metric as short text: .82–.94.

    Args:
        name: The name of the metric.
        estimate: Its value.
    """
    bounds = (estimate.low, estimate.high)
    if name in _COST_METRICS:
        return "–".join(f"{bound:.0f}" for bound in bounds)
    formatted = (f"{bound:.2f}".removesuffix(".00") for bound in bounds)
    return "–".join(bound.removeprefix("0") or "0" for bound in formatted)


def build_tables(
    run: SystemRun, language: Language, *, short_intervals: bool = False
) -> list[Table]:
    """Return the metrics of a run, a table for each kind that it has.

    Args:
        run: A run with at least one result.
        language: The language of the table.
        short_intervals: Whether intervals are short, and under their metrics.
    """
    groups = compute_grouped_metrics(run.results)
    result_tables = []
    for table, names in _TABLES.items():
        available = [n for n in names if any(n in values for values in groups.values())]
        if not available:
            continue
        rows = tuple(
            (
                _MESSAGES[f"group.{group}"].in_language(language),
                f"{values['characters'].count}",
                *(
                    _format_cell(values, name, short_intervals=short_intervals)
                    for name in available
                ),
            )
            for group, values in groups.items()
            if any(name in values for name in available)
        )
        labels = [_MESSAGES[f"metric.{name}"].in_language(language) for name in available]
        header = (
            _MESSAGES["questions"].in_language(language),
            _MESSAGES["question_count"].in_language(language),
            *labels,
        )
        result_tables.append(Table(_MESSAGES[f"table.{table}"].in_language(language), header, rows))
    return result_tables


def build_difference_table(
    first_run: SystemRun, second_run: SystemRun, language: Language
) -> Table:
    """Return the paired differences of two runs on the same questions.

    Args:
        first_run: The run whose metrics are the minuends.
        second_run: The other run.
        language: The language of the table.

    Raises:
        QuestionSetError: If they are not of the same questions.
    """
    try:
        differences = compute_paired_differences(first_run.results, second_run.results)
    except ValueError as error:
        raise QuestionSetError(
            _ERROR_MESSAGES["different_questions"].format(system=second_run.system)
        ) from error
    rows = tuple(
        (
            _MESSAGES[f"metric.{name}"].in_language(language),
            f"{format_value(name, estimate)} {format_interval(name, estimate)}",
            _MESSAGES["yes" if estimate.low * estimate.high > 0 else "no"].in_language(language),
        )
        for name, estimate in differences.items()
    )
    header = tuple(
        word.in_language(language)
        for word in (_MESSAGES["metric_heading"], _MESSAGES["difference"], _MESSAGES["significant"])
    )
    title = _MESSAGES["difference_title"].in_language(
        language, first=first_run.system, second=second_run.system
    )
    return Table(title, header, rows)


def render_markdown(
    title: str, runs: Sequence[SystemRun], metadata: ReportMetadata, language: Language = "en"
) -> str:
    """Return a report as Markdown: every run by group, and each further run less the first.

    Questions that were missed are named only if they are of the dev half.

    Args:
        title: The title.
        runs: The runs, at least one.
        metadata: The description of the questions and the library.
        language: The language of the report.
    """
    parts = [
        f"# {title}",
        metadata.format_summary(language),
        _MESSAGES["intervals"].in_language(language),
    ]
    for run in runs:
        parts.append(f"## {run.system}")
        parts += [
            f"### {table.title}\n\n{render_table(table)}" for table in build_tables(run, language)
        ]
        parts.append(_format_misses(run.results, language))
    for run in runs[1:]:
        comparison = build_difference_table(runs[0], run, language)
        parts.append(f"## {comparison.title}\n\n{render_table(comparison)}")
    return "\n\n".join(part for part in parts if part) + "\n"


def write_report(
    folder: Path,
    title: str,
    runs: Sequence[SystemRun],
    metadata: ReportMetadata,
    language: Language = "en",
) -> None:
    """Write `report.md`, `report.json` and the plots.

    Args:
        folder: The folder, created if it is missing.
        title: The title.
        runs: The runs, at least one.
        metadata: The description of the questions and the library.
        language: The language of `report.md`.

    Raises:
        QuestionSetError: If they cannot be written.
    """
    from eval.report.plots import write_plots

    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.md").write_text(
            render_markdown(title, runs, metadata, language), encoding="utf-8"
        )
        (folder / "report.json").write_text(render_json(title, runs, metadata), encoding="utf-8")
        write_plots(folder, runs)
    except OSError as error:
        raise QuestionSetError(
            _ERROR_MESSAGES["unwritable_report"].format(folder=folder, error=error)
        ) from error


def _format_cell(values: dict[str, Estimate], name: str, *, short_intervals: bool) -> str:
    if name not in values:
        return "–"
    estimate = values[name]
    if short_intervals:
        return f"{format_value(name, estimate)}\n{format_short_interval(name, estimate)}"
    return f"{format_value(name, estimate)} {format_interval(name, estimate)}"


def _format_misses(results: Sequence[QuestionResult], language: Language) -> str:
    """Return the ids of answerable dev questions whose relevant text was not first."""
    missed = [
        o for o in results if o.question.is_answerable and o.question.split == "dev" and o.rank != 1
    ]
    if not missed:
        return ""
    unranked = _MESSAGES["none"].in_language(language)
    names = [f"{o.question.id} ({o.rank or unranked})" for o in missed[:_MAX_SHOWN_MISSES]]
    if len(missed) > _MAX_SHOWN_MISSES:
        names.append(
            _MESSAGES["and_more"].in_language(language, count=len(missed) - _MAX_SHOWN_MISSES)
        )
    return _MESSAGES["misses"].in_language(language, names=", ".join(names))


def render_table(table: Table) -> str:
    """Return a table as Markdown, without its title.

    Args:
        table: The table.
    """
    lines = [table.header, ["---"] * len(table.header), *table.rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
