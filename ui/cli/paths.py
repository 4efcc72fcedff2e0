"""Where things are kept, when nobody says so."""

from __future__ import annotations

import os
from pathlib import Path


def data_path() -> Path:
    """The folder of TONGZHU_DATA, else one in the user's data."""
    if configured := os.environ.get("TONGZHU_DATA"):
        return Path(configured)
    from platformdirs import user_data_path

    return user_data_path("tongzhu", appauthor=False)


def library_path(named: Path | None) -> Path:
    """The folder that was named, else that of TONGZHU_LIBRARY, else one in the user's data."""
    if named is not None:
        return named
    if configured := os.environ.get("TONGZHU_LIBRARY"):
        return Path(configured)
    return data_path() / "library"


def conversations_path() -> Path:
    """The file that keeps what visitors of the page asked."""
    return data_path() / "conversations.sqlite3"


def session_path() -> Path:
    """The file that keeps what signs the sessions of visitors who gave the password."""
    return data_path() / "session.key"
