"""The command line: `tongzhu`.

What a command does is in `ui/cli/commands`; it imports what it needs when it runs, so that help is
there at once. A command returns the exit status: 0 done, 1 not possible, 2 wrong usage, 130
interrupted.
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

from index.errors import OptionError, TongzhuError
from index.messages import Language, Message, MessageCatalogue
from ui.cli.arguments import find_command, find_lossy_encoding, pop_flag, pop_option
from ui.cli.help import ANSWERING_COMMANDS, format_usage_error, print_help
from ui.cli.option_rules import find_conflict
from ui.cli.output import discard_output, flush_output, print_error, print_line
from ui.messages.language import LANGUAGE_TAGS, get_environment_language, parse_language_tag
from ui.service import limits

_CLI_MESSAGES = MessageCatalogue("ui", "cli")
_GLOSSARY_MESSAGES = MessageCatalogue("ui", "glossary")

EXIT_OK, EXIT_FAILURE, EXIT_USAGE, EXIT_INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(add_completion=False, rich_markup_mode=None)


TextOption = Annotated[str | None, typer.Option(metavar="TEXT")]
DateOption = Annotated[date | None, typer.Option(metavar="DAY", parser=date.fromisoformat)]
FileOption = Annotated[Path | None, typer.Option(metavar="FILE")]
FolderOption = Annotated[Path | None, typer.Option(metavar="FOLDER")]
JsonOption = Annotated[bool, typer.Option("--json")]
HostOption = Annotated[str, typer.Option("--host", metavar="ADDRESS")]
PortOption = Annotated[int, typer.Option("--port", min=0, max=65535, metavar="NUMBER")]
ApiKeysOption = Annotated[list[str] | None, typer.Option("--api-key", metavar="KEY")]
AllowedHostsOption = Annotated[list[str] | None, typer.Option("--allowed-host", metavar="NAME")]
AllowedOriginsOption = Annotated[
    list[str] | None, typer.Option("--allowed-origin", metavar="ORIGIN")
]
TrustedProxiesOption = Annotated[
    list[str] | None, typer.Option("--trusted-proxy", metavar="ADDRESS")
]
RateOption = Annotated[
    int | None, typer.Option("--rate", min=0, max=limits.MAX_REQUESTS_PER_MINUTE, metavar="NUMBER")
]
TimeoutOption = Annotated[
    int, typer.Option("--seconds", min=1, max=limits.MAX_TIMEOUT_SECONDS, metavar="NUMBER")
]
UploadMinutesOption = Annotated[
    int,
    typer.Option("--upload-minutes", min=1, max=limits.MAX_UPLOAD_MINUTES, metavar="NUMBER"),
]
StoreOption = Annotated[str, typer.Option("--store", metavar="ADDRESS")]
ModelOption = Annotated[str, typer.Option("--llm", metavar="URL")]
CachedAnswersOption = Annotated[
    int, typer.Option("--answers", min=0, max=limits.MAX_CACHED_ANSWERS, metavar="NUMBER")
]


def _register_command(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def register(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def run_interruptible(
            context: typer.Context, *arguments: object, **options: object
        ) -> None:
            _check_options(name, context)
            try:
                function(context, *arguments, **options)
            except KeyboardInterrupt:
                # Typer would exit without a message.
                print_line(_CLI_MESSAGES["stopped"].in_language(context.obj), stderr=True)
                raise typer.Exit(EXIT_INTERRUPTED) from None

        return app.command(name, add_help_option=False)(run_interruptible)

    return register


def _check_options(command: str, context: typer.Context) -> None:
    """Raise an error if options were given that do not go together."""
    given = {
        option
        for parameter in context.command.params
        if getattr(context.get_parameter_source(parameter.name or ""), "name", "") == "COMMANDLINE"
        for option in parameter.opts
    }
    conflict = find_conflict(command, given)
    if conflict:
        raise OptionError(conflict)


@_register_command("inspect")
def _inspect(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...")],
    as_json: JsonOption = False,
    with_text: Annotated[bool, typer.Option("--text")] = False,
    ocr: Annotated[bool, typer.Option("--ocr")] = False,
) -> None:
    from ui.cli.commands.inspect import inspect_files

    raise typer.Exit(
        inspect_files(
            paths, context.obj, as_json=as_json or with_text, with_text=with_text, ocr=ocr
        )
    )


@_register_command("index")
def _index(
    context: typer.Context,
    *,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...")],
    library: FolderOption = None,
    model: Annotated[str | None, typer.Option("--model", metavar="MODEL")] = None,
    ocr: Annotated[bool, typer.Option("--ocr")] = False,
    metadata: Annotated[str, typer.Option("--metadata", metavar="FILE")] = "",
    engine: Annotated[str | None, typer.Option("--engine", metavar="ENGINE")] = None,
    url: Annotated[str | None, typer.Option("--url", metavar="URL")] = None,
) -> None:
    from ui.cli.commands.index import IndexOptions, index_files

    options = IndexOptions(model, ocr, metadata, engine, url)
    status = index_files(paths, library, context.obj, options)
    raise typer.Exit(status)


@_register_command("remove")
def _remove(
    context: typer.Context,
    publications: Annotated[list[str], typer.Argument(metavar="PUBLICATION...")],
    library: FolderOption = None,
) -> None:
    from ui.cli.commands.index import remove_publications

    raise typer.Exit(remove_publications(publications, library, context.obj))


@_register_command("compact")
def _compact(context: typer.Context, library: FolderOption = None) -> None:
    from ui.cli.commands.compact import merge_segments

    raise typer.Exit(merge_segments(library, context.obj))


@_register_command("list")
def _list(
    context: typer.Context,
    *,
    stats: Annotated[bool, typer.Option("--stats")] = False,
    format_name: Annotated[str, typer.Option("--format", metavar="NAME")] = "",
    publication: TextOption = None,
    article: TextOption = None,
    as_json: JsonOption = False,
    library: FolderOption = None,
) -> None:
    from index.storage.records import Filters
    from ui.cli.commands.list import list_publications, show_size

    if stats:
        raise typer.Exit(show_size(library, context.obj, as_json=as_json))
    filters = Filters(publication, article)
    status = list_publications(
        library, context.obj, filters=filters, format_name=format_name, as_json=as_json
    )
    raise typer.Exit(status)


@_register_command("works")
def _works(
    context: typer.Context,
    *,
    work_words: Annotated[list[str] | None, typer.Argument(metavar="[WORD...]")] = None,
    counted: Annotated[str, typer.Option("--by", metavar="WHAT")] = "",
    format_name: Annotated[str, typer.Option("--format", metavar="NAME")] = "",
    publication: TextOption = None,
    article: TextOption = None,
    author: TextOption = None,
    topic: TextOption = None,
    after: DateOption = None,
    before: DateOption = None,
    as_json: JsonOption = False,
    library: FolderOption = None,
) -> None:
    from index.storage.records import Filters
    from ui.cli.commands.works import WorksOptions, show_works

    filters = Filters(publication, article, author, topic, after, before)
    options = WorksOptions(tuple(work_words or ()), filters, counted, format_name, as_json)
    raise typer.Exit(show_works(options, library, context.obj))


@_register_command("ask")
def _ask(
    context: typer.Context,
    question: Annotated[list[str], typer.Argument(metavar="QUESTION")],
    *,
    k: Annotated[
        int, typer.Option("-k", min=1, max=limits.MAX_CLI_PASSAGES, metavar="NUMBER")
    ] = limits.DEFAULT_PASSAGES,
    history: Annotated[list[str] | None, typer.Option(metavar="QUESTION")] = None,
    publication: TextOption = None,
    article: TextOption = None,
    author: TextOption = None,
    topic: TextOption = None,
    after: DateOption = None,
    before: DateOption = None,
    with_explanation: Annotated[bool, typer.Option("--explain")] = False,
    passages: Annotated[str, typer.Option("--passages", metavar="FORMAT")] = "",
    sources: Annotated[str, typer.Option("--sources", metavar="FORMAT")] = "",
    word: FileOption = None,
    write: Annotated[bool, typer.Option("--write")] = False,
    translate: Annotated[bool, typer.Option("--translate")] = False,
    supported_only: Annotated[bool, typer.Option("--supported-only")] = False,
    llm: ModelOption = "",
    as_json: JsonOption = False,
    library: FolderOption = None,
) -> None:
    from index.storage.records import Filters
    from ui.cli.commands.ask import AskOptions, ask
    from ui.service.query import Query

    filters = Filters(publication, article, author, topic, after, before)
    query = Query(" ".join(question), k, tuple(history or ()), filters)
    options = AskOptions(
        as_json, with_explanation, passages, sources, word, write, translate, llm, supported_only
    )
    raise typer.Exit(ask(query, library, context.obj, options))


@_register_command("chat")
def _chat(
    context: typer.Context,
    *,
    library: FolderOption = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = 7860,
    allowed_hosts: AllowedHostsOption = None,
    allowed_origins: AllowedOriginsOption = None,
    trusted_proxies: TrustedProxiesOption = None,
    uploads: Annotated[bool | None, typer.Option("--uploads/--no-uploads")] = None,
    upload_minutes: UploadMinutesOption = limits.DEFAULT_UPLOAD_MINUTES,
    auth: Annotated[bool, typer.Option("--auth")] = False,
    auth_file: FileOption = None,
    llm: ModelOption = "",
    store: StoreOption = "",
) -> None:
    from ui.asgi.options import ServerOptions
    from ui.cli.commands.chat import ChatOptions, serve_chat

    server = ServerOptions(
        host,
        port,
        allowed_hosts=tuple(allowed_hosts or ()),
        allowed_origins=tuple(allowed_origins or ()),
        trusted_proxies=tuple(trusted_proxies or ()),
        store=store,
    )
    options = ChatOptions(uploads, upload_minutes, auth, auth_file, llm)
    raise typer.Exit(serve_chat(library, server, options, context.obj))


@_register_command("serve")
def _serve(
    context: typer.Context,
    *,
    library: FolderOption = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8000,
    api_keys: ApiKeysOption = None,
    api_key_file: FileOption = None,
    allowed_hosts: AllowedHostsOption = None,
    allowed_origins: AllowedOriginsOption = None,
    trusted_proxies: TrustedProxiesOption = None,
    requests_per_minute: RateOption = None,
    timeout_seconds: TimeoutOption = limits.DEFAULT_TIMEOUT_SECONDS,
    cached_answers: CachedAnswersOption = limits.DEFAULT_CACHED_ANSWERS,
    llm: ModelOption = "",
    store: StoreOption = "",
) -> None:
    from ui.asgi.options import ServerOptions
    from ui.cli.commands.serve import build_limits, serve

    options = ServerOptions(
        host,
        port,
        tuple(api_keys or ()),
        api_key_file,
        tuple(allowed_hosts or ()),
        tuple(allowed_origins or ()),
        tuple(trusted_proxies or ()),
        store,
    )
    server_limits = build_limits(options, requests_per_minute, timeout_seconds)
    raise typer.Exit(
        serve(
            library,
            options,
            context.obj,
            limits=server_limits,
            cached_answers=cached_answers,
            llm=llm,
        )
    )


@_register_command("mcp")
def _mcp(
    context: typer.Context,
    *,
    library: FolderOption = None,
    http: Annotated[bool, typer.Option("--http")] = False,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8001,
    api_keys: ApiKeysOption = None,
    api_key_file: FileOption = None,
    allowed_hosts: AllowedHostsOption = None,
    allowed_origins: AllowedOriginsOption = None,
    trusted_proxies: TrustedProxiesOption = None,
    requests_per_minute: RateOption = None,
    timeout_seconds: TimeoutOption = limits.DEFAULT_TIMEOUT_SECONDS,
    llm: ModelOption = "",
    store: StoreOption = "",
) -> None:
    from ui.asgi.options import ServerOptions
    from ui.cli.commands.mcp import serve_mcp
    from ui.cli.commands.serve import build_limits

    options = ServerOptions(
        host,
        port,
        tuple(api_keys or ()),
        api_key_file,
        tuple(allowed_hosts or ()),
        tuple(allowed_origins or ()),
        tuple(trusted_proxies or ()),
        store,
    )
    server_limits = build_limits(options, requests_per_minute, timeout_seconds)
    raise typer.Exit(
        serve_mcp(library, options if http else None, context.obj, limits=server_limits, llm=llm)
    )


@_register_command("glossary")
def _glossary(
    context: typer.Context,
    *,
    words: Annotated[list[str] | None, typer.Argument(metavar="[WORD...]")] = None,
    add: FileOption = None,
    remove: Annotated[bool, typer.Option("--remove")] = False,
    library: FolderOption = None,
    as_json: JsonOption = False,
) -> None:
    from ui.cli.commands import glossary

    if add and words:
        raise OptionError(_GLOSSARY_MESSAGES["add_takes_no_words"])
    if add:
        raise typer.Exit(glossary.add_file(add, library, context.obj))
    if remove:
        raise typer.Exit(glossary.remove_glosses(words or (), library, context.obj))
    raise typer.Exit(glossary.show_glossary(words or (), library, context.obj, as_json=as_json))


@_register_command("eval")
def _eval(
    context: typer.Context,
    *,
    question_set: Annotated[str, typer.Argument(metavar="SET")],
    library: FolderOption = None,
    paragraphs: FileOption = None,
    split: Annotated[str, typer.Option("--split", metavar="dev|test|all")] = "all",
    baselines: Annotated[str, typer.Option("--baselines", metavar="NAMES")] = "",
    against: FolderOption = None,
    written: Annotated[bool, typer.Option("--written")] = False,
    llm: Annotated[str, typer.Option("--llm", metavar="URL")] = "",
    sample: Annotated[int, typer.Option("--sample", min=0, max=10**6, metavar="NUMBER")] = 0,
    report: FolderOption = None,
    as_json: JsonOption = False,
) -> None:
    from ui.cli.commands.evaluate import EvalOptions, evaluate, evaluate_written

    options = EvalOptions(
        question_set, library, paragraphs, split, baselines, against, report, as_json, llm, sample
    )
    run = evaluate_written if written else evaluate
    raise typer.Exit(run(options, context.obj))


@_register_command("feedback")
def _feedback(
    context: typer.Context,
    export: FolderOption = None,
    library: FolderOption = None,
    store: StoreOption = "",
) -> None:
    from ui.cli.commands.feedback import report_feedback

    raise typer.Exit(report_feedback(export, library, store, context.obj))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; print one line about what went wrong, if anything did.

    Returns:
        The exit status of the process.
    """
    # As `index.encoders.threads.blas_in_one_thread`, but for all questions of a process, and NumPy,
    # which is not loaded yet, does not even start the others.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    remaining = list(sys.argv[1:] if arguments is None else arguments)
    debug = pop_flag(remaining, "--debug") or bool(os.environ.get("TONGZHU_DEBUG"))
    language = get_environment_language(os.environ)
    language_tag = pop_option(remaining, "--lang")
    if language_tag is not None and language_tag not in LANGUAGE_TAGS:
        print_error(_CLI_MESSAGES["invalid_language"], language)
        return EXIT_USAGE
    language = parse_language_tag(language_tag) if language_tag else language
    encoding = find_lossy_encoding(remaining)
    if encoding:
        print_error(_CLI_MESSAGES["locale_encoding"].format(encoding=encoding), language)
        return EXIT_USAGE
    if find_command(remaining) in ANSWERING_COMMANDS:
        _choose_models(remaining)
    try:
        return _run_command(remaining, language)
    except TongzhuError as error:
        print_error(error.message, language)
        return EXIT_USAGE if isinstance(error, OptionError) else EXIT_FAILURE
    except KeyboardInterrupt:
        print_line(_CLI_MESSAGES["stopped"].in_language(language), stderr=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        discard_output()  # the reader of the pipe has gone
    except Exception as error:
        if debug:
            traceback.print_exc()
        error_text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        print_error(_CLI_MESSAGES["unexpected_error"].format(error=error_text), language)
    return EXIT_FAILURE


def _choose_models(arguments: list[str]) -> None:
    """Remove the options of `ANSWERING_OPTIONS`; set them for this process and those it starts."""
    reranker = pop_option(arguments, "--reranker")
    if reranker is not None:
        os.environ["TONGZHU_RERANKER"] = reranker
    if pop_flag(arguments, "--no-reader"):
        os.environ["TONGZHU_READER"] = "off"


def _run_command(arguments: list[str], language: Language) -> int:
    """Run the command that is named, and write out all that it prints; return its status."""
    status = _dispatch_command(arguments, language)
    flush_output()
    return status


def _dispatch_command(arguments: list[str], language: Language) -> int:
    if pop_flag(arguments, "--version"):
        from importlib.metadata import version

        print_line(f"tongzhu {version('tongzhu')}")
        return EXIT_OK
    if pop_flag(arguments, "--help"):
        _print_help(arguments, language)
        return EXIT_OK
    if not arguments:
        _print_help(arguments, language)
        return EXIT_USAGE
    command = typer.main.get_command(app)
    try:
        status: Any = command.main(
            args=arguments, prog_name="tongzhu", standalone_mode=False, obj=language
        )
    except Exception as error:
        if getattr(error, "exit_code", None) != EXIT_USAGE:
            raise
        line = format_usage_error(error, language)
        print_error(Message(line, line), language)
        return EXIT_USAGE
    return status if isinstance(status, int) else EXIT_OK


def _print_help(arguments: list[str], language: Language) -> None:
    """Print the help of the command that is named first, or of the whole command line."""
    name = find_command(arguments)
    command: Any = typer.main.get_command(app)
    print_help(name, command.commands[name].params if name else [], language)
