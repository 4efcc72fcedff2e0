"""Validation of questions, histories and options: one clear error for whatever cannot be asked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date

from index.errors import QuestionError
from index.messages import MessageCatalogue
from index.storage.records import Filters
from rag.query import limits

_MESSAGES = MessageCatalogue("rag", "errors")
_MAX_FILTER = limits.MAX_FILTER_CHARACTERS


@dataclass(frozen=True, slots=True)
class RetrieveOptions:
    """The options of a question.

    Attributes:
        k: The maximum number of citations.
        filters: The articles to search; None for all of them.
        threshold: The confidence below which a question counts as not answered; None for the fitted
            one.

    Raises:
        QuestionError: If a value is out of its range.
        TypeError: If a value is of another type.
    """

    k: int
    filters: Filters | None
    threshold: float | None

    def __post_init__(self) -> None:
        if not isinstance(self.k, int) or isinstance(self.k, bool):
            raise TypeError(f"k is a whole number, not {self.k!r}")
        if not 1 <= self.k <= limits.MAX_CITATIONS:
            raise QuestionError(_MESSAGES["invalid_k"].format(k=self.k, limit=limits.MAX_CITATIONS))
        _check_filters(self.filters)
        if self.threshold is None:
            return
        if not isinstance(self.threshold, (int, float)) or isinstance(self.threshold, bool):
            raise TypeError(f"threshold is a number or None, not {self.threshold!r}")
        if not 0 <= self.threshold <= 1:
            raise QuestionError(_MESSAGES["invalid_threshold"].format(threshold=self.threshold))


def _check_filters(filters: Filters | None) -> None:
    if filters is None:
        return
    if not isinstance(filters, Filters):
        raise TypeError(f"filters are Filters or None, not {type(filters).__name__}")
    for field in fields(Filters):
        value = getattr(filters, field.name)
        expected_type = date if field.name in ("after", "before") else str
        if value is not None and not isinstance(value, expected_type):
            raise TypeError(f"the filter {field.name} is a {expected_type.__name__}, not {value!r}")
        if isinstance(value, str):
            _reject_lone_surrogates(value, "filter_name", name=field.name)
        if isinstance(value, str) and not has_words(value):
            raise QuestionError(_MESSAGES["empty_filter"].format(name=field.name))
        if isinstance(value, str) and (length := count_characters(value)) > _MAX_FILTER:
            raise QuestionError(
                _MESSAGES["filter_too_long"].format(
                    name=field.name, length=length, limit=_MAX_FILTER
                )
            )


def has_words(text: str) -> bool:
    """Return whether a text has a letter or a digit; without one there is nothing to search.

    Args:
        text: Any text.
    """
    return any(character.isalnum() for character in text)


def count_characters(text: str) -> int:
    """Return the characters of a text: as given or once normalised (NFKC), whichever are more.

    One character can stand for up to 18: ﷺ.

    Args:
        text: Any text.
    """
    return len(text) if text.isascii() else max(len(text), len(_normalize(text)))


def truncate(text: str, limit: int) -> str:
    """Return the start of a text: at most `limit` characters, also once normalised (NFKC).

    Args:
        text: Any text; one that grows when it is normalised is returned normalised.
        limit: The highest number of characters.
    """
    text = text[:limit]
    return text if count_characters(text) <= limit else _normalize(text)[:limit]


def _normalize(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _reject_lone_surrogates(text: str, key: str, **values: str) -> None:
    """Raise an error, with the message of that key as its subject, for a text not in Unicode."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise QuestionError(
            _MESSAGES["half_a_character"].format(
                name=_MESSAGES[key].format(**values), position=error.start + 1
            )
        ) from error


def validate_query(question: str) -> str:
    """Return a question without blanks around it.

    Args:
        question: The question.

    Raises:
        QuestionError: If it has no words, is too long, or has a lone surrogate.
        TypeError: If it is no text.
    """
    if not isinstance(question, str):
        raise TypeError(f"a question is a str, not {type(question).__name__}")
    stripped = question.strip()
    _reject_lone_surrogates(stripped, "question_name")
    if not has_words(stripped):
        raise QuestionError(_MESSAGES["no_words"])
    if (length := count_characters(stripped)) > limits.MAX_QUESTION_CHARACTERS:
        raise QuestionError(
            _MESSAGES["question_too_long"].format(
                length=length, limit=limits.MAX_QUESTION_CHARACTERS
            )
        )
    return stripped


def validate_queries(questions: Iterable[str]) -> list[str]:
    """Return questions without blanks around them.

    Args:
        questions: The questions.

    Raises:
        QuestionError: If one of them is not valid; it names which, counting from 1.
        TypeError: If they are one text, or one of them is none.
    """
    if isinstance(questions, str) or not isinstance(questions, Iterable):
        raise TypeError("questions are several texts, not one")
    validated = []
    for number, question in enumerate(questions, 1):
        try:
            validated.append(validate_query(question))
        except QuestionError as error:
            raise QuestionError(
                _MESSAGES["invalid_question"].format(number=number, reason=error.message)
            ) from error
    return validated


def validate_history(history: Sequence[str]) -> tuple[str, ...]:
    """Return the questions before a question, without those that have no words.

    Args:
        history: The questions, oldest first; those that are too long are cut.

    Raises:
        QuestionError: If one of them has a lone surrogate.
        TypeError: If they are one text, or one of them is none.
    """
    is_list = isinstance(history, Sequence) and not isinstance(history, str)
    if not is_list or not all(isinstance(item, str) for item in history):
        raise TypeError("history is the questions before this one, as a list of texts")
    for item in history:
        _reject_lone_surrogates(item, "history_name")
    return tuple(
        truncate(item.strip(), limits.MAX_QUESTION_CHARACTERS)
        for item in history
        if has_words(item)
    )
