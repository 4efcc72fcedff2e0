"""Tests of the limit on request bodies, with and without a declared size."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from ui.asgi.body_limit import BodyLimit

LIMIT = 10_000


class Body(BaseModel):
    text: str


async def read(request: Request) -> PlainTextResponse:
    try:
        size = len(await request.body())
    except Exception:  # as frameworks do
        return PlainTextResponse("unreadable", 400)
    return PlainTextResponse(str(size))


async def read_form(request: Request) -> PlainTextResponse:
    async with request.form() as form:
        return PlainTextResponse(str(len(form)))


async def read_model(body: Body) -> int:
    return len(body.text)


async def answer_early(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("early")(scope, receive, send)
    await receive()


app = FastAPI(openapi_url=None)
app.add_route("/read", read, ["POST"])
app.add_route("/form", read_form, ["POST"])
app.add_route("/exempt", read, ["POST"])
app.add_api_route("/model", read_model, methods=["POST"])
app.mount("/early", answer_early)
limited = BodyLimit(app, LIMIT, exempt_paths={"/exempt"})


def post(path: str, content: bytes, *, chunked: bool = False, **headers: str) -> httpx.Response:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 1_000):
            yield content[start : start + 1_000]

    async def send_request() -> httpx.Response:
        transport = httpx.ASGITransport(limited)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            body = chunks() if chunked else content
            return await client.post(path, content=body, headers=headers)

    return anyio.run(send_request)


FORM = {"content-type": "multipart/form-data; boundary=x"}


def build_form(size: int) -> bytes:
    part = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n'
    return part + b"x" * size + b"\r\n--x--\r\n"


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("path", ["/read", "/model", "/form", "/nowhere/at/all"])
def test_large_body_is_refused_on_every_route(path: str, chunked: bool) -> None:
    headers = FORM if path == "/form" else {"content-type": "application/json"}
    content = build_form(2 * LIMIT) if path == "/form" else b'{"text": "' + b"a" * LIMIT + b'"}'
    response = post(path, content, chunked=chunked, **headers)
    if path.startswith("/nowhere") and chunked:  # nothing read it
        assert response.status_code == 404
    else:
        assert response.status_code == 413
        assert response.json()["type"].endswith("too-large")


@pytest.mark.parametrize("chunked", [False, True])
def test_body_within_the_limit_is_read(chunked: bool) -> None:
    assert post("/read", b"a" * LIMIT, chunked=chunked).text == str(LIMIT)
    assert post("/form", build_form(LIMIT // 2), chunked=chunked, **FORM).text == "1"
    json = {"content-type": "application/json"}
    assert post("/model", b'{"text": "abc"}', chunked=chunked, **json).text == "3"


def test_exempt_route_reads_a_larger_body() -> None:
    for chunked in (False, True):
        assert post("/exempt", b"a" * 2 * LIMIT, chunked=chunked).text == str(2 * LIMIT)
    assert post("/exempt/", b"a" * 2 * LIMIT).status_code == 413


def test_compressed_body_is_refused() -> None:
    for path in ("/read", "/exempt"):
        response = post(path, b"abc", **{"content-encoding": "gzip"})
        assert (response.status_code, response.json()["type"]) == (
            415,
            "urn:tongzhu:problem:compressed",
        )
    assert post("/read", b"abc", **{"content-encoding": "identity"}).text == "3"


def test_huge_content_length_is_refused() -> None:
    assert post("/read", b"abc", **{"content-length": "9" * 30}).status_code == 413
