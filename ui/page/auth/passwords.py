"""Where the password of the page comes from: never from the command line, which others can see."""

from __future__ import annotations

import getpass
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from index.document import Message
from index.errors import TongzhuError
from ui.messages import cli
from ui.messages.cli import Language, filled, say
from ui.page.auth.sessions import Key
from ui.service import limits

VARIABLE = "TONGZHU_PASSWORD"
_SECRET = 32  # bytes


class PasswordError(TongzhuError):
    """The page cannot be locked with what was given."""


def key_of(
    wanted: bool,
    file: Path | None,
    environ: Mapping[str, str],
    kept: Path,
    ask: Callable[[str], str] = getpass.getpass,
    *,
    language: Language,
) -> Key | None:
    """The key of the page; None if nobody asked for one.

    Args:
        wanted: Whether it shall be locked, even if neither of the following has a password: it is
            then asked for.
        file: A file with nothing in it but the password.
        environ: May have it as TONGZHU_PASSWORD.
        kept: The file that keeps what signs sessions; made if it is not there.
        ask: Asks a person at a terminal for a password, with these words.
        language: That person's.

    Raises:
        PasswordError: If there is none, it is too short, or a file cannot be used.
    """
    if file is not None:
        password = _read(file)
    elif VARIABLE in environ:
        password = environ[VARIABLE]
    elif wanted:
        password = _ask(ask, language)
    else:
        return None
    if len(password) < limits.PASSWORD:
        raise _error(filled(cli.PASSWORD_SHORT, number=limits.PASSWORD))
    return Key(password, _secret(kept))


def _ask(ask: Callable[[str], str], language: Language) -> str:
    if not sys.stdin.isatty():
        raise _error(cli.PASSWORD_NOWHERE)
    password = ask(say(cli.PASSWORD_PROMPT, language))
    if ask(say(cli.PASSWORD_AGAIN, language)) != password:
        raise _error(cli.PASSWORD_DIFFERS)
    return password


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _error(filled(cli.PASSWORD_FILE, path=file, reason=error)) from error


def _secret(kept: Path) -> bytes:
    """Bytes that nobody else knows; the same ones every time."""
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(secrets.token_bytes(_SECRET))
        found = kept.read_bytes()
    except OSError as error:
        raise _error(filled(cli.PASSWORD_FILE, path=kept, reason=error)) from error
    if len(found) < _SECRET:
        raise _error(filled(cli.SECRET_SHORT, path=kept))
    return found


def _error(message: Message) -> PasswordError:
    return PasswordError(message.en, message.zh)
