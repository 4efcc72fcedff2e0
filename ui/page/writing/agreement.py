"""Whether a visitor has agreed that a question and sentences are sent to a language model.

The agreement is a cookie of the visitor, as the language of the page is. It is for one address:
where another model is set up, the page asks again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from rag.written.endpoint import Endpoint
from ui.page.visitor import read_cookie

AGREEMENT_COOKIE = "tongzhu_writing"

_MAX_AGE = 365 * 24 * 3600  # seconds


def has_agreed(headers: Mapping[str, str], endpoint: Endpoint) -> bool:
    """Return whether the visitor has agreed that an endpoint is asked."""
    return read_cookie(headers, AGREEMENT_COOKIE) == _hash_address(endpoint)


def format_agreement(endpoint: Endpoint, *, is_secure: bool) -> str:
    """Return the cookie of a visitor who agrees; the page's script can delete it.

    Args:
        endpoint: Where the model is asked.
        is_secure: Whether the page is reached over https.
    """
    secure = "; Secure" if is_secure else ""
    value = f"{AGREEMENT_COOKIE}={_hash_address(endpoint)}; Path=/; Max-Age={_MAX_AGE}"
    return f"{value}; SameSite=Lax{secure}"


def _hash_address(endpoint: Endpoint) -> str:
    return hashlib.sha256(endpoint.url.encode()).hexdigest()[:32]
