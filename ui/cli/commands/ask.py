"""`tongzhu ask`: a question, answered with cited passages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.errors import QuestionError
from index.messages import Language, MessageCatalogue
from rag.answer.model import Answer
from rag.answer.serialization import safe_json, to_dict
from rag.render.explanation import explain, explanation_to_dict
from rag.render.word import to_word
from rag.render.written import written_to_text
from rag.works.exports import EXPORTS, ExportedContent
from rag.works.formats import WorkFormat
from rag.written.endpoint import MODEL_VARIABLE, URL_VARIABLE, Endpoint, WritingError, load_endpoint
from rag.written.evidence import number_sentences
from rag.written.model import WrittenAnswer
from rag.written.serialization import written_to_dict
from ui.cli.commands.works import parse_format
from ui.cli.output import print_error, print_line
from ui.cli.paths import resolve_library_path
from ui.cli.terminal import print_answer
from ui.service.query import Query
from ui.service.service import Service

_MESSAGES = MessageCatalogue("ui", "cli")
_WRITTEN_MESSAGES = MessageCatalogue("rag", "written")


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
        llm: The address of the model; "" for the one that was set up.
    """

    as_json: bool = False
    with_explanation: bool = False
    passages: str = ""
    sources: str = ""
    word: Path | None = None
    write: bool = False
    llm: str = ""

    def parse_formats(self) -> dict[ExportedContent, WorkFormat]:
        """Return what to export, with its format.

        Raises:
            QuestionError: If there is no such format.
        """
        formats: dict[ExportedContent, str] = {"passages": self.passages, "sources": self.sources}
        return {content: parse_format(name) for content, name in formats.items() if name}


def ask(query: Query, library: Path | None, language: Language, options: AskOptions) -> int:
    """Print the answer; 0 also where the library does not have it, which is an answer too.

    Raises:
        LibraryError: If there is no library, or it is damaged.
        QuestionError: If the question cannot be answered as it stands, no article meets the
            filters, there is no such format, or there is no answer to export.
    """
    formats = options.parse_formats()
    endpoint = _find_endpoint(options.llm) if options.write else None
    with Service(resolve_library_path(library), cached_answers=0) as service:
        answer = service.ask(query)
        if not answer.citations and not service.has_articles(query.filters):
            raise QuestionError(_MESSAGES["no_matching_articles"])
        written = _write(service, answer, endpoint, language) if endpoint else None
    if (formats or options.word) and not answer.is_answered:
        raise QuestionError(_MESSAGES["nothing_to_export"])
    if options.word:
        _write_word(answer, options.word, language)
    elif formats:
        for content, name in formats.items():
            print_line(EXPORTS[content](answer.citations, name).rstrip("\n"))
    elif options.as_json:
        explanation_field = (
            {"explanation": explanation_to_dict(explain(answer))}
            if options.with_explanation
            else {}
        )
        written_field = {"written": written_to_dict(written)} if written else {}
        print_line(safe_json(to_dict(answer) | explanation_field | written_field))
    else:
        print_answer(answer, language, with_explanation=options.with_explanation)
        if written:
            print_line("\n" + written_to_text(written, answer, language).rstrip("\n"))
    return 0


def _find_endpoint(address: str) -> Endpoint:
    """Return the language model that was set up.

    Raises:
        QuestionError: If none was.
        WritingError: If its settings are not valid.
    """
    endpoint = load_endpoint(address)
    if endpoint is None:
        message = _WRITTEN_MESSAGES["no_endpoint"]
        variables = {"url_variable": URL_VARIABLE, "model_variable": MODEL_VARIABLE}
        raise QuestionError(message.format(**variables))
    return endpoint


def _write(
    service: Service, answer: Answer, endpoint: Endpoint, language: Language
) -> WrittenAnswer | None:
    """Return what a model writes of an answer; what goes wrong takes one line on stderr."""
    if not answer.is_answered:
        return None
    if not endpoint.is_local:
        line = _WRITTEN_MESSAGES["sends"].in_language(
            language, count=len(number_sentences(answer)), host=endpoint.host
        )
        print_line(line, stderr=True)
    try:
        written = service.write(answer, endpoint)
    except WritingError as error:
        print_error(error.message, language)
        return None
    if written is None:
        message = _WRITTEN_MESSAGES["nothing_written"]
        print_line(message.in_language(language, host=endpoint.host), stderr=True)
    return written


def _write_word(answer: Answer, path: Path, language: Language) -> None:
    """Write the passages of an answer into a Word file, their notes as footnotes.

    Raises:
        QuestionError: If the file cannot be written.
    """
    try:
        path.write_bytes(to_word(answer.citations, language, title=answer.question))
    except OSError as error:
        message = _MESSAGES["not_written"].format(path=path, error=error.strerror or error)
        raise QuestionError(message) from error
    print_line(_MESSAGES["written"].in_language(language, path=path), stderr=True)
