"""The OpenAPI 3.1 description of the server, completed where the framework leaves gaps.

An Answer is described by `rag/answer/answer.schema.json` and nowhere else.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from rag.answer.serialization import schema
from ui.asgi.problems import OPENAI_PATHS, OPENAI_SCHEMA, PROBLEM_MEDIA_TYPE, PROBLEM_SCHEMA
from ui.asgi.request_limits import PUBLIC_PATHS

_SUMMARY = "Ask footnoted publications in Chinese or English; get the passage and its footnotes."
_STATUS_DESCRIPTIONS = {
    "400": "The body is not JSON in UTF-8.",
    "401": "An API key is needed.",
    "403": "The web page's origin is not allowed.",
    "404": "There is no such thing.",
    "405": "The address does not take that method.",
    "413": "The request is too large.",
    "421": "The server does not answer under that name.",
    "422": "The request is not what is wanted.",
    "429": "Too many requests a minute.",
    "500": "Something went wrong on the server.",
    "503": "The server is busy, or cannot read the library.",
}
_ERROR_STATUSES = ("400", "401", "403", "404", "405", "413", "421", "422", "429", "500", "503")


def schema_ref(name: str) -> dict[str, str]:
    """Return a reference to a schema of the description."""
    return {"$ref": f"#/components/schemas/{name}"}


@cache
def load_answer_schemas() -> dict[str, Any]:
    """Return the schema of an Answer and of its parts, by component name."""
    text = json.dumps(schema()).replace('"#/$defs/', '"#/components/schemas/answer.')
    answer = json.loads(text)
    parts = answer.pop("$defs")
    for unwanted in ("$schema", "$id"):
        answer.pop(unwanted)
    return {"Answer": answer} | {f"answer.{name}": part for name, part in parts.items()}


@cache
def load_answer_example() -> dict[str, Any]:
    """Return an answer from the bundled sample, cut to one citation and with rounded numbers."""
    text = files("rag.answer").joinpath("answer.example.json").read_text(encoding="utf-8")
    example: dict[str, Any] = json.loads(text)
    return example


def build_openapi(app: FastAPI, *, needs_key: bool) -> dict[str, Any]:
    """Return the description of an application.

    Args:
        app: The application with all its routes.
        needs_key: Whether it requires an API key.
    """
    description = get_openapi(
        title="Tongzhu",
        version=version("tongzhu"),
        openapi_version="3.1.0",
        summary=_SUMMARY,
        license_info={"name": "MIT", "identifier": "MIT"},
        routes=app.routes,
    )
    components = description.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unwanted in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unwanted, None)
    schemas |= load_answer_schemas() | {"Problem": PROBLEM_SCHEMA, "OpenAIError": OPENAI_SCHEMA}
    if needs_key:
        components["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer"},
            "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        }
    for path, operations in description["paths"].items():
        for operation in operations.values():
            operation["responses"] = _describe_responses(path, operation.get("responses", {}))
            if needs_key and path not in PUBLIC_PATHS:
                operation["security"] = [{"bearer": []}, {"header": []}]
    return description


def _describe_responses(path: str, success_responses: dict[str, Any]) -> dict[str, Any]:
    """Return the responses of an operation, errors included."""
    is_openai = path.startswith(OPENAI_PATHS)
    media_type, schema_name = (
        ("application/json", "OpenAIError") if is_openai else (PROBLEM_MEDIA_TYPE, "Problem")
    )
    content = {media_type: {"schema": schema_ref(schema_name)}}
    error_responses = {
        status: {"description": _STATUS_DESCRIPTIONS[status], "content": content}
        for status in _ERROR_STATUSES
        if not (is_openai and status == "422")
    }
    return {
        status: success_responses[status] for status in success_responses if status[0] == "2"
    } | error_responses
