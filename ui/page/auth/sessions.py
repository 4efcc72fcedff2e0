"""Sessions of those who know the page's password, as signed tokens."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from itsdangerous import BadSignature, TimestampSigner

SESSION_SECONDS = 30 * 24 * 3600
"""Seconds that a session lasts."""


class SessionSigner:
    """The page's password, and signed sessions for those who give it. Thread-safe.

    Sessions are not stored: a session token stays valid over a restart while the password and the
    secret are the same. The end of a session before its time is known to this process alone.

    Args:
        password: The page's password.
        secret: Random bytes; kept over restarts by callers that want sessions to outlive them.
    """

    def __init__(self, password: str, secret: bytes) -> None:
        self._password_hash = _hash_password(password)
        signing_key = hmac.digest(secret, self._password_hash, "sha256")
        self._signer = TimestampSigner(
            signing_key, b"tongzhu.session", digest_method=hashlib.sha256
        )
        self._revoked: set[bytes] = set()

    def check_password(self, password: str) -> bool:
        """Return whether this is the password, in a time that does not depend on it."""
        return hmac.compare_digest(_hash_password(password), self._password_hash)

    def create_session(self) -> str:
        """Return the token of a session that begins now."""
        return self._signer.sign(secrets.token_urlsafe(16)).decode()

    def is_valid(self, session: str) -> bool:
        """Return whether a session token is one of ours, not expired and not revoked."""
        nonce = self._verify(session)
        return nonce is not None and nonce not in self._revoked

    def revoke(self, session: str) -> None:
        """End a session."""
        if nonce := self._verify(session):
            self._revoked.add(nonce)

    def _verify(self, session: str) -> bytes | None:
        """Return the nonce of a session; None if its signature is wrong or its time is over."""
        try:
            return self._signer.unsign(session, max_age=SESSION_SECONDS)
        except BadSignature:
            return None


def _hash_password(password: str) -> bytes:
    return hashlib.sha256(password.encode("utf-8", "surrogatepass")).digest()
