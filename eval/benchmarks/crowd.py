"""Visitors of the chat page without browsers: the requests that their browsers would send.

The requests of a question are recorded once from a real browser and sent again for each visitor, in
a conversation of its own, so that the server has the processors almost to itself.
"""

from __future__ import annotations

import http.client
import json
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from playwright.async_api import Request

from eval.benchmarks.serving import LoadResult

_PREDICT = "/gradio_api/run/predict"
_ANSWER_MARKERS = (b"citation", b"listing", b"not-found")  # one of them is in the answer
_TIMEOUT = 30.0  # seconds
_VISITOR_HEADERS = ("cookie", "host", "content-length")


class RecordedQuestion(NamedTuple):
    """The requests that a browser sends for a question: one begins its turn, one answers it.

    Attributes:
        question: The question.
        conversation_id: The conversation that it continues.
        headers: The headers of both, without those that differ by visitor.
        bodies: The bodies of both.
    """

    question: str
    conversation_id: str
    headers: Mapping[str, str]
    bodies: tuple[dict[str, Any], dict[str, Any]]


async def build_recorded_question(question: str, requests: Sequence[Request]) -> RecordedQuestion:
    """Return the requests of a question for others to send.

    Args:
        question: The question, not the first one of its conversation.
        requests: What the browser sent for it.

    Raises:
        RuntimeError: If they are others than those two.
    """
    sent = [(request.method, urlsplit(request.url).path) for request in requests]
    if sent != [("POST", _PREDICT)] * 2:
        raise RuntimeError(f"not the two requests of a question: {sent}")
    begin, answer = (json.loads(request.post_data or "") for request in requests)
    headers = await requests[0].all_headers()
    shared_headers = {name: headers[name] for name in headers if name not in _VISITOR_HEADERS}
    return RecordedQuestion(question, answer["data"][0], shared_headers, (begin, answer))


class Visitor:
    """A visitor of the page, in a conversation of their own.

    Args:
        address: The address of the page, which is opened.
        recorded: The requests of a question.
    """

    def __init__(self, address: str, recorded: RecordedQuestion) -> None:
        self._recorded = recorded
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=_TIMEOUT)
        self._connection.request("GET", "/")
        response = self._connection.getresponse()
        response.read()
        cookie = (response.getheader("set-cookie") or "").partition(";")[0]
        self._headers = {**recorded.headers, "cookie": cookie}
        self._session = secrets.token_hex(5)
        self._conversation_id = ""

    def ask(self, question: str) -> float | None:
        """Return the seconds until a question is answered; None if it is not."""
        begin, answer = self._recorded.bodies
        start = time.perf_counter()
        try:
            self._conversation_id = json.loads(self._send(begin, question))["data"][1]
            content = self._send(answer, question)
        except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError):
            self._connection.close()
            return None
        seconds = time.perf_counter() - start
        return seconds if any(marker in content for marker in _ANSWER_MARKERS) else None

    def _send(self, recorded_body: dict[str, Any], question: str) -> bytes:
        """Send a recorded request with this visitor's values in place of the recorded ones."""
        replacements = {
            self._recorded.question: question,
            self._recorded.conversation_id: self._conversation_id,
            recorded_body["session_hash"]: self._session,
        }
        if key := (recorded_body.get("event_data") or {}).get("key"):
            replacements[key] = secrets.token_hex(8)
        body = json.dumps(_replace_texts(recorded_body, replacements)).encode()
        query = f"?c={self._conversation_id}" if self._conversation_id else ""
        self._connection.request("POST", _PREDICT + query, body, self._headers)
        return self._connection.getresponse().read()


def schedule_questions(
    index: int, questions: Sequence[str], visitor_count: int, interval: float, duration: float
) -> Iterator[tuple[float, str]]:
    """Yield the questions of one of many visitors, each with the seconds until it is due.

    Args:
        index: The number of the visitor, from 0; visitors are evenly offset.
        questions: The questions; each visitor begins at another one.
        visitor_count: The number of visitors.
        interval: The seconds from one question of a visitor to the next.
        duration: The seconds in all.
    """
    start = time.perf_counter()
    for turn in count():
        due = interval * (turn + index / visitor_count)
        if due >= duration:
            return
        pause = max(0.0, start + due - time.perf_counter())
        yield pause, questions[(index + turn * visitor_count) % len(questions)]


def measure_interval(
    address: str,
    recorded: RecordedQuestion,
    questions: Sequence[str],
    visitor_count: int,
    interval: float,
    duration: float,
) -> LoadResult:
    """Return the result of visitors who each ask at an interval, evenly offset.

    Args:
        address: The address of the page.
        recorded: The requests of a question; a latency is that of both.
        questions: As for `schedule_questions`.
        visitor_count: As for `schedule_questions`.
        interval: As for `schedule_questions`.
        duration: As for `schedule_questions`.
    """
    visitors = [Visitor(address, recorded) for _ in range(visitor_count)]
    start = time.perf_counter()

    def run_visitor(index: int) -> list[float | None]:
        latencies: list[float | None] = []
        schedule = schedule_questions(index, questions, visitor_count, interval, duration)
        for pause, question in schedule:
            time.sleep(pause)
            latencies.append(visitors[index].ask(question))
        return latencies

    with ThreadPoolExecutor(visitor_count) as pool:
        return _build_result(start, pool.map(run_visitor, range(visitor_count)))


def measure_throughput(
    address: str, recorded: RecordedQuestion, questions_by_visitor: Sequence[Sequence[str]]
) -> LoadResult:
    """Return the result of visitors who each ask all their questions without a pause.

    Args:
        address: The address of the page.
        recorded: The requests of a question; a latency is that of both.
        questions_by_visitor: The questions of each visitor, in order.
    """
    visitors = [Visitor(address, recorded) for _ in questions_by_visitor]
    start = time.perf_counter()
    with ThreadPoolExecutor(len(visitors)) as pool:
        return _build_result(
            start,
            pool.map(
                lambda visitor, questions: [visitor.ask(question) for question in questions],
                visitors,
                questions_by_visitor,
            ),
        )


def _build_result(start: float, latencies_by_visitor: Iterable[list[float | None]]) -> LoadResult:
    latencies = [latency for latencies in latencies_by_visitor for latency in latencies]
    seconds = time.perf_counter() - start
    answered = tuple(latency for latency in latencies if latency is not None)
    return LoadResult(len(latencies), len(latencies) - len(answered), seconds, answered)


def _replace_texts(value: Any, replacements: Mapping[str, str]) -> Any:
    """Return a JSON value with some of its texts replaced."""
    if isinstance(value, dict):
        return {key: _replace_texts(item, replacements) for key, item in value.items()}
    if isinstance(value, list):
        return [_replace_texts(item, replacements) for item in value]
    return replacements.get(value, value) if isinstance(value, str) else value
