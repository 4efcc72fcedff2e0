"""Turns of the threads of a worker: none waits until another has finished."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence


class ChangeCancelledError(Exception):
    """The change of this thread was cancelled."""


class TurnQueue:
    """Changes that take turns, in the order in which they came. Thread-safe.

    The first one is at work. When its turn is over, it goes to the end of the queue.

    Args:
        turn_seconds: Seconds of a turn while others wait.
        on_change: Called with the numbers of the changes in order, whenever that has changed.
    """

    def __init__(self, turn_seconds: float, on_change: Callable[[Sequence[int]], None]) -> None:
        self._turn_seconds = turn_seconds
        self._on_change = on_change
        self._condition = threading.Condition()
        self._numbers: deque[int] = deque()
        self._cancelled: set[int] = set()
        self._turn_began = time.monotonic()

    def join(self, number: int) -> None:
        """Put a change at the end of the queue."""
        with self._condition:
            self._numbers.append(number)
            self._announce(is_new_turn=len(self._numbers) == 1)

    def leave(self, number: int) -> None:
        """Take a change out of the queue."""
        with self._condition:
            is_new_turn = self._numbers[0] == number
            self._numbers.remove(number)
            self._cancelled.discard(number)
            self._announce(is_new_turn=is_new_turn)

    def cancel(self, number: int) -> None:
        """Have a change end at its next step."""
        with self._condition:
            if number in self._numbers:
                self._cancelled.add(number)
            self._condition.notify_all()

    def is_cancelled(self, number: int) -> bool:
        """Return whether a change is to end."""
        return number in self._cancelled

    def wait(self, number: int) -> None:
        """Wait for the turn of a change.

        Raises:
            ChangeCancelledError: If it was cancelled.
        """
        with self._condition:
            self._condition.wait_for(
                lambda: self._numbers[0] == number or self.is_cancelled(number)
            )
            if self.is_cancelled(number):
                raise ChangeCancelledError

    def pass_on(self, number: int) -> None:
        """Let the next change have its turn if this one's is over, and wait for the next turn.

        Raises:
            ChangeCancelledError: If it was cancelled.
        """
        with self._condition:
            is_over = time.monotonic() - self._turn_began >= self._turn_seconds
            if is_over and len(self._numbers) > 1:
                self._numbers.rotate(-1)
                self._announce(is_new_turn=True)
        self.wait(number)

    def _announce(self, *, is_new_turn: bool) -> None:
        if is_new_turn:
            self._turn_began = time.monotonic()
        self._condition.notify_all()
        self._on_change(tuple(self._numbers))
