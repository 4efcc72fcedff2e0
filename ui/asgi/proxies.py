"""Proxies in front of a server, and the headers that they add to forwarded requests.

Anybody can send X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host; so they count only from
proxies that were named, and are removed from all other requests, also from those of this machine.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

_FORWARDING_HEADERS = (
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-real-ip",
)
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """The addresses of the proxies that were named.

    Attributes:
        networks: Single addresses are networks of one.
    """

    networks: tuple[_Network, ...] = ()

    def __contains__(self, address: str) -> bool:
        parsed = _parse_address(address)
        return parsed is not None and any(parsed in network for network in self.networks)

    def find_client(self, peer: str, forwarded_for: str) -> str:
        """Return the address that the proxies got a request from.

        Each proxy adds its client at the end, so it is the last that is no proxy itself.

        Args:
            peer: The address of the last proxy.
            forwarded_for: What X-Forwarded-For says.
        """
        client = peer
        for item in reversed(forwarded_for.split(",")):
            address = _parse_address(_remove_port(item.strip()))
            if address is None:
                return client
            client = str(address)
            if client not in self:
                return client
        return client


class ForwardedHeaders:
    """ASGI middleware that applies forwarded headers of named proxies, and removes others.

    A forwarded request keeps the header Via, which shows only that it was forwarded.
    """

    def __init__(self, app: ASGIApp, proxies: TrustedProxies) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] == "http":
            scope = dict(scope)
            self._apply(scope)
        await self._app(scope, receive, send)

    def _apply(self, scope: Scope) -> None:
        peer = scope["client"][0] if scope.get("client") else ""
        headers = Headers(scope=scope)
        is_trusted = peer in self._proxies
        inner_headers = MutableHeaders(raw=list(headers.raw))
        if is_trusted or any(name in headers for name in _FORWARDING_HEADERS):
            inner_headers["via"] = headers.get("via", "1.1 proxy")
        for name in _FORWARDING_HEADERS:
            del inner_headers[name]
        scope["headers"] = inner_headers.raw
        if not is_trusted:
            return
        forwarded_for = ",".join(headers.getlist("x-forwarded-for"))
        scope["client"] = (self._proxies.find_client(peer, forwarded_for), 0)
        if (scheme := _get_last(headers, "x-forwarded-proto")) in ("http", "https"):
            scope["scheme"] = scheme
        if host := _get_last(headers, "x-forwarded-host"):
            inner_headers["host"] = host


def _get_last(headers: Headers, name: str) -> str:
    """Return the last value of a header: that of the nearest proxy."""
    return ",".join(headers.getlist(name)).rpartition(",")[2].strip()


def _parse_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return an address, IPv4 also where it is written as IPv6; None if it is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _remove_port(text: str) -> str:
    """Return an address without brackets and port: 192.0.2.7:80, [2001:db8::7]:80."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def identify_client(scope: Scope) -> str:
    """Return a name for the client of a request: its address; the network (/64) of an IPv6 one.

    A client with IPv6 commonly has all addresses of such a network.
    """
    return get_client_network(scope["client"][0] if scope.get("client") else "unknown")


def get_client_network(address: str) -> str:
    """Return what the addresses of one client have in common: of IPv6 the network (/64)."""
    parsed = _parse_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed or address)
