"""The password of the page, which never stands on the command line, where others could see it."""

from __future__ import annotations

import getpass
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from index.errors import TongzhuError
from index.input_files import read_file
from index.messages import Language, MessageCatalogue
from ui.conversations.database import Database
from ui.page.auth.sessions import RevokedSessions, SessionSigner
from ui.service import limits

_MESSAGES = MessageCatalogue("ui", "cli")

ENVIRONMENT_VARIABLE = "TONGZHU_PASSWORD"
_SECRET_BYTES = 32
_REVOKED_FILE = "sessions.sqlite3"  # beside the secret


class PasswordError(TongzhuError):
    """The password that was given cannot be used."""


def create_signer(
    is_required: bool,
    password_file: Path | None,
    environ: Mapping[str, str],
    session_keys: Path | Database,
    prompt: Callable[[str], str] = getpass.getpass,
    *,
    language: Language,
) -> SessionSigner | None:
    """Return what checks the page's password; None if there is to be none.

    Args:
        is_required: Whether to ask for a password if neither file nor environment has one.
        password_file: A file that holds nothing but the password.
        environ: The environment; it may hold the password as TONGZHU_PASSWORD.
        session_keys: The file with the secret that signs sessions, created if it does not exist,
            as is the file of the revoked sessions beside it; or the database that keeps both for
            several servers.
        prompt: Asks a person at a terminal for a password; takes the text to show.
        language: That person's.

    Raises:
        PasswordError: If there is no password, it is too short, or a file cannot be used.
        StorageError: If the file of the revoked sessions, or the database, cannot be used.
    """
    if password_file is not None:
        password = _read_password_file(password_file)
    elif ENVIRONMENT_VARIABLE in environ:
        password = environ[ENVIRONMENT_VARIABLE]
    elif is_required:
        password = _prompt_password(prompt, language)
    else:
        return None
    if len(password) < limits.MIN_PASSWORD_LENGTH:
        raise PasswordError(
            _MESSAGES["password_too_short"].format(number=limits.MIN_PASSWORD_LENGTH)
        )
    if isinstance(session_keys, Path):
        secret = _load_secret(session_keys)
        revoked = RevokedSessions.open(session_keys.with_name(_REVOKED_FILE))
    else:
        secret, revoked = _share_secret(session_keys), RevokedSessions(session_keys)
    return SessionSigner(password, secret, revoked)


def _prompt_password(prompt: Callable[[str], str], language: Language) -> str:
    if not sys.stdin.isatty():
        raise PasswordError(_MESSAGES["password_missing"])
    password = prompt(_MESSAGES["password_prompt"].in_language(language))
    if prompt(_MESSAGES["password_confirm"].in_language(language)) != password:
        raise PasswordError(_MESSAGES["password_mismatch"])
    return password


def _read_password_file(file: Path) -> str:
    try:
        return read_file(file).decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise PasswordError(
            _MESSAGES["password_file_unusable"].format(path=file, reason=error)
        ) from error


def _share_secret(database: Database) -> bytes:
    """Return the secret that signs the sessions of all servers, created at the first call."""
    with database.transaction() as transaction:
        row = transaction.execute("SELECT secret FROM session_secret").fetchone()
        if row is not None:
            return bytes(row[0])
        secret = secrets.token_bytes(_SECRET_BYTES)
        transaction.execute("INSERT INTO session_secret VALUES (?)", (secret,))
    return secret


def _load_secret(secret_file: Path) -> bytes:
    """Return the secret that signs sessions, created at the first call."""
    try:
        secret_file.parent.mkdir(parents=True, exist_ok=True)
        if not secret_file.exists():
            descriptor = os.open(secret_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(secrets.token_bytes(_SECRET_BYTES))
        secret = secret_file.read_bytes()
    except OSError as error:
        raise PasswordError(
            _MESSAGES["password_file_unusable"].format(path=secret_file, reason=error)
        ) from error
    if len(secret) < _SECRET_BYTES:
        raise PasswordError(_MESSAGES["session_key_truncated"].format(path=secret_file))
    return secret
