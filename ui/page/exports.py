"""Files to take along from the page: their addresses, and the routes that write them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from index.storage.records import Filters
from rag.answer.model import Citation
from rag.works.exports import ExportedContent
from rag.works.formats import FORMATS, WorkFormat
from ui.page.visitor import resolve_language
from ui.service import limits
from ui.service.errors import RequestError, not_found_error
from ui.service.exports import (
    ExportFile,
    LibraryContent,
    export_article,
    export_citations,
    export_library,
)
from ui.service.service import Service


def format_passages_query(citations: Iterable[Citation]) -> str:
    """Return the parameters of an address that exports passages."""
    return urlencode([("passage", citation.passage_id) for citation in citations])


def build_export_routes(service: Service) -> list[BaseRoute]:
    """Return the routes of files, open to all who may see the page."""

    async def export(request: Request) -> Response:
        try:
            file = await run_in_threadpool(_export, service, request)
        except RequestError as error:
            language = resolve_language(request.query_params, request.headers)
            raise HTTPException(error.status, error.message.in_language(language)) from error
        return Response(file.content, headers=file.headers, media_type=file.media_type)

    return [Route("/export/{content}/{format}", export)]


def _export(service: Service, request: Request) -> ExportFile:
    content, format_text = request.path_params["content"], request.path_params["format"]
    format_name = next((name for name in FORMATS if name == format_text), None)
    if format_name is None:
        raise not_found_error("export", format_text)
    parameters = request.query_params
    for cited_content in get_args(ExportedContent):
        if content == cited_content:
            passages = parameters.getlist("passage")[: limits.MAX_PASSAGES]
            return export_citations(service.catalogue, passages, cited_content, format_name)
    for library_content in get_args(LibraryContent):
        if content == library_content:
            return _export_from_library(service, request, library_content, format_name)
    raise not_found_error("export", content)


def _export_from_library(
    service: Service, request: Request, content: LibraryContent, format_name: WorkFormat
) -> ExportFile:
    """Return an article, a publication or the library as a file."""
    publication = request.query_params.get("publication") or None
    article = request.query_params.get("article", "")
    if publication and article.isdecimal() and len(article) < 8:
        return export_article(service.catalogue, content, format_name, publication, int(article))
    return export_library(service.catalogue, content, format_name, Filters(publication))
