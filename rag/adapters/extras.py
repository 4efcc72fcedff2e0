"""Optional dependencies: an error that names the extra to install."""

from __future__ import annotations

from index.errors import TongzhuError
from index.messages import MessageCatalogue

_MESSAGES = MessageCatalogue("rag", "errors")


class ExtraError(TongzhuError, ImportError):
    """Packages that a part of Tongzhu needs are not installed."""


def build_extra_error(extra: str, error: ImportError) -> ExtraError:
    """Return the error for packages of an extra that cannot be imported.

    Args:
        extra: The name of the extra.
        error: The error of the import.
    """
    return ExtraError(_MESSAGES["missing_extra"].format(error=error, extra=extra))
