"""What opens a page that is locked: a password, and the sessions of those who know it."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time

LASTS = 30 * 24 * 3600
"""Seconds that a session lasts."""

_PASS = re.compile(r"([0-9]{1,12})\.([\w-]{22})\.([0-9a-f]{64})", re.ASCII)


class Key:
    """A password, and the sessions of those who know it. Thread-safe.

    A session is signed, not kept: it stays good over a restart while the password is the same.

    Args:
        password: What opens.
        secret: What signs sessions, beside the password; kept over restarts by who wants them to
            outlive one.
    """

    def __init__(self, password: str, secret: bytes) -> None:
        self._digest = _digest(password)
        self._signing = hmac.digest(secret, self._digest, "sha256")
        self._left: set[str] = set()

    def opens(self, given: str) -> bool:
        """Whether this is the password, in a time that does not depend on it."""
        return hmac.compare_digest(_digest(given), self._digest)

    def new_session(self) -> str:
        """A session that begins now."""
        begun = f"{int(time.time()) + LASTS}.{secrets.token_urlsafe(16)}"
        return f"{begun}.{self._sign(begun)}"

    def admits(self, session: str) -> bool:
        """Whether a session is one of ours, and not over."""
        found = _PASS.fullmatch(session)
        if not found:
            return False
        ends, name, signature = found.groups()
        ours = hmac.compare_digest(signature, self._sign(f"{ends}.{name}"))
        return ours and int(ends) > time.time() and name not in self._left

    def leave(self, session: str) -> None:
        """Ends a session."""
        if self.admits(session):
            self._left.add(session.split(".")[1])

    def _sign(self, text: str) -> str:
        return hmac.digest(self._signing, text.encode(), "sha256").hex()


def _digest(password: str) -> bytes:
    return hashlib.sha256(password.encode("utf-8", "surrogatepass")).digest()
