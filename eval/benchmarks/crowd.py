"""Visitors of the chat page who sit elsewhere: what their browsers send, without the browsers.

What a browser sends for a question is recorded once, from a real one, and sent again for each
visitor, in a conversation of its own. So the server has the processors to itself, as where people
have computers of their own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import httpx
from playwright.async_api import Page, Request

_PREDICT = "gradio_api/run/predict"
_SETTLED = ("citation", "not-found")  # one of them is in the answer
_PATIENCE = 30.0  # seconds


class Painted(NamedTuple):
    """What visitors saw: the milliseconds of each answer, and how many got none."""

    milliseconds: tuple[float, ...]
    failed: int


class Recorded(NamedTuple):
    """The two requests of a question: that which begins its turn, and that which answers it."""

    begin: dict[str, Any]
    answer: dict[str, Any]


def record(page: Page) -> list[dict[str, Any]]:
    """A list that grows by what a page sends from now on."""
    sent: list[dict[str, Any]] = []

    def keep(request: Request) -> None:
        if _PREDICT in request.url and (body := request.post_data_json):
            sent.append(body)

    page.on("request", keep)
    return sent


async def elsewhere(
    address: str,
    recorded: Recorded,
    questions: Sequence[str],
    people: int,
    every: float,
    last: float,
) -> Painted:
    """Visitors each ask every so many seconds, evenly apart; the time is that of both requests.

    Args:
        address: Of the page.
        recorded: What a browser sends for a question.
        questions: Asked in turn; each visitor begins at another one.
        people: Number of visitors.
        every: Seconds from one question of a visitor to the next, if it was answered by then.
        last: Seconds in all.
    """
    begun = time.perf_counter()

    async def visitor(at: int) -> list[float | None]:
        seen: list[float | None] = []
        asked, conversation = 0, ""
        due = begun + at * every / people
        async with httpx.AsyncClient(base_url=address, timeout=_PATIENCE, trust_env=False) as ours:
            await ours.get("/")
            while due < begun + last:
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                question = questions[(at + asked * people) % len(questions)]
                now = time.perf_counter()
                conversation, answered = await _ask(ours, recorded, question, conversation, at)
                seen.append(1000 * (time.perf_counter() - now) if answered else None)
                asked += 1
                due += every
        return seen

    every_one = [one for seen in await asyncio.gather(*map(visitor, range(people))) for one in seen]
    times = tuple(one for one in every_one if one is not None)
    return Painted(times, len(every_one) - len(times))


async def _ask(
    client: httpx.AsyncClient, recorded: Recorded, question: str, conversation: str, visitor: int
) -> tuple[str, bool]:
    """The conversation, and whether the question was answered in it."""
    session = {"session_hash": f"visitor{visitor}"}
    _, chosen, _, *rest = recorded.begin["data"]
    begin = recorded.begin | session | {"data": [question, chosen, conversation, *rest]}
    try:
        begun = await client.post(_PREDICT, json=begin)
        conversation = begun.json()["data"][1]
        answer = recorded.answer | session
        answer["data"] = [conversation, *recorded.answer["data"][1:]]
        answered = await client.post(_PREDICT, params={"c": conversation}, json=answer)
    except (httpx.HTTPError, ValueError, LookupError):
        return conversation, False
    return conversation, answered.is_success and any(word in answered.text for word in _SETTLED)
