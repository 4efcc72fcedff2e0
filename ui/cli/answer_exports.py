"""Exports of an answer from the command line: citation formats, and a Word file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from index.errors import QuestionError
from index.files import replace_atomically
from index.messages import Language, MessageCatalogue
from rag.answer.model import Answer
from rag.render.word import to_word
from rag.works.exports import EXPORTS, ExportedContent
from rag.works.formats import WorkFormat
from ui.cli.commands.works import parse_format, print_export
from ui.cli.output import print_line

_MESSAGES = MessageCatalogue("ui", "cli")


def parse_formats(passages: str, sources: str) -> dict[ExportedContent, WorkFormat]:
    """Return what to export, with its format.

    Args:
        passages: The format of the passages; "" to leave them out.
        sources: The format of the works that their notes cite; "" to leave them out.

    Raises:
        OptionError: If there is no such format.
    """
    formats: dict[ExportedContent, str] = {"passages": passages, "sources": sources}
    return {content: parse_format(name) for content, name in formats.items() if name}


def export_answer(
    answer: Answer,
    formats: Mapping[ExportedContent, WorkFormat],
    word: Path | None,
    language: Language,
) -> None:
    """Write an answer into a Word file, or print it in formats.

    Args:
        answer: The answer.
        formats: What to print, with its format.
        word: The Word file; None for none.
        language: The language of everything that is not quoted.

    Raises:
        QuestionError: If there is no answer, or the file cannot be written.
    """
    if not answer.is_answered:
        raise QuestionError(_MESSAGES["nothing_to_export"])
    if word:
        _write_word(answer, word, language)
        return
    for content, name in formats.items():
        print_export(EXPORTS[content](answer.citations, name))


def _write_word(answer: Answer, path: Path, language: Language) -> None:
    """Write the passages of an answer into a Word file, their notes as footnotes.

    Raises:
        QuestionError: If the file cannot be written.
    """
    content = to_word(answer.citations, language, title=answer.question)
    try:
        if path.is_file() or (path.parent.is_dir() and not path.exists()):
            with replace_atomically(path) as draft:
                draft.write_bytes(content)
        else:  # a device or a pipe; for a folder, an error
            path.write_bytes(content)
    except OSError as error:
        message = _MESSAGES["not_written"].format(path=path, error=error.strerror or error)
        raise QuestionError(message) from error
    print_line(_MESSAGES["written"].in_language(language, path=path), stderr=True)
