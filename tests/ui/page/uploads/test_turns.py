"""Changes take turns, in the order in which they came."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from tests.helpers.hashing_encoder import HashingEncoder
from ui.page.uploads.estimate import estimate_seconds
from ui.page.uploads.turns import ChangeCancelledError, TurnQueue


def test_each_has_a_turn_and_those_that_end_leave() -> None:
    orders: list[Sequence[int]] = []
    turns = TurnQueue(0, orders.append)
    worked: list[int] = []

    def work(number: int, steps: int) -> None:
        turns.wait(number)
        for _ in range(steps):
            worked.append(number)
            turns.pass_on(number)
        turns.leave(number)

    for number in (1, 2, 3):
        turns.join(number)
    threads = [threading.Thread(target=work, args=pair) for pair in ((1, 4), (2, 1), (3, 2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert worked == [1, 2, 3, 1, 3, 1, 1]
    assert orders[:4] == [(1,), (1, 2), (1, 2, 3), (2, 3, 1)]
    assert orders[-1] == ()


def test_nobody_has_to_pass_on_before_the_turn_is_over_or_where_nobody_waits() -> None:
    orders: list[Sequence[int]] = []
    turns = TurnQueue(1000, orders.append)
    turns.join(1)
    turns.join(2)
    turns.pass_on(1)
    turns.leave(2)
    turns.pass_on(1)
    assert orders == [(1,), (1, 2), (1,)]


def test_a_change_is_cancelled_at_work_and_while_it_waits() -> None:
    turns = TurnQueue(0, lambda _: None)
    turns.join(1)
    turns.join(2)
    turns.cancel(2)
    turns.cancel(3)  # there is none
    with pytest.raises(ChangeCancelledError):
        turns.wait(2)
    turns.leave(2)
    turns.wait(1)
    turns.cancel(1)
    with pytest.raises(ChangeCancelledError):
        turns.pass_on(1)


def test_an_estimate_grows_with_the_texts() -> None:
    texts = [f"text {number} " * 50 for number in range(500)]
    few, many = (estimate_seconds(texts * times, HashingEncoder()) for times in (1, 40))
    assert 0 <= few < many
