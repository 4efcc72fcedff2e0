"""Tests of the MCP server with the SDK's client over both transports."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcp import Client, MCPError
from mcp.client.stdio import StdioServerParameters

from index.errors import LibraryError
from index.messages import Message
from rag.answer.serialization import from_dict, schema, to_dict
from tests.helpers.serving import ANSWER, COMMAND, MARK, QUESTION, Server, run_example, running
from ui.asgi.options import ServerOptions
from ui.asgi.rate_limit import RateLimiter
from ui.asgi.workers import WorkerPool
from ui.mcp.resources import list_resources
from ui.mcp.server import build_http_app, build_server
from ui.service.limits import Limits
from ui.service.query import Query
from ui.service.service import Service
from ui.service.views import PublicationView

Use = Callable[[Client], Awaitable[None]]


@pytest.fixture(scope="module")
def service(sample_library: Path) -> Service:
    return Service(sample_library)


@pytest.fixture(scope="module")
def http_server(sample_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("mcp")
    with running(folder, "mcp", "--http", "--library", str(sample_library)) as server:
        yield server


@asynccontextmanager
async def connect(service: Service, limits: Limits | None = None) -> AsyncIterator[Client]:
    limits = limits or Limits()
    workers = WorkerPool(limits)
    async with Client(build_server(service, workers, limits, "en")) as client:
        yield client
    workers.stop()


def run_with_client(service: Service, use: Use, limits: Limits | None = None) -> None:
    async def main() -> None:
        async with connect(service, limits) as client:
            await use(client)

    asyncio.run(main())


async def call_every_tool(client: Client) -> None:
    """Call every tool as an agent would: ask, read on, and resolve a note."""
    assert "cite" in (client.instructions or "")
    answer = await client.call_tool("ask", {"question": QUESTION, "k": 1, "filters": None})
    assert not answer.is_error
    cited = from_dict(answer.structured_content or {}).citations[0]
    text = answer.content[0].text
    assert ANSWER in text
    assert f"publication={cited.publication.id} article=0 section={cited.section}" in text
    limited = {"question": QUESTION, "filters": {"after": "2999-01-01"}}
    nothing_left = await client.call_tool("ask", limited)
    assert nothing_left.structured_content["filters_match_nothing"]
    assert "限定之後沒有可查的內容" in nothing_left.content[0].text
    place = {"publication": cited.publication.id, "article": cited.article.index}
    section = await client.call_tool("read_section", place | {"section": cited.section})
    assert cited.text.split("\n")[0][:20] in section.content[0].text
    note = await client.call_tool("resolve_note", place | {"number": cited.notes[0].number})
    assert note.structured_content["note"]["text"] == cited.notes[0].text
    works = await client.call_tool("list_works", {"text": "潮汐", "author": "溫沛霖"})
    work = works.structured_content["works"][0]
    assert f"work={work['id']}" in works.content[0].text
    shown = await client.call_tool("get_work", {"work": work["id"]})
    assert shown.structured_content["sentences"][0]["text"] in shown.content[0].text
    exported = {"passages": [cited.passage_id], "content": "sources", "format": "ris"}
    file = await client.call_tool("export", exported)
    assert file.content[0].text == file.structured_content["content"]
    assert file.structured_content["content"].startswith("TY  - ")
    publications = await client.call_tool("list_publications", {})
    assert publications.structured_content["publications"][0]["id"] == cited.publication.id
    articles = await client.call_tool("list_articles", {"publication": cited.publication.id})
    assert len(articles.structured_content["articles"]) == 7
    resources = (await client.list_resources()).resources
    assert len(resources) == 7
    whole = (await client.read_resource(resources[0].uri)).contents[0]
    assert whole.mime_type == "text/plain"
    assert ANSWER in whole.text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_tools_work_over_stdio(sample_library: Path, mode: str) -> None:
    async def main() -> None:
        arguments = ["--lang", "en", "mcp", "--library", str(sample_library)]
        async with Client(
            StdioServerParameters(command=COMMAND, args=arguments), mode=mode
        ) as client:
            await call_every_tool(client)

    asyncio.run(main())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_tools_work_over_http(http_server: Server, mode: str) -> None:
    async def main() -> None:
        async with Client(http_server.url, mode=mode) as client:
            await call_every_tool(client)
        async with Client(http_server.url, mode=mode) as first, Client(http_server.url) as other:
            await asyncio.gather(call_every_tool(first), call_every_tool(other))

    asyncio.run(main())


def test_example_in_docs_runs_unchanged(sample_library: Path) -> None:
    printed = run_example("mcp.md", {"TONGZHU_LIBRARY": str(sample_library)})
    assert MARK in printed
    assert ANSWER in printed


def test_stdout_carries_protocol_messages_only(sample_library: Path) -> None:
    calls: list[dict[str, Any]] = [
        {
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            },
        },
        {"method": "notifications/initialized"},
        {
            "id": 2,
            "method": "tools/call",
            "params": {"name": "ask", "arguments": {"question": "潮"}},
        },
        {"id": 3, "method": "no/such/method"},
    ]
    lines = [json.dumps({"jsonrpc": "2.0"} | call).encode() for call in calls]
    lines[3:3] = [b"this is no JSON", b'{"half": "\xe8\xaa"}', b"[" * 50_000, b"\x00\x1b[2J"]
    process = subprocess.Popen(
        [COMMAND, "mcp", "--library", str(sample_library)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"TONGZHU_LANG": "zh"},
    )
    assert process.stdin
    assert process.stdout
    try:
        for line in lines:
            process.stdin.write(line + b"\n")
        process.stdin.flush()
        answers: dict[Any, Any] = {}
        while not {1, 2, 3} <= answers.keys():
            answer = json.loads(process.stdout.readline())
            assert answer["jsonrpc"] == "2.0"
            answers[answer.get("id")] = answer
        assert answers[2]["result"]["structuredContent"]["question"] == "潮"
        assert "error" in answers[3]
        out, err = process.communicate(timeout=20)
        assert out == b""
        assert b"Traceback" not in err
        assert process.returncode == 0
    finally:
        process.kill()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_signal_stops_the_server_while_stdin_is_open(sample_library: Path, stop: int) -> None:
    process = subprocess.Popen(
        [COMMAND, "mcp", "--library", str(sample_library)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1
        process.send_signal(stop)
        assert process.wait(10) == -stop
        assert process.stderr
        assert process.stderr.read() == b""
    finally:
        process.kill()
        process.communicate()


def test_tools_are_read_only_and_have_output_schemas(service: Service) -> None:
    async def use(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        for tool in tools.values():
            assert tool.title
            assert tool.description
            assert tool.annotations
            assert tool.annotations.read_only_hint
            assert tool.annotations.destructive_hint is False
            assert tool.output_schema
            assert tool.input_schema["additionalProperties"] is False
            for described in (tool.input_schema, tool.output_schema):
                jsonschema.Draft202012Validator.check_schema(described)
        assert tools["ask"].output_schema == schema()
        answer = await client.call_tool("ask", {"question": QUESTION})
        assert answer.structured_content == json.loads(
            json.dumps(to_dict(service.ask(Query(QUESTION))))
        )

    run_with_client(service, use)


HOSTILE: list[tuple[str, Any]] = [
    ("ask", {}),
    ("ask", {"question": ""}),
    ("ask", {"question": "？！"}),
    ("ask", {"question": "a" * 2_001}),
    ("ask", {"question": "\ud800"}),
    ("ask", {"question": 7}),
    ("ask", {"question": "a", "k": 0}),
    ("ask", {"question": "a", "k": 1_000_000}),
    ("ask", {"question": "a", "k": "5"}),
    ("ask", {"question": "a", "k": 10**400}),
    ("ask", {"question": "a", "history": ["b"] * 21}),
    ("ask", {"question": "a", "filters": {"after": "yesterday"}}),
    ("ask", {"question": "a", "__class__": "b"}),
    ("read_section", {"publication": "../../etc/passwd", "article": 0, "section": 0}),
    ("read_section", {"publication": "ID", "article": -1, "section": 0}),
    ("read_section", {"publication": "ID", "article": 2**63, "section": 0}),
    ("read_section", {"publication": "ID", "article": 0, "section": 999}),
    ("list_articles", {"publication": "' OR 1=1 --"}),
    ("list_articles", {"publication": "\x00"}),
    ("resolve_note", {"publication": "ID", "article": 0, "number": "999"}),
    ("resolve_note", {"publication": "ID", "article": 0, "number": 1}),
    ("list_publications", {"path": "/"}),
]


@pytest.mark.parametrize(("tool", "arguments"), HOSTILE)
def test_invalid_argument_is_refused_in_one_line(
    service: Service, tool: str, arguments: dict[str, Any]
) -> None:
    (publication,) = service.catalogue.list_publications()
    if arguments.get("publication") == "ID":
        arguments = arguments | {"publication": publication.id}

    async def use(client: Client) -> None:
        result = await client.call_tool(tool, arguments)
        assert result.is_error
        (content,) = result.content
        assert content.text.endswith(".")
        assert "\n" not in content.text
        assert "pydantic" not in content.text
        assert result.structured_content is None

    run_with_client(service, use)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda values: (
        st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=9), values, max_size=3)
    ),
    max_leaves=5,
)


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(["read_section", "list_articles", "resolve_note", "list_publications"]),
    st.dictionaries(
        st.sampled_from(["publication", "article", "section", "number", "x"]), json_values
    ),
)
def test_any_tool_arguments_get_a_proper_response(
    service: Service, tool: str, arguments: dict[str, Any]
) -> None:
    async def use(client: Client) -> None:
        result = await client.call_tool(tool, arguments)
        assert "went wrong" not in result.content[0].text

    run_with_client(service, use)


def test_unknown_tools_and_resources_raise_protocol_errors(service: Service) -> None:
    async def use(client: Client) -> None:
        with pytest.raises(MCPError, match="no tool rm -rf"):
            await client.call_tool("rm -rf", {})
        templates = (await client.list_resource_templates()).resource_templates
        assert [template.name for template in templates] == ["article", "section", "note"]
        (publication,) = service.catalogue.list_publications()
        base = f"tongzhu://publications/{publication.id}/articles"
        for good in (f"{base}/0", f"{base}/0/sections/0", f"{base}/0/notes/1"):
            (content,) = (await client.read_resource(good)).contents
            assert MARK in content.text
        bad = ["file:///etc/passwd", "tongzhu://publications/x/articles/0", f"{base}/99", base]
        bad += [f"{base}/0/notes/999", f"{base}/0/sections/..", f"{base}/%30", ""]
        bad += ["tongzhu://publications/..%2F..%2Fetc/articles/0", f"{base}/0/notes/%ff%00"]
        for address in bad:
            with pytest.raises(MCPError) as refused:
                await client.read_resource(address)
            assert "\n" not in refused.value.error.message
        with pytest.raises(MCPError, match="no such page"):
            await client.list_resources(cursor="-1")

    run_with_client(service, use)


def test_resources_of_a_large_library_are_paginated() -> None:
    class Large:
        """So many publications of three articles each."""

        @property
        def catalogue(self) -> Large:
            return self

        def list_publications(self) -> list[PublicationView]:
            return [
                PublicationView(f"{n:012}", "P", "", "", None, "", articles=3, passages=0, notes=0)
                for n in range(70)
            ]

        def get_contents(self, publication: str) -> Any:
            from rag.answer.model import ArticleRef
            from ui.service.views import PublicationContents

            view = PublicationView(publication, "P", "", "", None, "", 3, 0, 0)
            return PublicationContents(view, tuple(ArticleRef(index, "A") for index in range(3)))

    uris: list[str] = []
    cursor = None
    while True:
        page = list_resources(Large(), cursor)
        assert len(page.resources) <= 100
        uris += [resource.uri for resource in page.resources]
        if (cursor := page.next_cursor) is None:
            break
    assert len(uris) == len(set(uris)) == 210


def test_unexpected_error_reveals_no_details(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: object) -> None:
        raise RuntimeError("a secret of /srv/library")

    monkeypatch.setattr(service, "ask", fails)

    async def use(client: Client) -> None:
        result = await client.call_tool("ask", {"question": "a"})
        assert result.is_error
        assert "secret" not in str(result)

    run_with_client(service, use)


def test_library_error_is_logged_and_not_shown(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: object) -> None:
        raise LibraryError(Message("/srv/library: damaged", "/srv/library：已損壞"))

    monkeypatch.setattr(service, "ask", fails)

    async def use(client: Client) -> None:
        result = await client.call_tool("ask", {"question": "a"})
        assert result.is_error
        assert "/srv" not in str(result)

    with caplog.at_level(logging.ERROR):
        run_with_client(service, use)
    assert "/srv/library: damaged" in caplog.text


def test_slow_tool_call_ends_with_a_timeout_error(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    monkeypatch.setattr(service, "ask", lambda _: time.sleep(0.3))

    async def use(client: Client) -> None:
        result = await client.call_tool("ask", {"question": "a"})
        assert "longer than 0.05 seconds" in result.content[0].text

    run_with_client(service, use, Limits(timeout_seconds=0.05))


def test_http_transport_refuses_foreign_hosts_and_large_bodies(http_server: Server) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"accept": "application/json, text/event-stream"}

    def post(**more: str) -> httpx.Response:
        return httpx.post(http_server.url, json=call, headers=headers | more)

    assert post().status_code == 200
    assert post(host="evil.example").status_code == 421
    assert post(origin="http://evil.example").status_code == 403
    assert httpx.post(http_server.url, content=b"x" * (2 << 20)).status_code == 413
    for body in (b"{", b"\xff", b"[" * 50_000, b'{"jsonrpc": "2.0", "id": 1, "method": 7}'):
        sent = headers | {"content-type": "application/json"}
        response = httpx.post(http_server.url, content=body, headers=sent)
        assert 400 <= response.status_code < 500
        assert "Traceback" not in response.text
    for method in ("GET", "DELETE"):
        refused = httpx.request(method, http_server.url, headers=headers)
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert "/mcp" in httpx.get(http_server.url.removesuffix("/mcp")).json()["detail"]


def test_http_transport_can_require_an_api_key(sample_library: Path, tmp_path: Path) -> None:
    arguments = ("mcp", "--http", "--library", str(sample_library))
    with running(tmp_path, *arguments, env={"TONGZHU_API_KEYS": "a-key-of-ours"}) as server:
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        headers = {"accept": "application/json, text/event-stream"}
        assert httpx.post(server.url, json=call, headers=headers).status_code == 401
        headers["authorization"] = "Bearer a-key-of-ours"
        assert httpx.post(server.url, json=call, headers=headers).status_code == 200


def test_servers_count_requests_together_with_a_shared_limiter(service: Service) -> None:
    async def ask_each() -> list[int]:
        limits = Limits()
        workers = WorkerPool(limits)
        mcp_server = build_server(service, workers, limits, "en")
        access_policy = ServerOptions().build_access_policy({})
        limiter = RateLimiter(1)
        statuses = []
        for _ in range(2):
            app = build_http_app(mcp_server, limits, access_policy, limiter)
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
                statuses.append((await http.get("/elsewhere")).status_code)
        workers.stop()
        return statuses

    assert asyncio.run(ask_each()) == [404, 429]
