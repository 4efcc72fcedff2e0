"""Processor time of work, compared with that of a fixed piece of work on the same machine.

A limit in seconds fails on a slow or busy machine whatever the code does; a limit in units of
other work does not.
"""

import re
import time
from collections.abc import Callable

_REFERENCE = 0.05  # seconds that the fixed work takes on an idle core of 2026
_WORDS = re.compile(r"[A-Za-z]+|\d+|[\u3400-\u9fff]")
_LINE = "In 2019 the quiet harbour 港口於二〇一九年重開 was opened again, see page 14. "


def measure_time(work: Callable[[], object], repeats: int = 3) -> float:
    """Return the least processor time of a piece of work, in seconds of an idle reference core.

    Args:
        work: What is timed.
        repeats: How often.
    """
    return min(
        _measure(work) / max(_measure(_run_fixed_work) / _REFERENCE, 1) for _ in range(repeats)
    )


def _measure(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _run_fixed_work() -> int:
    """Do what readers do: match patterns, count words and build strings."""
    counts: dict[str, int] = {}
    for number in range(4_000):
        for match in _WORDS.finditer(_LINE):
            word = f"{number % 7}{match[0].lower()}"
            counts[word] = counts.get(word, 0) + 1
    return len(counts)
