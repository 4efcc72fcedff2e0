"""Runs as JSON, and back again, so that a later run can be compared with an earlier one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.groups import grouped
from eval.judge import Outcome
from eval.questions.format import Question, QuestionSetError
from eval.report import messages
from eval.run import Run
from rag.render.labels import Language, say

REPORT = "report.json"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a report's figures were taken on: enough to take them again.

    Attributes:
        questions: How many.
        split: "dev" or "test"; "all" for both.
        model: The library's model.
        passages: How many the library holds.
        version: Of Tongzhu.
    """

    questions: int
    split: str
    model: str
    passages: int
    version: str

    def line(self, language: Language) -> str:
        """All of it in one line."""
        split = say(messages.EVERY, language) if self.split == "all" else self.split
        return say(messages.MADE_OF, language, **(asdict(self) | {"split": split}))


def as_json(title: str, runs: Sequence[Run], facts: Facts) -> str:
    """The report as JSON: figures by group, and every outcome."""
    record = {
        "title": title,
        **asdict(facts),
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


def load(folder: Path, questions: Sequence[Question]) -> Run:
    """The first run of an earlier report.

    Args:
        folder: With its `report.json`.
        questions: Those that are asked now; each must be in the report.

    Raises:
        QuestionSetError: If it is no report, or not of these questions.
    """
    path = folder / REPORT
    try:
        run = json.loads(path.read_text(encoding="utf-8"))["runs"][0]
        earlier = {outcome["question"]: outcome for outcome in run["outcomes"]}
        outcomes = [Outcome(**(earlier[one.id] | {"question": one})) for one in questions]
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise QuestionSetError(
            f"{path}: is no report on these questions ({type(error).__name__}: {error}).",
            f"{path}：並非這些題目的報告（{type(error).__name__}：{error}）。",
        ) from error
    return Run(f"{run['system']}, {folder.name}", tuple(outcomes))
