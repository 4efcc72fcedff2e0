"""The default paths of the library and of the page's data."""

from __future__ import annotations

import os
from pathlib import Path


def get_data_path() -> Path:
    """Return the folder of TONGZHU_DATA, else one in the user's data."""
    if configured := os.environ.get("TONGZHU_DATA"):
        return Path(configured)
    from platformdirs import user_data_path

    return user_data_path("tongzhu", appauthor=False)


def resolve_library_path(folder: Path | None) -> Path:
    """Return the folder that was named, else TONGZHU_LIBRARY, else one in the user's data."""
    if folder is not None:
        return folder
    if configured := os.environ.get("TONGZHU_LIBRARY"):
        return Path(configured)
    return get_data_path() / "library"


def get_conversations_path() -> Path:
    """Return the file that keeps the conversations of the page."""
    return get_data_path() / "conversations.sqlite3"


def get_session_key_path() -> Path:
    """Return the file with the key that signs the sessions of the page."""
    return get_data_path() / "session.key"
