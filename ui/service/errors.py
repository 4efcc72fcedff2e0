"""Errors of requests: one line in each language that says what is wrong and what to do.

Every surface shows the same errors, each in its own form. They never reveal the path of the library
or details of the program.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from index.errors import DamagedLibraryError, QuestionError, TongzhuError
from index.messages import Message, MessageCatalogue
from rag.render.rich_text import escape_controls

_MESSAGES = MessageCatalogue("ui", "requests")
NotFoundKind = Literal[
    "publication",
    "article",
    "section",
    "note",
    "passage",
    "page_place",
    "original",
    "work",
    "export",
]
# Types of pydantic's errors that read as another type does.
_VALIDATION_ALIASES = {
    "int_parsing": "int_type",
    "finite_number": "float_type",
    "list_type": "tuple_type",
    "model_attributes_type": "model_type",
    "dict_type": "model_type",
    "date_type": "day",
}
_log = logging.getLogger("tongzhu")
_MAX_VALUE_LENGTH = 60  # characters of a value that a message repeats


@dataclass(eq=False)
class RequestError(Exception):
    """A request that cannot be met.

    Attributes:
        status: The HTTP status.
        code: A name of the error, for programs.
        message: What is wrong and what to do.
        location: The part of the request that is wrong, as a path of names.
        retry_after: Seconds after which to try again; None if that would not help.
    """

    status: int
    code: str
    message: Message
    location: tuple[str, ...] = field(default=())
    retry_after: int | None = None

    def __str__(self) -> str:
        return self.message.en


def format_safe_message(message: Message, **values: object) -> Message:
    """Return the message with its placeholders filled in, without control characters."""
    safe_values = {
        name: value if isinstance(value, Message) else _shorten(value)
        for name, value in values.items()
    }
    return message.format(**safe_values)


def _shorten(value: object) -> str:
    text = " ".join(escape_controls(str(value)).split())
    return text if len(text) <= _MAX_VALUE_LENGTH else text[:_MAX_VALUE_LENGTH] + "…"


def not_found_error(kind: NotFoundKind, name: object) -> RequestError:
    """Return the error for something that the library does not have."""
    return RequestError(
        404, "not-found", format_safe_message(_MESSAGES[f"not_found.{kind}"], name=name)
    )


def not_drawn_error() -> RequestError:
    """Return the error for a page of a PDF that cannot be drawn."""
    return RequestError(422, "not-drawn", _MESSAGES["not_drawn"])


def to_request_error(error: TongzhuError) -> RequestError:
    """Return the request error for an error that a user can correct."""
    if isinstance(error, QuestionError):
        return RequestError(422, "question", error.message)
    # What is wrong with a library or a model names files: that is for the server's log.
    _log.error("%s", error)
    if isinstance(error, DamagedLibraryError):
        message = format_safe_message(_MESSAGES["library_damaged"], part=error.part)
        return RequestError(503, "library-damaged", message, retry_after=30)
    return RequestError(
        503, "library-unavailable", _MESSAGES["library_unavailable"], retry_after=30
    )


def unexpected_error() -> RequestError:
    """Return the error for a fault of the program, which the server's log describes."""
    return RequestError(500, "unexpected-error", _MESSAGES["unexpected"])


def timeout_error(seconds: float) -> RequestError:
    """Return the error for a request that took longer than it may."""
    message = format_safe_message(_MESSAGES["timeout"], seconds=f"{seconds:g}")
    return RequestError(503, "timeout", message, retry_after=5)


def _list_choices(expected: str) -> Message:
    """Return the values in pydantic's list of them, "'a', 'b' or 'c'", in full."""
    choices = re.findall(r"'([^']*)'", expected)
    return Message(en=", ".join(choices), zh="、".join(choices))


def validation_to_request_error(errors: Sequence[Mapping[str, Any]]) -> RequestError:
    """Return the request error for the first of pydantic's validation errors."""
    error = errors[0]
    location = tuple(str(part) for part in error["loc"] if part not in ("body", "path", "query"))
    kind = _VALIDATION_ALIASES.get(error["type"], error["type"])
    message = _MESSAGES.get(f"validation.{kind}", _MESSAGES["validation.other"])
    field_path = ".".join(location)
    values = dict(error.get("ctx") or {})
    if error["type"] == "literal_error":
        values["expected"] = _list_choices(values["expected"])
    return RequestError(
        422,
        "invalid",
        format_safe_message(message, where=field_path or _MESSAGES["whole_request"], **values),
        location,
    )
