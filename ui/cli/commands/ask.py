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
from rag.works.exports import EXPORTS, ExportedContent
from rag.works.formats import WorkFormat
from ui.cli.commands.works import parse_format
from ui.cli.output import print_line
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
        word: The Word file to write instead; None for none.
        word: The Word file to write instead, its notes as footnotes.
    """

    as_json: bool = False
    with_explanation: bool = False
    passages: str = ""
    sources: str = ""
    word: Path | None = None

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
    with Service(resolve_library_path(library), cached_answers=0) as service:
        answer = service.ask(query)
        if not answer.citations and not service.has_articles(query.filters):
            raise QuestionError(_MESSAGES["no_matching_articles"])
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
        print_line(safe_json(to_dict(answer) | explanation_field))
    else:
        print_answer(answer, language, with_explanation=options.with_explanation)
    return 0


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
