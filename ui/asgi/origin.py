"""Where a request comes from, and the rule of every server for which requests it answers.

A page of another site can make a visitor's browser send requests here, and can have its own name
resolve to this server (DNS rebinding). So a server answers only to names that it was started for
(Host), and only to pages of its own origin or of an origin that was allowed by name (Origin,
Sec-Fetch-Site).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.messages import MessageCatalogue
from ui.asgi.problems import build_error_response
from ui.service.errors import RequestError

_MESSAGES = MessageCatalogue("ui", "requests")

LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
"""The names that a machine has for itself."""


@dataclass(frozen=True, slots=True)
class OriginPolicy:
    """The names that a server answers to, and the origins whose pages may ask it.

    Attributes:
        allowed_hosts: Names in small letters, without port; IPv6 addresses in brackets. A port is
            not compared: a browser always sends the true one, and tunnels change it.
        allowed_origins: Origins such as https://reading-room.example, beside the server's own.
        allows_addresses: Whether any address may stand for the name. A page can have its own name
            lead anywhere, but has no address for a name.
    """

    allowed_hosts: frozenset[str] = frozenset(LOCAL_NAMES)
    allowed_origins: frozenset[str] = frozenset()
    allows_addresses: bool = False

    def check(self, scope: Scope) -> None:
        """Refuse a request that was not meant for this server, or that another site sends.

        Programs send neither Origin nor Sec-Fetch-Site and are let through.

        Raises:
            RequestError: If it is refused.
        """
        headers = Headers(scope=scope)
        name = parse_host_name(headers)
        if name not in self.allowed_hosts and not (self.allows_addresses and _is_address(name)):
            raise RequestError(421, "host", _MESSAGES["bad_host"])
        origin = headers.get("origin")
        is_allowed = (
            _is_own_page(scope, headers)
            if origin is None
            else origin in self.allowed_origins or _is_own_origin(origin, scope, headers)
        )
        if not is_allowed:
            raise RequestError(403, "origin", _MESSAGES["bad_origin"])


def build_origin_policy(
    host: str, allowed_hosts: Iterable[str] = (), allowed_origins: Iterable[str] = ()
) -> OriginPolicy:
    """Return the policy of a server.

    Args:
        host: The name or address that it listens at. Listening at all addresses, it answers to
            each of them and to the name of the machine.
        allowed_hosts: Further names.
        allowed_origins: Origins of web pages that may ask.
    """
    listens_everywhere = _is_unspecified(host)
    own_names = [socket.gethostname()] if listens_everywhere else [format_host(host)]
    names = (*LOCAL_NAMES, *own_names, *allowed_hosts)
    return OriginPolicy(
        frozenset(name.lower() for name in names), frozenset(allowed_origins), listens_everywhere
    )


class OriginCheck:
    """ASGI middleware that enforces a server's policy; the outermost that reads a request.

    The application sees no Origin header, so that no framework allows what is refused here.
    """

    def __init__(self, app: ASGIApp, policy: OriginPolicy) -> None:
        self._app = _without_origin(app)
        self._policy = policy
        self._shared_app = CORSMiddleware(
            self._app,
            allow_origins=tuple(policy.allowed_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["*"],  # OpenAI's client for browsers sends many of its own
            expose_headers=["X-Request-ID", "Retry-After"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no surface uses WebSocket
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_to_own_pages(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Cross-Origin-Resource-Policy"] = "same-origin"
            await send(message)

        try:
            self._policy.check(scope)
        except RequestError as error:
            await build_error_response(error, scope)(scope, receive, send_to_own_pages)
            return
        is_shared = Headers(scope=scope).get("origin") in self._policy.allowed_origins
        app = self._shared_app if is_shared else self._app
        await app(scope, receive, send_to_own_pages)


def _without_origin(app: ASGIApp) -> ASGIApp:
    """Return an application that sees no Origin header."""

    async def run_app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["headers"] = [item for item in scope["headers"] if item[0] != b"origin"]
        await app(scope, receive, send)

    return run_app


def _is_own_origin(origin: str, scope: Scope, headers: Mapping[str, str]) -> bool:
    """Return whether an origin is the server's; over https if the request came so."""
    own_schemes = ("https",) if scope["scheme"] == "https" else ("http", "https")
    host = headers.get("host", "").lower()
    return origin in [f"{scheme}://{host}" for scheme in own_schemes]


def _is_own_page(scope: Scope, headers: Mapping[str, str]) -> bool:
    """Return whether a request without Origin is of an own page, of a program, or a link followed.

    Browsers send no Origin with links, images and scripts, but say where these stand
    (Sec-Fetch-Site), which no page can change.
    """
    is_followed_link = (
        scope["method"] in ("GET", "HEAD")
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )
    return headers.get("sec-fetch-site", "none") in ("same-origin", "none") or is_followed_link


def is_loopback_host(host: str) -> bool:
    """Return whether a name or an address is one that a machine has for itself alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def format_host(host: str) -> str:
    """Return a name or an address as it stands in URLs and Host headers: IPv6 in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def parse_host_name(headers: Mapping[str, str]) -> str:
    """Return the name in the Host header, in small letters and without the port."""
    host = headers.get("host", "")
    end = host.rfind(":")
    return (host[:end] if end > host.rfind("]") else host).lower()


def is_direct_local_request(headers: Mapping[str, str]) -> bool:
    """Return whether a request to a server that only this machine reaches was meant for it.

    It is not where another server passes it on (`ui.asgi.proxies.ForwardedHeaders`), or where it
    names another host.
    """
    return is_loopback_host(parse_host_name(headers)) and "via" not in headers


def _is_address(name: str) -> bool:
    """Return whether a name in a Host header is an address, IPv6 in brackets."""
    is_bracketed = name.startswith("[") and name.endswith("]")
    try:
        return ipaddress.ip_address(name[1:-1] if is_bracketed else name).version == (
            6 if is_bracketed else 4
        )
    except ValueError:
        return False


def _is_unspecified(host: str) -> bool:
    """Return whether an address stands for all addresses of a machine: 0.0.0.0 or ::."""
    try:
        return not host or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False
