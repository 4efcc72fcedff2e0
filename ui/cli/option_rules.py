"""Which options of the command line can be given together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import product

from index.messages import Message, MessageCatalogue

_MESSAGES = MessageCatalogue("ui", "cli")

_EXPORTS = ("--passages", "--sources", "--word")
_WRITING = ("--write", "--translate")
_HTTP_OPTIONS = (
    *("--host", "--port", "--api-key", "--api-key-file", "--allowed-host", "--allowed-origin"),
    *("--trusted-proxy", "--rate", "--store"),
)

_EXCLUSIVE: Mapping[str, Sequence[tuple[Sequence[str], Sequence[str]]]] = {
    "ask": (
        *((_EXPORTS[:index], [name]) for index, name in enumerate(_EXPORTS)),
        (_EXPORTS, ("--json", "--explain", *_WRITING)),
        (["--supported-only"], ["--json"]),
    ),
    "works": ((("--by", "--json"), ["--format"]),),
    "list": (
        (["--stats"], ("--format", "--publication", "--article")),
        (["--format"], ["--json"]),
    ),
    "glossary": ((("--remove", "--json"), ["--add"]), (["--remove"], ["--json"])),
    "eval": ((["--written"], ("--baselines", "--against")),),
}
"""Of each command, pairs of groups of which no two options can be given together."""

_DEPENDENT: Mapping[str, Sequence[tuple[Sequence[str], Sequence[str]]]] = {
    "ask": ((("--llm", "--supported-only"), _WRITING),),
    "eval": ((("--llm", "--sample"), ["--written"]),),
    "mcp": ((_HTTP_OPTIONS, ["--http"]),),
}
"""Of each command, options and those of which one must be given with them."""


def find_conflict(command: str, given: Collection[str]) -> Message | None:
    """Return what is wrong with the options of a command line; None if they go together.

    Args:
        command: The command.
        given: The names of the options that were given, such as "--json".
    """
    for pair in _EXCLUSIVE.get(command, ()):
        for first, second in product(*pair):
            if first in given and second in given:
                return _MESSAGES["exclusive_options"].format(first=first, second=second)
    for options, needed in _DEPENDENT.get(command, ()):
        given_option = next((option for option in options if option in given), None)
        if given_option and not set(needed) & set(given):
            return _MESSAGES["dependent_option"].format(
                option=given_option, needed=" / ".join(needed)
            )
    return None
