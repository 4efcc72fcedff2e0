"""`tongzhu ask`: a question, answered with cited passages."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from index.errors import QuestionError
from index.messages import Language
from index.storage.library import Library
from index.storage.records import Filters
from rag.answer.serialization import safe_json, to_dict
from rag.render.explanation import explain, explanation_to_dict
from rag.retriever import Retriever
from ui.cli.output import print_line
from ui.cli.paths import resolve_library_path
from ui.cli.terminal import print_answer
from ui.messages import cli_ask


@dataclass(frozen=True, slots=True)
class AskOptions:
    """What is asked, as `Retriever.retrieve` takes it."""

    question: str
    k: int
    history: tuple[str, ...]
    filters: Filters


def ask(
    options: AskOptions,
    library: Path | None,
    language: Language,
    *,
    as_json: bool,
    with_explanation: bool = False,
) -> int:
    """Prints the answer; 0 also where the library does not have it, which is an answer too.

    Raises:
        LibraryError: As `Library.open` and `Retriever.retrieve`.
        QuestionError: As the latter, or if no article meets the filters.
    """
    with Library.open(resolve_library_path(library)) as opened:
        rows = opened.filter_rows(**asdict(options.filters))
        if rows is not None and not len(rows):
            raise QuestionError(cli_ask.NO_MATCHING_ARTICLES.en, cli_ask.NO_MATCHING_ARTICLES.zh)
        answer = Retriever(opened).retrieve(
            options.question, options.k, history=options.history, filters=options.filters
        )
    if as_json:
        explanation_field = (
            {"explanation": explanation_to_dict(explain(answer))} if with_explanation else {}
        )
        print_line(safe_json(to_dict(answer) | explanation_field))
    else:
        print_answer(answer, language, with_explanation=with_explanation)
    return 0
