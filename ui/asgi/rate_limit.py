"""A limit on the requests a minute of each client."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Protocol

_MINUTE = 60.0
_MAX_CLIENTS = 10_000  # clients, beyond which idle ones are dropped


class RateLimit(Protocol):
    """A limit on the requests of each client."""

    def acquire(self, client: str) -> int:
        """Return the seconds that a client must wait; 0 admits the request and counts it."""


class RateLimiter:
    """Limits the requests a minute of each client, whether they come at once or one by one.

    The generic cell rate algorithm (ITU-T I.371), which stores one number for each client: the time
    at which its allowance would be used up.

    Args:
        requests_per_minute: Requests; 0 for no limit.
        clock: Returns monotonic seconds.
    """

    def __init__(
        self, requests_per_minute: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._emission_interval = _MINUTE / requests_per_minute if requests_per_minute else 0.0
        self._clock = clock
        self._arrival_times: dict[str, float] = {}

    def acquire(self, client: str) -> int:
        """Return the seconds that a client must wait; 0 admits the request and counts it."""
        if not self._emission_interval:
            return 0
        now = self._clock()
        arrival_time = max(self._arrival_times.get(client, now), now) + self._emission_interval
        if arrival_time - now > _MINUTE + 1e-6:
            return math.ceil(arrival_time - now - _MINUTE)
        if client not in self._arrival_times and len(self._arrival_times) >= _MAX_CLIENTS:
            active = {name: time for name, time in self._arrival_times.items() if time > now}
            self._arrival_times = active
        self._arrival_times[client] = arrival_time
        return 0
