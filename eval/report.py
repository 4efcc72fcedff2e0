"""Figures as a table, as Markdown, as JSON and as plots."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.judge import Outcome
from eval.metrics import Figure, figures, paired

Groups = dict[str, dict[str, Figure]]
"""The figures of each group of questions, by the group's name."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one system did on one question set."""

    system: str
    outcomes: tuple[Outcome, ...]


def grouped(outcomes: Sequence[Outcome]) -> Groups:
    """Figures over all questions, then by language, then by type.

    Refusals need answerable and unanswerable questions side by side, so every group by language
    holds both.
    """
    groups: Groups = {"all": figures(outcomes)}
    keys: tuple[Callable[[Outcome], str], ...] = (
        lambda outcome: outcome.question.language,
        lambda outcome: outcome.question.type,
    )
    for key in keys:
        names = sorted({key(outcome) for outcome in outcomes})
        if len(names) > 1:
            groups |= {n: figures([o for o in outcomes if key(o) == n]) for n in names}
    return groups


def shown(name: str, figure: Figure) -> str:
    """A figure as people read it: rates with three places, milliseconds and lengths whole."""
    if name.endswith("ms") or name == "characters":
        return f"{figure.value:.1f}"
    printed = f"{figure.value:.3f}"
    return printed.replace("0.", ".", 1) if abs(figure.value) < 1 else printed


def interval(name: str, figure: Figure) -> str:
    """A figure with its interval."""
    ends = (Figure(end, end, end, figure.count) for end in (figure.low, figure.high))
    return f"{shown(name, figure)} [{', '.join(shown(name, end) for end in ends)}]"


def markdown(title: str, runs: Sequence[Run]) -> str:
    """The report as Markdown: every run by group, and each further run against the first."""
    parts = [f"# {title}", "95 % bootstrap intervals over questions in brackets."]
    for run in runs:
        groups = grouped(run.outcomes)
        parts += [f"## {run.system}", _groups_table(groups), _misses(run.outcomes)]
    for run in runs[1:]:
        differences = paired(runs[0].outcomes, run.outcomes)
        rows = [
            [name, interval(name, figure), "yes" if figure.low * figure.high > 0 else "no"]
            for name, figure in differences.items()
        ]
        parts += [
            f"## {runs[0].system} − {run.system}, question by question",
            _table(["figure", "difference", "interval leaves out 0"], rows),
        ]
    return "\n\n".join(part for part in parts if part) + "\n"


def as_json(title: str, runs: Sequence[Run]) -> str:
    """The report as JSON: figures by group, and every outcome."""
    record = {
        "title": title,
        "runs": [
            {
                "system": run.system,
                "figures": {
                    group: {name: asdict(figure) for name, figure in values.items()}
                    for group, values in grouped(run.outcomes).items()
                },
                "outcomes": [
                    asdict(outcome) | {"question": outcome.question.id} for outcome in run.outcomes
                ],
            }
            for run in runs
        ],
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def write(folder: Path, title: str, runs: Sequence[Run]) -> None:
    """Write `report.md`, `report.json` and the plots into a folder, which is made if need be."""
    from eval.plots import plot

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.md").write_text(markdown(title, runs), encoding="utf-8")
    (folder / "report.json").write_text(as_json(title, runs), encoding="utf-8")
    plot(folder, runs)


def _groups_table(groups: Groups) -> str:
    names = list(dict.fromkeys(name for values in groups.values() for name in values))
    rows = [
        [group, str(_count(values))]
        + [interval(name, values[name]) if name in values else "–" for name in names]
        for group, values in groups.items()
    ]
    return _table(["questions", "n", *names], rows)


def _count(values: dict[str, Figure]) -> int:
    return values["characters"].count


def _misses(outcomes: Sequence[Outcome]) -> str:
    """Answerable questions whose right text was not first, by id: where to look next."""
    missed = [o for o in outcomes if o.question.answerable and o.rank != 1]
    if not missed:
        return ""
    names = ", ".join(f"{o.question.id} ({o.rank or 'none'})" for o in missed[:50])
    more = f" and {len(missed) - 50} more" if len(missed) > 50 else ""
    return f"Right text not first (its rank): {names}{more}."


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
