"""What the page's server gives beside the page: conversations and feedback as files."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from ui.conversations.export import conversation_json, conversation_markdown
from ui.conversations.feedback import case, case_sets, download
from ui.messages.cli import Language
from ui.messages.language import of_header, of_tag
from ui.page.auth.headers import LANGUAGE, visitor_of
from ui.page.catalogue_search import FIRST
from ui.page.chat_sessions import Room
from ui.page.uploads.changes import permitted
from ui.service import limits

_MOST = 100_000  # publications in one list
_LONGEST_NAME = 60  # characters of a file's name
_NO_WORD = re.compile(r"[^\w\-]+")
_TYPES = {"md": "text/markdown", "json": "application/json"}


def routes(room: Room) -> list[BaseRoute]:
    """The routes, to stand before those of the page."""

    async def export(request: Request) -> Response:
        form, conversation = request.path_params["form"], request.path_params["conversation"]
        visitor = visitor_of(request.headers.get("cookie", ""))
        if form not in _TYPES or visitor is None:
            raise HTTPException(404)
        try:
            name = await run_in_threadpool(room.conversations.name, visitor, conversation)
            turns = await run_in_threadpool(room.conversations.read, visitor, conversation)
        except KeyError as error:
            raise HTTPException(404) from error
        if form == "md":
            text = conversation_markdown(name, turns, language_of(request))
        else:
            text = conversation_json(name, turns)
        shown = {"content-disposition": _saved_as(name, form)}
        return Response(
            text, headers=shown | {"cache-control": "no-store"}, media_type=_TYPES[form]
        )

    async def feedback(request: Request) -> Response:
        visitor = visitor_of(request.headers.get("cookie", ""))
        if visitor is None:
            raise HTTPException(404)
        name, packed = await run_in_threadpool(_feedback_of, room, visitor)
        shown = {"content-disposition": f'attachment; filename="{name}"'}
        kind = "application/zip" if name.endswith(".zip") else "application/jsonl"
        return Response(packed, headers=shown | {"cache-control": "no-store"}, media_type=kind)

    async def found(request: Request) -> Response:
        asked = request.query_params
        language = of_tag(asked.get("lang", ""))
        query, most = asked.get("q", "")[: limits.CRITERION], asked.get("most", "")
        number = min(int(most), _MOST) if most.isdecimal() and len(most) < 9 else FIRST
        may_change = permitted(room.changes, request.headers)
        html = await run_in_threadpool(room.found, query, number, language, may_change=may_change)
        return HTMLResponse(html, headers={"cache-control": "no-store"})

    async def articles(request: Request) -> Response:
        publication = request.query_params.get("publication", "")
        html = await run_in_threadpool(room.articles, publication, language_of(request))
        if html is None:
            raise HTTPException(404)
        return HTMLResponse(html, headers={"cache-control": "no-store"})

    return [
        Route("/conversations/{conversation}.{form}", export),
        Route("/feedback", feedback),
        Route("/library/found", found),
        Route("/library/articles", articles),
    ]


def _saved_as(name: str, form: str) -> str:
    """The header that gives a download its name: what the conversation is called (RFC 6266)."""
    words = " ".join(_NO_WORD.sub(" ", name).split())[:_LONGEST_NAME].strip()
    named = quote(f"{words or 'conversation'}.{form}")
    return f"attachment; filename=\"conversation.{form}\"; filename*=UTF-8''{named}"


def _feedback_of(room: Room, visitor: str) -> tuple[str, bytes]:
    return download(case_sets(map(case, room.conversations.judged(visitor))))


def language_of(request: Request) -> Language:
    """The language that the page speaks to a visitor."""
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE)
    return of_tag(chosen) if chosen else of_header(request.headers.get("accept-language", ""))
