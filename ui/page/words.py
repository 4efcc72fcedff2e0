"""The route that explains the words of a quotation; the page's script asks for a sentence each."""

from __future__ import annotations

from dataclasses import asdict

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rag.query.validation import truncate
from ui.page.visitor import resolve_language
from ui.service import limits
from ui.service.service import Service

_HEADERS = {"cache-control": "private, max-age=600"}


def build_words_route(service: Service) -> Route:
    """Return the route."""

    async def explain(request: Request) -> Response:
        text = truncate(request.query_params.get("text", ""), limits.MAX_EXPLAINED_LENGTH)
        language = resolve_language(request.query_params, request.headers)
        words = await run_in_threadpool(service.catalogue.explain_words, text, language)
        return JSONResponse([asdict(word) for word in words], headers=_HEADERS)

    return Route("/words", explain)
