"""What can be asked of the server over plain HTTP."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from rag.answer.model import Answer, Citation
from rag.answer.serialization import citation_to_dict, to_dict
from rag.render.labels import Language
from rag.render.text import to_text
from ui.api.openapi import answer_example, ref
from ui.asgi.metrics import CONTENT_TYPE, Metrics
from ui.asgi.problems import language_of
from ui.asgi.workers import Workers
from ui.service import limits
from ui.service.requests import Asked, Batch
from ui.service.service import Service, State
from ui.service.views import ArticleView, Contents, NoteText, PublicationView, SectionText

Identity = Annotated[
    str,
    Path(
        min_length=1,
        max_length=limits.CRITERION,
        description="As the list of publications gives it.",
        examples=["0123456789ab"],
    ),
]
Place = Annotated[int, Path(ge=0, le=limits.INDEX, description="From 0.", examples=[0])]
Number = Annotated[
    str,
    Path(min_length=1, max_length=limits.CRITERION, description="As printed.", examples=["7"]),
]
_CITED = {
    "passage": {
        "operationId": "passage",
        "parameters": {"passage": "$response.body#/citations/0/passage"},
    }
}
_ASKED: list[dict[str, Any]] = [
    {"question": "鯨門潮汐電廠何時開始商轉？", "k": 3},
    {"question": "When did the tidal power station begin to operate?"},
]
_BATCH: list[dict[str, Any]] = [
    {"questions": ["鯨門潮汐電廠何時開始商轉？", "Who wrote about tidal power?"], "k": 1}
]


_PASSAGE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The passage as it is cited; to a browser, as plain text.",
        "content": {
            "application/json": {
                "schema": ref("answer.citation"),
                "example": answer_example()["citations"][0],
            },
            "text/plain": {"schema": {"type": "string"}},
        },
    }
}


def asking(service: Service, workers: Workers, metrics: Metrics) -> APIRouter:
    """The routes that answer questions."""
    router = APIRouter(prefix="/v1", tags=["ask"])

    def counted(answer: Answer) -> dict[str, Any]:
        metrics.answered(found=answer.found)
        return to_dict(answer)

    @router.post(
        "/ask",
        operation_id="ask",
        summary="Answer a question with cited passages",
        responses=_json(
            ref("Answer"), "The answer, or the nearest passages.", _CITED, answer_example()
        ),
        openapi_extra=_examples(_ASKED),
    )
    async def ask(asked: Asked) -> Response:
        return _dumped(counted(await workers.run(service.ask, asked)))

    @router.post(
        "/batch",
        operation_id="batch",
        summary="Answer questions in one go, each for itself",
        responses=_json(
            {
                "type": "object",
                "properties": {"answers": {"type": "array", "items": ref("Answer")}},
                "required": ["answers"],
            },
            "The answers, in the order of the questions.",
            example={"answers": [answer_example()]},
        ),
        openapi_extra=_examples(_BATCH),
    )
    async def batch(batch: Batch) -> Response:
        answers = await workers.run_each(service.ask, batch.each())
        return _dumped({"answers": [counted(answer) for answer in answers]})

    @router.get(
        "/passages/{passage}",
        operation_id="passage",
        summary="A passage by its id, with its notes",
        responses=_PASSAGE,
    )
    async def passage(passage: Identity, request: Request) -> Response:
        cited = await workers.run(service.passage, passage)
        if "text/html" in request.headers.get("accept", ""):
            return _page(cited, language_of(request.scope))
        return _dumped(citation_to_dict(cited))

    return router


def holdings(service: Service, workers: Workers) -> APIRouter:
    """The routes that show what is in the library."""
    router = APIRouter(prefix="/v1/publications", tags=["library"])
    article = "/{publication}/articles/{article}"

    @router.get("", operation_id="publications", summary="All publications, by date")
    async def publications() -> tuple[PublicationView, ...]:
        return await workers.run(service.publications)

    @router.get("/{publication}", operation_id="publication", summary="What a publication holds")
    async def contents(publication: Identity) -> Contents:
        return await workers.run(service.contents, publication)

    @router.get(article, operation_id="article", summary="A whole article with its notes")
    async def read(publication: Identity, article: Place) -> ArticleView:
        return await workers.run(service.article, publication, article)

    @router.get(
        f"{article}/sections/{{section}}",
        operation_id="section",
        summary="One section of an article with its notes",
    )
    async def section(publication: Identity, article: Place, section: Place) -> SectionText:
        return await workers.run(service.section, publication, article, section)

    @router.get(
        f"{article}/notes/{{number}}",
        operation_id="note",
        summary="A note, and the one that it stands for (同註, ibid.)",
    )
    async def note(publication: Identity, article: Place, number: Number) -> NoteText:
        return await workers.run(service.note, publication, article, number)

    return router


def watching(service: Service, workers: Workers, metrics: Metrics) -> APIRouter:
    """The routes for whoever keeps the server running."""
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
        responses=_json(status, "It is."),
    )
    async def health() -> Response:
        return _dumped({"status": "ok"})

    @router.get(
        "/ready",
        operation_id="ready",
        summary="Whether it can answer now",
        responses=_json(status, "It can."),
    )
    async def ready() -> Response:
        await workers.run(service.state)
        return _dumped({"status": "ok"})

    @router.get("/version", operation_id="version", summary="What is being served")
    async def version() -> State:
        return await workers.run(service.state)

    @router.get(
        "/metrics",
        operation_id="metrics",
        summary="Figures for Prometheus",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def prometheus() -> Response:
        return Response(await workers.run(metrics.text), media_type=CONTENT_TYPE)

    return router


def _page(citation: Citation, language: Language) -> Response:
    """A passage for a person who follows a link to it."""
    text = to_text(Answer("", (citation,), confidence=1, threshold=0), language)
    return Response(text, media_type="text/plain", headers={"Vary": "Accept, Accept-Language"})


def _dumped(values: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(values), media_type="application/json")


def _json(
    schema: dict[str, Any],
    description: str,
    links: dict[str, Any] | None = None,
    example: dict[str, Any] | None = None,
) -> dict[int | str, dict[str, Any]]:
    content = {"application/json": {"schema": schema} | ({"example": example} if example else {})}
    return {200: {"description": description, "content": content, "links": links or {}}}


def _examples(values: list[dict[str, Any]]) -> dict[str, Any]:
    named = {str(at): {"value": value} for at, value in enumerate(values, 1)}
    return {"requestBody": {"content": {"application/json": {"examples": named}}}}
