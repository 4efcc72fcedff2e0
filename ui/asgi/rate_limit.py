"""How often each client may ask."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

_MINUTE = 60.0
_MANY = 10_000  # clients, beyond which those that have been quiet are forgotten


class Rate:
    """So many requests a minute for each client, all at once or one by one.

    The generic cell rate algorithm (ITU-T I.371): of each client only the time is kept at which it
    would have used up what it was granted.

    Args:
        a_minute: Requests; 0 for as many as they like.
        clock: Seconds that only rise.
    """

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._step = _MINUTE / a_minute if a_minute else 0.0
        self._clock = clock
        self._used_until: dict[str, float] = {}

    def wait(self, client: str) -> int:
        """Seconds that a client must wait before it may ask; 0 counts as having asked."""
        if not self._step:
            return 0
        now = self._clock()
        until = max(self._used_until.get(client, now), now) + self._step
        if until - now > _MINUTE + 1e-6:
            return math.ceil(until - now - _MINUTE)
        if client not in self._used_until and len(self._used_until) >= _MANY:
            kept = {name: time for name, time in self._used_until.items() if time > now}
            self._used_until = kept
        self._used_until[client] = until
        return 0
