"""The threads that answer questions, and how many requests may wait for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar

from index.messages import MessageCatalogue
from ui.service.errors import RequestError
from ui.service.limits import Limits

_MESSAGES = MessageCatalogue("ui", "requests")

_P = ParamSpec("_P")
_S = TypeVar("_S")
_T = TypeVar("_T")


class WorkerPool:
    """Runs work in threads; work whose client has disconnected meanwhile is not started."""

    def __init__(self, limits: Limits) -> None:
        self._executor = ThreadPoolExecutor(limits.threads, thread_name_prefix="tongzhu")
        self._limits = limits
        self._pending = 0

    async def run(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Return what the work returns, done in a thread.

        Raises:
            RequestError: If too much is waiting already.
        """
        if self._pending >= self._limits.max_pending:
            raise RequestError(503, "busy", _MESSAGES["busy"], retry_after=1)
        self._pending += 1
        try:
            context = copy_context()
            future = self._executor.submit(lambda: context.run(work, *args, **kwargs))
            return await asyncio.wrap_future(future)
        finally:
            self._pending -= 1

    async def run_all(self, work: Callable[[_S], _T], items: Sequence[_S]) -> list[_T]:
        """Return what the work returns for each item, in their order.

        Raises:
            RequestError: If too much is waiting already; work that has not started is dropped.
        """
        semaphore = asyncio.Semaphore(self._limits.threads)

        async def run_item(item: _S) -> _T:
            async with semaphore:
                return await self.run(work, item)

        tasks = [asyncio.create_task(run_item(item)) for item in items]
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    def stop(self) -> None:
        """Stop the threads; work in progress is finished, waiting work is dropped."""
        self._executor.shutdown(wait=True, cancel_futures=True)
