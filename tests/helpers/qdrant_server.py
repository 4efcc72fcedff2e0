"""A server with the part of Qdrant's interface that is used, over the client's own local mode.

It keeps everything in memory, and fails when a test tells it to.
"""

from __future__ import annotations

import json
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from qdrant_client import QdrantClient, models

Failure = Callable[[str, str], int | None]
"""Returns the status that a request (method, path) fails with, 0 for no answer, None to answer."""


def never(_method: str, _path: str) -> None:
    return None


@dataclass
class QdrantServer:
    """A running server.

    Attributes:
        url: Its address.
        key: The key that requests must have; "" for none.
        failure: What fails.
        requests: The method and path of each request.
        sent: The ids of the points that were sent.
    """

    url: str
    key: str = ""
    failure: Failure = never
    requests: list[tuple[str, str]] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    client: Any = None
    lock: Any = field(default_factory=threading.Lock)

    def collections(self) -> set[str]:
        return {collection.name for collection in self.client.get_collections().collections}

    def aliases(self) -> dict[str, str]:
        return {
            alias.alias_name: alias.collection_name for alias in self.client.get_aliases().aliases
        }

    def answer(self, method: str, path: str, body: dict[str, Any]) -> Any:
        """Return the result of a request."""
        parts = path.split("?", maxsplit=1)[0].strip("/").split("/")
        if parts == ["collections"]:
            return self.client.get_collections()
        if parts == ["collections", "aliases"]:
            actions = models.ChangeAliasesOperation.model_validate(body).actions
            return self.client.update_collection_aliases(actions)
        name, rest = parts[1], "/".join(parts[2:])
        return getattr(self, f"_{method.lower()}_{rest.replace('/', '_') or 'collection'}")(
            name, body
        )

    def _get_exists(self, name: str, _: dict[str, Any]) -> Any:
        return {"exists": self.client.collection_exists(name)}

    def _put_collection(self, name: str, body: dict[str, Any]) -> Any:
        request = models.CreateCollection.model_validate(body)
        return self.client.create_collection(
            name, vectors_config=request.vectors, sparse_vectors_config=request.sparse_vectors
        )

    def _delete_collection(self, name: str, _: dict[str, Any]) -> Any:
        return self.client.delete_collection(name)

    def _put_index(self, _name: str, body: dict[str, Any]) -> Any:
        models.CreateFieldIndex.model_validate(body)
        return {"operation_id": 0, "status": "completed"}

    def _put_points(self, name: str, body: dict[str, Any]) -> Any:
        points = models.PointsList.model_validate(body).points
        self.sent += [int(point.id) for point in points]
        return self.client.upsert(name, points)

    def _post_points(self, name: str, body: dict[str, Any]) -> Any:
        request = models.PointRequest.model_validate(body)
        return self.client.retrieve(name, request.ids, request.with_payload)

    def _post_points_count(self, name: str, body: dict[str, Any]) -> Any:
        request = models.CountRequest.model_validate(body)
        return self.client.count(name, request.filter)

    def _post_points_delete(self, name: str, body: dict[str, Any]) -> Any:
        return self.client.delete(name, models.FilterSelector.model_validate(body))

    def _post_points_payload(self, name: str, body: dict[str, Any]) -> Any:
        request = models.SetPayload.model_validate(body)
        return self.client.set_payload(name, request.payload, request.points)

    def _post_points_payload_delete(self, name: str, body: dict[str, Any]) -> Any:
        request = models.DeletePayload.model_validate(body)
        return self.client.delete_payload(name, request.keys, request.filter)

    def _post_points_query(self, name: str, body: dict[str, Any]) -> Any:
        request = models.QueryRequest.model_validate(body)
        return self.client.query_points(
            name,
            request.query.nearest if hasattr(request.query, "nearest") else request.query,
            using=request.using,
            query_filter=request.filter,
            limit=request.limit,
            with_payload=request.with_payload,
            with_vectors=request.with_vector or False,
        )


def _to_json(result: Any) -> Any:
    if isinstance(result, list):
        return [_to_json(item) for item in result]
    return result.model_dump() if hasattr(result, "model_dump") else result


@contextmanager
def serve_qdrant(key: str = "") -> Iterator[QdrantServer]:
    """Serve an empty Qdrant on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            server.requests.append((self.command, self.path))
            status = server.failure(self.command, self.path)
            if status == 0:
                self.close_connection = True
                return
            if server.key and self.headers.get("api-key") != server.key:
                status = 401
            content: Any = {"status": {"error": "failed as the test wants"}}
            if status is None:
                with server.lock, warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    result = server.answer(self.command, self.path, json.loads(body or b"{}"))
                status, content = 200, {"status": "ok", "time": 0, "result": _to_json(result)}
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    client = QdrantClient(":memory:", force_disable_check_same_thread=True)
    server = QdrantServer(f"http://127.0.0.1:{listener.server_port}", key, client=client)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()
        client.close()
