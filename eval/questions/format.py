"""Questions with known answers, and the format of their files.

The file format is described in `eval/questions/README.md`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, cast, get_args

from index.document import Span
from index.errors import TongzhuError
from index.input_files import read_file
from index.messages import Message, MessageCatalogue

_MESSAGES = MessageCatalogue("eval", "errors")

Split = Literal["dev", "test"]
Language = Literal["zh-Hant", "zh-Hans", "en"]
QuestionType = Literal[
    "fact", "reason", "comparison", "note", "source", "about", "follow-up", "unanswerable"
]
AnswerLocation = Literal["text", "note", "metadata"]


class QuestionSetError(TongzhuError):
    """A question set cannot be read, or does not fit its paragraphs."""


class SectionRef(NamedTuple):
    """A section by its indices: of its article in the publication, and of itself in the article."""

    article: int
    section: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the gold of its answer.

    Attributes:
        id: Its id, unique in its set.
        split: "dev" for tuning, "test" for reporting.
        language: The language and script it is written in.
        type: Its type.
        question: The question as a user types it.
        history: The questions asked before it, oldest first.
        article: The title of the gold article; None for the publication as a whole, and for sets
            with `gold_sections`.
        sections: The paths of the gold sections.
        notes: The numbers of the notes at the answering sentence, or that have the answer.
        answers: Short strings as printed; a text that has one of them answers.
        where: Where the answer is; None for an unanswerable question.
        near_miss: Whether an unanswerable question is about the publication's own matters.
        gold_sections: The gold sections by index, for files whose paragraphs have no headings.
        spans: The spans of the answers in the text of the gold section, if they are known.
    """

    id: str
    split: Split
    language: Language
    type: QuestionType
    question: str
    history: tuple[str, ...] = ()
    article: str | None = None
    sections: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    where: AnswerLocation | None = None
    near_miss: bool = False
    gold_sections: tuple[SectionRef, ...] = ()
    spans: tuple[Span, ...] = ()

    @property
    def is_answerable(self) -> bool:
        """Whether the publication answers it."""
        return self.type != "unanswerable"


def load_questions(path: Path) -> tuple[Question, ...]:
    """Return the questions of a JSON Lines file, in its order.

    Args:
        path: The file.

    Raises:
        ReadError: If the file cannot be read.
        QuestionSetError: If it is not UTF-8 or a line is not a question; the message names the
            file, the line and the field.
    """
    try:
        lines = read_file(path).decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise QuestionSetError(
            _MESSAGES["unreadable_set"].format(path=path, error=error)
        ) from error
    questions: dict[str, Question] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = parse_question(line)
            if question.id in questions:
                raise _FieldError("id", _MESSAGES["field.repeated_id"].format(id=question.id))
        except _FieldError as error:
            raise QuestionSetError(
                _MESSAGES["invalid_field"].format(
                    file=path.name, number=number, field=error.field, problem=error.problem
                )
            ) from None
        questions[question.id] = question
    if not questions:
        raise QuestionSetError(_MESSAGES["empty_set"].format(file=path.name))
    return tuple(questions.values())


class _FieldError(ValueError):
    """A fault of a line, before its file and number are known."""

    def __init__(self, field: str, problem: Message) -> None:
        super().__init__(problem)
        self.field, self.problem = field, problem


_FIELDS = (
    *("id", "split", "language", "type", "question", "history"),
    *("article", "sections", "notes", "answers", "where", "near_miss"),
)


def parse_question(line: str) -> Question:
    """Return the question of a line.

    Args:
        line: A JSON object.

    Raises:
        ValueError: If it is not a question; the message names neither the file nor the line.
    """
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise _FieldError("JSON", _MESSAGES["field.not_json"].format(column=error.colno)) from error
    if not isinstance(record, dict):
        raise _FieldError("JSON", _MESSAGES["field.not_an_object"])
    for name in record:
        if name not in _FIELDS:
            raise _FieldError(name, _MESSAGES["field.unknown"])
    question = Question(
        id=_parse_string(record, "id"),
        split=cast("Split", _parse_choice(record, "split", get_args(Split))),
        language=cast("Language", _parse_choice(record, "language", get_args(Language))),
        type=cast("QuestionType", _parse_choice(record, "type", get_args(QuestionType))),
        question=_parse_string(record, "question"),
        history=_parse_strings(record.get("history", []), "history"),
        article=None if record.get("article") is None else _parse_string(record, "article"),
        sections=tuple(
            _parse_strings(path, "sections")
            for path in _parse_list(record.get("sections", []), "sections")
        ),
        notes=_parse_strings(record.get("notes", []), "notes"),
        answers=_parse_strings(record.get("answers", []), "answers"),
        where=(
            None
            if record.get("where") is None
            else cast("AnswerLocation", _parse_choice(record, "where", get_args(AnswerLocation)))
        ),
        near_miss=_parse_boolean(record.get("near_miss", False), "near_miss"),
    )
    _check_gold_fields(question, record)
    return question


def _check_gold_fields(question: Question, record: dict[str, object]) -> None:
    """Raise an error if the gold does not fit the type."""
    if bool(question.history) != (question.type == "follow-up"):
        raise _FieldError("history", _MESSAGES["field.history"])
    if ("near_miss" in record) != (question.type == "unanswerable"):
        raise _FieldError("near_miss", _MESSAGES["field.near_miss"])
    required: dict[str, bool]
    if question.is_answerable:
        in_article = question.where != "metadata"
        required = {"where": True, "answers": True}
        required |= {"article": True, "sections": True} if in_article else {}
        required |= {"notes": True} if question.where == "note" else {}
    else:
        required = dict.fromkeys(("article", "sections", "notes", "answers", "where"), False)
    for name, is_required in required.items():
        if bool(getattr(question, name)) != is_required:
            raise _FieldError(
                name, _MESSAGES["field.missing" if is_required else "field.not_empty"]
            )


def _parse_string(record: dict[str, object], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str) or not value.strip():
        raise _FieldError(name, _MESSAGES["field.not_a_string"])
    return value


def _parse_choice(record: dict[str, object], name: str, choices: tuple[str, ...]) -> str:
    value = _parse_string(record, name)
    if value not in choices:
        allowed = ", ".join(choices)
        raise _FieldError(
            name, _MESSAGES["field.not_a_choice"].format(value=value, allowed=allowed)
        )
    return value


def _parse_list(value: object, name: str) -> list[object]:
    if not isinstance(value, list):
        raise _FieldError(name, _MESSAGES["field.not_a_list"])
    return value


def _parse_strings(value: object, name: str) -> tuple[str, ...]:
    items = [item for item in _parse_list(value, name) if isinstance(item, str) and item.strip()]
    if len(items) != len(_parse_list(value, name)) or len(set(items)) != len(items):
        raise _FieldError(name, _MESSAGES["field.not_distinct_strings"])
    return tuple(items)


def _parse_boolean(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise _FieldError(name, _MESSAGES["field.not_a_boolean"])
    return value
