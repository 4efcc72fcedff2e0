"""Tests of the MCP tool by which a language model writes, with a scripted endpoint."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import jsonschema
import pytest
from mcp import Client

from rag.written.endpoint import Endpoint
from tests.helpers.serving import ANSWER, QUESTION
from tests.helpers.stub_endpoint import serve_replies, stream_pieces, write_sentences
from ui.asgi.workers import WorkerPool
from ui.mcp.server import build_server
from ui.service.limits import Limits
from ui.service.service import Service
from ui.service.writing import Writer

TOOL = "write_paragraph"


@pytest.fixture(scope="module")
def service(sample_library: Path) -> Service:
    return Service(sample_library)


def run(
    service: Service, endpoint: Endpoint | None, use: Callable[[Client], Awaitable[None]]
) -> None:
    async def main() -> None:
        workers = WorkerPool(Limits())
        writer = Writer(service, endpoint) if endpoint else None
        async with Client(build_server(service, workers, Limits(), "en", writer)) as client:
            await use(client)
        workers.stop()

    asyncio.run(main())


def test_the_tool_says_what_it_is_and_is_there_with_a_model_alone(service: Service) -> None:
    async def look(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert "models.example" in (tools[TOOL].description or "")
        assert "not the publications' words" in (tools[TOOL].description or "")
        assert tools[TOOL].annotations
        assert tools[TOOL].annotations.open_world_hint
        assert not tools["ask"].annotations.open_world_hint

    async def find_none(client: Client) -> None:
        assert TOOL not in {tool.name for tool in (await client.list_tools()).tools}
        with pytest.raises(Exception, match=TOOL):
            await client.call_tool(TOOL, {"question": QUESTION})

    run(service, Endpoint("https://models.example/v1", "m"), look)
    run(service, None, find_none)


def test_what_is_written_comes_after_the_answer(service: Service) -> None:
    reply = write_sentences(("The plant began to operate in 2021.", [1]), ("In 1820.", [99]))

    async def write(client: Client) -> None:
        result = await client.call_tool(TOOL, {"question": QUESTION, "k": 1})
        assert not result.is_error
        values = result.structured_content or {}
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        jsonschema.validate(values, tools[TOOL].output_schema or {})
        assert values["answer"]["answered"]
        assert [item["supported"] for item in values["written"]["sentences"]][1] is False
        text = result.content[0].text
        assert text.index(ANSWER) < text.index("1820" if "1820" in text else "stub")
        refused = await client.call_tool(TOOL, {"question": ""})
        assert refused.is_error

    with serve_replies(reply) as stub:
        run(service, stub.endpoint, write)
        assert len(stub.requests) == 1


def test_a_model_that_fails_leaves_the_answer(service: Service) -> None:
    async def write(client: Client) -> None:
        result = await client.call_tool(TOOL, {"question": QUESTION})
        assert not result.is_error
        assert result.structured_content["written"] is None
        assert "500" in result.structured_content["problem"]["detail"]
        assert "500" in result.content[0].text
        assert ANSWER in json.dumps(result.structured_content["answer"], ensure_ascii=False)

    with serve_replies((500, "no")) as stub:
        run(service, stub.endpoint, write)
        assert len(stub.requests) == 3


def test_an_agent_that_cancels_ends_the_request_to_the_model(service: Service) -> None:
    with serve_replies(stream_pieces(*[" "] * 2_000), pause=0.01) as stub:

        async def cancel(client: Client) -> None:
            call = asyncio.ensure_future(client.call_tool(TOOL, {"question": QUESTION}))
            while not stub.requests:
                await asyncio.sleep(0.01)
            call.cancel()
            assert await asyncio.to_thread(stub.is_left.wait, 10)

        run(service, stub.endpoint, cancel)
