"""`tongzhu ask`: a question, answered with cited passages.

What few questions need, formats of exports and language models, is imported when it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import QuestionError
from index.messages import Language, MessageCatalogue
from rag.answer.model import Answer
from rag.answer.serialization import safe_json, to_dict
from rag.render.explanation import explain, explanation_to_dict
from ui.cli.output import print_error, print_line
from ui.cli.paths import resolve_library_path
from ui.cli.terminal import print_answer
from ui.service.query import Query
from ui.service.service import Service

_MESSAGES = MessageCatalogue("ui", "cli")


@dataclass(frozen=True, slots=True)
class AskOptions:
    """How to print an answer.

    Attributes:
        as_json: Whether to print JSON.
        with_explanation: Whether to explain it.
        passages: The format to print its passages in instead; "" for none.
        sources: The format to print the works in that its notes cite; "" for none.
        word: The Word file to write instead, its notes as footnotes.
        write: Whether a language model writes an answer too.
        translate: Whether it translates the quotation.
        llm: The address of the model; "" for the one that was set up.
        supported_only: Whether to leave out what it writes that is not supported.
    """

    as_json: bool = False
    with_explanation: bool = False
    passages: str = ""
    sources: str = ""
    word: Path | None = None
    write: bool = False
    translate: bool = False
    llm: str = ""
    supported_only: bool = False

    @property
    def is_export(self) -> bool:
        """Whether something is exported instead of printed."""
        return bool(self.passages or self.sources or self.word)


def ask(query: Query, library: Path | None, language: Language, options: AskOptions) -> int:
    """Print the answer; 0 also where the library does not have it, which is an answer too.

    Where the settings of the language model are not valid, that is said before the answer, and 1
    returned.

    Raises:
        LibraryError: If there is no library, or it is damaged.
        OptionError: If there is no such format.
        QuestionError: If the question cannot be answered as it stands, no article meets the
            filters, or there is no answer to export.
    """
    if options.is_export:
        return _export(query, library, language, options)
    if options.write or options.translate:
        return _write(query, library, language, options)
    _quote(query, library, language, options)
    return 0


def _quote(query: Query, library: Path | None, language: Language, options: AskOptions) -> None:
    with Service(resolve_library_path(library), cached_answers=0) as service:
        answer = get_answer(service, query)
    if options.as_json:
        print_line(safe_json(answer_to_dict(answer, options)))
    else:
        print_answer(answer, language, with_explanation=options.with_explanation)


def get_answer(service: Service, query: Query) -> Answer:
    """Return the answer to a question.

    Raises:
        LibraryError: If the library is damaged.
        QuestionError: If the question cannot be answered as it stands, or no article meets the
            filters.
    """
    answer = service.ask(query)
    if not answer.citations and not service.has_articles(query.filters):
        raise QuestionError(_MESSAGES["no_matching_articles"])
    return answer


def answer_to_dict(answer: Answer, options: AskOptions) -> dict[str, Any]:
    """Return an answer as JSON values, with an explanation if one is asked for."""
    explanation = (
        {"explanation": explanation_to_dict(explain(answer))} if options.with_explanation else {}
    )
    return to_dict(answer) | explanation


def _export(query: Query, library: Path | None, language: Language, options: AskOptions) -> int:
    from ui.cli.answer_exports import export_answer, parse_formats

    formats = parse_formats(options.passages, options.sources)
    with Service(resolve_library_path(library), cached_answers=0) as service:
        answer = get_answer(service, query)
    export_answer(answer, formats, options.word, language)
    return 0


def _write(query: Query, library: Path | None, language: Language, options: AskOptions) -> int:
    from rag.render.written import written_to_text
    from rag.written.endpoint import WritingError
    from rag.written.serialization import written_to_dict
    from ui.cli.writing import find_endpoint, translate, write

    try:
        endpoint = find_endpoint(options.llm)
    except (QuestionError, WritingError) as error:
        print_error(error.message, language)
        _quote(query, library, language, options)  # which needs no model
        return 1
    with Service(resolve_library_path(library), cached_answers=0) as service:
        answer = get_answer(service, query)
        fields = {
            "translation": translate(service, answer, endpoint, language)
            if options.translate
            else None,
            "written": write(service, answer, endpoint, language) if options.write else None,
        }
    texts = {name: written for name, written in fields.items() if written}
    if options.as_json:
        values = {name: written_to_dict(written) for name, written in texts.items()}
        print_line(safe_json(answer_to_dict(answer, options) | values))
        return 0
    print_answer(answer, language, with_explanation=options.with_explanation)
    for written in texts.values():
        text = written_to_text(written, answer, language, supported_only=options.supported_only)
        print_line("\n" + text.rstrip("\n"))
    return 0
