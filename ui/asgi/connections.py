"""Connections to a server: how many a client may have, and how long they may be idle.

A client that sends its request slowly, or reads the response slowly, occupies a connection without
any work being done. Such a connection *waits*. It is closed when its time is over, or before that
when there are too many and it has waited longest; so waiting clients never keep out others.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from ui.asgi.proxies import TrustedProxies, get_client_network
from ui.service import limits


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """The limits of connections.

    Attributes:
        total: Connections of all clients together.
        per_client: Connections of one client; proxies that were named may have more.
        header_seconds: Seconds until the headers of a request have come.
        body_seconds: Seconds until its body has come, beside those for its length.
        body_bytes_per_second: The slowest rate at which a long body comes.
        write_seconds: Seconds in which a client must take in some part of a response.
    """

    total: int = limits.MAX_CONNECTIONS
    per_client: int = limits.MAX_CLIENT_CONNECTIONS
    header_seconds: float = limits.HEADER_TIMEOUT_SECONDS
    body_seconds: float = limits.BODY_TIMEOUT_SECONDS
    body_bytes_per_second: int = limits.MIN_BODY_BYTES_PER_SECOND
    write_seconds: float = limits.WRITE_TIMEOUT_SECONDS


@dataclass(slots=True)
class _Group:
    """Connections: all of them, and those that wait, the longest first."""

    connections: set[LimitedProtocol] = field(default_factory=set)
    waiting: dict[LimitedProtocol, None] = field(default_factory=dict)

    def make_room(self, limit: int) -> bool:
        """Return whether there is room for one more, after closing one that waits if need be."""
        if len(self.connections) < limit:
            return True
        oldest = next(iter(self.waiting), None)
        if oldest is not None:
            oldest.abort()
        return oldest is not None


class ConnectionTable:
    """The open connections of a server, all together and by client."""

    def __init__(self, connection_limits: ConnectionLimits, proxies: TrustedProxies) -> None:
        self.limits = connection_limits
        self._proxies = proxies
        self._all = _Group()
        self._by_client: dict[str, _Group] = {}

    def add(self, connection: LimitedProtocol) -> bool:
        """Add a connection; return whether its request may be served."""
        has_room = (
            connection.peer in self._proxies
            or self._get_group(connection).make_room(self.limits.per_client)
        ) and self._all.make_room(self.limits.total)
        group = self._by_client.setdefault(connection.client_name, _Group())
        group.connections.add(connection)
        self._all.connections.add(connection)
        return has_room

    def set_waiting(self, connection: LimitedProtocol, *, is_waiting: bool) -> None:
        """Note whether a connection waits for its client from now on."""
        for group in (self._all, self._get_group(connection)):
            if not is_waiting:
                group.waiting.pop(connection, None)
            elif connection in group.connections:
                group.waiting.setdefault(connection)

    def remove(self, connection: LimitedProtocol) -> None:
        """Remove a connection that is closed."""
        for group in (self._all, self._get_group(connection)):
            group.connections.discard(connection)
            group.waiting.pop(connection, None)
        if not self._get_group(connection).connections:
            self._by_client.pop(connection.client_name, None)

    def _get_group(self, connection: LimitedProtocol) -> _Group:
        return self._by_client.get(connection.client_name, _Group())


class ServerConfig(uvicorn.Config):
    """The configuration of a server whose connections are limited.

    Args:
        app: What to serve.
        connections: The table of its connections.
        options: Further options of uvicorn.
    """

    def __init__(self, app: ASGIApp, connections: ConnectionTable, **options: Any) -> None:
        super().__init__(app, http=LimitedProtocol, **options)
        self.connections = connections


class LimitedProtocol(H11Protocol):
    """uvicorn's protocol of HTTP/1.1, with time limits for what it waits for from the client."""

    config: ServerConfig

    peer = "unknown"
    client_name = "unknown"
    _timer: asyncio.TimerHandle | None = None
    _phase = ""  # what is waited for: "headers", "body", "reading" of a response, or ""
    _phase_start = 0.0
    _body_bytes = 0
    _unread_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with a connection; the oldest that waits may be closed for it."""
        super().connection_made(cast(asyncio.Transport, transport))
        if self.client:
            self.peer = self.client[0]
            self.client_name = get_client_network(self.peer)
        if not self.config.connections.add(self):
            self.limit_concurrency = 0  # its request gets status 503
        self._update_phase()

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection."""
        self._set_phase("")
        self.config.connections.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read a part of a request."""
        self._body_bytes += len(data)
        super().data_received(data)
        self._update_phase()

    def on_response_complete(self) -> None:
        """Go on to the next request of the connection."""
        super().on_response_complete()
        self._update_phase()

    def pause_writing(self) -> None:
        """Wait until the client has read what was sent."""
        super().pause_writing()
        self._update_phase()

    def resume_writing(self) -> None:
        """Go on sending."""
        super().resume_writing()
        self._update_phase()

    def abort(self) -> None:
        """Close the connection at once."""
        self._set_phase("")
        self.config.connections.remove(self)
        self.transport.abort()

    def _update_phase(self) -> None:
        """Find out what is waited for, and start the time for it when that has changed."""
        if self.flow.write_paused:
            phase = "reading"
        elif self.conn.their_state is h11.SEND_BODY:
            phase = "body"
        elif self.cycle is None or self.cycle.response_complete:
            phase = "headers"
        else:
            phase = ""
        if phase != self._phase:
            self._set_phase(phase)

    def _set_phase(self, phase: str) -> None:
        self._phase, self._phase_start = phase, self.loop.time()
        self._body_bytes = 0
        self._unread_bytes = self.transport.get_write_buffer_size()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.config.connections.set_waiting(self, is_waiting=bool(phase))
        if phase:
            self._timer = self.loop.call_at(self._compute_deadline(), self._check_progress)

    def _compute_deadline(self) -> float:
        connection_limits = self.config.connections.limits
        if self._phase == "headers":
            return self._phase_start + connection_limits.header_seconds
        if self._phase == "body":
            granted = self._body_bytes / connection_limits.body_bytes_per_second
            return self._phase_start + connection_limits.body_seconds + granted
        return self.loop.time() + connection_limits.write_seconds

    def _check_progress(self) -> None:
        """Close the connection, unless the client has sent or read enough meanwhile."""
        unread_bytes = self.transport.get_write_buffer_size()
        has_read = 0 < unread_bytes != self._unread_bytes
        self._unread_bytes = unread_bytes
        is_early = self._phase == "body" and self.loop.time() < self._compute_deadline()
        if has_read:
            delay = self.config.connections.limits.write_seconds
            self._timer = self.loop.call_later(delay, self._check_progress)
        elif is_early or (self._phase == "body" and self.flow.read_paused):
            deadline = max(self._compute_deadline(), self.loop.time() + 1)
            self._timer = self.loop.call_at(deadline, self._check_progress)
        else:
            self.abort()
