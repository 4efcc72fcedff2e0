"""The search of a visitor's conversations."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from rag.query.validation import truncate
from ui.conversations.store import ConversationStore
from ui.page.forms import read_form
from ui.page.render import render_found_conversations
from ui.page.visitor import parse_visitor, resolve_language
from ui.service import limits


def build_history_route(store: ConversationStore) -> Route:
    """Return the route that lists the conversations with words of a query."""

    async def search(request: Request) -> Response:
        fields = await read_form(request)
        visitor = parse_visitor(request.headers)
        if visitor is None:
            raise HTTPException(404)
        query = truncate(fields.get("q"), limits.MAX_NAME_LENGTH)
        matches = await run_in_threadpool(store.search, visitor, query)
        language = resolve_language(request.query_params, request.headers)
        html = render_found_conversations(matches, fields.get("c"), language)
        return HTMLResponse(html, headers={"cache-control": "no-store"})

    return Route("/conversations/search", search, methods=["POST"])
