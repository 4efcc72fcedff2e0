"""The time in which conventions of notes are found, for text that looks like notes."""

from __future__ import annotations

import time

import pytest

from index.readers import markdown, paged


@pytest.mark.parametrize(
    "piece",
    [
        "[1] 林",
        "①",
        "1. a\n",
        "1\n",
        "註1：風\n",
        "harbour.1 ",
        "（1）",
        "：①風；",
        "[1-",
        "* a\n\n",
    ],
)
def test_time_is_linear(piece: str) -> None:
    def measure(size: int) -> float:
        started = time.process_time()
        paged.read(piece * (size // len(piece)))
        markdown.read(piece * (size // len(piece)), "a.md")
        return time.process_time() - started

    limit = 24 * max(measure(3_000), 0.05)  # 8 times if linear, 64 if quadratic
    assert any(measure(24_000) < limit for _ in range(3))  # on a busy machine one may be slow
