"""Tests of the server as a process: start, requests, disconnecting clients, and stop."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from eval.benchmarks.serving import put_under_load, run_server
from index import sample
from index.errors import ModelError
from index.update.update import update_library
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.serving import COMMAND, MARK, QUESTION, Server, run_example, running
from ui.asgi.address import open_socket
from ui.service.service import Service

REQUEST_BODY = {"question": QUESTION, "k": 1}


def run_failing_command(*arguments: str) -> str:
    """Return the one error line of a command that fails."""
    done = subprocess.run(
        [COMMAND, "--lang", "en", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: ")
    return line


def send_raw(server: Server, request: bytes) -> socket.socket:
    """Return a connection on which the start of a request has been sent."""
    address = urlsplit(server.url)
    connection = socket.create_connection((address.hostname or "", address.port or 0), timeout=20)
    connection.sendall(request)
    return connection


def wait_until(true: Callable[[], bool]) -> None:
    """Wait until a condition is true, for at most 20 seconds."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def build_ask_request(server: Server) -> bytes:
    body = json.dumps(REQUEST_BODY).encode()
    host = urlsplit(server.url).netloc
    head = f"POST /v1/ask HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def test_example_in_docs_runs_unchanged(sample_server: Server) -> None:
    printed = run_example("http.md", {"TONGZHU_URL": sample_server.url})
    assert printed.startswith("found")
    assert MARK in printed


def test_disconnected_clients_leave_no_requests_in_flight(sample_server: Server) -> None:
    request = build_ask_request(sample_server)
    for cut in (10, 60, len(request) - 20, len(request)):
        for _ in range(10):
            send_raw(sample_server, request[:cut]).close()
    chat = {"model": "tongzhu", "stream": True, "messages": [{"role": "user", "content": QUESTION}]}
    for _ in range(5):
        with httpx.stream("POST", f"{sample_server.url}/v1/chat/completions", json=chat) as stream:
            next(stream.iter_raw())
    wait_until(lambda: count_requests_in_flight(sample_server) == 1)
    assert (
        httpx.post(f"{sample_server.url}/v1/ask", json=REQUEST_BODY, timeout=20).status_code == 200
    )


def test_malformed_http_is_refused(sample_server: Server) -> None:
    for garbage in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"\xff" * 100 + b"\r\n\r\n"):
        with send_raw(sample_server, garbage) as connection:
            connection.shutdown(socket.SHUT_WR)
            assert b"Traceback" not in connection.recv(4096)
    assert httpx.get(f"{sample_server.url}/health").status_code == 200


def test_concurrent_questions_are_all_answered(sample_server: Server) -> None:
    questions = [f"{QUESTION} {number}" for number in range(24)]
    with httpx.Client(base_url=sample_server.url, timeout=60) as client:
        with ThreadPoolExecutor(8) as pool:
            statuses = pool.map(
                lambda q: client.post("/v1/ask", json={"question": q, "k": 1}).status_code,
                questions,
            )
        assert set(statuses) == {200}


def read_log_lines(server: Server, request_id: str) -> list[dict[str, object]]:
    """The lines of the log about a request; the last of them is written after the answer."""
    lines = [json.loads(line) for line in server.log.read_text("utf-8").splitlines()]
    return [line for line in lines if line.get("request_id") == request_id]


def test_log_is_json_and_contains_no_questions(sample_server: Server) -> None:
    headers = {"x-request-id": "look-for-me"}
    httpx.post(f"{sample_server.url}/v1/ask", json=REQUEST_BODY, headers=headers, timeout=20)
    wait_until(lambda: bool(read_log_lines(sample_server, "look-for-me")))
    (line,) = read_log_lines(sample_server, "look-for-me")
    assert (line["route"], line["status"], line["message"]) == ("/v1/ask", 200, "request")
    assert MARK not in sample_server.log.read_text("utf-8")


def count_requests_in_flight(server: Server) -> float:
    """Return the number of requests in flight, including the one for the metrics."""
    figures = httpx.get(f"{server.url}/metrics", timeout=20).text
    (line,) = re.findall(r"^tongzhu_requests_in_flight (.*)$", figures, re.MULTILINE)
    return float(line)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_stopping_the_server_completes_requests_in_flight(
    sample_library: Path, tmp_path: Path, stop: signal.Signals
) -> None:
    with running(tmp_path, "serve", "--library", str(sample_library)) as server:
        request = build_ask_request(server)
        with send_raw(server, request[:-5]) as connection:
            wait_until(lambda: count_requests_in_flight(server) == 2)
            server.process.send_signal(stop)
            wait_until(lambda: "Shutting down" in server.log.read_text("utf-8"))
            connection.sendall(request[-5:])
            answer = connection.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 200")
        assert server.process.wait(20) == 0
        log = server.log.read_text("utf-8")
    assert "Traceback" not in log
    assert log.endswith("Stopped.\n")


def test_load_benchmark_measures_latencies(sample_library: Path) -> None:
    with run_server(sample_library, "100") as port:
        load = put_under_load(port, [QUESTION, "潮汐"] * 20, 4)
    assert (load.question_count, load.failed, len(load.latencies)) == (40, 0, 40)
    assert 0 < load.compute_percentile_ms(50) <= load.compute_percentile_ms(99)


def test_server_does_not_start_without_a_usable_library(tmp_path: Path) -> None:
    missing = run_failing_command("serve", "--library", str(tmp_path / "nothing"))
    assert "tongzhu index" in missing
    assert "tongzhu index" in run_failing_command("mcp", "--library", str(tmp_path / "nothing"))
    other = tmp_path / "other"
    update_library(other, add=[sample.get_path()], encoder=HashingEncoder("one"))
    with pytest.raises(ModelError, match="made with the model one, not another"):
        Service(other, HashingEncoder("another"))


def test_server_socket_allows_disabling_nagle(sample_library: Path) -> None:
    # asyncio disables Nagle's algorithm only for sockets whose protocol is TCP.
    with open_socket("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP


def test_server_does_not_start_on_a_port_in_use(sample_library: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        line = run_failing_command("serve", "--library", str(sample_library), "--port", port)
    assert "--port" in line
    assert "--host" in run_failing_command(
        "serve", "--library", str(sample_library), "--host", "192.0.2.1"
    )


@pytest.mark.parametrize(
    ("command", "package"), [("serve", "fastapi"), ("serve", "prometheus_client"), ("mcp", "mcp")]
)
def test_missing_extra_is_named_in_the_error(
    sample_library: Path, command: str, package: str
) -> None:
    hidden = f"import sys; sys.modules[{package!r}] = None; "
    called = (
        f"from ui.cli.main import main; sys.exit(main([{command!r}, '--library', sys.argv[1]]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", hidden + called, str(sample_library)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"pip install 'tongzhu[{command}]'" in line


def test_serving_other_machines_prints_a_warning(sample_library: Path, tmp_path: Path) -> None:
    arguments = ("serve", "--library", str(sample_library), "--host", "0.0.0.0")
    with running(tmp_path, *arguments) as server:
        for host, status in (("192.0.2.7:8000", 200), ("any.example", 421)):
            health = httpx.get(f"{server.url}/health", headers={"host": host})
            assert health.status_code == status
        warning = server.log.read_text("utf-8").splitlines()[0]
        assert "can read this library" in warning
        assert "--api-key-file" in warning
