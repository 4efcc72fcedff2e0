"""The routes of written paragraphs: the form, the writing itself, and the Word file."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from index.messages import Language, Message, MessageCatalogue
from rag.answer.model import Answer
from rag.render.word import MEDIA_TYPE, to_word
from rag.render.written import written_to_section
from rag.written.model import WritingTask, WrittenAnswer
from rag.written.plan import WritingPlan
from ui.conversations.model import Paragraph, Turn
from ui.conversations.store import ConversationStore, StorageError
from ui.page.forms import FormFields, read_form
from ui.page.keeping.pages import build_handler, parse_turn_number, redirect, refuse
from ui.page.reading.routes import render_page
from ui.page.render import render_template
from ui.page.visitor import parse_visitor, read_cookie, resolve_language
from ui.page.writing.agreement import format_agreement, has_agreed
from ui.service.errors import RequestError
from ui.service.exports import ExportFile
from ui.service.writing import RequestedTask, Writer

_MESSAGES = MessageCatalogue("ui", "writing")
_NOUNS = MessageCatalogue("ui", "nouns")
_POLL_SECONDS = 0.5  # between looks whether a visitor without a script has left
_LEFT_OUT_COOKIE = "tongzhu_unsupported"  # set by static/writing.js
_FILE_NAMES: Mapping[WritingTask, str] = {
    "answer": "paragraph.docx",
    "summary": "summary.docx",
    "translation": "translation.docx",
}
_log = logging.getLogger("tongzhu")


@dataclass(frozen=True, slots=True)
class _Task:
    """An answer of a visitor that a paragraph is to be written of."""

    visitor: str
    conversation_id: str
    number: int
    answer: Answer
    language: Language
    requested: RequestedTask
    kind: WritingTask


def build_writing_routes(store: ConversationStore, writer: Writer | None) -> list[BaseRoute]:
    """Return the routes; without a language model that of the file alone, of what is kept."""
    pages = _WritingPages(store)
    word_route = Route("/write/word", build_handler(pages.export))
    if writer is None:
        return [word_route]
    writing = _Writing(store, writer)
    return [
        word_route,
        Route("/write", build_handler(writing.show_form), methods=["GET"]),
        Route("/write", writing.handle, methods=["POST"]),
    ]


class _WritingPages:
    """Shows what is kept."""

    def __init__(self, store: ConversationStore) -> None:
        self._store = store

    def export(self, request: Request, language: Language, visitor: str, _: FormFields) -> Response:
        parameters = request.query_params
        turn = _load_turn(
            self._store, visitor, parameters.get("conversation", ""), parameters.get("turn", "")
        )
        is_translation = _parse_task(parameters.get("task", "")) == "translation"
        kept = turn.translation if is_translation else turn.paragraph
        if turn.answer is None or kept is None:
            raise refuse(_MESSAGES["answer_missing"])
        leaves_out = read_cookie(request.headers, _LEFT_OUT_COOKIE) == "left-out"
        section = written_to_section(kept.written, turn.answer, language, supported_only=leaves_out)
        content = to_word(turn.answer.citations, language, title=turn.question, section=section)
        file = ExportFile(_FILE_NAMES[kept.written.task], MEDIA_TYPE, content)
        return Response(file.content, headers=file.headers, media_type=file.media_type)


class _Writing:
    """Has paragraphs written."""

    def __init__(self, store: ConversationStore, writer: Writer) -> None:
        self._store = store
        self._writer = writer

    def show_form(
        self, request: Request, language: Language, visitor: str, _: FormFields
    ) -> Response:
        parameters = request.query_params
        conversation_id, turn_text = parameters.get("conversation", ""), parameters.get("turn", "")
        turn = _load_turn(self._store, visitor, conversation_id, turn_text)
        requested = _parse_task(parameters.get("task", ""))
        plan = self._plan(turn.answer, requested)
        return render_page(
            request,
            "writing/form",
            language,
            task=requested,
            writing_task=plan.task,
            conversation_id=conversation_id,
            number=parse_turn_number(turn_text),
            answer=turn.answer,
            paragraph=turn.translation if requested == "translation" else turn.paragraph,
            count=len(plan.evidence),
            endpoint=self._writer.endpoint,
            has_agreed=has_agreed(request.headers, self._writer.endpoint),
            is_page="pane" not in parameters,
        )

    def _plan(self, answer: Answer | None, requested: RequestedTask) -> WritingPlan:
        """Return what is to be written; raise RequestError where there is nothing to write from."""
        plan = self._writer.plan(answer, requested) if answer else None
        if plan is None:
            raise refuse(_MESSAGES["answer_missing"])
        return plan

    async def handle(self, request: Request) -> Response:
        """Write a paragraph: for the page's script piece by piece, else whole."""
        fields = await read_form(request)
        language = resolve_language(request.query_params, request.headers)
        endpoint = self._writer.endpoint
        agrees = fields.get("agree") == "yes"
        try:
            if not agrees and not has_agreed(request.headers, endpoint):
                raise refuse(_MESSAGES["agreement_missing"].format(host=endpoint.host), 403)
            task = await run_in_threadpool(self._load_task, request, fields, language)
            response = await self._respond(request, task)
        except (RequestError, StorageError) as error:
            status = error.status if isinstance(error, RequestError) else 503
            return render_page(request, "reading/error", language, status, message=error.message)
        if agrees:
            is_secure = request.scope["scheme"] == "https"
            response.headers.append("set-cookie", format_agreement(endpoint, is_secure=is_secure))
        return response

    async def _respond(self, request: Request, task: _Task) -> Response:
        if "pane" in request.query_params:
            headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
            return StreamingResponse(
                self._stream(task), headers=headers, media_type="application/x-ndjson"
            )
        written = await self._write_unless_left(request, task)
        if written is None:
            return Response(status_code=499)  # which nobody reads
        await run_in_threadpool(self._save, task, written)
        query = f"conversation={task.conversation_id}&turn={task.number}&task={task.requested}"
        return redirect(f"write?{query}")

    async def _write_unless_left(self, request: Request, task: _Task) -> WrittenAnswer | None:
        """Return what is written; None if the visitor left, which ends the request."""
        writing = asyncio.ensure_future(self._writer.write(task.answer, task.requested))
        try:
            while not writing.done():
                await asyncio.wait((writing,), timeout=_POLL_SECONDS)
                if await request.is_disconnected():
                    return None
        finally:
            writing.cancel()
        return writing.result()

    def _load_task(self, request: Request, fields: FormFields, language: Language) -> _Task:
        visitor = parse_visitor(request.headers) or ""
        conversation_id, turn_text = fields.get("conversation"), fields.get("turn")
        turn = _load_turn(self._store, visitor, conversation_id, turn_text)
        requested = _parse_task(fields.get("task"))
        plan = self._plan(turn.answer, requested)
        number = parse_turn_number(turn_text)
        return _Task(visitor, conversation_id, number, plan.answer, language, requested, plan.task)

    async def _stream(self, task: _Task) -> AsyncGenerator[bytes, None]:
        """Yield a line of JSON for each sentence, then one for the whole, or for what went wrong.

        What a visitor stops is neither shown nor kept.
        """
        try:
            async with aclosing(self._writer.stream(task.answer, task.requested)) as snapshots:
                async for written in snapshots:
                    yield _encode(
                        html=await run_in_threadpool(_render_unfinished, task, written),
                        status=_MESSAGES["checked_so_far"].in_language(
                            task.language,
                            sentences=_NOUNS.count("sentences", len(written.sentences)),
                        ),
                    )
            paragraph = await run_in_threadpool(self._save, task, written)
            html = await run_in_threadpool(_render_whole, task, paragraph)
            yield _encode(whole=html, status=_describe_result(written, task.language))
        except (RequestError, StorageError) as error:
            yield _encode(failure=_render_failure(error.message, task.language))
        except Exception:
            _log.exception("A paragraph could not be written")
            yield _encode(failure=_render_failure(_MESSAGES[f"failed.{task.kind}"], task.language))

    def _save(self, task: _Task, written: WrittenAnswer) -> Paragraph:
        paragraph = Paragraph(written, datetime.now(UTC))
        try:
            self._store.save_paragraph(task.visitor, task.conversation_id, task.number, paragraph)
        except KeyError as error:
            raise refuse(_MESSAGES["answer_missing"]) from error
        return paragraph


