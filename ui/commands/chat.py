"""`tongzhu chat`: the chat page."""

from __future__ import annotations

import errno
import ipaddress
import signal
import socket
from pathlib import Path

from index import sample
from index.document import Message
from index.errors import TongzhuError
from index.library import Library
from index.manifest import POINTER
from ui import strings
from ui.commands.index import add
from ui.conversations import Conversations
from ui.live import LiveDesk
from ui.output import print_line
from ui.place import conversations_path, library_path
from ui.room import Room
from ui.strings import Language, filled, say

_EXAMPLES_FROM = 3  # publications


class ListenError(TongzhuError):
    """The page cannot be served at the address that was named."""


def chat(library: Path | None, host: str, port: int, language: Language) -> int:
    """Serves the page until it is stopped; builds the library of the sample if there is none."""
    _check_address(host, port)
    folder = library_path(library)
    if library is None and not (folder / POINTER).exists():
        print_line(say(strings.BUILDING_SAMPLE, language), stderr=True)
        add(folder, [sample.path()], language)
    with Library.open(folder) as opened:
        room = Room(LiveDesk(opened).now, Conversations(conversations_path()))
        from ui.page_server import serve

        if not _is_local(host):
            print_line(say(strings.LISTENING_BEYOND, language, host=host), stderr=True)
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            serve(room, host, port, lambda: print_line(_invitation(address, language)))
        except KeyboardInterrupt:
            print_line(say(strings.STOPPED, language), stderr=True)
    return 0


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
            raise _error(filled(strings.PORT_TAKEN, host=host, port=port)) from error
        reason = error.strerror or str(error)
        message = filled(strings.CANNOT_LISTEN, host=host, port=port, reason=reason)
        raise _error(message) from error


def _error(message: Message) -> ListenError:
    return ListenError(message.en, message.zh)


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _invitation(address: str, language: Language) -> str:
    return say(strings.SERVING, language, address=address)
