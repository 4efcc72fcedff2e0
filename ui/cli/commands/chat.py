"""`tongzhu chat`: the chat page."""

from __future__ import annotations

import errno
import os
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from index import sample
from index.document import Message
from index.errors import TongzhuError
from index.storage.library import Library
from index.storage.manifest import FORMAT, find_pointer
from ui.asgi.origin import is_this_machine
from ui.cli.commands.index import add
from ui.cli.output import print_line
from ui.cli.paths import conversations_path, library_path, session_path
from ui.conversations.store import Conversations
from ui.messages import cli
from ui.messages.cli import Language, filled, say
from ui.page.auth.passwords import key_of
from ui.page.chat_sessions import Room
from ui.page.uploads.changes import Changes
from ui.service.live import LiveDesk

_EXAMPLES_FROM = 3  # publications


class ListenError(TongzhuError):
    """The page cannot be served at the address that was named."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Where the page is reached, and what visitors may do.

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
    def local(self) -> bool:
        """Whether only this machine reaches it."""
        return is_this_machine(self.host)

    @property
    def changes(self) -> bool:
        """Whether anybody may change the library."""
        return self.local if self.uploads is None else self.uploads


def chat(library: Path | None, opening: Opening, language: Language) -> int:
    """Serves the page until it is stopped; builds the library of the sample if there is none."""
    host, port = opening.host, opening.port
    _check_address(host, port)
    wanted, file = opening.auth, opening.auth_file
    key = key_of(wanted, file, os.environ, session_path(), language=language)
    folder = library_path(library)
    if library is None:
        prepare(folder, language)
    with Library.open(folder) as opened:
        changes = Changes(folder, anywhere=bool(opening.uploads)) if opening.changes else None
        kept = Conversations(conversations_path())
        room = Room(LiveDesk(opened).now, kept, changes=changes, key=key)
        from ui.page.server import serve

        if not opening.local and key is None:
            warning = cli.CHANGING_BEYOND if changes else cli.LISTENING_BEYOND
            print_line(say(warning, language, host=host), stderr=True)
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            serve(room, host, port, lambda: print_line(_invitation(address, language)))
        except KeyboardInterrupt:
            print_line(say(cli.STOPPED, language), stderr=True)
    return 0


def prepare(folder: Path, language: Language) -> None:
    """Sees to it that a library is there that this version can search; if need be, the sample's.

    Raises:
        LibraryError, ModelError: As `index.update.update.update`.
    """
    pointer = find_pointer(folder, older=True)
    if pointer is None:
        print_line(say(cli.BUILDING_SAMPLE, language), stderr=True)
        add(folder, [sample.path()], language)
    elif pointer.tongzhu < FORMAT:
        print_line(say(cli.BRINGING_UP_TO_DATE, language), stderr=True)
        add(folder, [], language)


def _check_address(host: str, port: int) -> None:
    """Tries the address first, before anything is loaded or built.

    Raises:
        ListenError: If it is taken, or cannot be listened at.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise _error(filled(cli.PORT_TAKEN, host=host, port=port)) from error
        reason = error.strerror or str(error)
        message = filled(cli.CANNOT_LISTEN, host=host, port=port, reason=reason)
        raise _error(message) from error


def _error(message: Message) -> ListenError:
    return ListenError(message.en, message.zh)


def _invitation(address: str, language: Language) -> str:
    return say(cli.SERVING, language, address=address)
