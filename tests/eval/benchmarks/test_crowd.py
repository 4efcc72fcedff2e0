"""Tests of the load benchmark: simulated visitors replay recorded requests."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

pytest.importorskip("playwright")

from eval.benchmarks.crowd import RecordedQuestion, measure_interval, measure_throughput

RECORDED = RecordedQuestion(
    "as recorded?",
    "recorded-conversation",
    {"content-type": "application/json", "x-gradio-user": "app"},
    (
        {
            "data": ["", "recorded-conversation", "en"],
            "event_data": {"question": "as recorded?", "key": "recorded-key"},
            "fn_index": 12,
            "session_hash": "recorded-session",
        },
        {
            "data": ["recorded-conversation", "en"],
            "event_data": None,
            "fn_index": 13,
            "session_hash": "recorded-session",
        },
    ),
)


class Page(BaseHTTPRequestHandler):
    """A page that answers every question but "fail"; `bodies` lists what was sent."""

    protocol_version = "HTTP/1.1"
    bodies: list[dict[str, Any]]
    visitors = 0

    def do_GET(self) -> None:
        type(self).visitors += 1
        self.reply(b"", f"visitor={self.visitors}; Path=/")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        body |= {"cookie": self.headers["cookie"], "path": self.path}
        self.bodies.append(body)
        question = (body["event_data"] or {}).get("question")
        begun = {"data": ["", f"of-{body['cookie']}"] if question != "fail" else None}
        self.reply(json.dumps(begun).encode() if question else b"a citation")

    def reply(self, content: bytes, cookie: str = "") -> None:
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.send_header("set-cookie", cookie)
        self.end_headers()
        self.wfile.write(content)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Suppress the log."""


@pytest.fixture
def address() -> Iterator[str]:
    Page.bodies = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_each_visitor_asks_in_a_separate_conversation(address: str) -> None:
    load = measure_throughput(address, RECORDED, [["one?", "two?"], ["three?"]])
    assert (load.question_count, load.failed, len(load.latencies)) == (3, 0, 3)
    assert "recorded" not in json.dumps(Page.bodies)
    assert len({body["session_hash"] for body in Page.bodies}) == 2
    begun = {body["event_data"]["question"]: body for body in Page.bodies if body["event_data"]}
    assert len({body["event_data"]["key"] for body in begun.values()}) == 3
    assert begun["one?"]["data"] == begun["three?"]["data"] == ["", "", "en"]
    assert begun["two?"]["data"] == ["", f"of-{begun['one?']['cookie']}", "en"]


def test_visitors_ask_at_an_interval_and_failures_are_counted(address: str) -> None:
    load = measure_interval(address, RECORDED, ["fail", "well?"], 2, 0.1, 0.3)
    assert 4 <= load.question_count <= 6
    assert 0 < load.failed < load.question_count
    assert load.failed + len(load.latencies) == load.question_count
