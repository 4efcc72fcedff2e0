"""Files to take along from the page: their addresses, and the routes that write them."""

from __future__ import annotations

from typing import get_args
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from index.messages import Language, MessageCatalogue
from index.storage.records import Filters
from rag.query.validation import truncate
from rag.works.exports import ExportedContent
from rag.works.formats import FORMATS, WorkFormat
from ui.page.forms import FormFields, read_form
from ui.page.reading.addresses import parse_spans
from ui.page.reading.routes import render_page
from ui.page.visitor import resolve_language
from ui.service import limits
from ui.service.errors import RequestError, not_found_error
from ui.service.exports import (
    ExportFile,
    LibraryContent,
    export_article,
    export_citations,
    export_library,
    export_word,
)
from ui.service.service import Service

_MESSAGES = MessageCatalogue("ui", "page")


def build_export_routes(service: Service) -> list[BaseRoute]:
    """Return the routes of files, open to all who may see the page."""

    async def export(request: Request) -> Response:
        try:
            file = await run_in_threadpool(_export, service, request)
        except RequestError as error:
            language = resolve_language(request.query_params, request.headers)
            raise HTTPException(error.status, error.message.in_language(language)) from error
        return Response(file.content, headers=file.headers, media_type=file.media_type)

    async def show_files(request: Request) -> Response:
        language = resolve_language(request.query_params, request.headers)
        fields = [
            (name, value)
            for name, value in request.query_params.multi_items()
            if name in ("passage", "mark")
        ]
        query = urlencode([(name, value) for name, value in fields if name == "passage"])
        lines = [
            (_MESSAGES[f"export_{content}"], content, query)
            for content in get_args(ExportedContent)
        ]
        return render_page(request, "keeping/export", language, lines=lines, fields=fields)

    async def export_to_word(request: Request) -> Response:
        fields = await read_form(request)
        language = resolve_language(request.query_params, request.headers)
        try:
            file = await run_in_threadpool(_export_word, service, fields, language)
        except RequestError as error:
            raise HTTPException(error.status, error.message.in_language(language)) from error
        return Response(file.content, headers=file.headers, media_type=file.media_type)

    return [
        Route("/export", show_files),
        Route("/export/{content}/{format}", export),
        Route("/export/word", export_to_word, methods=["POST"]),
    ]


def _export_word(service: Service, fields: FormFields, language: Language) -> ExportFile:
    pairs = zip(fields.list_values("passage"), fields.list_values("mark"), strict=False)
    passages = {passage_id: parse_spans(mark) for passage_id, mark in pairs}
    if len(passages) > limits.MAX_EXPORTED_PASSAGES:
        raise not_found_error("export", len(passages))
    title = truncate(fields.get("title"), limits.MAX_QUESTION_LENGTH)
    return export_word(service.catalogue, passages, language, title)


def _export(service: Service, request: Request) -> ExportFile:
    content, format_text = request.path_params["content"], request.path_params["format"]
    format_name = next((name for name in FORMATS if name == format_text), None)
    if format_name is None:
        raise not_found_error("export", format_text)
    parameters = request.query_params
    for cited_content in get_args(ExportedContent):
        if content == cited_content:
            passages = parameters.getlist("passage")
            if len(passages) > limits.MAX_EXPORTED_PASSAGES:
                raise not_found_error("export", len(passages))
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
    words = truncate(request.query_params.get("text", ""), limits.MAX_NAME_LENGTH)
    return export_library(service.catalogue, content, format_name, Filters(publication), words)
