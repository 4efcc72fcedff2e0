"""Reports as JSON, and their runs read again to be compared with later ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.judge import QuestionResult
from eval.metrics import compute_grouped_metrics
from eval.questions.format import Question, QuestionSetError
from eval.run import SystemRun
from index.input_files import read_file
from index.messages import Language, MessageCatalogue

_ERROR_MESSAGES = MessageCatalogue("eval", "errors")
_MESSAGES = MessageCatalogue("eval", "report")

REPORT_FILE = "report.json"


@dataclass(frozen=True, slots=True)
class ReportMetadata:
    """The questions and the library of a report: enough to repeat it.

    Attributes:
        questions: The number of questions.
        split: "dev" or "test"; "all" for both.
        model: The name of the library's model.
        passages: The number of passages of the library.
        version: The version of Tongzhu.
    """

    questions: int
    split: str
    model: str
    passages: int
    version: str

    def format_summary(self, language: Language) -> str:
        """Return the metadata as one line."""
        split = _MESSAGES["all_splits"].in_language(language) if self.split == "all" else self.split
        return _MESSAGES["metadata_line"].in_language(language, **asdict(self) | {"split": split})


def render_json(title: str, runs: Sequence[SystemRun], metadata: ReportMetadata) -> str:
    """Return a report as JSON: the metrics by group, and every result.

    Args:
        title: The title.
        runs: The runs.
        metadata: The description of the questions and the library.
    """
    record = {
        "title": title,
        **asdict(metadata),
        "runs": [
            {
                "system": run.system,
                "metrics": {
                    group: {name: asdict(estimate) for name, estimate in values.items()}
                    for group, values in compute_grouped_metrics(run.results).items()
                },
                "results": [
                    asdict(result) | {"question": result.question.id} for result in run.results
                ],
            }
            for run in runs
        ],
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def load_run(folder: Path, questions: Sequence[Question]) -> SystemRun:
    """Return the first run of an earlier report.

    Args:
        folder: The folder with its `report.json`.
        questions: The questions of the run; each must be in the report.

    Raises:
        QuestionSetError: If it is not a report on these questions.
    """
    path = folder / REPORT_FILE
    try:
        record = json.loads(read_file(path))["runs"][0]
        earlier_results = {result["question"]: result for result in record["results"]}
        results = [
            QuestionResult(**(earlier_results[question.id] | {"question": question}))
            for question in questions
        ]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise QuestionSetError(
            _ERROR_MESSAGES["invalid_report"].format(
                path=path, kind=type(error).__name__, error=error
            )
        ) from error
    return SystemRun(f"{record['system']}, {folder.name}", tuple(results))
