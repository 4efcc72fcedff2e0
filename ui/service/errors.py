"""Errors of requests: one line in each language that says what is wrong and what to do.

Every surface shows the same errors, each in its own form. They never tell where the library is or
how the program works inside.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from index.errors import QuestionError, TongzhuError
from index.messages import Message
from rag.render.rich_text import escape_controls

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
    safe_values = {name: _shorten(value) for name, value in values.items()}
    return Message(message.en.format(**safe_values), message.zh.format(**safe_values))


def _shorten(value: object) -> str:
    text = " ".join(escape_controls(str(value)).split())
    return text if len(text) <= _MAX_VALUE_LENGTH else text[:_MAX_VALUE_LENGTH] + "…"


def not_found_error(template: Message, name: object) -> RequestError:
    """Return the error for something that the library does not have."""
    return RequestError(404, "not-found", format_safe_message(template, name=name))


NO_PUBLICATION = Message(
    "The library has no publication {name}; the list of publications shows what there is.",
    "館藏中沒有刊物 {name}；請查看刊物清單。",
)
NO_ARTICLE = Message(
    "The publication has no article {name}; the list of its articles shows what there is.",
    "這份刊物沒有文章 {name}；請查看其文章清單。",
)
NO_SECTION = Message(
    "The article has no section {name}; the whole article shows what there is.",
    "這篇文章沒有章節 {name}；請查看全文。",
)
NO_NOTE = Message(
    "The article has no note {name}; the whole article lists its notes.",
    "這篇文章沒有註 {name}；請查看全文所附的註。",
)
NO_PASSAGE = Message(
    "The library has no passage {name} any more, or never had; ask again for those it has.",
    "館藏中沒有或已無段落 {name}；請重新提問以取得現有的段落。",
)


def to_request_error(error: TongzhuError) -> RequestError:
    """Return the request error for an error that a user can correct."""
    if isinstance(error, QuestionError):
        return RequestError(422, "question", error.message)
    # What is wrong with a library or a model names files: that is for the server's log.
    _log.error("%s", error)
    return RequestError(
        503,
        "library-unavailable",
        Message(
            "The library cannot be read at the moment; ask again later or see the server's log.",
            "目前無法讀取館藏；請稍後再試，或查看伺服器的紀錄。",
        ),
        retry_after=30,
    )


UNEXPECTED_ERROR = Message(
    "Something went wrong on the server; ask again, and if it stays, report the request id.",
    "伺服器發生錯誤；請再試一次，若仍發生，請回報請求編號。",
)
BUSY = Message(
    "Too much is being asked at once; ask again in a moment.", "目前提問過多；請稍後再試。"
)
TIMED_OUT = Message(
    "It took longer than {seconds} seconds; ask for less at once, or later.",
    "處理超過 {seconds} 秒；請減少單次的提問，或稍後再試。",
)


def unexpected_error() -> RequestError:
    """Return the error for a fault of the program, which the server's log describes."""
    return RequestError(500, "unexpected-error", UNEXPECTED_ERROR)


def timeout_error(seconds: float) -> RequestError:
    """Return the error for a request that took longer than it may."""
    message = format_safe_message(TIMED_OUT, seconds=f"{seconds:g}")
    return RequestError(503, "timeout", message, retry_after=5)


_VALIDATION_MESSAGES: dict[str, Message] = {
    "missing": Message("{where} is missing; give it.", "缺少 {where}；請補上。"),
    "extra_forbidden": Message(
        "{where} is not known here; leave it out.", "不認得 {where}；請刪去。"
    ),
    "string_type": Message("{where} must be text.", "{where} 須為文字。"),
    "string_unicode": Message(
        "{where} holds half a character; send whole Unicode text.",
        "{where} 含有不完整的字元；請傳送完整的 Unicode 文字。",
    ),
    "string_too_short": Message("{where} is empty; write something.", "{where} 是空的；請填寫。"),
    "string_too_long": Message(
        "{where} must have at most {max_length} characters.", "{where} 不得超過 {max_length} 字。"
    ),
    "string_pattern_mismatch": Message(
        "{where} has no words; write some, in Chinese or English.",
        "{where} 中沒有文字；請以中文或英文填寫。",
    ),
    "int_type": Message("{where} must be a whole number.", "{where} 須為整數。"),
    "int_parsing": Message("{where} must be a whole number.", "{where} 須為整數。"),
    "int_parsing_size": Message("{where} must be a smaller number.", "{where} 須為較小的數字。"),
    "float_type": Message("{where} must be a number.", "{where} 須為數字。"),
    "finite_number": Message("{where} must be a number.", "{where} 須為數字。"),
    "bool_type": Message("{where} must be true or false.", "{where} 須為 true 或 false。"),
    "greater_than_equal": Message("{where} must be at least {ge}.", "{where} 不得小於 {ge}。"),
    "less_than_equal": Message("{where} must be at most {le}.", "{where} 不得大於 {le}。"),
    "too_short": Message(
        "{where} must hold at least {min_length}.", "{where} 至少須有 {min_length} 項。"
    ),
    "too_long": Message(
        "{where} must hold at most {max_length}.", "{where} 不得超過 {max_length} 項。"
    ),
    "tuple_type": Message("{where} must be a list.", "{where} 須為陣列。"),
    "list_type": Message("{where} must be a list.", "{where} 須為陣列。"),
    "model_type": Message("{where} must be an object.", "{where} 須為物件。"),
    "model_attributes_type": Message("{where} must be an object.", "{where} 須為物件。"),
    "dict_type": Message("{where} must be an object.", "{where} 須為物件。"),
    "literal_error": Message(
        "{where} must be one of {expected}.", "{where} 須為下列之一：{expected}。"
    ),
    "day": Message(
        "{where} must be a day such as 2025-05-22.", "{where} 須為日期，如 2025-05-22。"
    ),
    "date_type": Message(
        "{where} must be a day such as 2025-05-22.", "{where} 須為日期，如 2025-05-22。"
    ),
}
_UNKNOWN_VALIDATION_MESSAGE = Message(
    "{where} is not what is wanted; see the documentation.", "{where} 不符要求；請見說明文件。"
)
_WHOLE_REQUEST = Message("The request", "請求")


def validation_to_request_error(errors: Sequence[Mapping[str, Any]]) -> RequestError:
    """Return the request error for the first of pydantic's validation errors."""
    error = errors[0]
    location = tuple(str(part) for part in error["loc"] if part not in ("body", "path", "query"))
    message = _VALIDATION_MESSAGES.get(error["type"], _UNKNOWN_VALIDATION_MESSAGE)
    field_path = ".".join(location)
    values = dict(error.get("ctx") or {})
    return RequestError(
        422,
        "invalid",
        Message(
            format_safe_message(message, where=field_path or _WHOLE_REQUEST.en, **values).en,
            format_safe_message(message, where=field_path or _WHOLE_REQUEST.zh, **values).zh,
        ),
        location,
    )
