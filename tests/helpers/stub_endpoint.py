"""An OpenAI-compatible endpoint that replies as a test tells it to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from rag.written.endpoint import Endpoint


@dataclass
class StubEndpoint:
    """Replies, first to last, each a status and a text; the last one again and again."""

    replies: Sequence[tuple[int, str]]
    endpoint: Endpoint
    requests: list[dict[str, Any]] = field(default_factory=list)
    is_left: threading.Event = field(default_factory=threading.Event)
    """Set once a client has gone before it had the whole reply."""
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def next_reply(self) -> tuple[int, str]:
        return self.replies[min(len(self.requests), len(self.replies)) - 1]


@contextmanager
def serve_replies(
    *replies: str | tuple[int, str], key: str = "", delay: float = 0, pause: float = 0
) -> Iterator[StubEndpoint]:
    """Serve replies; a text alone is the content of a message.

    Args:
        replies: Each a text, or a status with a body; see `stream_pieces`.
        key: The key that the endpoint is asked with.
        delay: Seconds before each reply.
        pause: Seconds before each line of a body.
    """
    stub: StubEndpoint

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            stub.requests.append(json.loads(self.rfile.read(length)))
            stub.headers.append({name.lower(): value for name, value in self.headers.items()})
            time.sleep(delay)
            status, text = stub.next_reply
            data = text.encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.send_header("retry-after", "0")
            self.end_headers()
            try:
                for line in data.splitlines(keepends=True):
                    time.sleep(pause)
                    self.wfile.write(line)
            except ConnectionError:
                stub.is_left.set()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    stub = StubEndpoint(
        [(200, wrap_content(reply)) if isinstance(reply, str) else reply for reply in replies],
        Endpoint(f"http://127.0.0.1:{server.server_port}/v1", "stub", key),
    )
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def wrap_content(content: str) -> str:
    """Return the JSON of a chat completion."""
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]})


def stream_pieces(*pieces: str, end: str = "data: [DONE]\n\n") -> tuple[int, str]:
    """Return a reply of server-sent events, as vLLM and Ollama send them, and how it ends."""
    deltas = [{"role": "assistant", "content": ""}, *({"content": piece} for piece in pieces)]
    chunks = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    return 200, "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + end


def write_sentences(*sentences: tuple[str, Sequence[int]]) -> str:
    """Return the JSON that a model is asked for."""
    items = [{"text": text, "cites": list(cites)} for text, cites in sentences]
    return json.dumps({"sentences": items}, ensure_ascii=False)
