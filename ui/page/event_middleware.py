"""Direct handling of the page's events, without steps of Gradio that it does not need.

For every event Gradio keeps the state of all components of each visitor, makes components that
change anew, and looks for files in all values, which takes longer than a cached answer. Nothing on
this page needs that: its listeners take texts and return texts and updates. So they are called
directly. Requests and responses have Gradio's form; all other requests are passed to Gradio.
"""

from __future__ import annotations

import inspect
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_type_hints

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.page.gradio_offline import gr

_PATH = "/gradio_api/run/predict"

_log = logging.getLogger("tongzhu")


class _EventBody(msgspec.Struct):
    """The body of a request of Gradio's script, as far as the listeners of the page need it."""

    fn_index: int
    data: list[str]
    event_data: object = None
    session_hash: str | None = None


_DECODER = msgspec.json.Decoder(_EventBody)


class EventMiddleware:
    """ASGI middleware that answers the events of a page.

    Args:
        app: Gradio's application, for everything else.
        page: The page; those of its listeners are called that are private and not queued.
    """

    def __init__(self, app: ASGIApp, page: gr.Blocks) -> None:
        self._app = app
        self._listeners = {
            (index, len(function.inputs)): _Listener.build(function.fn, len(function.outputs))
            for index, function in page.fns.items()
            if function.fn and function.api_visibility == "private" and not function.queue
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request (ASGI)."""
        if scope["type"] != "http" or scope["path"] != _PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            content = await request.body()
        except ClientDisconnect:
            return
        try:
            body = _DECODER.decode(content)
            listener = self._listeners[body.fn_index, len(body.data)]
        except (msgspec.DecodeError, KeyError):
            await self._app(scope, _receive_again(content, receive), send)
            return
        response = await run_in_threadpool(listener.respond, body, request)
        await response(scope, receive, send)


@dataclass(frozen=True, slots=True)
class _Listener:
    """A listener of the page.

    Attributes:
        function: The listener.
        parameter_types: The types of its parameters, in order.
        has_one_output: Whether it returns the value of one component, not a list.
    """

    function: Callable[..., object]
    parameter_types: tuple[type, ...]
    has_one_output: bool

    @classmethod
    def build(cls, function: Callable[..., object], output_count: int) -> _Listener:
        types = get_type_hints(function)
        names = inspect.signature(function).parameters
        return cls(function, tuple(types[name] for name in names), output_count == 1)

    def respond(self, body: _EventBody, request: Request) -> Response:
        """Return the response to an event, as Gradio would give it."""
        special_arguments = {
            gr.Request: gr.Request(request, session_hash=body.session_hash),
            gr.EventData: gr.EventData(None, body.event_data),
        }
        texts = iter(body.data)
        arguments = [special_arguments.get(kind) or next(texts) for kind in self.parameter_types]
        start = time.perf_counter()
        try:
            outputs = self.function(*arguments)
        except Exception:
            # The visitor gets one line; the details are for the operator of the server.
            _log.exception("The event %s failed", getattr(self.function, "__name__", ""))
            return _build_response({"error": None}, 500)
        duration = time.perf_counter() - start
        return _build_response(
            {
                "data": [outputs] if self.has_one_output else outputs,
                "is_generating": False,
                "duration": duration,
                "average_duration": duration,
                "render_config": None,
                "changed_state_ids": [],
                "used_cache": None,
            }
        )


def _build_response(content: Mapping[str, object], status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")


def _receive_again(content: bytes, receive: Receive) -> Receive:
    """Return what receives a request's body once more, and then what else comes."""
    messages: list[Message] = [{"type": "http.request", "body": content, "more_body": False}]

    async def receive_next() -> Message:
        return messages.pop() if messages else await receive()

    return receive_next
