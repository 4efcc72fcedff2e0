"""The server: one application for programs, OpenAI's clients, and whoever watches over it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from index.errors import TongzhuError
from ui.api.openai import chatting
from ui.api.openapi import describe
from ui.api.routes import asking, holdings, watching
from ui.asgi.metrics import Metrics
from ui.asgi.problems import of_status, respond
from ui.asgi.request_limits import Access, Guard
from ui.asgi.request_log import Observe
from ui.asgi.workers import Workers
from ui.service.errors import UNFORESEEN, RefusalError, of_error, of_validation
from ui.service.limits import Limits
from ui.service.service import Service

_JSON = ("application/json", "+json")


def build(service: Service, limits: Limits, access: Access) -> ASGIApp:
    """The server of a library, as an ASGI application."""
    workers, metrics = Workers(limits), Metrics(service)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        workers.stop()

    # No page of the framework's own: it would have the browser fetch scripts from elsewhere.
    app = FastAPI(
        title="Tongzhu",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.include_router(asking(service, workers, metrics))
    app.include_router(holdings(service, workers))
    app.include_router(watching(service, workers, metrics))
    app.include_router(chatting(service, workers, metrics))
    description = describe(app, keys=bool(access.keys))

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi() -> dict[str, object]:
        return description

    app.add_exception_handler(RefusalError, _refused)
    app.add_exception_handler(TongzhuError, _refused)
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _refused)
    guarded: ASGIApp = Guard(app, limits, access)
    if access.origins:
        guarded = CORSMiddleware(
            guarded,
            allow_origins=access.origins,
            allow_methods=["GET", "POST"],
            allow_headers=["*"],  # OpenAI's client for browsers sends many of its own
            expose_headers=["X-Request-ID", "Retry-After"],
        )
    return Observe(guarded, metrics)


def _refused(request: Request, error: Exception) -> Response:
    response = respond(_refusal(request, error), request.scope)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def _refusal(request: Request, error: Exception) -> RefusalError:
    """The refusal that an error of the application stands for."""
    if isinstance(error, RefusalError):
        return error
    if isinstance(error, TongzhuError):
        return of_error(error)
    if isinstance(error, HTTPException):
        return of_status(error.status_code)
    if isinstance(error, RequestValidationError):
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        unread = any(each["type"] == "json_invalid" for each in error.errors())
        if unread or (request.method == "POST" and not media_type.endswith(_JSON)):
            return of_status(400)
        return of_validation(error.errors())
    return RefusalError(500, "unforeseen", UNFORESEEN)
