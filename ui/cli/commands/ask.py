"""`tongzhu ask`: a question, answered with cited passages."""

from __future__ import annotations

from pathlib import Path

from index.errors import QuestionError
from index.messages import Language, MessageCatalogue
from rag.answer.serialization import safe_json, to_dict
from rag.render.explanation import explain, explanation_to_dict
from ui.cli.output import print_line
from ui.cli.paths import resolve_library_path
from ui.cli.terminal import print_answer
from ui.service.query import Query
from ui.service.service import Service

_MESSAGES = MessageCatalogue("ui", "cli")


def ask(
    query: Query,
    library: Path | None,
    language: Language,
    *,
    as_json: bool,
    with_explanation: bool = False,
) -> int:
    """Print the answer; 0 also where the library does not have it, which is an answer too.

    Raises:
        LibraryError: If there is no library, or it is damaged.
        QuestionError: If the question cannot be answered as it stands, or no article meets the
            filters.
    """
    with Service(resolve_library_path(library), cached_answers=0) as service:
        answer = service.ask(query)
        if not answer.citations and not service.has_articles(query.filters):
            raise QuestionError(_MESSAGES["no_matching_articles"])
    if as_json:
        explanation_field = (
            {"explanation": explanation_to_dict(explain(answer))} if with_explanation else {}
        )
        print_line(safe_json(to_dict(answer) | explanation_field))
    else:
        print_answer(answer, language, with_explanation=with_explanation)
    return 0
