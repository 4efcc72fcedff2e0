"""`tongzhu chat`: the chat page."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from index import sample
from index.messages import Language, MessageCatalogue
from index.storage.manifest import OLDEST_FORMAT_VERSION, find_pointer
from rag.written.endpoint import load_endpoint
from ui.asgi.address import open_socket
from ui.asgi.options import ServerOptions
from ui.cli.commands.index import add_files
from ui.cli.output import print_line
from ui.cli.paths import get_conversations_path, get_session_key_path, resolve_library_path
from ui.cli.shared_store import resolve_store
from ui.cli.writing import build_writer
from ui.conversations.databases import open_database
from ui.conversations.fallback_store import FallbackStore
from ui.conversations.store import ConversationStore
from ui.page.auth.passwords import create_signer
from ui.page.chat_sessions import ChatSessions
from ui.page.uploads.changes import ChangeQueue
from ui.service import limits
from ui.service.service import Service

_MESSAGES = MessageCatalogue("ui", "cli")


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """What visitors of the page may do.

    Attributes:
        uploads: Whether they may add and remove publications; None for those of this machine.
        upload_minutes: Minutes that encoding the files of an upload may take.
        auth: Whether they must give a password.
        auth_file: A file with the password in it.
        llm: The address of a language model; "" for the one that was set up, if any.
    """

    uploads: bool | None = None
    upload_minutes: int = limits.DEFAULT_UPLOAD_MINUTES
    auth: bool = False
    auth_file: Path | None = None
    llm: str = ""


def serve_chat(
    library: Path | None, server: ServerOptions, options: ChatOptions, language: Language
) -> int:
    """Serve the page until it is stopped; build the library of the sample if there is none."""
    server.validate()
    endpoint = load_endpoint(options.llm)
    with open_socket(server.host, server.port):
        pass  # before anything is loaded or built; the page's server opens it anew
    shared_store = resolve_store(server.store)
    folder = resolve_library_path(library)
    if library is None:
        ensure_library(folder, language)
    with ExitStack() as stack:
        database = stack.enter_context(
            closing(open_database(shared_store or get_conversations_path()))
        )
        database.erase_interrupted()
        session_signer = create_signer(
            options.auth,
            options.auth_file,
            os.environ,
            database if shared_store else get_session_key_path(),
            language=language,
        )
        if session_signer is not None:
            stack.enter_context(closing(session_signer))
        # What a visitor has just put into the library is to be seen at once.
        service = stack.enter_context(Service(folder, refresh_seconds=0))
        service.warm_up()
        allows_changes = server.is_local if options.uploads is None else options.uploads
        changes = (
            ChangeQueue(
                folder,
                allow_remote=bool(options.uploads),
                max_seconds=60 * options.upload_minutes,
            )
            if allows_changes
            else None
        )
        chat_sessions = ChatSessions(
            service,
            FallbackStore(ConversationStore(database)),
            changes=changes,
            signer=session_signer,
            writer=build_writer(service, endpoint, language),
        )
        from ui.page.server import serve

        if not server.is_local and session_signer is None:
            warning = (
                _MESSAGES["page_exposed_change"] if changes else _MESSAGES["page_exposed_read"]
            )
            print_line(warning.in_language(language, host=server.host), stderr=True)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            serve(chat_sessions, server, partial(_print_invitation, language))
        except KeyboardInterrupt:
            print_line(_MESSAGES["stopped"].in_language(language), stderr=True)
    return 0


def _print_invitation(language: Language, address: str) -> None:
    print_line(_MESSAGES["serving_page"].in_language(language, address=address))
    sys.stdout.flush()


def ensure_library(folder: Path, language: Language) -> None:
    """Build the library of the sample where there is none; update one of an older format.

    Raises:
        LibraryError, ModelError: As `index.update.update.update`.
    """
    pointer = find_pointer(folder, allow_outdated=True)
    if pointer is None:
        print_line(_MESSAGES["building_sample"].in_language(language), stderr=True)
        add_files(folder, [sample.get_path()], language)
    elif pointer.format_version < OLDEST_FORMAT_VERSION:
        print_line(_MESSAGES["migrating_library"].in_language(language), stderr=True)
        add_files(folder, [], language)
