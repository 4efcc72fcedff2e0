"""Where a request comes from: this machine or another, this page or a stranger's."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

_FORWARDING_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def is_loopback_host(host: str) -> bool:
    """Whether a name or an address is one that a machine has for itself alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_direct_local_request(headers: Mapping[str, str]) -> bool:
    """Whether a request to a server that only this machine reaches was meant for it.

    It is not where another server passes it on, or where it names another host: so does a page of
    the web whose name was made to lead here (DNS rebinding).
    """
    return is_loopback_host(_strip_port(headers.get("host", ""))) and not any(
        name in headers for name in _FORWARDING_HEADERS
    )


def same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a request that changes something comes from a page of this server, or a program."""
    site = headers.get("sec-fetch-site")
    if site is not None:  # no page can make a browser lie about it
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")


def _strip_port(host: str) -> str:
    """The name in a Host header, without port."""
    end = host.rfind(":")
    return host[:end] if end > host.rfind("]") else host
