"""`tongzhu chat`: the chat page."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from index import sample
from index.messages import Language, MessageCatalogue
from index.storage.manifest import FORMAT_VERSION, find_pointer
from ui.asgi.address import format_url, open_socket
from ui.asgi.origin import is_loopback_host
from ui.cli.commands.index import add_files
from ui.cli.output import print_line
from ui.cli.paths import get_conversations_path, get_session_key_path, resolve_library_path
from ui.conversations.fallback_store import FallbackStore
from ui.conversations.store import ConversationStore
from ui.page.auth.passwords import create_signer
from ui.page.chat_sessions import ChatSessions
from ui.page.uploads.changes import ChangeQueue
from ui.service.service import Service

_MESSAGES = MessageCatalogue("ui", "cli")


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """The address of the page, and what visitors may do.

    Attributes:
        host: The address to listen at.
        port: The port to listen at.
        uploads: Whether they may add and remove publications; None for those of this machine.
        auth: Whether they must give a password.
        auth_file: A file with the password in it.
    """

    host: str
    port: int
    uploads: bool | None = None
    auth: bool = False
    auth_file: Path | None = None

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches it."""
        return is_loopback_host(self.host)

    @property
    def allows_changes(self) -> bool:
        """Whether anybody may change the library."""
        return self.is_local if self.uploads is None else self.uploads


def serve_chat(library: Path | None, options: ChatOptions, language: Language) -> int:
    """Serve the page until it is stopped; build the library of the sample if there is none."""
    host, port = options.host, options.port
    with open_socket(host, port):
        pass  # before anything is loaded or built; the page's server opens it anew
    needs_password, password_file = options.auth, options.auth_file
    session_signer = create_signer(
        needs_password, password_file, os.environ, get_session_key_path(), language=language
    )
    folder = resolve_library_path(library)
    if library is None:
        ensure_library(folder, language)
    with ExitStack() as stack:
        if session_signer is not None:
            stack.enter_context(closing(session_signer))
        store = stack.enter_context(closing(ConversationStore(get_conversations_path())))
        store.erase_interrupted()
        # What a visitor has just put into the library is to be seen at once.
        service = stack.enter_context(Service(folder, refresh_seconds=0))
        service.warm_up()
        changes = (
            ChangeQueue(folder, allow_remote=bool(options.uploads))
            if options.allows_changes
            else None
        )
        chat_sessions = ChatSessions(
            service, FallbackStore(store), changes=changes, signer=session_signer
        )
        from ui.page.server import serve

        if not options.is_local and session_signer is None:
            warning = (
                _MESSAGES["page_exposed_change"] if changes else _MESSAGES["page_exposed_read"]
            )
            print_line(warning.in_language(language, host=host), stderr=True)
        address = format_url(host, port)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            serve(
                chat_sessions, host, port, lambda: print_line(_format_invitation(address, language))
            )
        except KeyboardInterrupt:
            print_line(_MESSAGES["stopped"].in_language(language), stderr=True)
    return 0


def ensure_library(folder: Path, language: Language) -> None:
    """Build the library of the sample where there is none; update one of an older format.

    Raises:
        LibraryError, ModelError: As `index.update.update.update`.
    """
    pointer = find_pointer(folder, allow_outdated=True)
    if pointer is None:
        print_line(_MESSAGES["building_sample"].in_language(language), stderr=True)
        add_files(folder, [sample.get_path()], language)
    elif pointer.format_version < FORMAT_VERSION:
        print_line(_MESSAGES["migrating_library"].in_language(language), stderr=True)
        add_files(folder, [], language)


def _format_invitation(address: str, language: Language) -> str:
    return _MESSAGES["serving_page"].in_language(language, address=address)
