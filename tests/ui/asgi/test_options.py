"""The options that all servers share."""

from __future__ import annotations

import socket

import pytest

from index.errors import OptionError
from ui.asgi.options import ServerOptions
from ui.asgi.origin import LOCAL_NAMES


def test_allowed_hosts_are_local_names_and_configured_names() -> None:
    assert ServerOptions().build_origin_policy().allowed_hosts == {*LOCAL_NAMES}
    policy = ServerOptions("192.0.2.7", allowed_hosts=("Library.example",)).build_origin_policy()
    assert policy.allowed_hosts == {*LOCAL_NAMES, "192.0.2.7", "library.example"}
    assert "[2001:db8::1]" in ServerOptions("2001:db8::1").build_origin_policy().allowed_hosts
    assert not policy.allows_addresses
    for everywhere in ("0.0.0.0", "::"):
        policy = ServerOptions(everywhere).build_origin_policy()
        assert policy.allowed_hosts == {*LOCAL_NAMES, socket.gethostname().lower()}
        assert policy.allows_addresses


def test_options_tell_local_from_public_hosts() -> None:
    assert all(ServerOptions(host).is_local for host in ("127.0.0.1", "localhost", "::1"))
    assert not any(ServerOptions(host).is_local for host in ("0.0.0.0", "library.example"))


def test_hosts_and_origins_are_normalised_as_browsers_send_them() -> None:
    options = ServerOptions(
        allowed_hosts=("圖書館.example", "[2001:db8::1]"),
        allowed_origins=("https://Reading-Room.example/", "http://localhost:3000"),
    )
    policy = options.build_origin_policy()
    assert policy.allowed_hosts == {*LOCAL_NAMES, "xn--ldso38aj21b.example", "[2001:db8::1]"}
    assert policy.allowed_origins == {"https://reading-room.example", "http://localhost:3000"}


@pytest.mark.parametrize(
    "name", ["", "*", "library.example:80", "https://library.example", "a b", "::1"]
)
def test_invalid_allowed_host_is_refused(name: str) -> None:
    with pytest.raises(OptionError, match="--allowed-host wants a name"):
        ServerOptions(allowed_hosts=(name,)).build_origin_policy()


@pytest.mark.parametrize("origin", ["", "*", "null", "library.example", "https://a.example/path"])
def test_invalid_allowed_origin_is_refused(origin: str) -> None:
    with pytest.raises(OptionError, match="--allowed-origin wants an origin"):
        ServerOptions(allowed_origins=(origin,)).build_origin_policy()


def test_trusted_proxies_are_addresses_or_networks() -> None:
    proxies = ServerOptions(trusted_proxies=("127.0.0.1", "10.0.0.0/8")).build_trusted_proxies()
    assert "10.1.2.3" in proxies
    assert "127.0.0.2" not in proxies
    for text in ("", "*", "proxy.example", "10.0.0.1/8", "10.0.0.0/33"):
        with pytest.raises(OptionError, match="--trusted-proxy wants an address"):
            ServerOptions(trusted_proxies=(text,)).validate()
