"""The routes of files: articles, passages and their sources for reference managers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import AfterValidator
from starlette.responses import Response

from rag.render.word import MEDIA_TYPE
from rag.works.exports import ExportedContent
from rag.works.formats import FORMATS, WorkFormat
from ui.asgi.problems import get_client_language
from ui.asgi.workers import WorkerPool
from ui.service import limits
from ui.service.exports import ExportFile, export_citations, export_library, export_word
from ui.service.requests import NameText, RequestFilters, check_unicode
from ui.service.service import Service

FilterParams = Annotated[RequestFilters, Query()]
FormatParam = Annotated[
    WorkFormat, Path(alias="format", description="The format of the file.", examples=["ris"])
]
PassageParams = Annotated[
    list[NameText],
    Query(
        min_length=1,
        max_length=limits.MAX_EXPORTED_PASSAGES,
        description="Ids of passages, as an answer gives them; may be repeated.",
    ),
]

TitleParam = Annotated[
    str,
    Query(max_length=limits.MAX_QUESTION_LENGTH, description="The title of the document."),
    AfterValidator(check_unicode),
]


def _describe_content(media_type: str) -> dict[str, object]:
    is_json = media_type.endswith("+json")
    return {"type": "array", "items": {"type": "object"}} if is_json else {"type": "string"}


FILE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {
            description.media_type: {"schema": _describe_content(description.media_type)}
            for description in FORMATS.values()
        },
    }
}
"""The responses of a route that returns a file."""


def build_file_response(file: ExportFile) -> Response:
    """Return the response with a file."""
    return Response(file.content, media_type=file.media_type, headers=file.headers)


def build_export_router(service: Service, workers: WorkerPool) -> APIRouter:
    """Return the routes that give the library's own articles and passages as files."""
    router = APIRouter(prefix="/v1", tags=["export"])

    @router.get(
        "/publications/export/{format}",
        operation_id="export_articles",
        summary="The articles of the library as items to cite",
        response_class=Response,
        responses=FILE_RESPONSES,
    )
    async def export_articles(format_name: FormatParam, query: FilterParams) -> Response:
        filters = query.to_filters()
        file = await workers.run(
            lambda: export_library(service.catalogue, "articles", format_name, filters)
        )
        return build_file_response(file)

    @router.get(
        "/passages/export/word",
        operation_id="export_word",
        summary="Passages as a Word file, with their sources and notes as footnotes",
        response_class=Response,
        responses={
            200: {
                "description": "The file.",
                "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def export_passages_to_word(
        request: Request, passage: PassageParams, title: TitleParam = ""
    ) -> Response:
        language = get_client_language(request.scope)
        passages = dict.fromkeys(passage, ())
        file = await workers.run(lambda: export_word(service.catalogue, passages, language, title))
        return build_file_response(file)

    @router.get(
        "/passages/export/{content}/{format}",
        operation_id="export_passages",
        summary="Passages, such as those of an answer, or the sources of their notes",
        response_class=Response,
        responses=FILE_RESPONSES,
    )
    async def export_passages(
        content: ExportedContent, format_name: FormatParam, passage: PassageParams
    ) -> Response:
        file = await workers.run(
            lambda: export_citations(service.catalogue, passage, content, format_name)
        )
        return build_file_response(file)

    return router
