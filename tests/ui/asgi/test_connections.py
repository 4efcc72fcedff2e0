"""Tests that slow connections are closed and do not block other clients."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from ipaddress import ip_network
from threading import Thread

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from ui.asgi.connections import ConnectionLimits, ConnectionTable, ServerConfig
from ui.asgi.proxies import TrustedProxies

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
SHORT = ConnectionLimits(
    header_seconds=0.3, body_seconds=0.3, body_bytes_per_second=250, write_seconds=0.3
)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the body; answers with 8 MB to /large, not before a second has passed to /slow."""
    while (await receive()).get("more_body"):
        pass
    if scope["path"] == "/slow":
        await asyncio.sleep(1)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    count = 128 if scope["path"] == "/large" else 1
    for left in reversed(range(count)):
        part = b"x" * (64 << 10) if count > 1 else b"done"
        await send({"type": "http.response.body", "body": part, "more_body": bool(left)})


Connect = Callable[..., socket.socket]


@contextmanager
def serving(limits: ConnectionLimits, proxies: TrustedProxies | None = None) -> Iterator[Connect]:
    """Opens connections to a server: what to send, and from which address."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=512))
        table = ConnectionTable(limits, proxies or TrustedProxies())
        config = ServerConfig(
            app, table, lifespan="off", log_config=None, ws="none", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, args=([listener],))
        thread.start()

        def connect(sent: bytes = b"", address: str = "127.0.0.1") -> socket.socket:
            port = listener.getsockname()[1]
            connection = socket.create_connection(("127.0.0.1", port), 10, (address, 0))
            stack.callback(connection.close)
            connection.sendall(sent)
            return connection

        try:
            yield connect
        finally:
            server.should_exit = True
            thread.join(10)
        assert not table._all.connections
        assert not table._all.waiting
        assert not table._by_client


def read(connection: socket.socket) -> bytes:
    """The start of what comes; b"" if the connection is closed."""
    try:
        return connection.recv(12)
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: loc", POST, POST + b"x" * 100])
def test_unfinished_request_is_closed_after_the_timeout(sent: bytes) -> None:
    with serving(SHORT) as connect:
        start = time.monotonic()
        assert read(connect(sent)) == b""
        assert time.monotonic() - start < 3
        assert read(connect(GET)) == b"HTTP/1.1 200"


def test_slow_headers_do_not_extend_the_timeout() -> None:
    with serving(SHORT) as connect:
        connection = connect(b"GET / HTTP/1.1\r\n")
        connection.settimeout(0.05)
        start = time.monotonic()
        is_open = True
        while is_open and time.monotonic() - start < 10:
            with suppress(TimeoutError):
                is_open = bool(read(connection))
            with suppress(OSError):
                connection.sendall(b"A: b\r\n")
        assert time.monotonic() - start < 3


def test_long_body_sent_steadily_is_read() -> None:
    with serving(SHORT) as connect:
        connection = connect(POST)
        for _ in range(10):  # for longer than the body of a short request may take
            time.sleep(0.06)
            connection.sendall(b"x" * 100)
        assert read(connection) == b"HTTP/1.1 200"


def test_connection_is_kept_alive_and_slow_response_delivered() -> None:
    with serving(SHORT) as connect:
        connection = connect(GET)
        assert read(connection) == b"HTTP/1.1 200"
        rest = b""
        while not rest.endswith(b"0\r\n\r\n"):
            rest += connection.recv(4096)
        connection.sendall(GET.replace(b"/ ", b"/slow "))
        assert read(connection) == b"HTTP/1.1 200"


def test_client_that_does_not_read_the_response_is_closed() -> None:
    with serving(SHORT) as connect:
        connection = connect(GET.replace(b"/ ", b"/large "))
        time.sleep(2)
        received = 0
        while part := read(connection) and connection.recv(1 << 20):
            received += len(part)
        assert received < 8 << 20


def test_idle_connections_are_closed_to_admit_new_ones() -> None:
    limits = ConnectionLimits(total=40, per_client=20)
    with serving(limits) as connect:
        slow = [connect(b"GET / HTTP/1.1\r\n") for _ in range(100)]
        # For clients at the same and at another address, the longest-waiting connection is closed.
        for address in ("127.0.0.1", "127.0.0.2"):
            assert read(connect(GET, address)) == b"HTTP/1.1 200"
        assert read(slow[0]) == b""
        for number in range(3, 53):  # more addresses than there is room for
            connect(POST, f"127.0.0.{number}")
        assert read(connect(GET)) == b"HTTP/1.1 200"


def test_client_over_its_connection_limit_is_refused_and_others_served() -> None:
    with serving(ConnectionLimits(per_client=3)) as connect:
        slow = [connect(GET.replace(b"/ ", b"/slow ")) for _ in range(3)]
        time.sleep(0.2)
        assert read(connect(GET)) == b"HTTP/1.1 503"
        assert read(connect(GET, "127.0.0.2")) == b"HTTP/1.1 200"
        assert [read(connection) for connection in slow] == [b"HTTP/1.1 200"] * 3


def test_trusted_proxy_is_exempt_from_the_client_limit() -> None:
    proxies = TrustedProxies((ip_network("127.0.0.9"),))
    with serving(ConnectionLimits(per_client=3), proxies) as connect:
        slow = GET.replace(b"/ ", b"/slow ")
        connections = [connect(slow, "127.0.0.9") for _ in range(12)]
        assert [read(connection) for connection in connections] == [b"HTTP/1.1 200"] * 12
