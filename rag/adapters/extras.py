"""What is installed only when it is asked for: an error that names the extra to install."""

from __future__ import annotations

from index.errors import TongzhuError


class ExtraError(TongzhuError, ImportError):
    """A part of Tongzhu needs packages that are not installed."""


def build_extra_error(extra: str, error: ImportError) -> ExtraError:
    """The error for packages of an extra that cannot be imported.

    Args:
        extra: Its name.
        error: What importing them raised.
    """
    return ExtraError(
        f"{error}; install the extra that brings it: pip install 'tongzhu[{extra}]'",
        f"{error}；請安裝所需的附加套件：pip install 'tongzhu[{extra}]'",
    )
