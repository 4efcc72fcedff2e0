"""The command line: `tongzhu`.

What a command does is in `ui/commands`; it imports what it needs when it runs, so that help is
there at once. A command returns the exit status: 0 done, 1 not possible, 2 wrong usage.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from index.document import Message
from index.errors import TongzhuError
from ui.cli.help import ABOUT, print_help, usage_line
from ui.cli.output import complain, print_line
from ui.messages import cli, cli_glossary
from ui.messages.cli import Language, filled, say
from ui.messages.language import of_environment, of_tag
from ui.service import limits

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(add_completion=False, rich_markup_mode=None)


Words = Annotated[str | None, typer.Option(metavar="TEXT")]
Day = Annotated[date | None, typer.Option(metavar="DAY", parser=date.fromisoformat)]
Library = Annotated[Path | None, typer.Option("--library", metavar="FOLDER")]
Json = Annotated[bool, typer.Option("--json")]
Host = Annotated[str, typer.Option("--host", metavar="ADDRESS")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, metavar="NUMBER")]
Keys = Annotated[list[str] | None, typer.Option("--api-key", metavar="KEY")]
KeyFile = Annotated[Path | None, typer.Option("--api-key-file", metavar="FILE")]
Hosts = Annotated[list[str] | None, typer.Option("--allowed-host", metavar="NAME")]
Origins = Annotated[list[str] | None, typer.Option("--allow-origin", metavar="ORIGIN")]
Rate = Annotated[int | None, typer.Option("--rate", min=0, max=limits.MOST_RATE, metavar="NUMBER")]
Seconds = Annotated[
    int, typer.Option("--seconds", min=1, max=limits.MOST_SECONDS, metavar="NUMBER")
]
Answers = Annotated[int, typer.Option("--answers", min=0, max=limits.MOST_KEPT, metavar="NUMBER")]


def _command(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def register(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def stoppable(context: typer.Context, *values: object, **named: object) -> None:
            try:
                function(context, *values, **named)
            except KeyboardInterrupt:
                # Typer would leave without a word.
                print_line(say(cli.STOPPED, context.obj), stderr=True)
                raise typer.Exit(INTERRUPTED) from None

        return app.command(name, add_help_option=False)(stoppable)

    return register


@_command("inspect")
def _inspect(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    as_json: Json = False,
) -> None:
    from ui.cli.commands.inspect import inspect

    raise typer.Exit(inspect(files, context.obj, as_json=as_json))


@_command("index")
def _index(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...")],
    library: Library = None,
    model: Annotated[str | None, typer.Option("--model", metavar="MODEL")] = None,
) -> None:
    from ui.cli.commands.index import index

    raise typer.Exit(index(paths, library, context.obj, model=model))


@_command("remove")
def _remove(
    context: typer.Context,
    publications: Annotated[list[str], typer.Argument(metavar="PUBLICATION...")],
    library: Library = None,
) -> None:
    from ui.cli.commands.index import remove

    raise typer.Exit(remove(publications, library, context.obj))


@_command("list")
def _list(
    context: typer.Context,
    library: Library = None,
    as_json: Json = False,
) -> None:
    from ui.cli.commands.list import list_publications

    raise typer.Exit(list_publications(library, context.obj, as_json=as_json))


@_command("ask")
def _ask(
    context: typer.Context,
    question: Annotated[list[str], typer.Argument(metavar="QUESTION")],
    *,
    k: Annotated[
        int, typer.Option("-k", min=1, max=limits.OWN_PASSAGES, metavar="NUMBER")
    ] = limits.USUAL,
    history: Annotated[list[str] | None, typer.Option(metavar="QUESTION")] = None,
    publication: Words = None,
    article: Words = None,
    author: Words = None,
    topic: Words = None,
    after: Day = None,
    before: Day = None,
    explained: Annotated[bool, typer.Option("--explain")] = False,
    as_json: Json = False,
    library: Library = None,
) -> None:
    from index.storage.records import Criteria
    from ui.cli.commands.ask import Wanted, ask

    within = Criteria(publication, article, author, topic, after, before)
    wanted = Wanted(" ".join(question), k, tuple(history or ()), within)
    raise typer.Exit(ask(wanted, library, context.obj, as_json=as_json, explained=explained))


@_command("chat")
def _chat(
    context: typer.Context,
    *,
    library: Library = None,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, metavar="NUMBER")] = 7860,
    uploads: Annotated[bool | None, typer.Option("--uploads/--no-uploads")] = None,
    auth: Annotated[bool, typer.Option("--auth")] = False,
    auth_file: Annotated[Path | None, typer.Option("--auth-file", metavar="FILE")] = None,
) -> None:
    from ui.cli.commands.chat import Opening, chat

    opening = Opening(host, port, uploads, auth, auth_file)
    raise typer.Exit(chat(library, opening, context.obj))


@_command("serve")
def _serve(
    context: typer.Context,
    *,
    library: Library = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    keys: Keys = None,
    key_file: KeyFile = None,
    hosts: Hosts = None,
    origins: Origins = None,
    rate: Rate = None,
    seconds: Seconds = limits.SECONDS,
    answers: Answers = limits.KEPT,
) -> None:
    from ui.asgi.options import Door
    from ui.cli.commands.serve import limits_of, serve

    door = Door(host, port, tuple(keys or ()), key_file, tuple(hosts or ()), tuple(origins or ()))
    granted = limits_of(door, rate, seconds)
    raise typer.Exit(serve(library, door, context.obj, limits=granted, remembered=answers))


@_command("mcp")
def _mcp(
    context: typer.Context,
    *,
    library: Library = None,
    http: Annotated[bool, typer.Option("--http")] = False,
    host: Host = "127.0.0.1",
    port: Port = 8001,
    keys: Keys = None,
    key_file: KeyFile = None,
    hosts: Hosts = None,
    origins: Origins = None,
    rate: Rate = None,
    seconds: Seconds = limits.SECONDS,
) -> None:
    from ui.asgi.options import Door
    from ui.cli.commands.mcp import mcp
    from ui.cli.commands.serve import limits_of

    door = Door(host, port, tuple(keys or ()), key_file, tuple(hosts or ()), tuple(origins or ()))
    granted = limits_of(door, rate, seconds)
    raise typer.Exit(mcp(library, door if http else None, context.obj, limits=granted))


@_command("glossary")
def _glossary(
    context: typer.Context,
    *,
    words: Annotated[list[str] | None, typer.Argument(metavar="[WORD...]")] = None,
    add: Annotated[Path | None, typer.Option("--add", metavar="FILE")] = None,
    remove: Annotated[bool, typer.Option("--remove")] = False,
    library: Library = None,
    as_json: Json = False,
) -> None:
    from ui.cli.commands import glossary

    if add and (remove or words):
        complain(cli_glossary.ADD_OR_REMOVE if remove else cli_glossary.ADD_ALONE, context.obj)
        raise typer.Exit(USAGE)
    if add:
        raise typer.Exit(glossary.add(add, library, context.obj))
    if remove:
        raise typer.Exit(glossary.remove(words or (), library, context.obj))
    raise typer.Exit(glossary.show(words or (), library, context.obj, as_json=as_json))


@_command("eval")
def _eval(
    context: typer.Context,
    *,
    name: Annotated[str, typer.Argument(metavar="SET")],
    library: Library = None,
    paragraphs: Annotated[Path | None, typer.Option("--paragraphs", metavar="FILE")] = None,
    split: Annotated[str, typer.Option("--split", metavar="dev|test|all")] = "all",
    baselines: Annotated[str, typer.Option("--baselines", metavar="NAMES")] = "",
    against: Annotated[Path | None, typer.Option("--against", metavar="FOLDER")] = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="FOLDER")] = None,
    as_json: Json = False,
) -> None:
    from ui.cli.commands.evaluate import Wanted, evaluate

    wanted = Wanted(name, library, paragraphs, split, baselines, against, report, as_json)
    raise typer.Exit(evaluate(wanted, context.obj))


@_command("feedback")
def _feedback(
    context: typer.Context,
    export: Annotated[Path | None, typer.Option("--export", metavar="FOLDER")] = None,
    library: Library = None,
) -> None:
    from ui.cli.commands.feedback import feedback

    raise typer.Exit(feedback(export, library, context.obj))


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line, and says in one line what went wrong, if anything did.

    Returns:
        The exit status of the process.
    """
    # As `index.encoders.threads.blas_in_one_thread`, but for all questions of a process, and NumPy,
    # which is not loaded yet, does not even start the others.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = _take(given, "--debug") or bool(os.environ.get("TONGZHU_DEBUG"))
    language = of_environment(os.environ)
    named = _take_value(given, "--lang")
    if named is not None and named not in ("zh", "en"):
        complain(cli.NO_LANGUAGE, language)
        return USAGE
    language = of_tag(named) if named else language
    try:
        return _run(given, language)
    except TongzhuError as error:
        complain(error.message, language)
    except KeyboardInterrupt:
        print_line(say(cli.STOPPED, language), stderr=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of the pipe has gone; Python must not try to flush to it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        if debug:
            traceback.print_exc()
        named_error = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        complain(filled(cli.UNFORESEEN, error=named_error), language)
    return FAILED


def _run(arguments: list[str], language: Language) -> int:
    if _take(arguments, "--version"):
        from importlib.metadata import version

        print_line(f"tongzhu {version('tongzhu')}")
        return DONE
    if _take(arguments, "--help"):
        _print_help(arguments, language)
        return DONE
    if not arguments:
        _print_help(arguments, language)
        return USAGE
    command = typer.main.get_command(app)
    try:
        status: Any = command.main(
            args=arguments, prog_name="tongzhu", standalone_mode=False, obj=language
        )
        sys.stdout.flush()
    except Exception as error:
        if getattr(error, "exit_code", None) != USAGE:
            raise
        line = usage_line(error, language)
        complain(Message(line, line), language)
        return USAGE
    return status if isinstance(status, int) else DONE


def _print_help(arguments: list[str], language: Language) -> None:
    """Prints the help of the command that stands first, or of them all."""
    name = next((word for word in arguments if word in ABOUT), None)
    command: Any = typer.main.get_command(app)
    print_help(name, command.commands[name].params if name else [], language)


def _take(arguments: list[str], flag: str) -> bool:
    """Takes a flag out of the arguments, wherever it stands before `--`."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    if flag not in arguments[:end]:
        return False
    arguments.remove(flag)
    return True


def _take_value(arguments: list[str], option: str) -> str | None:
    """Takes an option and its value out of the arguments, wherever it stands before `--`."""
    for place, word in enumerate(arguments):
        if word == "--":
            return None
        if word == option:
            value = arguments[place + 1] if place + 1 < len(arguments) else ""
            del arguments[place : place + 2]
            return value
        if word.startswith(f"{option}="):
            del arguments[place]
            return word.partition("=")[2]
    return None
