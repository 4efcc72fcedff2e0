"""Where a request comes from: this machine or another, a page of this server or of another."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping

LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
"""The names that a machine has for itself."""

_FORWARDING_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def is_loopback_host(host: str) -> bool:
    """Return whether a name or an address is one that a machine has for itself alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def parse_host_name(headers: Mapping[str, str]) -> str:
    """Return the name in the Host header, in small letters and without the port."""
    host = headers.get("host", "")
    end = host.rfind(":")
    return (host[:end] if end > host.rfind("]") else host).lower()


def is_direct_local_request(headers: Mapping[str, str]) -> bool:
    """Return whether a request to a server that only this machine reaches was meant for it.

    It is not where another server passes it on, or where it names another host: so does a web page
    whose name was made to lead here (DNS rebinding).
    """
    is_forwarded = any(name in headers for name in _FORWARDING_HEADERS)
    return is_loopback_host(parse_host_name(headers)) and not is_forwarded


def is_same_origin(headers: Mapping[str, str]) -> bool:
    """Return whether a request that changes something comes from a page of this server.

    A program sends neither header and is let through.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:  # no page can make a browser lie about it
        return site in ("same-origin", "none")
    return is_allowed_origin(headers)


def is_allowed_origin(headers: Mapping[str, str], allowed_origins: Collection[str] = ()) -> bool:
    """Return whether a browser may ask: from a page of this server, or of an origin that is named.

    A program sends no Origin header and is let through.
    """
    origin = headers.get("origin")
    return (
        origin is None
        or origin in allowed_origins
        or origin.partition("://")[2] == headers.get("host")
    )
