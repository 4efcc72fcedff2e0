"""Tests of the turns that changes take, in the order of arrival."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from index.encoders.protocol import PassageText
from tests.helpers.hashing_encoder import HashingEncoder
from ui.page.uploads.estimate import estimate_seconds
from ui.page.uploads.turns import ChangeCancelledError, TurnQueue


def test_changes_take_turns_until_they_finish() -> None:
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


def test_turn_passes_on_only_when_over_and_another_change_waits() -> None:
    orders: list[Sequence[int]] = []
    turns = TurnQueue(1000, orders.append)
    turns.join(1)
    turns.join(2)
    turns.pass_on(1)
    turns.leave(2)
    turns.pass_on(1)
    assert orders == [(1,), (1, 2), (1,)]


def test_running_and_waiting_changes_can_be_cancelled() -> None:
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


def test_estimated_time_grows_with_the_number_of_texts() -> None:
    texts = [PassageText.from_text(f"text {number} " * 50) for number in range(500)]
    few, many = (estimate_seconds(texts * times, HashingEncoder()) for times in (1, 40))
    assert 0 <= few < many
