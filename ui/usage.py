"""The help of the command line and its words about wrong usage, in the reader's language."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Sequence
from typing import Protocol

from index.document import Message
from ui import ask_strings, feedback_strings, glossary_strings, strings
from ui.output import print_line, screen_width
from ui.strings import Language, say
from ui.wrap import line_breaks


class Parameter(Protocol):
    """What Typer knows of an argument or an option, as far as it is used here."""

    name: str | None
    opts: list[str]
    metavar: str | None
    param_type_name: str


ABOUT: dict[str, Message] = {
    "inspect": strings.INSPECT,
    "index": strings.INDEX,
    "remove": strings.REMOVE,
    "list": strings.LIST,
    "ask": strings.ASK,
    "chat": strings.CHAT,
    "serve": strings.SERVE,
    "mcp": strings.MCP,
    "glossary": glossary_strings.GLOSSARY,
    "eval": strings.EVAL,
    "feedback": feedback_strings.FEEDBACK,
}
PARAMETERS: dict[str, Message] = {
    "help": strings.HELP_HELP,
    "version": strings.HELP_VERSION,
    "lang": strings.HELP_LANG,
    "debug": strings.HELP_DEBUG,
    "library": strings.HELP_LIBRARY,
    "model": strings.HELP_MODEL,
    "as_json": strings.HELP_JSON,
    "k": strings.HELP_K,
    "explained": strings.HELP_EXPLAIN,
    "history": ask_strings.HELP_HISTORY,
    "publication": ask_strings.HELP_PUBLICATION,
    "article": ask_strings.HELP_ARTICLE,
    "author": ask_strings.HELP_AUTHOR,
    "topic": ask_strings.HELP_TOPIC,
    "after": ask_strings.HELP_AFTER,
    "before": ask_strings.HELP_BEFORE,
    "files": strings.HELP_FILES,
    "paths": strings.HELP_PATHS,
    "publications": strings.HELP_IDS,
    "question": strings.HELP_QUESTION,
    "words": glossary_strings.HELP_WORDS,
    "add": glossary_strings.HELP_ADD,
    "remove": glossary_strings.HELP_REMOVE,
    "host": strings.HELP_HOST,
    "port": strings.HELP_PORT,
    "uploads": strings.HELP_UPLOADS,
    "auth": strings.HELP_AUTH,
    "auth_file": strings.HELP_AUTH_FILE,
    "http": strings.HELP_HTTP,
    "keys": strings.HELP_KEY,
    "key_file": strings.HELP_KEY_FILE,
    "hosts": strings.HELP_HOSTS,
    "origins": strings.HELP_ORIGINS,
    "rate": strings.HELP_RATE,
    "seconds": strings.HELP_SECONDS,
    "answers": strings.HELP_ANSWERS,
    "name": strings.HELP_SET,
    "paragraphs": strings.HELP_PARAGRAPHS,
    "split": strings.HELP_SPLIT,
    "baselines": strings.HELP_BASELINES,
    "against": strings.HELP_AGAINST,
    "report": strings.HELP_REPORT,
    "export": feedback_strings.HELP_EXPORT,
}
EVERYWHERE = (
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
_GAP = 3


def print_help(name: str | None, parameters: Sequence[Parameter], language: Language) -> None:
    """Prints what a command takes and does, and an example; the whole command line for None."""
    arguments = [(_shown_name(each), each.name) for each in parameters if _is_argument(each)]
    options = [(_shown_name(each), each.name) for each in parameters if not _is_argument(each)]
    places = [place for place, _ in arguments] if name else [say(strings.COMMAND_PLACE, language)]
    words = ["tongzhu", *filter(None, [name]), say(strings.OPTIONS_PLACE, language), *places]
    usage = say(strings.USAGE, language)
    print_line(say(strings.LABELLED, language, label=usage, value=" ".join(words)))
    print_line()
    _print_wrapped(say(ABOUT[name] if name else strings.ABOUT, language), 0)
    if not name:
        commands = [(each, say(about, language)) for each, about in ABOUT.items()]
        _print_table(say(strings.COMMANDS, language), commands)
    _print_table(say(strings.ARGUMENTS, language), _worded(arguments, language))
    _print_table(say(strings.OPTIONS, language), _worded([*options, *EVERYWHERE], language))
    examples = [(say(example, language), "") for example in EXAMPLES[name]]
    _print_table(say(strings.EXAMPLE, language), examples)
    if not name:
        print_line()
        print_line(say(strings.HELP_OF_COMMAND, language))


def _worded(rows: Sequence[tuple[str, str | None]], language: Language) -> list[tuple[str, str]]:
    return [(left, say(PARAMETERS[name or ""], language)) for left, name in rows]


def _print_table(heading: str, rows: Sequence[tuple[str, str]]) -> None:
    if not rows:
        return
    print_line()
    print_line(heading)
    column = 2 + max(len(left) for left, _ in rows) + _GAP
    for left, right in rows:
        if right:
            _print_wrapped(right, column, lead="  " + left)
        else:
            print_line("  " + left)


def _print_wrapped(text: str, indent: int, lead: str = "") -> None:
    breaks = [0, *line_breaks(text, max(screen_width() - indent, 20)), len(text)]
    for at, (start, end) in enumerate(itertools.pairwise(breaks)):
        margin = lead.ljust(indent) if at == 0 else " " * indent
        print_line(margin + text[start:end].rstrip())


def usage_line(error: Exception, language: Language) -> str:
    """One line about a command line that cannot be understood.

    Args:
        error: A usage error of Typer: it carries `option_name` for an unknown option, `param` for
            an option or argument that is missing or of the wrong kind, `ctx` for the command.
        language: Of the reader.
    """
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    reason = str(getattr(error, "message", error))
    unknown = re.match(r"No such command '(.*?)'\.", reason)
    extra = re.match(r"Got unexpected extra argument.*? \((.*)\)", reason)
    said: list[str] = []
    near: list[str] = []
    if hasattr(error, "option_name") and reason.startswith("No such option"):
        said.append(say(strings.NO_OPTION, language, name=error.option_name))
        near = sorted(getattr(error, "possibilities", None) or [])
    elif unknown:
        said.append(say(strings.NO_COMMAND, language, name=unknown[1]))
        near = difflib.get_close_matches(unknown[1], ABOUT, n=1)
    elif extra:
        said.append(say(strings.TOO_MUCH, language, words=extra[1]))
    elif parameter is None:
        said.append(say(strings.BAD_USAGE, language, reason=reason))
    elif type(error).__name__ == "MissingParameter":
        said.append(say(strings.MISSING, language, name=_shown_name(parameter)))
    elif parameter.metavar == "DAY":
        said.append(say(ask_strings.NO_DAY, language, name=_shown_name(parameter)))
    else:
        low, high = getattr(parameter, "min", None), getattr(parameter, "max", None)
        name = _shown_name(parameter)
        said.append(say(strings.WHOLE_NUMBER, language, name=name, low=low, high=high))
    if near:
        said.append(say(strings.DID_YOU_MEAN, language, names=", ".join(near)))
    path = context.command_path if context else "tongzhu"
    said.append(say(strings.SEE_HELP, language, command=path))
    return (" " if language == "en" else "").join(said)


def _is_argument(parameter: Parameter) -> bool:
    return parameter.param_type_name == "argument"


def _shown_name(parameter: Parameter) -> str:
    """A parameter as a user writes it: --port NUMBER, QUESTION."""
    names = [] if _is_argument(parameter) else [", ".join(parameter.opts)]
    return " ".join([*names, *filter(None, [parameter.metavar])])
