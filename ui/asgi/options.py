"""The options that all servers share: their address, and which requests they answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from index.errors import OptionError
from index.messages import MessageCatalogue
from ui.asgi.api_keys import read_keys
from ui.asgi.origin import OriginPolicy, build_origin_policy, is_loopback_host
from ui.asgi.proxies import TrustedProxies
from ui.asgi.request_limits import AccessPolicy

_MESSAGES = MessageCatalogue("ui", "cli")

_HOST_PATTERN = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")
_ORIGIN_PATTERN = re.compile(r"[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d+)?")


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """The address of a server and who may use it.

    Attributes:
        host: The address to listen at.
        port: The port to listen at; 0 for any free one.
        api_keys: API keys, beside those of the file and of TONGZHU_API_KEYS.
        api_key_file: A file of API keys, one to a line.
        allowed_hosts: Names that the server answers to, beside its own.
        allowed_origins: Origins of web pages that may ask from a browser.
        trusted_proxies: Addresses or networks of proxies whose X-Forwarded headers count.
        store: The address of a database that several servers share; "" for none.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    api_keys: tuple[str, ...] = ()
    api_key_file: Path | None = None
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    store: str = ""

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches it."""
        return is_loopback_host(self.host)

    def validate(self) -> None:
        """Check what is only used once the library is loaded.

        Raises:
            OptionError: If an option has a value that it cannot have.
        """
        self.build_origin_policy()
        self.build_trusted_proxies()

    def build_origin_policy(self) -> OriginPolicy:
        """Return the names that the server answers to, and the origins that it allows.

        Raises:
            OptionError: If one of those that were given is none.
        """
        hosts = [_parse_host_option(name) for name in self.allowed_hosts]
        origins = [_parse_origin_option(origin) for origin in self.allowed_origins]
        return build_origin_policy(self.host, hosts, origins)

    def build_trusted_proxies(self) -> TrustedProxies:
        """Return the proxies whose X-Forwarded headers count.

        Raises:
            OptionError: If one of those that were given is no address or network.
        """
        return TrustedProxies(tuple(map(_parse_proxy_option, self.trusted_proxies)))

    def build_access_policy(self, environ: Mapping[str, str]) -> AccessPolicy:
        """Return who may use the server.

        Raises:
            KeyFileError: If the keys cannot be used.
            OptionError: As `build_origin_policy`.
        """
        keys = read_keys(self.api_keys, self.api_key_file, environ)
        return AccessPolicy(keys, self.build_origin_policy())


def _parse_host_option(name: str) -> str:
    """Return a name as browsers send it: in small letters, other scripts in Punycode."""
    try:
        host = name.encode("idna").decode().lower()
    except UnicodeError:
        host = ""
    if not _HOST_PATTERN.fullmatch(host):
        raise OptionError(_MESSAGES["invalid_host"].format(name=name))
    return host


def _parse_origin_option(origin: str) -> str:
    """Return an origin as browsers send it: in small letters, without a slash at its end."""
    normalized = origin.lower().removesuffix("/")
    if not _ORIGIN_PATTERN.fullmatch(normalized):
        raise OptionError(_MESSAGES["invalid_origin"].format(origin=origin))
    return normalized


def _parse_proxy_option(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        raise OptionError(_MESSAGES["invalid_proxy"].format(text=text)) from None
