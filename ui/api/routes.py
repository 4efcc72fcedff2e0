"""The routes of the HTTP API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar

import msgspec
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from index.document import Span
from index.messages import Language
from rag.answer.model import Answer, Citation
from rag.answer.serialization import citation_to_dict, to_dict
from rag.render.text import to_text
from ui.api.openapi import load_answer_example, schema_ref
from ui.asgi.metrics import CONTENT_TYPE, Metrics
from ui.asgi.problems import get_client_language
from ui.asgi.workers import WorkerPool
from ui.service import limits
from ui.service.catalogue import Catalogue
from ui.service.requests import AskRequest, BatchRequest
from ui.service.service import Service, ServiceStatus
from ui.service.views import (
    ArticleView,
    NoteInArticle,
    PublicationContents,
    PublicationView,
    SectionInArticle,
)

_P = ParamSpec("_P")
_T = TypeVar("_T")

IdParam = Annotated[
    str,
    Path(
        min_length=1,
        max_length=limits.MAX_NAME_LENGTH,
        description="As the list of publications gives it.",
        examples=["0123456789ab"],
    ),
]
IndexParam = Annotated[int, Path(ge=0, le=limits.MAX_INDEX, description="From 0.", examples=[0])]
OffsetParam = Annotated[
    int | None,
    Query(
        ge=0,
        le=limits.MAX_OFFSET,
        description="Of the sentence's first character, or after its last: a span of the evidence.",
    ),
]
NoteNumberParam = Annotated[
    str,
    Path(
        min_length=1, max_length=limits.MAX_NAME_LENGTH, description="As printed.", examples=["7"]
    ),
]
_PASSAGE_LINK = {
    operation: {
        "operationId": operation,
        "parameters": {"passage": "$response.body#/citations/0/passage_id"},
    }
    for operation in ("passage", "export_word", "export_passages")
}
_ASK_EXAMPLES: list[dict[str, Any]] = [
    {"question": "鯨門潮汐電廠何時開始商轉？", "k": 3},
    {"question": "When did the tidal power station begin to operate?"},
]
_BATCH_EXAMPLES: list[dict[str, Any]] = [
    {"questions": ["鯨門潮汐電廠何時開始商轉？", "Who wrote about tidal power?"], "k": 1}
]


_PASSAGE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The passage as it is cited; to a browser, as plain text.",
        "content": {
            "application/json": {
                "schema": schema_ref("answer.citation"),
                "example": load_answer_example()["citations"][0],
            },
            "text/plain": {"schema": {"type": "string"}},
        },
    }
}


def build_ask_router(service: Service, workers: WorkerPool, metrics: Metrics) -> APIRouter:
    """Return the routes that answer questions."""
    router = APIRouter(prefix="/v1", tags=["ask"])

    def count_and_serialize(answer: Answer) -> dict[str, Any]:
        metrics.record_answer(is_answered=answer.is_answered)
        return to_dict(answer)

    @router.post(
        "/ask",
        operation_id="ask",
        summary="Answer a question with cited passages",
        responses=_describe_response(
            schema_ref("Answer"),
            "The answer, or the nearest passages.",
            _PASSAGE_LINK,
            load_answer_example(),
        ),
        openapi_extra=_describe_examples(_ASK_EXAMPLES),
    )
    async def ask(body: AskRequest) -> Response:
        return _json_response(count_and_serialize(await workers.run(service.ask, body.to_query())))

    @router.post(
        "/batch",
        operation_id="batch",
        summary="Answer several questions, each on its own",
        responses=_describe_response(
            {
                "type": "object",
                "properties": {"answers": {"type": "array", "items": schema_ref("Answer")}},
                "required": ["answers"],
            },
            "The answers, in the order of the questions.",
            example={"answers": [load_answer_example()]},
        ),
        openapi_extra=_describe_examples(_BATCH_EXAMPLES),
    )
    async def ask_batch(batch: BatchRequest) -> Response:
        answers = await workers.run_all(service.ask, batch.to_queries())
        return _json_response({"answers": [count_and_serialize(answer) for answer in answers]})

    @router.get(
        "/passages/{passage}",
        operation_id="passage",
        summary="A passage by its id, with its notes",
        responses=_PASSAGE_RESPONSES,
    )
    async def get_passage(passage: IdParam, request: Request) -> Response:
        citation = await workers.run(lambda: service.catalogue.get_passage(passage))
        if "text/html" in request.headers.get("accept", ""):
            return _text_response(citation, get_client_language(request.scope))
        return _json_response(citation_to_dict(citation))

    @router.get(
        "/passages/{passage}/page.png",
        operation_id="page_picture",
        summary="The printed page of a passage as a picture, with the passage or a sentence marked",
        response_class=Response,
        responses={
            200: {
                "description": "The page; both pages of a sentence that a page break has cut.",
                "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def draw_page(
        passage: IdParam,
        start: OffsetParam = None,
        end: OffsetParam = None,
        note: Annotated[str | None, Query(max_length=limits.MAX_NAME_LENGTH)] = None,
    ) -> Response:
        spans = () if start is None or end is None else (Span(start, end),)
        picture = await workers.run(lambda: service.draw_pages(passage, spans, note))
        return Response(picture, media_type="image/png", headers={"cache-control": "no-store"})

    return router


def build_library_router(service: Service, workers: WorkerPool) -> APIRouter:
    """Return the routes that show what is in the library."""
    router = APIRouter(prefix="/v1/publications", tags=["library"])
    article = "/{publication}/articles/{article}"

    async def look_up(
        method: Callable[Concatenate[Catalogue, _P], _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        # In a worker, for the library may have to be opened anew.
        return await workers.run(lambda: method(service.catalogue, *args, **kwargs))

    @router.get("", operation_id="publications", summary="All publications, by date")
    async def list_publications() -> tuple[PublicationView, ...]:
        return await look_up(Catalogue.list_publications)

    @router.get("/{publication}", operation_id="publication", summary="What a publication holds")
    async def get_contents(publication: IdParam) -> PublicationContents:
        return await look_up(Catalogue.get_contents, publication)

    @router.get(article, operation_id="article", summary="A whole article with its notes")
    async def get_article(publication: IdParam, article: IndexParam) -> ArticleView:
        return await look_up(Catalogue.get_article, publication, article)

    @router.get(
        f"{article}/sections/{{section}}",
        operation_id="section",
        summary="One section of an article with its notes",
    )
    async def get_section(
        publication: IdParam, article: IndexParam, section: IndexParam
    ) -> SectionInArticle:
        return await look_up(Catalogue.get_section, publication, article, section)

    @router.get(
        f"{article}/notes/{{number}}",
        operation_id="note",
        summary="A note, and the one that it resolves to (同註, ibid.)",
    )
    async def get_note(
        publication: IdParam, article: IndexParam, number: NoteNumberParam
    ) -> NoteInArticle:
        return await look_up(Catalogue.get_note, publication, article, number)

    return router


def build_status_router(service: Service, workers: WorkerPool, metrics: Metrics) -> APIRouter:
    """Return the routes for monitoring."""
    router = APIRouter(tags=["server"])
    status = {
        "type": "object",
        "properties": {"status": {"const": "ok"}},
        "required": ["status"],
    }

    @router.get(
        "/health",
        operation_id="health",
        summary="Whether the process is alive",
        responses=_describe_response(status, "It is."),
    )
    async def get_health() -> Response:
        return _json_response({"status": "ok"})

    @router.get(
        "/ready",
        operation_id="ready",
        summary="Whether it can answer now",
        responses=_describe_response(status, "It can."),
    )
    async def get_readiness() -> Response:
        await workers.run(service.check_ready)
        return _json_response({"status": "ok"})

    @router.get("/version", operation_id="version", summary="What is being served")
    async def get_version() -> ServiceStatus:
        return await workers.run(service.get_status)

    @router.get(
        "/metrics",
        operation_id="metrics",
        summary="Figures for Prometheus",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def get_metrics() -> Response:
        return Response(await workers.run(metrics.render), media_type=CONTENT_TYPE)

    return router


def _text_response(citation: Citation, language: Language) -> Response:
    """Return a passage as text, for a person who follows a link to it."""
    text = to_text(Answer("", (citation,), confidence=1, threshold=0), language)
    return Response(text, media_type="text/plain", headers={"Vary": "Accept, Accept-Language"})


def _json_response(values: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(values), media_type="application/json")


def _describe_response(
    schema: dict[str, Any],
    description: str,
    links: dict[str, Any] | None = None,
    example: dict[str, Any] | None = None,
) -> dict[int | str, dict[str, Any]]:
    content = {"application/json": {"schema": schema} | ({"example": example} if example else {})}
    return {200: {"description": description, "content": content, "links": links or {}}}


def _describe_examples(values: list[dict[str, Any]]) -> dict[str, Any]:
    named_examples = {str(number): {"value": value} for number, value in enumerate(values, 1)}
    return {"requestBody": {"content": {"application/json": {"examples": named_examples}}}}
