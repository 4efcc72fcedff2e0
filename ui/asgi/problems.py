"""A refusal as a response: problem details (RFC 9457), or OpenAI's form where clients expect that.

The line is in the language that the client asks for; `code` is the same in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from index.document import Message
from rag.render.labels import Language, say
from rag.render.rich_text import visible
from ui.messages.language import of_header
from ui.service.errors import UNFORESEEN, RefusalError

MEDIA_TYPE = "application/problem+json"
OPENAI_PATHS = ("/v1/chat/", "/v1/models")
REQUEST_ID = "tongzhu.request_id"
"""Where the scope of a request has its id."""

SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Why a request is refused (RFC 9457).",
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "urn:tongzhu:problem:CODE"},
        "title": {"type": "string", "description": "The name of the status."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do, in one line."},
        "pointer": {"type": "string", "description": "The part of the request that is meant."},
        "request_id": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail", "request_id"],
    "additionalProperties": False,
    "examples": [
        {
            "type": "urn:tongzhu:problem:invalid",
            "title": "Unprocessable Entity",
            "status": 422,
            "detail": "k must be at most 50.",
            "pointer": "#/k",
            "request_id": "945f79b9ef7c427e836feffcec22cb50",
        }
    ],
}
OPENAI_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "An error in OpenAI's form.",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": ["string", "null"]},
            },
            "required": ["message", "type", "param", "code"],
        }
    },
    "required": ["error"],
}
_OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_BY_STATUS = {
    404: Message(
        "There is nothing at this address; /openapi.json lists what there is.",
        "此網址沒有內容；請見 /openapi.json。",
    ),
    405: Message(
        "This address does not take that method; /openapi.json says which it takes.",
        "此網址不接受這個方法；請見 /openapi.json。",
    ),
    400: Message(
        "The body cannot be read; send JSON in UTF-8 with Content-Type: application/json.",
        "無法讀取內容；請以 Content-Type: application/json 傳送 UTF-8 的 JSON。",
    ),
}


def of_status(status: int) -> RefusalError:
    """The refusal for a bare HTTP status that the framework raised."""
    code = HTTPStatus(status).name.lower().replace("_", "-")
    return RefusalError(status, code, _BY_STATUS.get(status, UNFORESEEN))


def language_of(scope: Scope) -> Language:
    """The language that the client would rather read."""
    return of_header(Headers(scope=scope).get("accept-language", ""))


def respond(refusal: RefusalError, scope: Scope) -> Response:
    """The response that says why the request of a scope is refused."""
    language = language_of(scope)
    openai = str(scope["path"]).startswith(OPENAI_PATHS)
    body = _openai(refusal, language) if openai else _problem(refusal, language, scope)
    headers = {"Content-Language": "zh-Hant" if language == "zh" else "en"}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="tongzhu"'
    media_type = "application/json" if openai else MEDIA_TYPE
    status = 400 if openai and refusal.status == HTTPStatus.UNPROCESSABLE_ENTITY else refusal.status
    return JSONResponse(body, status, headers, media_type)


def refused(request: Request, error: Exception) -> Response:
    """`respond`, as Starlette calls it for a refusal that was raised."""
    assert isinstance(error, RefusalError)
    return respond(error, request.scope)


def _problem(refusal: RefusalError, language: Language, scope: Scope) -> dict[str, Any]:
    where = {"pointer": _pointer(refusal.where)} if refusal.where else {}
    return {
        "type": f"urn:tongzhu:problem:{refusal.code}",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": say(refusal.message, language),
        **where,
        "request_id": scope.get(REQUEST_ID, ""),
    }


def _pointer(where: Sequence[str]) -> str:
    """A JSON pointer (RFC 6901), without anything that a terminal would obey."""
    escaped = (visible(each).replace("~", "~0").replace("/", "~1") for each in where)
    return "#/" + "/".join(escaped)


def _openai(refusal: RefusalError, language: Language) -> dict[str, Any]:
    server = refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    fallback = "server_error" if server else "invalid_request_error"
    return {
        "error": {
            "message": say(refusal.message, language),
            "type": _OPENAI_TYPES.get(refusal.status, fallback),
            "param": ".".join(refusal.where) or None,
            "code": refusal.code.replace("-", "_"),
        }
    }
