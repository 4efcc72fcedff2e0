"""A limit on the requests a minute of each client that several servers count together."""

from __future__ import annotations

import hashlib
import logging
import math
import time
from collections.abc import Callable

from ui.asgi.rate_limit import RateLimiter
from ui.conversations.database import Database, StorageError

_MINUTE = 60.0
_SELECT_TIME = "SELECT arrival_time FROM rate_limit WHERE client = ?"
_UPDATE_TIME = (
    "INSERT INTO rate_limit (client, arrival_time) VALUES (?, ?)"
    " ON CONFLICT (client) DO UPDATE SET arrival_time = excluded.arrival_time"
)
_log = logging.getLogger("tongzhu.http")


class SharedRateLimiter:
    """As `RateLimiter`, for all servers that share a database. Thread-safe.

    While the database is away, each server counts for itself.

    Args:
        database: What counts; clients stand there as digests, for a minute or two.
        requests_per_minute: Requests; 0 for no limit.
        clock: Returns seconds, on all servers the same.
    """

    def __init__(
        self, database: Database, requests_per_minute: int, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._emission_interval = _MINUTE / requests_per_minute if requests_per_minute else 0.0
        self._clock = clock
        self._own_limiter = RateLimiter(requests_per_minute)
        self._next_removal = 0.0
        self._is_away = False

    def acquire(self, client: str) -> int:
        """Return the seconds that a client must wait; 0 admits the request and counts it."""
        if not self._emission_interval:
            return 0
        try:
            wait = self._count(hashlib.sha256(client.encode()).hexdigest())
        except StorageError as error:
            if not self._is_away:
                _log.warning("requests are counted by each server for itself: %s", error)
            self._is_away = True
            return self._own_limiter.acquire(client)
        self._is_away = False
        return wait

    def _count(self, client: str) -> int:
        now = self._clock()
        with self._database.transaction() as transaction:
            if now >= self._next_removal:
                transaction.execute("DELETE FROM rate_limit WHERE arrival_time < ?", (now,))
                self._next_removal = now + _MINUTE
            row = transaction.execute(_SELECT_TIME, (client,)).fetchone()
            arrival_time = max(row[0] if row else now, now) + self._emission_interval
            if arrival_time - now > _MINUTE + 1e-6:
                return math.ceil(arrival_time - now - _MINUTE)
            transaction.execute(_UPDATE_TIME, (client, arrival_time))
        return 0
