"""What the page's server gives beside the page: conversations as files."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ui.export import conversation_json, conversation_markdown
from ui.guard import LANGUAGE, visitor_of
from ui.language import of_header, of_tag
from ui.room import Room
from ui.strings import Language

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
        shown = {"content-disposition": f'attachment; filename="conversation.{form}"'}
        return Response(
            text, headers=shown | {"cache-control": "no-store"}, media_type=_TYPES[form]
        )

    return [Route("/conversations/{conversation}.{form}", export)]


def language_of(request: Request) -> Language:
    """The language that the page speaks to a visitor."""
    chosen = request.cookies.get(LANGUAGE)
    return of_tag(chosen) if chosen else of_header(request.headers.get("accept-language", ""))
