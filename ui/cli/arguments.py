"""Arguments of the command line that are taken out before a command is run."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from ui.cli.help import COMMAND_NAMES


def find_command(arguments: list[str]) -> str | None:
    """Return the command that is named first, if one is.

    Args:
        arguments: The arguments of the command line.
    """
    return next((word for word in arguments if word in COMMAND_NAMES), None)


def find_lossy_encoding(arguments: Iterable[str]) -> str | None:
    """Return the encoding of the locale if it could not decode the arguments, else None.

    In UTF-8, which nearly every locale has, only names of files can hold such bytes.

    Args:
        arguments: The arguments of the command line.
    """
    encoding = sys.getfilesystemencoding()
    if encoding == "utf-8":
        return None
    has_undecoded = any("\udc80" <= char <= "\udcff" for word in arguments for char in word)
    return encoding if has_undecoded else None


def pop_flag(arguments: list[str], flag: str) -> bool:
    """Remove a flag from the arguments before `--`; return whether it was there.

    Args:
        arguments: The arguments of the command line.
        flag: Such as "--debug".
    """
    end = arguments.index("--") if "--" in arguments else len(arguments)
    if flag not in arguments[:end]:
        return False
    arguments.remove(flag)
    return True


def pop_option(arguments: list[str], option: str) -> str | None:
    """Remove an option from the arguments before `--`; return its value, None if it is not there.

    Args:
        arguments: The arguments of the command line.
        option: Such as "--lang".
    """
    for position, word in enumerate(arguments):
        if word == "--":
            return None
        if word == option:
            value = arguments[position + 1] if position + 1 < len(arguments) else ""
            del arguments[position : position + 2]
            return value
        if word.startswith(f"{option}="):
            del arguments[position]
            return word.partition("=")[2]
    return None
