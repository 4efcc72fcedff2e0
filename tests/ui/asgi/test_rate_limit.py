"""A limit on the requests a minute of each client."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ui.asgi.rate_limit import RateLimiter


@given(st.integers(1, 1_000), st.lists(st.floats(0, 30), min_size=1, max_size=60))
def test_clients_stay_within_the_rate_limit(a_minute: int, pauses: list[float]) -> None:
    now = 0.0
    rate = RateLimiter(a_minute, lambda: now)
    granted: list[float] = []
    for pause in pauses:
        now += pause
        while (wait := rate.acquire("client")) == 0 and len(granted) < 5_000:
            granted.append(now)
        assert wait >= 1 or len(granted) >= 5_000
    # The allowance of one minute at once, then as many as the elapsed time permits.
    assert len(granted) <= a_minute * (1 + now / 60) + 1
    assert rate.acquire("another") == 0


def test_idle_clients_are_removed_from_the_rate_limiter() -> None:
    now = 0.0
    rate = RateLimiter(60, lambda: now)
    for number in range(10_000):
        rate.acquire(str(number))
    now = 100.0
    assert rate.acquire("one more") == 0
    assert len(rate._arrival_times) == 1
