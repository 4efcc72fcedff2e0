"""The picture of the printed page of a citation: its address, and the route that draws it."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from index.errors import TongzhuError
from rag.answer.model import Citation
from ui.page.reading.addresses import (
    MAX_ADDRESS_SPANS,
    format_sentence_picture_address,
    format_spans,
    parse_spans,
)
from ui.page.visitor import resolve_language
from ui.service.errors import RequestError, to_request_error
from ui.service.service import Service

_PATH = "/printed-page"


def format_picture_address(citation: Citation) -> str:
    """Return the address of the picture of a citation's printed page, relative to the page's.

    All its evidence in the text of the best one is marked.
    """
    evidence = citation.evidence
    note = evidence[0].note if evidence else None
    spans = [item.span for item in evidence if item.note == note][:MAX_ADDRESS_SPANS]
    return format_sentence_picture_address(citation.passage_id, format_spans(spans), note)


def build_picture_route(service: Service) -> Route:
    """Return the route of the pictures; who may not see the page is kept from it, too."""

    async def draw_page(request: Request) -> Response:
        parameters = request.query_params
        language = resolve_language(parameters, request.headers)
        try:
            picture = await run_in_threadpool(
                service.draw_pages,
                parameters.get("passage", ""),
                parse_spans(parameters.get("mark", "")),
                parameters.get("note"),
            )
        except (RequestError, TongzhuError) as error:
            refusal = error if isinstance(error, RequestError) else to_request_error(error)
            raise HTTPException(refusal.status, refusal.message.in_language(language)) from error
        return Response(picture, headers={"cache-control": "no-store"}, media_type="image/png")

    return Route(_PATH, draw_page)
