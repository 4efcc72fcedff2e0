"""The limits of every surface.

The limits of the Python API are in `rag.query.limits`; those of a server are lower where other
clients would have to wait.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from rag.query import limits as library

MAX_QUESTION_LENGTH = library.MAX_QUESTION_CHARACTERS
"""Characters of a question, the same everywhere."""

MAX_PASSAGES = 50
"""Passages of an answer (k) of a server."""

DEFAULT_PASSAGES = library.DEFAULT_CITATIONS
"""Passages of an answer, where nobody says how many."""

DEFAULT_CHAT_PASSAGES = 3
"""Passages of an answer in a chat, where nobody says how many: it is read from top to bottom."""

MAX_CLI_PASSAGES = library.MAX_CITATIONS
"""Passages of an answer on one's own command line."""

MAX_BATCH_QUESTIONS = 100
"""Questions asked in one go."""

MAX_BATCH_PASSAGES = 10
"""Passages of each answer to those."""

MAX_HISTORY = 20
"""Earlier questions that come with one."""

MAX_NAME_LENGTH = 200
"""Characters of a filter, or of the name of anything in the library."""

MAX_CHAT_LENGTH = 200_000
"""Characters of all messages of a chat."""

MAX_CHAT_MESSAGES = 500
"""Messages of a chat."""

MAX_INDEX = 1_000_000
"""The highest number that an article or a section can have."""

RESOURCES_PER_PAGE = 100
"""Articles on a page of a list that comes in pages."""

MAX_COMMENT_LENGTH = 1_000
"""Characters of what a visitor says of an answer."""

DEFAULT_TIMEOUT_SECONDS = 30
"""Seconds from the first byte of a request to the last of its answer."""

MAX_TIMEOUT_SECONDS = 600
"""Seconds that whoever runs a server can grant instead."""

DEFAULT_REQUESTS_PER_MINUTE = 600
"""Requests a minute from one client, where others than this machine reach the server."""

MAX_REQUESTS_PER_MINUTE = 1_000_000
"""Requests a minute that whoever runs a server can grant instead."""

DEFAULT_CACHED_ANSWERS = 1_024
"""Answers that a server remembers."""

MAX_CACHED_ANSWERS = 1_000_000
"""Answers that whoever runs a server can have it remember instead."""

MAX_CACHED_PASSAGES = 10
"""Passages of an answer that is worth remembering."""

MAX_CONNECTIONS = 1_000
"""Connections to a server, beyond which a client is told to come again."""

MAX_HEADER_BYTES = 32 << 10
"""Bytes of the headers of a request."""

SHUTDOWN_TIMEOUT_SECONDS = 10
"""Seconds in which requests may end when a server is stopped."""

MIN_API_KEY_LENGTH = 8
"""Characters that an API key must have."""

MAX_API_KEY_LENGTH = 256
"""Characters that an API key may have."""

MAX_UPLOAD_BYTES = 8 << 20
"""Bytes of a file that is put into the library on the page."""

MAX_UPLOADS = 20
"""Files that are put into the library in one go."""

MAX_TOTAL_UPLOAD_BYTES = 32 << 20
"""Bytes of all of them."""

MAX_FILE_NAME_LENGTH = 120
"""Characters of the name of such a file."""

READ_TIMEOUT_SECONDS = 120
"""Seconds that reading one of them may take."""

MAX_READ_MEMORY_BYTES = 1 << 30
"""Bytes of memory that reading one of them may take."""

MAX_PENDING_CHANGES = 8
"""Changes of the library that wait for their turn, of all visitors together."""

MIN_PASSWORD_LENGTH = 8
"""Characters that a password must have."""

MAX_LOGIN_ATTEMPTS = 10
"""Passwords that may be tried from one address in a minute."""

MAX_TOTAL_LOGIN_ATTEMPTS = 60
"""Passwords that may be tried in a minute, from all addresses together."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a server.

    Attributes:
        max_body_bytes: Bytes of a request.
        timeout_seconds: From the first byte of a request to the last of its answer.
        requests_per_minute: Requests a minute from one client; 0 for as many as it likes.
        max_pending: Requests that are being worked on or wait for it, all clients together.
        threads: Questions worked on at the same moment.
    """

    max_body_bytes: int = 1 << 20
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    requests_per_minute: int = 0
    max_pending: int = 128
    threads: int = min(max(os.cpu_count() or 2, 2), 8)
