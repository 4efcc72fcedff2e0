"""Visitors of the chat page without browsers: the requests that their browsers would send.

The requests of a question are recorded once from a real browser and sent again for each visitor, in
a conversation of its own, so that the server has the processors to itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Any, NamedTuple

import httpx
from playwright.async_api import Page, Request

_PREDICT = "gradio_api/run/predict"
_ANSWER_MARKERS = ("citation", "not-found")  # one of them is in the answer
_TIMEOUT = 30.0  # seconds


class AnswerLatencies(NamedTuple):
    """The milliseconds of each answer, and the number of questions without an answer."""

    milliseconds: tuple[float, ...]
    failed: int


class RecordedRequests(NamedTuple):
    """The two requests of a question: one begins its turn, one answers it."""

    begin: dict[str, Any]
    answer: dict[str, Any]


def record_requests(page: Page) -> list[dict[str, Any]]:
    """Return a list to which the requests that a page sends from now on are added."""
    bodies: list[dict[str, Any]] = []

    def append_body(request: Request) -> None:
        if _PREDICT in request.url and (body := request.post_data_json):
            bodies.append(body)

    page.on("request", append_body)
    return bodies


async def visit_at_intervals(
    ask: Callable[[str], Awaitable[None]],
    index: int,
    questions: Sequence[str],
    visitor_count: int,
    interval: float,
    duration: float,
) -> None:
    """Ask as one of many visitors, each at an interval, evenly offset.

    Args:
        ask: Asks a question and waits for its answer.
        index: The number of the visitor, from 0.
        questions: The questions; each visitor begins at another one.
        visitor_count: The number of visitors.
        interval: The seconds from one question of a visitor to the next.
        duration: The seconds in all.
    """
    start = time.perf_counter()
    for turn in count():
        due = start + interval * (turn + index / visitor_count)
        if due >= start + duration:
            return
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await ask(questions[(index + turn * visitor_count) % len(questions)])


async def measure_remote_visitors(
    address: str,
    recorded: RecordedRequests,
    questions: Sequence[str],
    visitor_count: int,
    interval: float,
    duration: float,
) -> AnswerLatencies:
    """Return the latencies of visitors, each asking at an interval, evenly offset.

    Args:
        address: The address of the page.
        recorded: The requests of a question; a latency is that of both.
        questions: The questions; each visitor begins at another one.
        visitor_count: The number of visitors.
        interval: The seconds from one question of a visitor to the next.
        duration: The seconds in all.
    """
    latencies: list[float | None] = []

    async def run_visitor(index: int) -> None:
        conversation_id = ""

        async def ask(question: str) -> None:
            nonlocal conversation_id
            start = time.perf_counter()
            conversation_id, is_answered = await _send_question(
                client, recorded, question, conversation_id, index
            )
            latencies.append(1000 * (time.perf_counter() - start) if is_answered else None)

        async with httpx.AsyncClient(base_url=address, timeout=_TIMEOUT, trust_env=False) as client:
            await client.get("/")
            await visit_at_intervals(ask, index, questions, visitor_count, interval, duration)

    await asyncio.gather(*map(run_visitor, range(visitor_count)))
    answered_latencies = tuple(latency for latency in latencies if latency is not None)
    return AnswerLatencies(answered_latencies, len(latencies) - len(answered_latencies))


async def _send_question(
    client: httpx.AsyncClient,
    recorded: RecordedRequests,
    question: str,
    conversation_id: str,
    visitor_index: int,
) -> tuple[str, bool]:
    """Return the id of the conversation, and whether the question was answered."""
    session = {"session_hash": f"visitor{visitor_index}"}
    filters_json, _, *rest = recorded.begin["data"]
    begin_request = (
        recorded.begin
        | session
        | {"data": [filters_json, conversation_id, *rest], "event_data": {"question": question}}
    )
    try:
        begin_response = await client.post(_PREDICT, json=begin_request)
        conversation_id = begin_response.json()["data"][1]
        answer_request = recorded.answer | session
        answer_request["data"] = [conversation_id, *recorded.answer["data"][1:]]
        answer_response = await client.post(
            _PREDICT, params={"c": conversation_id}, json=answer_request
        )
    except (httpx.HTTPError, ValueError, LookupError):
        return conversation_id, False
    return conversation_id, answer_response.is_success and any(
        word in answer_response.text for word in _ANSWER_MARKERS
    )
