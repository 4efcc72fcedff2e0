"""`tongzhu ask`: a question, answered with cited passages."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from index.errors import QuestionError
from index.storage.library import Library
from index.storage.records import Criteria
from rag.answer.serialization import safe_json, to_dict
from rag.render.explanation import explain, explanation_to_dict
from rag.retriever import Retriever
from ui.cli.output import print_line
from ui.cli.paths import library_path
from ui.cli.terminal import print_answer
from ui.messages import cli_ask
from ui.messages.cli import Language


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked, as `Retriever.retrieve` takes it."""

    question: str
    k: int
    history: tuple[str, ...]
    filters: Criteria


def ask(
    wanted: Wanted,
    library: Path | None,
    language: Language,
    *,
    as_json: bool,
    explained: bool = False,
) -> int:
    """Prints the answer; 0 also where the library does not have it, which is an answer too.

    Raises:
        LibraryError: As `Library.open` and `Retriever.retrieve`.
        QuestionError: As the latter, or if no article meets the filters.
    """
    with Library.open(library_path(library)) as opened:
        rows = opened.rows(**asdict(wanted.filters))
        if rows is not None and not len(rows):
            raise QuestionError(cli_ask.NOTHING_WITHIN.en, cli_ask.NOTHING_WITHIN.zh)
        answer = Retriever(opened).retrieve(
            wanted.question, wanted.k, history=wanted.history, filters=wanted.filters
        )
    if as_json:
        why = {"explanation": explanation_to_dict(explain(answer))} if explained else {}
        print_line(safe_json(to_dict(answer) | why))
    else:
        print_answer(answer, language, explained=explained)
    return 0