def _load_turn(
    store: ConversationStore, visitor: str, conversation_id: str, turn_text: str
) -> Turn:
    """Return a turn of a visitor that the library has answered."""
    try:
        turns = store.read_turns(visitor, conversation_id)
    except KeyError as error:
        raise refuse(_MESSAGES["answer_missing"]) from error
    number = parse_turn_number(turn_text)
    turn = turns[number - 1] if 1 <= number <= len(turns) else None
    if turn is None or turn.answer is None or not turn.answer.is_answered:
        raise refuse(_MESSAGES["answer_missing"])
    return turn


def _parse_task(text: str) -> RequestedTask:
    return next((task for task in get_args(RequestedTask) if task == text), "answer")


def _render_unfinished(task: _Task, written: WrittenAnswer) -> str:
    return render_template(
        "writing/unfinished.html",
        task.language,
        answer=task.answer,
        number=task.number,
        written=written,
    )


def _render_whole(task: _Task, paragraph: Paragraph) -> str:
    return render_template(
        "writing/whole.html",
        task.language,
        answer=task.answer,
        number=task.number,
        paragraph=paragraph,
        conversation_id=task.conversation_id,
    )


def _render_failure(message: Message, language: Language) -> str:
    return render_template("writing/failure.html", language, message=message)


def _describe_result(written: WrittenAnswer, language: Language) -> str:
    return _MESSAGES[f"finished.{written.task}"].in_language(
        language, supported=len(written.supported), count=len(written.sentences)
    )


def _encode(**values: str) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"
