"""The route by which a language model writes of an answer; only where one is set up."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from index.messages import Language
from rag.answer.model import Answer
from rag.answer.serialization import to_dict
from rag.written.model import WrittenAnswer
from rag.written.serialization import written_to_dict
from ui.api.openapi import schema_ref
from ui.asgi.metrics import Metrics
from ui.asgi.problems import get_client_language
from ui.asgi.request_limits import extend_time_limit
from ui.asgi.workers import WorkerPool
from ui.service.errors import RequestError
from ui.service.limits import WRITING_TIMEOUT_SECONDS
from ui.service.requests import WritingRequest
from ui.service.service import Service
from ui.service.writing import (
    WRITTEN_SCHEMA,
    RequestedTask,
    Writer,
    write_or_explain,
    writing_to_dict,
)

_EVENT_TEXT = {
    "type": "string",
    "description": "Server-sent events: answer; sentence, one for each once it is checked;"
    " then written or problem.",
}


class WriteRequest(WritingRequest):
    """A question of whose answer a language model is to write."""

    stream: bool = Field(default=False, description="Whether to send events as they come.")


def build_writing_router(
    service: Service, workers: WorkerPool, metrics: Metrics, writer: Writer
) -> APIRouter:
    """Return the route that has answers written."""
    router = APIRouter(prefix="/v1", tags=["ask"])

    @router.post(
        "/write",
        operation_id="write",
        summary="Answer a question, and have a language model write of the answer",
        description=f"The question and sentences of the library are sent to {writer.endpoint.host}."
        " What it writes are not the publications' words; each sentence is checked.",
        response_class=Response,
        responses={
            200: {
                "description": "The answer, and what was written, or why nothing was.",
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "properties": {"answer": schema_ref("Answer"), **WRITTEN_SCHEMA},
                            "required": ["answer", "written", "problem"],
                        }
                    },
                    "text/event-stream": {"schema": _EVENT_TEXT},
                },
            }
        },
    )
    async def write(body: WriteRequest, request: Request) -> Response:
        answer = await workers.run(service.ask, body.to_query())
        metrics.record_answer(is_answered=answer.is_answered)
        extend_time_limit(request.scope, WRITING_TIMEOUT_SECONDS)
        language = get_client_language(request.scope)
        if body.stream:
            events = _stream_events(writer, answer, body.task, language)
            headers = {"x-accel-buffering": "no"}
            return StreamingResponse(events, headers=headers, media_type="text/event-stream")
        writing = await write_or_explain(writer, answer, body.task)
        values = {"answer": to_dict(answer)} | writing_to_dict(writing, language)
        return Response(msgspec.json.encode(values), media_type="application/json")

    return router


async def _stream_events(
    writer: Writer, answer: Answer, task: RequestedTask, language: Language
) -> AsyncGenerator[bytes, None]:
    """Yield the answer, each sentence once it is checked, and then the whole, as events."""
    yield _encode_event("answer", to_dict(answer))
    written: WrittenAnswer | None = None
    sent = 0
    try:
        async with aclosing(writer.stream(answer, task)) as snapshots:
            async for written in snapshots:
                for sentence in written_to_dict(written)["sentences"][sent:]:
                    yield _encode_event("sentence", sentence)
                sent = len(written.sentences)
    except RequestError as error:
        problem = {"code": error.code, "detail": error.message.in_language(language)}
        yield _encode_event("problem", problem)
        return
    yield _encode_event("written", written_to_dict(written) if written else None)


def _encode_event(name: str, values: Any) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(values) + b"\n\n"
