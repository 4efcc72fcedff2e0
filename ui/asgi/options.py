"""The options that all servers share: their address and who may use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ui.asgi.api_keys import read_keys
from ui.asgi.origin import LOCAL_NAMES, is_loopback_host
from ui.asgi.request_limits import AccessPolicy


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """The address of a server and who may use it.

    Attributes:
        host: The address to listen at.
        port: The port to listen at; 0 for any free one.
        api_keys: API keys, beside those of the file and of TONGZHU_API_KEYS.
        api_key_file: A file of API keys, one to a line.
        allowed_hosts: Names that the server answers to, beside those of this machine.
        allowed_origins: Origins of web pages that may ask from a browser.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    api_keys: tuple[str, ...] = ()
    api_key_file: Path | None = None
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches it."""
        return is_loopback_host(self.host)

    def build_access_policy(self, environ: Mapping[str, str]) -> AccessPolicy:
        """Return who may use the server.

        Raises:
            KeyFileError: If the keys cannot be used.
        """
        keys = read_keys(self.api_keys, self.api_key_file, environ)
        # Beyond this machine any name is accepted unless some are given: only the user knows them.
        names = LOCAL_NAMES if self.is_local or self.allowed_hosts else ()
        return AccessPolicy(
            keys, (*names, *(name.lower() for name in self.allowed_hosts)), self.allowed_origins
        )
