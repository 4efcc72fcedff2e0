"""The limits of every surface.

The limits of the Python API are in `rag.query.limits`; those of a server are lower where other
clients would have to wait.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from rag.query import limits as library

MAX_QUESTION_LENGTH = library.MAX_QUESTION_CHARACTERS
"""Characters of a question, on every surface."""

MAX_PASSAGES = 50
"""Passages of an answer (k) from a server."""

MAX_EXPORTED_PASSAGES = 200
"""Passages in a file to take along: those of a list are more than those of an answer."""

DEFAULT_PASSAGES = library.DEFAULT_CITATIONS
"""Passages of an answer (k) by default."""

DEFAULT_CHAT_PASSAGES = 3
"""Passages of an answer in a chat by default: fewer, as it is read from top to bottom."""

MAX_CLI_PASSAGES = library.MAX_CITATIONS
"""Passages of an answer (k) on the command line."""

MAX_BATCH_QUESTIONS = 100
"""Questions of a batch."""

MAX_BATCH_PASSAGES = 10
"""Passages of an answer (k) in a batch."""

MAX_HISTORY = 20
"""Earlier questions that are sent with a follow-up."""

MAX_NAME_LENGTH = library.MAX_FILTER_CHARACTERS
"""Characters of a filter, or of the name of anything in the library."""

MAX_CHAT_LENGTH = 200_000
"""Characters of all messages of a chat."""

MAX_CHAT_MESSAGES = 500
"""Messages of a chat."""

MAX_INDEX = 1_000_000
"""The highest index of an article or a section."""

MAX_OFFSET = 1_000_000
"""The highest offset of a character in a passage or a note."""

MAX_EXPLAINED_LENGTH = 400
"""Characters of a sentence whose words are explained; the page sends half as many."""

RESOURCES_PER_PAGE = 100
"""Articles on a page of MCP resources."""

MAX_COMMENT_LENGTH = 1_000
"""Characters of a visitor's comment on an answer."""

SHOWN_TITLES = 50
"""Publications or articles that an answer on the page lists; it says how many more there are."""

DEFAULT_TIMEOUT_SECONDS = 30
"""Seconds from the first byte of a request to the last of its answer."""

MAX_TIMEOUT_SECONDS = 600
"""Seconds that the option --seconds can grant instead."""

DEFAULT_REQUESTS_PER_MINUTE = 600
"""Requests a minute from one client, where others than this machine reach the server."""

MAX_REQUESTS_PER_MINUTE = 1_000_000
"""Requests a minute that the option --rate can grant instead."""

DEFAULT_CACHED_ANSWERS = 1_024
"""Answers that a server caches."""

MAX_CACHED_ANSWERS = 1_000_000
"""Answers that the option --answers can have it cache instead."""

MAX_CACHED_PASSAGES = 10
"""Passages of an answer, beyond which it is not cached."""

MAX_CONNECTIONS = 800
"""Connections to a server; fewer than the files that a process may commonly have open (1,024)."""

MAX_CLIENT_CONNECTIONS = 200
"""Connections from one address; a browser opens some six, and several people may share one."""

HEADER_TIMEOUT_SECONDS = 10
"""Seconds until the headers of a request have come."""

BODY_TIMEOUT_SECONDS = 20
"""Seconds until the body of a request has come, if it is short."""

MIN_BODY_BYTES_PER_SECOND = 16 << 10
"""Bytes of a long body that come in each further second."""

WRITE_TIMEOUT_SECONDS = 30
"""Seconds in which a client must read some part of a response."""

MAX_HEADER_BYTES = 32 << 10
"""Bytes of the headers of a request."""

SHUTDOWN_TIMEOUT_SECONDS = 10
"""Seconds that requests in progress get when a server is stopped."""

MIN_API_KEY_LENGTH = 8
"""Characters of the shortest API key."""

MAX_API_KEY_LENGTH = 256
"""Characters of the longest API key."""

MAX_UPLOAD_BYTES = 8 << 20
"""Bytes of a file that is uploaded on the page."""

MAX_UPLOADS = 20
"""Files of an upload."""

MAX_TOTAL_UPLOAD_BYTES = 32 << 20
"""Bytes of all files of an upload."""

MAX_FILE_NAME_LENGTH = 120
"""Characters of the name of an uploaded file."""

READ_TIMEOUT_SECONDS = 120
"""Seconds for reading an uploaded file."""

MAX_READ_MEMORY_BYTES = 1 << 30
"""Bytes of memory for reading an uploaded file."""

DRAW_TIMEOUT_SECONDS = 10
"""Seconds of processor time for drawing a page of a PDF."""

CACHED_PICTURES = 32
"""Pictures of pages that a server caches, each well below a megabyte."""

MAX_DRAWN_PAGES = 2
"""Pages in one picture: those of a sentence that a page break has cut."""

MAX_PENDING_CHANGES = 8
"""Changes of the library that take turns, of all visitors together."""

UPLOAD_TURN_SECONDS = 10
"""Seconds that a change of the library is worked at while others wait for their turn."""

DEFAULT_UPLOAD_MINUTES = 10
"""Minutes that encoding the files of an upload may take."""

MAX_UPLOAD_MINUTES = 100_000
"""Minutes that the option --upload-minutes can grant instead."""

MIN_PASSWORD_LENGTH = 8
"""Characters of the shortest password."""

FREE_LOGIN_ATTEMPTS = 5
"""Attempts to log in from one client before it must wait between them."""

MAX_LOGIN_DELAY_SECONDS = 60
"""Seconds of the longest wait between attempts to log in; it begins with 1 and doubles."""

LOGIN_MEMORY_SECONDS = 900
"""Seconds after which the attempts of a client are forgotten."""


MAX_WRITERS = 8
"""Answers that a language model writes at the same time, for all clients together."""

WRITING_TIMEOUT_SECONDS = 330
"""Seconds of a request that waits for a language model, which has its own limits within them."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a server.

    Attributes:
        max_body_bytes: Bytes of the body of a request.
        timeout_seconds: Seconds from the first byte of a request to the last of its answer.
        requests_per_minute: Requests a minute from one client; 0 for no limit.
        max_pending: Requests in progress or waiting, for all clients together.
        threads: Questions that are answered at the same time.
    """

    max_body_bytes: int = 1 << 20
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    requests_per_minute: int = 0
    max_pending: int = 128
    threads: int = min(max(os.cpu_count() or 2, 2), 8)
