"""The description of the server in OpenAPI 3.1: what the framework knows, and what it does not.

An Answer is described by `rag/answer.schema.json` and nowhere else.
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
from ui.asgi.problems import MEDIA_TYPE, OPENAI_PATHS, OPENAI_SCHEMA, SCHEMA
from ui.asgi.request_limits import OPEN_PATHS

_SUMMARY = "Ask footnoted publications in Chinese or English; get the passage and its footnotes."
_REASONS = {
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
_ALWAYS = ("400", "401", "403", "404", "405", "413", "421", "422", "429", "500", "503")


def ref(name: str) -> dict[str, str]:
    """A reference to a schema of the description."""
    return {"$ref": f"#/components/schemas/{name}"}


@cache
def answer_schemas() -> dict[str, Any]:
    """The schema of an Answer and of its parts, by name, as components of the description."""
    text = json.dumps(schema()).replace('"#/$defs/', '"#/components/schemas/answer.')
    answer = json.loads(text)
    parts = answer.pop("$defs")
    for unwanted in ("$schema", "$id"):
        answer.pop(unwanted)
    return {"Answer": answer} | {f"answer.{name}": part for name, part in parts.items()}


@cache
def answer_example() -> dict[str, Any]:
    """An answer from the bundled sample, to one citation, its figures rounded."""
    text = files("rag.answer").joinpath("answer.example.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def describe(app: FastAPI, *, keys: bool) -> dict[str, Any]:
    """The description of an application.

    Args:
        app: With all its routes.
        keys: Whether it wants an API key.
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
    schemas |= answer_schemas() | {"Problem": SCHEMA, "OpenAIError": OPENAI_SCHEMA}
    if keys:
        components["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer"},
            "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        }
    for path, operations in description["paths"].items():
        for operation in operations.values():
            operation["responses"] = _responses(path, operation.get("responses", {}))
            if keys and path not in OPEN_PATHS:
                operation["security"] = [{"bearer": []}, {"header": []}]
    return description


def _responses(path: str, known: dict[str, Any]) -> dict[str, Any]:
    """The responses of an operation, refusals included."""
    openai = path.startswith(OPENAI_PATHS)
    media_type, form = ("application/json", "OpenAIError") if openai else (MEDIA_TYPE, "Problem")
    content = {media_type: {"schema": ref(form)}}
    refusals = {
        status: {"description": _REASONS[status], "content": content}
        for status in _ALWAYS
        if not (openai and status == "422")
    }
    return {status: known[status] for status in known if status[0] == "2"} | refusals
