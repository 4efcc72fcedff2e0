"""Help and usage errors of the command line, in the reader's language."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Sequence
from typing import Protocol

from index.messages import Language, MessageCatalogue
from ui.cli.line_breaks import find_line_breaks
from ui.cli.output import get_line_width, print_line

_HELP_MESSAGES = MessageCatalogue("ui", "help")
_CLI_MESSAGES = MessageCatalogue("ui", "cli")


class Parameter(Protocol):
    """The attributes of Typer's arguments and options that are used here."""

    name: str | None
    opts: list[str]
    secondary_opts: list[str]
    default: object
    metavar: str | None
    param_type_name: str


COMMAND_NAMES = (
    "inspect",
    "index",
    "remove",
    "compact",
    "list",
    "works",
    "ask",
    "chat",
    "serve",
    "mcp",
    "glossary",
    "eval",
    "feedback",
)
ANSWERING_COMMANDS = ("ask", "chat", "serve", "mcp", "eval")
"""The commands that answer questions, and so take the options of `ANSWERING_OPTIONS`."""

ANSWERING_OPTIONS = (("--reranker MODEL", "reranker"), ("--no-reader", "no_reader"))
GLOBAL_OPTIONS = (
    ("--lang LANGUAGE", "lang"),
    ("--debug", "debug"),
    ("--version", "version"),
    ("--help", "help"),
)
_COLUMN_GAP = 3
_MIN_COLUMN = 20  # cells; narrower descriptions stand below what they describe


def print_help(name: str | None, parameters: Sequence[Parameter], language: Language) -> None:
    """Print the help of a command; that of the whole command line for None."""
    arguments = [_describe(item, language) for item in parameters if _is_argument(item)]
    options = [_describe(item, language) for item in parameters if not _is_argument(item)]
    placeholders = (
        [placeholder for placeholder, _ in arguments]
        if name
        else [_HELP_MESSAGES["command_placeholder"].in_language(language)]
    )
    usage_parts = [
        "tongzhu",
        *filter(None, [name]),
        _HELP_MESSAGES["options_placeholder"].in_language(language),
        *placeholders,
    ]
    print_line(_HELP_MESSAGES["usage"].in_language(language, usage=" ".join(usage_parts)))
    print_line()
    description = _HELP_MESSAGES[f"command.{name}" if name else "program_description"]
    _print_wrapped(description.in_language(language), 0)
    if not name:
        commands = [
            (command, _HELP_MESSAGES[f"command.{command}"].in_language(language))
            for command in COMMAND_NAMES
        ]
        _print_table(_HELP_MESSAGES["commands"].in_language(language), commands)
    _print_table(_HELP_MESSAGES["arguments"].in_language(language), arguments)
    options += [
        (term, _HELP_MESSAGES[f"parameter.{key}"].in_language(language))
        for term, key in (
            *(ANSWERING_OPTIONS if name in ANSWERING_COMMANDS else ()),
            *GLOBAL_OPTIONS,
        )
    ]
    _print_table(_HELP_MESSAGES["options"].in_language(language), options)
    examples = _HELP_MESSAGES[f"examples.{name or 'tongzhu'}"].in_language(language).splitlines()
    _print_table(
        _HELP_MESSAGES["example"].in_language(language), [(example, "") for example in examples]
    )
    if not name:
        print_line()
        print_line(_HELP_MESSAGES["help_of_command"].in_language(language))


def _describe(parameter: Parameter, language: Language) -> tuple[str, str]:
    """Return a parameter as a user writes it, and what it does, with its default."""
    description = _HELP_MESSAGES[f"parameter.{parameter.name}"].in_language(language)
    default = parameter.default
    if isinstance(default, str | int) and not isinstance(default, bool) and default != "":
        description = _HELP_MESSAGES["default"].in_language(
            language, description=description, value=default
        )
    return _format_parameter(parameter), description


def _print_table(heading: str, rows: Sequence[tuple[str, str]]) -> None:
    if not rows:
        return
    print_line()
    print_line(heading)
    column = 2 + max(len(term) for term, _ in rows) + _COLUMN_GAP
    is_narrow = get_line_width() - column < _MIN_COLUMN
    for term, description in rows:
        if description and not is_narrow:
            _print_wrapped(description, column, first_margin="  " + term)
        else:
            print_line("  " + term)
            if description:
                _print_wrapped(description, 2 + _COLUMN_GAP)


def _print_wrapped(text: str, indent: int, first_margin: str = "") -> None:
    breaks = [0, *find_line_breaks(text, max(get_line_width() - indent, _MIN_COLUMN)), len(text)]
    for line_number, (start, end) in enumerate(itertools.pairwise(breaks)):
        margin = first_margin.ljust(indent) if line_number == 0 else " " * indent
        print_line(margin + text[start:end].rstrip())


def format_usage_error(error: Exception, language: Language) -> str:
    """Return one line about a command line that cannot be understood.

    Args:
        error: A usage error of Typer: it carries `option_name` for an unknown option, `param` for
            an option or argument that is missing or of the wrong kind, `ctx` for the command.
        language: Of the reader.
    """
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    reason = str(getattr(error, "message", error))
    unknown_command = re.match(r"No such command '(.*?)'\.", reason)
    extra_arguments = re.match(r"Got unexpected extra argument.*? \((.*)\)", reason)
    sentences: list[str] = []
    suggestions: list[str] = []
    if hasattr(error, "option_name") and reason.startswith("No such option"):
        sentences.append(
            _CLI_MESSAGES["unknown_option"].in_language(language, name=error.option_name)
        )
        suggestions = sorted(getattr(error, "possibilities", None) or [])
    elif unknown_command:
        sentences.append(
            _CLI_MESSAGES["unknown_command"].in_language(language, name=unknown_command[1])
        )
        suggestions = difflib.get_close_matches(unknown_command[1], COMMAND_NAMES, n=1)
    elif extra_arguments:
        sentences.append(
            _CLI_MESSAGES["extra_arguments"].in_language(language, words=extra_arguments[1])
        )
    elif parameter is None:
        sentences.append(_CLI_MESSAGES["bad_usage"].in_language(language, reason=reason))
    elif type(error).__name__ == "MissingParameter":
        sentences.append(
            _CLI_MESSAGES["missing_parameter"].in_language(
                language, name=_format_parameter(parameter)
            )
        )
    elif parameter.metavar == "DAY":
        sentences.append(
            _CLI_MESSAGES["invalid_date"].in_language(language, name=_format_parameter(parameter))
        )
    else:
        low, high = getattr(parameter, "min", None), getattr(parameter, "max", None)
        name = _format_parameter(parameter)
        sentences.append(
            _CLI_MESSAGES["invalid_number"].in_language(language, name=name, low=low, high=high)
        )
    if suggestions:
        sentences.append(
            _CLI_MESSAGES["did_you_mean"].in_language(language, names=", ".join(suggestions))
        )
    path = context.command_path if context else "tongzhu"
    sentences.append(_CLI_MESSAGES["see_help"].in_language(language, command=path))
    return (" " if language == "en" else "").join(sentences)


def _is_argument(parameter: Parameter) -> bool:
    return parameter.param_type_name == "argument"


def _format_parameter(parameter: Parameter) -> str:
    """Return a parameter as a user writes it: --port NUMBER, QUESTION."""
    spellings = [*parameter.opts, *parameter.secondary_opts]
    names = [] if _is_argument(parameter) else [", ".join(spellings)]
    return " ".join([*names, *filter(None, [parameter.metavar])])
