"""What opens a page that is locked: a password, and the sessions of those who know it."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time

SESSION_SECONDS = 30 * 24 * 3600
"""Seconds that a session lasts."""

_SESSION_TOKEN = re.compile(r"([0-9]{1,12})\.([\w-]{22})\.([0-9a-f]{64})", re.ASCII)


class SessionSigner:
    """A password, and the sessions of those who know it. Thread-safe.

    A session is signed, not kept: it stays good over a restart while the password is the same.

    Args:
        password: What opens.
        secret: What signs sessions, beside the password; kept over restarts by who wants them to
            outlive one.
    """

    def __init__(self, password: str, secret: bytes) -> None:
        self._password_hash = _hash_password(password)
        self._signing_key = hmac.digest(secret, self._password_hash, "sha256")
        self._revoked: set[str] = set()

    def check_password(self, password: str) -> bool:
        """Whether this is the password, in a time that does not depend on it."""
        return hmac.compare_digest(_hash_password(password), self._password_hash)

    def create_session(self) -> str:
        """A session that begins now."""
        payload = f"{int(time.time()) + SESSION_SECONDS}.{secrets.token_urlsafe(16)}"
        return f"{payload}.{self._sign(payload)}"

    def is_valid(self, session: str) -> bool:
        """Whether a session is one of ours, and not over."""
        parsed = _SESSION_TOKEN.fullmatch(session)
        if not parsed:
            return False
        expires_at, nonce, signature = parsed.groups()
        is_authentic = hmac.compare_digest(signature, self._sign(f"{expires_at}.{nonce}"))
        return is_authentic and int(expires_at) > time.time() and nonce not in self._revoked

    def revoke(self, session: str) -> None:
        """Ends a session."""
        if self.is_valid(session):
            self._revoked.add(session.split(".")[1])

    def _sign(self, text: str) -> str:
        return hmac.digest(self._signing_key, text.encode(), "sha256").hex()


def _hash_password(password: str) -> bytes:
    return hashlib.sha256(password.encode("utf-8", "surrogatepass")).digest()
