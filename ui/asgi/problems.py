"""Errors as responses: problem details (RFC 9457), or OpenAI's form where clients expect that.

The message is in the language that the client asks for; `code` is the same in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from index.messages import Language, MessageCatalogue
from rag.render.rich_text import escape_controls
from ui.messages.language import LANGUAGE_TAGS, parse_accept_language
from ui.service.errors import RequestError

_MESSAGES = MessageCatalogue("ui", "requests")

PROBLEM_MEDIA_TYPE = "application/problem+json"
OPENAI_PATHS = ("/v1/chat/", "/v1/models")
REQUEST_ID_KEY = "tongzhu.request_id"
"""The key of a request's id in its ASGI scope."""

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Why a request is refused (RFC 9457).",
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "urn:tongzhu:problem:CODE"},
        "title": {"type": "string", "description": "The name of the status."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do, in one line."},
        "pointer": {"type": "string", "description": "The part of the request that is wrong."},
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


def status_to_request_error(status: int) -> RequestError:
    """Return the error for a bare HTTP status that the framework raised."""
    code = HTTPStatus(status).name.lower().replace("_", "-")
    return RequestError(status, code, _MESSAGES.get(f"status.{status}", _MESSAGES["unexpected"]))


def get_client_language(scope: Scope) -> Language:
    """Return the language that the client prefers."""
    return parse_accept_language(Headers(scope=scope).get("accept-language", ""))


def build_error_response(error: RequestError, scope: Scope) -> Response:
    """Return the response that says why a request is refused."""
    language = get_client_language(scope)
    is_openai = str(scope["path"]).startswith(OPENAI_PATHS)
    body = (
        _build_openai_body(error, language)
        if is_openai
        else _build_problem_body(error, language, scope)
    )
    headers = {"Content-Language": LANGUAGE_TAGS[language]}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="tongzhu"'
    media_type = "application/json" if is_openai else PROBLEM_MEDIA_TYPE
    status = 400 if is_openai and error.status == HTTPStatus.UNPROCESSABLE_ENTITY else error.status
    return JSONResponse(body, status, headers, media_type)


def _build_problem_body(error: RequestError, language: Language, scope: Scope) -> dict[str, Any]:
    pointer_field = {"pointer": _build_json_pointer(error.location)} if error.location else {}
    return {
        "type": f"urn:tongzhu:problem:{error.code}",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.message.in_language(language),
        **pointer_field,
        "request_id": scope.get(REQUEST_ID_KEY, ""),
    }


def _build_json_pointer(location: Sequence[str]) -> str:
    """Return a JSON pointer (RFC 6901), without control characters."""
    escaped = (escape_controls(part).replace("~", "~0").replace("/", "~1") for part in location)
    return "#/" + "/".join(escaped)


def _build_openai_body(error: RequestError, language: Language) -> dict[str, Any]:
    is_server_error = error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    fallback = "server_error" if is_server_error else "invalid_request_error"
    return {
        "error": {
            "message": error.message.in_language(language),
            "type": _OPENAI_TYPES.get(error.status, fallback),
            "param": ".".join(error.location) or None,
            "code": error.code.replace("-", "_"),
        }
    }
