"""How much may be asked at once: every limit of every surface is here."""

from __future__ import annotations

import os
from dataclasses import dataclass

QUESTION = 2_000
"""Characters of a question."""

PASSAGES = 50
"""Passages of an answer (k)."""

BATCH = 100
"""Questions asked in one go."""

BATCH_PASSAGES = 10
"""Passages of each answer to those."""

HISTORY = 20
"""Earlier questions that come with one."""

CRITERION = 200
"""Characters of a filter, or of the name of anything in the library."""

CONVERSATION = 200_000
"""Characters of all messages of a chat."""

MESSAGES = 500
"""Messages of a chat."""

INDEX = 1_000_000
"""The highest number that an article or a section can have."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server grants its clients.

    Attributes:
        body: Bytes of a request.
        seconds: From the first byte of a request to the last of its answer.
        rate: Requests a minute from one client; 0 for as many as it likes.
        waiting: Requests that are being worked on or wait for it, all clients together.
        threads: Questions worked on at the same moment.
    """

    body: int = 1 << 20
    seconds: float = 30.0
    rate: int = 0
    waiting: int = 128
    threads: int = min(max(os.cpu_count() or 2, 2), 8)
