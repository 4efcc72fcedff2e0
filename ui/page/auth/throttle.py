"""Delays between attempts to log in, which grow with each wrong password of a client."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from ui.service import limits

_MAX_CLIENTS = 10_000  # clients, beyond which the one that has waited longest is forgotten


@dataclass(slots=True)
class _Attempts:
    """The attempts of a client: how many, and the time of the next in monotonic seconds."""

    count: int
    next_time: float


class LoginThrottle:
    """Slows down each client that gives wrong passwords, and no other.

    The first attempts are free, then the delay doubles with each up to a longest one. An attempt
    before its time changes nothing, so that the right password works once the delay is over.

    Args:
        clock: Returns monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._attempts: dict[str, _Attempts] = {}

    def acquire(self, client: str) -> int:
        """Return the seconds that a client must wait; 0 admits an attempt and counts it."""
        now = self._clock()
        attempts = self._attempts.pop(client, None)
        if attempts is None or now - attempts.next_time > limits.LOGIN_MEMORY_SECONDS:
            attempts = _Attempts(0, now)
        if len(self._attempts) >= _MAX_CLIENTS:
            del self._attempts[next(iter(self._attempts))]
        self._attempts[client] = attempts  # at the end: the order is that of the last attempts
        if attempts.next_time > now:
            return math.ceil(attempts.next_time - now)
        attempts.count += 1
        exponent = attempts.count - limits.FREE_LOGIN_ATTEMPTS
        delay = min(2.0 ** min(exponent, 16), limits.MAX_LOGIN_DELAY_SECONDS)
        attempts.next_time = now + (delay if exponent >= 0 else 0)
        return 0

    def forget(self, client: str) -> None:
        """Forget the attempts of a client, who has given the right password."""
        self._attempts.pop(client, None)
