"""The HTTP application: routes for programs, for OpenAI's clients and for monitoring."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp

from index.errors import TongzhuError
from ui.api.exports import build_export_router
from ui.api.openai import build_openai_router
from ui.api.openapi import build_openapi
from ui.api.routes import build_ask_router, build_library_router, build_status_router
from ui.api.works import build_works_router
from ui.api.writing import build_writing_router
from ui.asgi.body_limit import BodyLimit
from ui.asgi.metrics import Metrics
from ui.asgi.origin import OriginCheck
from ui.asgi.problems import build_error_response, status_to_request_error
from ui.asgi.rate_limit import RateLimit
from ui.asgi.request_limits import AccessPolicy, RequestLimits
from ui.asgi.request_log import RequestLogging
from ui.asgi.workers import WorkerPool
from ui.service.errors import (
    RequestError,
    to_request_error,
    unexpected_error,
    validation_to_request_error,
)
from ui.service.limits import Limits
from ui.service.service import Service
from ui.service.writing import Writer

_JSON_MEDIA_TYPES = ("application/json", "+json")


def build_app(
    service: Service,
    limits: Limits,
    access: AccessPolicy,
    writer: Writer | None = None,
    shared_limiter: RateLimit | None = None,
) -> ASGIApp:
    """Return the server of a library as an ASGI application.

    Args:
        service: The library.
        limits: Those of requests.
        access: Who may ask.
        writer: The language model that writes of answers; None where none is set up.
        shared_limiter: Counts requests for several servers; None where this one counts its own.
    """
    workers, metrics = WorkerPool(limits), Metrics(service)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        workers.stop()

    # Without the framework's own pages, which load scripts from other servers.
    app = FastAPI(
        title="Tongzhu",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.include_router(build_ask_router(service, workers, metrics))
    app.include_router(build_library_router(service, workers))
    app.include_router(build_works_router(service, workers))
    app.include_router(build_export_router(service, workers))
    app.include_router(build_status_router(service, workers, metrics))
    app.include_router(build_openai_router(service, workers, metrics, writer))
    if writer:
        app.include_router(build_writing_router(service, workers, metrics, writer))
    openapi_document = build_openapi(app, needs_key=bool(access.api_keys))

    @app.get("/openapi.json", include_in_schema=False)
    async def get_openapi_document() -> dict[str, object]:
        return openapi_document

    app.add_exception_handler(RequestError, _handle_error)
    app.add_exception_handler(TongzhuError, _handle_error)
    app.add_exception_handler(RequestValidationError, _handle_error)
    app.add_exception_handler(HTTPException, _handle_error)
    app.add_exception_handler(Exception, _handle_error)
    limited_app = BodyLimit(
        RequestLimits(app, limits, access.api_keys, shared_limiter), limits.max_body_bytes
    )
    return RequestLogging(OriginCheck(limited_app, access.origin_policy), metrics)


def _handle_error(request: Request, error: Exception) -> Response:
    response = build_error_response(_to_request_error(request, error), request.scope)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def _to_request_error(request: Request, error: Exception) -> RequestError:
    """Return the request error that an error of the application stands for."""
    if isinstance(error, RequestError):
        return error
    if isinstance(error, TongzhuError):
        return to_request_error(error)
    if isinstance(error, HTTPException):
        return status_to_request_error(error.status_code)
    if isinstance(error, RequestValidationError):
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_unreadable = any(item["type"] == "json_invalid" for item in error.errors())
        if is_unreadable or (
            request.method == "POST" and not media_type.endswith(_JSON_MEDIA_TYPES)
        ):
            return status_to_request_error(400)
        return validation_to_request_error(error.errors())
    return unexpected_error()
