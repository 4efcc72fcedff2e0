"""Tests that a language model which fails costs one line, whatever asks it; the answer stands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from mcp import Client
from starlette.testclient import TestClient

import rag.written.endpoint
from rag.written.endpoint import Endpoint
from tests.helpers.serving import ANSWER, QUESTION
from tests.helpers.stub_endpoint import serve_replies, stream_pieces, wrap_content
from ui.api.app import build_app
from ui.asgi.api_keys import ApiKeys
from ui.asgi.origin import OriginPolicy
from ui.asgi.request_limits import AccessPolicy
from ui.asgi.workers import WorkerPool
from ui.cli.main import main
from ui.mcp.server import build_server
from ui.service.limits import Limits
from ui.service.service import Service
from ui.service.writing import Writer

ACCESS = AccessPolicy(ApiKeys([]), OriginPolicy(frozenset({"testserver"})))


class Outcome(NamedTuple):
    """What someone who asks reads: the answer, and the line on the failure."""

    answer: str
    line: str


def ask_http(service: Service, endpoint: Endpoint, *_: Any) -> Outcome:
    with TestClient(build_app(service, Limits(), ACCESS, Writer(service, endpoint))) as client:
        values = client.post("/v1/write", json={"question": QUESTION}).json()
    assert values["written"] is None
    return Outcome(str(values["answer"]), values["problem"]["detail"])


def ask_mcp(service: Service, endpoint: Endpoint, *_: Any) -> Outcome:
    async def call() -> Any:
        workers = WorkerPool(Limits())
        server = build_server(service, workers, Limits(), "en", Writer(service, endpoint))
        async with Client(server) as client:
            result = await client.call_tool("write_paragraph", {"question": QUESTION})
        workers.stop()
        return result

    result = asyncio.run(call())
    assert not result.is_error
    line = result.structured_content["problem"]["detail"]
    assert result.content[0].text.endswith(line)
    return Outcome(result.content[0].text, line)


def ask_command(
    _: Service, endpoint: Endpoint, library: Path, capsys: pytest.CaptureFixture[str]
) -> Outcome:
    arguments = ["ask", "--library", str(library), "--write", "--llm", endpoint.url, "--lang", "en"]
    assert main([*arguments, QUESTION]) == 0
    output = capsys.readouterr()
    return Outcome(output.out, output.err.removesuffix("\n"))


ASKING: dict[str, Callable[..., Outcome]] = {
    "http": ask_http,
    "mcp": ask_mcp,
    "command": ask_command,
}


@contextmanager
def fail(kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """An endpoint that fails in one way."""
    cut = '{"sentences": [{"text": "It'
    replies: dict[str, Any] = {
        "429": (429, "slow down"),
        "500": (500, "<b>no</b>\n\nstack"),
        "cut off": stream_pieces(cut, end=""),
        "slow": stream_pieces(cut),
        "no JSON": (200, "<html>\n<p>Welcome"),
        "another schema": wrap_content('{"answer": "It opened in 1820."}'),
    }
    if kind == "away":
        yield Endpoint("http://127.0.0.1:9/v1", "stub")
        return
    if kind == "slow":
        monkeypatch.setattr(rag.written.endpoint, "_TIMEOUT", 0.05)
    with serve_replies(replies[kind], delay=0.4 if kind == "slow" else 0) as stub:
        yield stub.endpoint


@pytest.fixture(scope="module")
def service(sample_library: Path) -> Iterator[Service]:
    with Service(sample_library) as opened:
        yield opened


@pytest.mark.parametrize("asking", ASKING)
@pytest.mark.parametrize(
    "kind", ["429", "500", "cut off", "slow", "no JSON", "another schema", "away"]
)
def test_a_failure_costs_one_line(
    service: Service,
    sample_library: Path,
    kind: str,
    asking: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TONGZHU_LLM_MODEL", "stub")
    with fail(kind, monkeypatch) as endpoint:
        outcome = ASKING[asking](service, endpoint, sample_library, capsys)
        assert endpoint.host in outcome.line
    assert ANSWER in outcome.answer
    assert "\n" not in outcome.line
    assert "<" not in outcome.line
    assert "Traceback" not in outcome.line
