"""Where a server is reached, and by whom."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ui.asgi.api_keys import read_keys
from ui.asgi.request_limits import LOCAL_NAMES, Access


@dataclass(frozen=True, slots=True)
class Door:
    """Where a server is reached, and by whom.

    Attributes:
        host: The address that it listens at.
        port: 0 for any free one.
        keys: API keys, beside those of the file and of TONGZHU_API_KEYS.
        key_file: A file of keys, one to a line.
        hosts: Names that it answers to, beside those of this machine.
        origins: Of web pages that may ask from a browser.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    keys: tuple[str, ...] = ()
    key_file: Path | None = None
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()

    @property
    def local(self) -> bool:
        """Whether only this machine reaches it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def access(self, environ: Mapping[str, str]) -> Access:
        """Who may ask.

        Raises:
            KeyFileError: If the keys cannot be used.
        """
        keys = read_keys(self.keys, self.key_file, environ)
        # Beyond this machine any name is answered, unless some are named: nobody else knows them.
        names = LOCAL_NAMES if self.local or self.hosts else ()
        return Access(keys, (*names, *(name.lower() for name in self.hosts)), self.origins)
