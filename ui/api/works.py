"""The routes of works: what the notes of the library cite."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from rag.works.counts import CitationCount, CountedField, count_citations
from rag.works.model import Work
from ui.api.exports import FILE_RESPONSES, FormatParam, build_file_response
from ui.asgi.workers import WorkerPool
from ui.service import limits
from ui.service.exports import export_library
from ui.service.requests import WorksRequest
from ui.service.service import Service
from ui.service.views import WorkInLibrary, WorkView, build_work_view

QueryParams = Annotated[WorksRequest, Query()]
WorkParam = Annotated[
    str,
    Path(
        min_length=1,
        max_length=limits.MAX_NAME_LENGTH,
        description="As the list of works gives it.",
        examples=["0123456789ab"],
    ),
]


def build_works_router(service: Service, workers: WorkerPool) -> APIRouter:
    """Return the routes that show what the notes of the library cite."""
    router = APIRouter(prefix="/v1/works", tags=["works"])

    async def find(query: WorksRequest) -> tuple[Work, ...]:
        filters = query.to_filters()
        return await workers.run(lambda: service.catalogue.list_works(filters, query.text))

    @router.get("", operation_id="works", summary="The works that notes cite, most cited first")
    async def list_works(query: QueryParams) -> tuple[WorkView, ...]:
        return tuple(map(build_work_view, await find(query)))

    @router.get(
        "/counts/{counted}",
        operation_id="work_counts",
        summary="How often works, outlets, authors or the works of a year are cited",
    )
    async def count_works(counted: CountedField, query: QueryParams) -> tuple[CitationCount, ...]:
        return count_citations(await find(query), counted)

    @router.get(
        "/export/{format}",
        operation_id="export_works",
        summary="The works as a file for a citation manager, or as a list to print",
        response_class=Response,
        responses=FILE_RESPONSES,
    )
    async def export_works(format_name: FormatParam, query: QueryParams) -> Response:
        filters = query.to_filters()
        file = await workers.run(
            lambda: export_library(service.catalogue, "works", format_name, filters, query.text)
        )
        return build_file_response(file)

    @router.get(
        "/{work}",
        operation_id="work",
        summary="A work, the notes that cite it and the sentences that rest on it",
    )
    async def get_work(work: WorkParam) -> WorkInLibrary:
        return await workers.run(lambda: service.catalogue.get_work(work))

    return router
