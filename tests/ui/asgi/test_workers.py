"""Tests of the threads that answer questions."""

from __future__ import annotations

import asyncio
import time

import pytest

from ui.asgi.workers import WorkerPool
from ui.service.limits import Limits


def test_batch_respects_the_queue_limit_and_stops_when_cancelled() -> None:
    begun: list[int] = []

    def work(item: int) -> int:
        begun.append(item)
        time.sleep(0.02)
        return item * 2

    async def leave() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(workers.run_all(work, range(100)), 0.05)

    workers = WorkerPool(Limits(threads=2, max_pending=2))  # a third at the same moment is refused
    assert asyncio.run(workers.run_all(work, range(8))) == [0, 2, 4, 6, 8, 10, 12, 14]
    begun.clear()
    asyncio.run(leave())
    workers.stop()
    assert 0 < len(begun) < 20
