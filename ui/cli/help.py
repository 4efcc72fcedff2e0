"""The help of the command line and its words about wrong usage, in the reader's language."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Sequence
from typing import Protocol

from index.messages import Language, Message
from ui.cli.line_breaks import find_line_breaks
from ui.cli.output import get_line_width, print_line
from ui.messages import cli, cli_ask, cli_feedback, cli_glossary


class Parameter(Protocol):
    """What Typer knows of an argument or an option, as far as it is used here."""

    name: str | None
    opts: list[str]
    metavar: str | None
    param_type_name: str


COMMAND_DESCRIPTIONS: dict[str, Message] = {
    "inspect": cli.INSPECT,
    "index": cli.INDEX,
    "remove": cli.REMOVE,
    "list": cli.LIST,
    "ask": cli.ASK,
    "chat": cli.CHAT,
    "serve": cli.SERVE,
    "mcp": cli.MCP,
    "glossary": cli_glossary.GLOSSARY,
    "eval": cli.EVAL,
    "feedback": cli_feedback.FEEDBACK,
}
PARAMETER_HELP: dict[str, Message] = {
    "help": cli.HELP_HELP,
    "version": cli.HELP_VERSION,
    "lang": cli.HELP_LANG,
    "debug": cli.HELP_DEBUG,
    "library": cli.HELP_LIBRARY,
    "model": cli.HELP_MODEL,
    "as_json": cli.HELP_JSON,
    "k": cli.HELP_K,
    "with_explanation": cli.HELP_EXPLAIN,
    "history": cli_ask.HELP_HISTORY,
    "publication": cli_ask.HELP_PUBLICATION,
    "article": cli_ask.HELP_ARTICLE,
    "author": cli_ask.HELP_AUTHOR,
    "topic": cli_ask.HELP_TOPIC,
    "after": cli_ask.HELP_AFTER,
    "before": cli_ask.HELP_BEFORE,
    "files": cli.HELP_FILES,
    "paths": cli.HELP_PATHS,
    "publications": cli.HELP_IDS,
    "question": cli.HELP_QUESTION,
    "words": cli_glossary.HELP_WORDS,
    "add": cli_glossary.HELP_ADD,
    "remove": cli_glossary.HELP_REMOVE,
    "host": cli.HELP_HOST,
    "port": cli.HELP_PORT,
    "uploads": cli.HELP_UPLOADS,
    "auth": cli.HELP_AUTH,
    "auth_file": cli.HELP_AUTH_FILE,
    "http": cli.HELP_HTTP,
    "keys": cli.HELP_KEY,
    "key_file": cli.HELP_KEY_FILE,
    "hosts": cli.HELP_HOSTS,
    "origins": cli.HELP_ORIGINS,
    "rate": cli.HELP_RATE,
    "seconds": cli.HELP_SECONDS,
    "answers": cli.HELP_ANSWERS,
    "name": cli.HELP_SET,
    "paragraphs": cli.HELP_PARAGRAPHS,
    "split": cli.HELP_SPLIT,
    "baselines": cli.HELP_BASELINES,
    "against": cli.HELP_AGAINST,
    "report": cli.HELP_REPORT,
    "export": cli_feedback.HELP_EXPORT,
}
GLOBAL_OPTIONS = (
    ("--lang zh|en", "lang"),
    ("--debug", "debug"),
    ("--version", "version"),
    ("--help", "help"),
)
EXAMPLES: dict[str | None, tuple[Message, ...]] = {
    None: (
        Message("tongzhu chat", "tongzhu chat"),
        Message("tongzhu index issues/", "tongzhu index 期刊/"),
        Message('tongzhu ask "What did soundproofing cost?"', 'tongzhu ask "隔音花了多少錢？"'),
    ),
    "inspect": (Message("tongzhu inspect issue-12.txt", "tongzhu inspect 第12期.txt"),),
    "index": (Message("tongzhu index issue-12.txt more/", "tongzhu index 第12期.txt 其他期/"),),
    "remove": (Message("tongzhu remove issue-12.txt", "tongzhu remove 第12期.txt"),),
    "list": (Message("tongzhu list", "tongzhu list"),),
    "ask": (
        Message('tongzhu ask "What did soundproofing cost?"', 'tongzhu ask "隔音花了多少錢？"'),
        Message(
            'tongzhu ask -k 1 --json "Who wrote about tides?"',
            'tongzhu ask -k 1 --json "誰寫過潮汐？"',
        ),
        Message(
            'tongzhu ask --explain "What caused the fire?"',
            'tongzhu ask --explain "火災的起因是什麼？"',
        ),
        Message(
            'tongzhu ask --author Yu --history "Who pays for the bridge?" "And before 2021?"',
            'tongzhu ask --author 尤承謙 --history "大橋公投結果如何？" "那後來呢？"',
        ),
    ),
    "chat": (Message("tongzhu chat --port 8000", "tongzhu chat --port 8000"),),
    "serve": (
        Message("tongzhu serve --api-key-file keys.txt", "tongzhu serve --api-key-file 金鑰.txt"),
    ),
    "mcp": (
        Message("tongzhu mcp --library issues", "tongzhu mcp --library 期刊"),
        Message("tongzhu mcp --http --port 8001", "tongzhu mcp --http --port 8001"),
    ),
    "glossary": (
        Message("tongzhu glossary CBMs", "tongzhu glossary CBMs"),
        Message("tongzhu glossary --add terms.txt", "tongzhu glossary --add 詞彙.txt"),
    ),
    "eval": (
        Message("tongzhu eval sample", "tongzhu eval sample"),
        Message(
            "tongzhu eval questions.jsonl --baselines all --report figures",
            "tongzhu eval 題組.jsonl --baselines all --report 指標",
        ),
    ),
    "feedback": (Message("tongzhu feedback --export answers", "tongzhu feedback --export 意見"),),
}
_COLUMN_GAP = 3


def print_help(name: str | None, parameters: Sequence[Parameter], language: Language) -> None:
    """Prints what a command takes and does, and an example; the whole command line for None."""
    arguments = [(_format_parameter(item), item.name) for item in parameters if _is_argument(item)]
    options = [
        (_format_parameter(item), item.name) for item in parameters if not _is_argument(item)
    ]
    placeholders = (
        [placeholder for placeholder, _ in arguments]
        if name
        else [cli.COMMAND_PLACEHOLDER.in_language(language)]
    )
    usage_parts = [
        "tongzhu",
        *filter(None, [name]),
        cli.OPTIONS_PLACEHOLDER.in_language(language),
        *placeholders,
    ]
    usage = cli.USAGE.in_language(language)
    print_line(cli.LABELLED.in_language(language, label=usage, value=" ".join(usage_parts)))
    print_line()
    _print_wrapped(
        (COMMAND_DESCRIPTIONS[name] if name else cli.PROGRAM_DESCRIPTION).in_language(language), 0
    )
    if not name:
        commands = [
            (item, description.in_language(language))
            for item, description in COMMAND_DESCRIPTIONS.items()
        ]
        _print_table(cli.COMMANDS.in_language(language), commands)
    _print_table(cli.ARGUMENTS.in_language(language), _add_descriptions(arguments, language))
    _print_table(
        cli.OPTIONS.in_language(language), _add_descriptions([*options, *GLOBAL_OPTIONS], language)
    )
    examples = [(example.in_language(language), "") for example in EXAMPLES[name]]
    _print_table(cli.EXAMPLE.in_language(language), examples)
    if not name:
        print_line()
        print_line(cli.HELP_OF_COMMAND.in_language(language))


def _add_descriptions(
    rows: Sequence[tuple[str, str | None]], language: Language
) -> list[tuple[str, str]]:
    return [(term, PARAMETER_HELP[name or ""].in_language(language)) for term, name in rows]


def _print_table(heading: str, rows: Sequence[tuple[str, str]]) -> None:
    if not rows:
        return
    print_line()
    print_line(heading)
    column = 2 + max(len(term) for term, _ in rows) + _COLUMN_GAP
    for term, description in rows:
        if description:
            _print_wrapped(description, column, first_margin="  " + term)
        else:
            print_line("  " + term)


def _print_wrapped(text: str, indent: int, first_margin: str = "") -> None:
    breaks = [0, *find_line_breaks(text, max(get_line_width() - indent, 20)), len(text)]
    for line_number, (start, end) in enumerate(itertools.pairwise(breaks)):
        margin = first_margin.ljust(indent) if line_number == 0 else " " * indent
        print_line(margin + text[start:end].rstrip())


def format_usage_error(error: Exception, language: Language) -> str:
    """One line about a command line that cannot be understood.

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
        sentences.append(cli.UNKNOWN_OPTION.in_language(language, name=error.option_name))
        suggestions = sorted(getattr(error, "possibilities", None) or [])
    elif unknown_command:
        sentences.append(cli.UNKNOWN_COMMAND.in_language(language, name=unknown_command[1]))
        suggestions = difflib.get_close_matches(unknown_command[1], COMMAND_DESCRIPTIONS, n=1)
    elif extra_arguments:
        sentences.append(cli.EXTRA_ARGUMENTS.in_language(language, words=extra_arguments[1]))
    elif parameter is None:
        sentences.append(cli.BAD_USAGE.in_language(language, reason=reason))
    elif type(error).__name__ == "MissingParameter":
        sentences.append(
            cli.MISSING_PARAMETER.in_language(language, name=_format_parameter(parameter))
        )
    elif parameter.metavar == "DAY":
        sentences.append(
            cli_ask.INVALID_DATE.in_language(language, name=_format_parameter(parameter))
        )
    else:
        low, high = getattr(parameter, "min", None), getattr(parameter, "max", None)
        name = _format_parameter(parameter)
        sentences.append(cli.INVALID_NUMBER.in_language(language, name=name, low=low, high=high))
    if suggestions:
        sentences.append(cli.DID_YOU_MEAN.in_language(language, names=", ".join(suggestions)))
    path = context.command_path if context else "tongzhu"
    sentences.append(cli.SEE_HELP.in_language(language, command=path))
    return (" " if language == "en" else "").join(sentences)


def _is_argument(parameter: Parameter) -> bool:
    return parameter.param_type_name == "argument"


def _format_parameter(parameter: Parameter) -> str:
    """A parameter as a user writes it: --port NUMBER, QUESTION."""
    names = [] if _is_argument(parameter) else [", ".join(parameter.opts)]
    return " ".join([*names, *filter(None, [parameter.metavar])])
