"""What is installed only when it is asked for: an error that names the extra to install."""

from __future__ import annotations

from index.errors import TongzhuError
from index.messages import MessageCatalogue

_MESSAGES = MessageCatalogue("rag", "errors")


class ExtraError(TongzhuError, ImportError):
    """A part of Tongzhu needs packages that are not installed."""


def build_extra_error(extra: str, error: ImportError) -> ExtraError:
    """The error for packages of an extra that cannot be imported.

    Args:
        extra: Its name.
        error: What importing them raised.
    """
    return ExtraError(_MESSAGES["missing_extra"].format(error=error, extra=extra))
