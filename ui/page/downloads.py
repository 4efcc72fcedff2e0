"""Routes beside the page: conversations and feedback as files, and parts of the library's panel."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from index.messages import MessageCatalogue
from rag.query.validation import truncate
from ui.conversations.export import render_conversation_json, render_conversation_markdown
from ui.conversations.feedback import build_case, build_download, group_cases
from ui.messages.language import parse_language_tag
from ui.page.chat_sessions import ChatSessions
from ui.page.uploads.changes import is_change_allowed
from ui.page.visitor import parse_visitor, resolve_language
from ui.service import limits
from ui.service.catalogue_search import DEFAULT_LIMIT

_MESSAGES = MessageCatalogue("ui", "page")

_MAX_LISTED = 100_000  # publications in one list
_MAX_NAME_LENGTH = 60  # characters of a file's name
_NON_WORD = re.compile(r"[^\w\-]+")
_MEDIA_TYPES = {"md": "text/markdown", "json": "application/json"}


def build_routes(sessions: ChatSessions) -> list[BaseRoute]:
    """Return the routes, which come before those of the page."""

    async def export_conversation(request: Request) -> Response:
        export_format = request.path_params["format"]
        language = resolve_language(request.query_params, request.headers)
        conversation_id = request.path_params["conversation"]
        visitor = parse_visitor(request.headers)
        missing = HTTPException(404, _MESSAGES["conversation_missing"].in_language(language))
        if export_format not in _MEDIA_TYPES or visitor is None:
            raise missing
        try:
            store = sessions.conversations.store
            name = await run_in_threadpool(store.get_name, visitor, conversation_id)
            turns = await run_in_threadpool(store.read_turns, visitor, conversation_id)
        except KeyError as error:
            raise missing from error
        if export_format == "md":
            text = render_conversation_markdown(name, turns, language)
        else:
            text = render_conversation_json(name, turns)
        disposition = {"content-disposition": _format_disposition(name, export_format)}
        return Response(
            text,
            headers=disposition | {"cache-control": "no-store"},
            media_type=_MEDIA_TYPES[export_format],
        )

    async def download_feedback(request: Request) -> Response:
        visitor = parse_visitor(request.headers)
        if visitor is None:
            raise HTTPException(404)
        name, content = await run_in_threadpool(_collect_feedback, sessions, visitor)
        disposition = {"content-disposition": f'attachment; filename="{name}"'}
        media_type = "application/zip" if name.endswith(".zip") else "application/jsonl"
        return Response(
            content, headers=disposition | {"cache-control": "no-store"}, media_type=media_type
        )

    async def search_catalogue(request: Request) -> Response:
        parameters = request.query_params
        language = parse_language_tag(parameters.get("lang", ""))
        query = truncate(parameters.get("q", ""), limits.MAX_NAME_LENGTH)
        limit_text = parameters.get("limit", "")
        limit = (
            min(int(limit_text), _MAX_LISTED)
            if limit_text.isdecimal() and len(limit_text) < 9
            else DEFAULT_LIMIT
        )
        may_change = is_change_allowed(sessions.changes, request.headers)
        html = await run_in_threadpool(
            sessions.render_catalogue, query, limit, language, may_change=may_change
        )
        return HTMLResponse(html, headers={"cache-control": "no-store"})

    async def list_articles(request: Request) -> Response:
        publication_id = request.query_params.get("publication", "")
        html = await run_in_threadpool(
            sessions.render_articles,
            publication_id,
            resolve_language(request.query_params, request.headers),
        )
        if html is None:
            raise HTTPException(404)
        return HTMLResponse(html, headers={"cache-control": "no-store"})

    return [
        Route("/conversations/{conversation}.{format}", export_conversation),
        Route("/feedback", download_feedback),
        Route("/library/search", search_catalogue),
        Route("/library/articles", list_articles),
    ]


def _format_disposition(name: str, export_format: str) -> str:
    """Return the Content-Disposition header with the conversation's name (RFC 6266)."""
    words = " ".join(_NON_WORD.sub(" ", name).split())[:_MAX_NAME_LENGTH].strip()
    encoded_name = quote(f"{words or 'conversation'}.{export_format}")
    return f"attachment; filename=\"conversation.{export_format}\"; filename*=UTF-8''{encoded_name}"


def _collect_feedback(sessions: ChatSessions, visitor: str) -> tuple[str, bytes]:
    return build_download(
        group_cases(map(build_case, sessions.conversations.store.list_judged_answers(visitor)))
    )
