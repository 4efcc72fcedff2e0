"""How much may be asked at once: every limit of every surface is here.

What Python is granted is in `query.limits`; a server grants less where others would have to wait.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from rag.query import limits as library

QUESTION = library.QUESTION
"""Characters of a question, the same everywhere."""

PASSAGES = 50
"""Passages of an answer (k) of a server."""

USUAL = library.USUAL
"""Passages of an answer, where nobody says how many."""

CHAT_PASSAGES = 3
"""Passages of an answer in a chat, where nobody says how many: it is read from top to bottom."""

OWN_PASSAGES = library.PASSAGES
"""Passages of an answer on one's own command line."""

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

LISTED = 100
"""Articles on a page of a list that comes in pages."""

REMARK = 1_000
"""Characters of what a visitor says of an answer."""

SECONDS = 30
"""Seconds from the first byte of a request to the last of its answer."""

MOST_SECONDS = 600
"""Seconds that whoever runs a server can grant instead."""

RATE = 600
"""Requests a minute from one client, where others than this machine reach the server."""

MOST_RATE = 1_000_000
"""Requests a minute that whoever runs a server can grant instead."""

KEPT = 1_024
"""Answers that a server remembers."""

MOST_KEPT = 1_000_000
"""Answers that whoever runs a server can have it remember instead."""

KEPT_PASSAGES = 10
"""Passages of an answer that is worth remembering."""

CONNECTIONS = 1_000
"""Connections to a server, beyond which a client is told to come again."""

HEADERS = 32 << 10
"""Bytes of the headers of a request."""

GRACE = 10
"""Seconds in which requests may end when a server is stopped."""

KEY = 8
"""Characters that an API key must have."""

LONGEST_KEY = 256
"""Characters that an API key may have."""

UPLOAD = 8 << 20
"""Bytes of a file that is put into the library on the page."""

UPLOADS = 20
"""Files that are put into the library in one go."""

UPLOADED = 32 << 20
"""Bytes of all of them."""

FILE_NAME = 120
"""Characters of the name of such a file."""

READING = 120
"""Seconds that reading one of them may take."""

READING_MEMORY = 1 << 30
"""Bytes of memory that reading one of them may take."""

CHANGES = 8
"""Changes of the library that wait for their turn, of all visitors together."""

PASSWORD = 8
"""Characters that a password must have."""

TRIES = 10
"""Passwords that may be tried from one address in a minute."""

ALL_TRIES = 60
"""Passwords that may be tried in a minute, from all addresses together."""


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
    seconds: float = SECONDS
    rate: int = 0
    waiting: int = 128
    threads: int = min(max(os.cpu_count() or 2, 2), 8)
