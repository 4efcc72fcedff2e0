"""The figures of written answers by language pair, as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import msgspec

from eval.metrics import Estimate, bootstrap_estimate
from eval.questions.format import QuestionSetError
from eval.report.tables import Table, format_interval, format_value, render_table
from eval.written.judge import WrittenResult
from eval.written.run import WrittenRun
from index.messages import Language, MessageCatalogue

_ERROR_MESSAGES = MessageCatalogue("eval", "errors")
_MESSAGES = MessageCatalogue("eval", "written")

_METRICS: Mapping[str, Callable[[WrittenResult], float | None]] = {
    "written": lambda result: bool(result.sentences) if result.is_answerable else None,
    "kept": lambda result: sum(result.kept) / len(result.kept) if result.kept else None,
    "shown": lambda result: result.is_shown if result.sentences else None,
    "citation_recall": lambda result: result.citation_recall,
    "citation_precision": lambda result: result.citation_precision,
    "gold_precision": lambda result: result.gold_precision,
    "correct": lambda result: result.is_correct,
    "correct_unchecked": lambda result: result.is_correct_unchecked,
    "not_written": lambda result: None if result.is_answerable else not result.sentences,
}
"""The metrics, each the mean of what a question has; None where it has none."""


def compute_written_metrics(results: Sequence[WrittenResult]) -> dict[str, dict[str, Estimate]]:
    """Return the metrics of all questions, then by language pair.

    Args:
        results: The judged written answers, at least one.
    """
    pairs = sorted({result.pair for result in results if result.pair})
    groups = {"": list(results)}
    if len(pairs) > 1:
        groups |= {pair: [item for item in results if item.pair == pair] for pair in pairs}
    return {name: _compute_metrics(members) for name, members in groups.items()}


def build_written_table(results: Sequence[WrittenResult], language: Language) -> Table:
    """Return the metrics as a table, a row for each language pair.

    Args:
        results: The judged written answers, at least one.
        language: The language of the table.
    """
    groups = compute_written_metrics(results)
    names = [name for name in _METRICS if any(name in values for values in groups.values())]
    counts = {"": len(results)} | {
        pair: sum(result.pair == pair for result in results) for pair in groups if pair
    }
    rows = tuple(
        (
            pair or _MESSAGES["all"].in_language(language),
            str(counts[pair]),
            *(_format_cell(name, values.get(name)) for name in names),
        )
        for pair, values in groups.items()
    )
    labels = (_MESSAGES[f"metric.{name}"].in_language(language) for name in names)
    header = (
        _MESSAGES["pair"].in_language(language),
        _MESSAGES["question_count"].in_language(language),
        *labels,
    )
    return Table("", header, rows)


def render_written_markdown(
    run: WrittenRun, results: Sequence[WrittenResult], language: Language
) -> str:
    """Return the report as Markdown.

    Args:
        run: What it is of.
        results: The judged written answers, at least one.
        language: The language of the report.
    """
    milliseconds = sorted(result.seconds for result in results if result.sentences)
    middle = milliseconds[len(milliseconds) // 2] if milliseconds else 0.0
    summary = _MESSAGES["summary"].in_language(
        language, model=run.model, host=run.host, questions=run.questions, seconds=middle
    )
    parts = [
        f"# {run.title}",
        summary,
        _MESSAGES["judge"].in_language(language),
        render_table(build_written_table(results, language)),
    ]
    return "\n\n".join(parts) + "\n"


def render_written_json(run: WrittenRun, results: Sequence[WrittenResult]) -> str:
    """Return the report as JSON, with every result.

    Args:
        run: What it is of.
        results: The judged written answers, at least one.
    """
    record = {
        **msgspec.to_builtins(run),
        "metrics": {
            pair or "all": {name: asdict(estimate) for name, estimate in values.items()}
            for pair, values in compute_written_metrics(results).items()
        },
        "results": msgspec.to_builtins(list(results)),
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def write_written_report(
    folder: Path, run: WrittenRun, results: Sequence[WrittenResult], language: Language
) -> None:
    """Write `written.md` and `written.json`.

    Args:
        folder: The folder, created if it is missing.
        run: What it is of.
        results: The judged written answers, at least one.
        language: The language of `written.md`.

    Raises:
        QuestionSetError: If they cannot be written.
    """
    texts = {
        "written.md": render_written_markdown(run, results, language),
        "written.json": render_written_json(run, results),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        message = _ERROR_MESSAGES["unwritable_report"].format(folder=folder, error=error)
        raise QuestionSetError(message) from error


def _compute_metrics(results: Sequence[WrittenResult]) -> dict[str, Estimate]:
    columns = {
        name: [value for result in results if (value := measure(result)) is not None]
        for name, measure in _METRICS.items()
    }
    return {name: bootstrap_estimate(values) for name, values in columns.items() if values}


def _format_cell(name: str, estimate: Estimate | None) -> str:
    if estimate is None:
        return "–"
    return f"{format_value(name, estimate)} {format_interval(name, estimate)}"
