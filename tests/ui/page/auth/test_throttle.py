"""Delays between attempts to log in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ui.page.auth.throttle import LoginThrottle
from ui.service import limits


def test_login_delay_doubles_to_a_maximum_and_expires() -> None:
    now = 0.0
    throttle = LoginThrottle(lambda: now)
    assert [throttle.acquire("a") for _ in range(limits.FREE_LOGIN_ATTEMPTS)] == [0, 0, 0, 0, 0]
    delays = []
    for _ in range(9):
        delays.append(throttle.acquire("a"))
        assert throttle.acquire("a") == delays[-1]  # a try before the time changes nothing
        now += delays[-1]
        assert throttle.acquire("a") == 0
    assert delays == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    now += limits.MAX_LOGIN_DELAY_SECONDS + limits.LOGIN_MEMORY_SECONDS + 1
    assert throttle.acquire("a") == 0 == throttle.acquire("a")


def test_correct_password_ends_the_login_delay() -> None:
    throttle = LoginThrottle(lambda: 0.0)
    for _ in range(limits.FREE_LOGIN_ATTEMPTS):
        throttle.acquire("a")
    assert throttle.acquire("a") == 1
    throttle.forget("a")
    assert throttle.acquire("a") == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 100)), max_size=60))
def test_attempts_of_other_clients_cause_no_delay(attempts: list[tuple[str, float]]) -> None:
    now = 0.0
    throttle = LoginThrottle(lambda: now)
    for client, pause in attempts:
        now += pause
        assert throttle.acquire(client) <= limits.MAX_LOGIN_DELAY_SECONDS
    assert throttle.acquire("another") == 0


def test_number_of_remembered_clients_is_bounded() -> None:
    throttle = LoginThrottle(lambda: 0.0)
    for number in range(10_050):
        throttle.acquire(str(number))
    assert len(throttle._attempts) == 10_000
