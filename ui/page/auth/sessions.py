"""Sessions of those who know the page's password, as signed tokens."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from pathlib import Path

from itsdangerous import BadSignature, TimestampSigner

from ui.conversations.database import Database
from ui.conversations.sqlite import SqliteFile

SESSION_SECONDS = 30 * 24 * 3600
"""Seconds that a session lasts."""


_MIGRATIONS = (
    """
CREATE TABLE revoked_session (
    digest BLOB PRIMARY KEY,
    revoked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
""",
)


class RevokedSessions:
    """Sessions that were ended before their time, kept for as long as they would last.

    Thread-safe; processes can share the database.

    Args:
        database: What keeps them.

    Raises:
        StorageError: If the database cannot be used; by every method.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, path: Path) -> RevokedSessions:
        """Return the sessions of a file; it is created, with its folder, if it does not exist.

        Raises:
            StorageError: If the file cannot be used.
        """
        return cls(SqliteFile(path, _MIGRATIONS))

    def add(self, nonce: bytes) -> None:
        """Add a session by its nonce; those that have expired meanwhile are removed."""
        now = int(time.time())
        with self._database.transaction() as transaction:
            transaction.execute(
                "DELETE FROM revoked_session WHERE revoked_at < ?", (now - SESSION_SECONDS,)
            )
            transaction.execute(
                "INSERT INTO revoked_session VALUES (?, ?) ON CONFLICT DO NOTHING",
                (_digest_nonce(nonce), now),
            )

    def __contains__(self, nonce: bytes) -> bool:
        """Return whether a session was ended."""
        query = "SELECT 1 FROM revoked_session WHERE digest = ?"
        return bool(self._database.fetch_rows(query, _digest_nonce(nonce)))

    def close(self) -> None:
        """Close the database."""
        self._database.close()


class SessionSigner:
    """The page's password, and signed sessions for those who give it. Thread-safe.

    Sessions are not stored: a session token stays valid over a restart while the password and the
    secret are the same, unless the session was revoked.

    Args:
        password: The page's password.
        secret: Random bytes; kept over restarts by callers that want sessions to outlive them.
        revoked: The sessions that were revoked; kept over restarts as the secret is.
    """

    def __init__(self, password: str, secret: bytes, revoked: RevokedSessions) -> None:
        self._password_hash = _hash_password(password)
        signing_key = hmac.digest(secret, self._password_hash, "sha256")
        self._signer = TimestampSigner(
            signing_key, b"tongzhu.session", digest_method=hashlib.sha256
        )
        self._revoked = revoked

    def check_password(self, password: str) -> bool:
        """Return whether this is the password, in a time that does not depend on it."""
        return hmac.compare_digest(_hash_password(password), self._password_hash)

    def create_session(self) -> str:
        """Return the token of a session that begins now."""
        return self._signer.sign(secrets.token_urlsafe(16)).decode()

    def is_valid(self, session: str) -> bool:
        """Return whether a session token is one of ours, not expired and not revoked.

        Raises:
            StorageError: If it cannot be known.
        """
        nonce = self._verify(session)
        return nonce is not None and nonce not in self._revoked

    def revoke(self, session: str) -> None:
        """End a session.

        Raises:
            StorageError: If that cannot be stored: the session lasts on.
        """
        if nonce := self._verify(session):
            self._revoked.add(nonce)

    def close(self) -> None:
        """Close the database of the revoked sessions."""
        self._revoked.close()

    def _verify(self, session: str) -> bytes | None:
        """Return the nonce of a session; None if its signature is wrong or its time is over."""
        try:
            return self._signer.unsign(session, max_age=SESSION_SECONDS)
        except BadSignature:
            return None


def _digest_nonce(nonce: bytes) -> bytes:
    return hashlib.sha256(nonce).digest()


def _hash_password(password: str) -> bytes:
    return hashlib.sha256(password.encode("utf-8", "surrogatepass")).digest()
