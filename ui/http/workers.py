"""The threads that questions are worked on, and how many may wait for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar

from ui.limits import Limits
from ui.refusals import BUSY, RefusalError

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Workers:
    """Runs work beside the event loop. Work whose client has gone is not begun."""

    def __init__(self, limits: Limits) -> None:
        self._threads = ThreadPoolExecutor(limits.threads, thread_name_prefix="tongzhu")
        self._limit = limits.waiting
        self._busy = 0

    async def run(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """What the work returns.

        Raises:
            RefusalError: If too much is waiting already.
        """
        if self._busy >= self._limit:
            raise RefusalError(503, "busy", BUSY, retry_after=1)
        self._busy += 1
        try:
            context = copy_context()
            future = self._threads.submit(lambda: context.run(work, *args, **kwargs))
            return await asyncio.wrap_future(future)
        finally:
            self._busy -= 1

    def stop(self) -> None:
        """Ends the threads; what has begun is finished, what waits is not begun."""
        self._threads.shutdown(wait=True, cancel_futures=True)
