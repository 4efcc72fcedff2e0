"""Tests that the server conforms to its OpenAPI description, with schemathesis."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import jsonschema

from rag import Answer, schema
from tests.helpers.serving import Server
from ui.api.openai import ChatCompletionRequest
from ui.api.openapi import load_answer_example
from ui.asgi.problems import PROBLEM_SCHEMA
from ui.service.requests import AskRequest, BatchRequest


def test_schemathesis_finds_no_issues(sample_server: Server, tmp_path: Path) -> None:
    address = f"{sample_server.url}/openapi.json"
    settings = ["--max-examples", "8", "--seed", "3", "--no-color"]
    settings += ["--exclude-operation-id", "page_picture"]  # the sample is no PDF
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", address, *settings],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "No issues found" in done.stdout
    assert "22 selected / 23 total" in done.stdout


def test_openapi_examples_validate_against_their_schemas(sample_server: Server) -> None:
    description = httpx.get(f"{sample_server.url}/openapi.json").json()
    assert description["openapi"] == "3.1.0"
    for path, model in (("ask", AskRequest), ("batch", BatchRequest)):
        body = description["paths"][f"/v1/{path}"]["post"]["requestBody"]["content"]
        examples = body["application/json"]["examples"]
        assert examples
        for example in examples.values():
            model.model_validate(example["value"])
    assert "Answer" in description["components"]["schemas"]
    (problem,) = description["components"]["schemas"]["Problem"]["examples"]
    jsonschema.validate(problem, PROBLEM_SCHEMA)
    assert "/v1/works/export/{format}" in description["paths"]  # as the documentation says
    for operations in description["paths"].values():
        for operation in operations.values():
            assert operation["summary"]
            assert operation["operationId"]


def test_example_answer_matches_the_answer_on_the_sample(sample_server: Server) -> None:
    shown = load_answer_example()
    jsonschema.validate(shown, schema())
    assert Answer.from_dict(shown).to_dict() == shown
    request_body = {"question": shown["question"], "k": len(shown["citations"])}
    given = httpx.post(f"{sample_server.url}/v1/ask", json=request_body).json()
    for citation, now in zip(shown["citations"], given["citations"], strict=True):
        for figure in ("score", "score_parts", "evidence"):  # the ranking may change them
            citation.pop(figure)
            now.pop(figure)
        assert citation == now
    description = httpx.get(f"{sample_server.url}/openapi.json").json()
    for path, method in (("ask", "post"), ("batch", "post"), ("passages/{passage}", "get")):
        response = description["paths"][f"/v1/{path}"][method]["responses"]["200"]
        assert response["content"]["application/json"]["example"]


def test_chat_schema_requires_a_message_with_a_question() -> None:
    schema = ChatCompletionRequest.model_json_schema()
    # The pattern's dialect is that of JSON Schema, which Python's own expressions do not read.
    text = str(schema["properties"]["messages"]["contains"])
    assert "\\\\p{L}" in text
    schema["properties"]["messages"].pop("contains")
    schema["properties"].pop("filters")
    schema["$defs"].pop("RequestFilters")
    jsonschema.validate({"model": "tongzhu", "messages": [{"role": "user"}]}, schema)
