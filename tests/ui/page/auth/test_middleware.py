"""Tests of the password of the page: its sources, sessions, and the limit on attempts."""

from __future__ import annotations

import html
import stat
import time
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_network
from pathlib import Path

import anyio
import httpx
import pytest
from itsdangerous.encoding import base64_decode, base64_encode, bytes_to_int, int_to_bytes
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from index.errors import ReadError
from ui.asgi.proxies import ForwardedHeaders, TrustedProxies
from ui.page.auth.middleware import SESSION_COOKIE, PasswordMiddleware
from ui.page.auth.passwords import ENVIRONMENT_VARIABLE, PasswordError, create_signer
from ui.page.auth.sessions import SESSION_SECONDS, RevokedSessions, SessionSigner
from ui.page.auth.throttle import LoginThrottle
from ui.service import limits

PASSWORD = "correct horse"


@pytest.fixture
def revoked(tmp_path: Path) -> Iterator[RevokedSessions]:
    with closing(RevokedSessions.open(tmp_path / "sessions.sqlite3")) as sessions:
        yield sessions


@pytest.fixture
def signer(revoked: RevokedSessions) -> SessionSigner:
    return SessionSigner(PASSWORD, b"s" * 32, revoked)


@pytest.fixture
def middleware(signer: SessionSigner) -> PasswordMiddleware:
    inside = Starlette(routes=[Route("/{path:path}", lambda _: PlainTextResponse("inside"))])
    return PasswordMiddleware(inside, signer)


def send_requests(
    middleware: ASGIApp,
    *requests: tuple[str, str, dict[str, str]],
    body: str = "",
    client: str = "127.0.0.1",
) -> list[httpx.Response]:
    """The answers to requests, each a method, a path and headers."""

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(middleware, client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as sender:
            form = {"content-type": "application/x-www-form-urlencoded"}
            return [
                await sender.request(method, path, headers=form | headers, content=body)
                for method, path, headers in requests
            ]

    return anyio.run(ask)


def test_session_is_valid_until_it_expires(
    monkeypatch: pytest.MonkeyPatch, signer: SessionSigner, revoked: RevokedSessions
) -> None:
    session = signer.create_session()
    assert signer.is_valid(session)
    assert SessionSigner(PASSWORD, b"s" * 32, revoked).is_valid(session)  # after a restart
    assert not SessionSigner("another one", b"s" * 32, revoked).is_valid(session)
    assert not SessionSigner(PASSWORD, b"t" * 32, revoked).is_valid(session)
    nonce, began, signature = session.split(".")
    other_nonce = signer.create_session().split(".")[0]
    later = base64_encode(int_to_bytes(bytes_to_int(base64_decode(began)) + 1)).decode()
    assert not signer.is_valid(f"{nonce}.{later}.{signature}")
    assert not signer.is_valid(f"{other_nonce}.{began}.{signature}")
    for bad in ("", ".", "..", session + "0", session[:-1], "٣" + session[1:]):
        assert not signer.is_valid(bad)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + SESSION_SECONDS + 1)
    assert not signer.is_valid(session)


def test_revoked_session_is_invalid_in_every_process(tmp_path: Path, signer: SessionSigner) -> None:
    first, second = signer.create_session(), signer.create_session()
    signer.revoke(first)
    assert (signer.is_valid(first), signer.is_valid(second)) == (False, True)
    # The last character of a signature has bits that decoding drops.
    assert not any(signer.is_valid(first[:-1] + last) for last in "ABCDEFGHabcdefgh")
    # The session is also invalid in other processes, running or started later.
    with closing(RevokedSessions.open(tmp_path / "sessions.sqlite3")) as revoked:
        other = SessionSigner(PASSWORD, b"s" * 32, revoked)
        assert (other.is_valid(first), other.is_valid(second)) == (False, True)
        other.revoke(second)
        other.revoke(second)
    assert not signer.is_valid(second)


def test_expired_revoked_sessions_are_deleted(
    monkeypatch: pytest.MonkeyPatch, signer: SessionSigner, revoked: RevokedSessions
) -> None:
    def count() -> int:
        return int(revoked._database.fetch_rows("SELECT count(*) FROM revoked_session")[0][0])

    for _ in range(3):
        signer.revoke(signer.create_session())
    signer.revoke("not a session")
    assert count() == 3
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + SESSION_SECONDS + 2)
    signer.revoke(signer.create_session())
    assert count() == 1


def test_unusable_session_store_is_reported(
    revoked: RevokedSessions, signer: SessionSigner, middleware: PasswordMiddleware
) -> None:
    cookie = {"cookie": f"{SESSION_COOKIE}={signer.create_session()}"}
    revoked._database._database.execute("PRAGMA query_only = ON")
    leave, again = send_requests(middleware, ("POST", "/logout", cookie), ("GET", "/", cookie))
    assert leave.status_code == 503
    assert "signed out in this browser only" in leave.text
    assert "Max-Age=0" in leave.headers["set-cookie"]
    assert again.text == "inside"  # as the message says
    revoked.close()
    (closed,) = send_requests(middleware, ("GET", "/", cookie))
    assert (closed.status_code, "data cannot be used" in closed.text) == (503, True)


@pytest.mark.parametrize(
    ("path", "address", "target"),
    [
        (
            "/read/ab12/3?find=x&lang=zh",
            "../../login?find=x&lang=zh&page=read%2Fab12%2F3",
            "read/ab12/3?find=x&lang=zh",
        ),
        ("/works", "login?page=works", "works"),
        ("/?c=1", "login?c=1", "?c=1"),
        ("/login?page=//example.org", "login?page=%2F%2Fexample.org", ""),
        ("/feedback", "login", ""),
    ],
)
def test_password_leads_on_to_the_page_that_was_asked_for(
    middleware: PasswordMiddleware, path: str, address: str, target: str
) -> None:
    person = {"accept": "text/html"}
    (form,) = send_requests(middleware, ("GET", path, person))
    action = html.unescape(form.text.split('action="')[1].split('"')[0])
    assert action == address
    (reply,) = send_requests(
        middleware, ("POST", f"/{action.lstrip('./')}", person), body="password=correct+horse"
    )
    assert reply.headers["location"] == f"./{target}"


def test_correct_password_gives_a_session_to_browsers_and_programs(
    middleware: PasswordMiddleware,
) -> None:
    person = {"accept": "text/html"}
    (reply,) = send_requests(
        middleware, ("POST", "/login?c=1", person), body="password=correct+horse"
    )
    assert (reply.status_code, reply.headers["location"]) == (303, "./?c=1")
    assert "HttpOnly" in reply.headers["set-cookie"]
    assert "samesite=lax" in reply.headers["set-cookie"].lower()
    (reply,) = send_requests(
        middleware, ("POST", "/login", {}), body="username=x&password=correct+horse"
    )
    assert reply.json() == {"success": True}
    cookie = {"cookie": f"{SESSION_COOKIE}={reply.cookies[SESSION_COOKIE]}"}
    assert send_requests(middleware, ("GET", "/anything", cookie))[0].text == "inside"


@pytest.mark.parametrize(
    "body", ["", "password=", "password=wrong", "username=correct+horse", "password=" + "x" * 9999]
)
def test_wrong_or_missing_password_is_refused(middleware: PasswordMiddleware, body: str) -> None:
    (reply,) = send_requests(middleware, ("POST", "/login", {}), body=body)
    assert reply.status_code == 401
    assert "set-cookie" not in reply.headers


def test_repeated_wrong_passwords_delay_only_that_client(
    middleware: PasswordMiddleware, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(middleware, "_throttle", LoginThrottle(lambda: now))
    app = ForwardedHeaders(middleware, TrustedProxies((ip_network("192.0.2.9"),)))

    def log_in(client: str, password: str, **headers: str) -> httpx.Response:
        request = ("POST", "/login", headers)
        (reply,) = send_requests(app, request, body=f"password={password}", client=client)
        return reply

    for number in range(limits.FREE_LOGIN_ATTEMPTS + 3):  # regardless of spoofed addresses
        spoofed = {"x-forwarded-for": f"203.0.113.{number}"}
        status = log_in("127.0.0.1", "wrong", **spoofed).status_code
        assert status == (401 if number < limits.FREE_LOGIN_ATTEMPTS else 429)
    refused = log_in("127.0.0.1", "correct+horse", accept="text/html")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert log_in("192.0.2.7", "correct+horse").status_code == 200
    for number in range(limits.FREE_LOGIN_ATTEMPTS + 3):  # each visitor behind a named proxy
        visitor = {"x-forwarded-for": f"203.0.113.{number}"}
        assert log_in("192.0.2.9", "wrong", **visitor).status_code == 401
    now += 1
    assert log_in("127.0.0.1", "correct+horse").status_code == 200


def test_requested_address_is_escaped_on_the_login_page(middleware: PasswordMiddleware) -> None:
    (reply,) = send_requests(
        middleware, ("GET", '/?a="><script>x</script>', {"accept": "text/html"})
    )
    assert reply.status_code == 401
    assert "<script" not in reply.text


def test_password_is_read_from_file_environment_or_prompt(tmp_path: Path) -> None:
    secret_file, file = tmp_path / "data" / "session.key", tmp_path / "password"
    assert create_signer(False, None, {}, secret_file, language="en") is None
    assert not secret_file.exists()
    file.write_text("of the file\n")
    of_file = create_signer(
        False, file, {ENVIRONMENT_VARIABLE: "of the environment"}, secret_file, language="en"
    )
    assert of_file
    assert of_file.check_password("of the file")
    assert stat.S_IMODE(secret_file.stat().st_mode) == 0o600
    of_environment = create_signer(
        False, None, {ENVIRONMENT_VARIABLE: "of the environment"}, secret_file, language="en"
    )
    assert of_environment
    assert of_environment.check_password("of the environment")
    assert not of_environment.check_password("of the file")


def test_typed_password_must_be_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret_file = tmp_path / "session.key"
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    typed = create_signer(True, None, {}, secret_file, lambda _: "typed twice", language="en")
    assert typed
    assert typed.check_password("typed twice")
    words = iter(["typed once", "and then not"])
    with pytest.raises(PasswordError, match="differ"):
        create_signer(True, None, {}, secret_file, lambda _: next(words), language="zh")


def test_unusable_password_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret_file = tmp_path / "session.key"
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    with pytest.raises(PasswordError, match="too short"):
        create_signer(True, None, {ENVIRONMENT_VARIABLE: "short"}, secret_file, language="en")
    with pytest.raises(PasswordError, match="TONGZHU_PASSWORD"):
        create_signer(True, None, {}, secret_file, language="en")
    with pytest.raises(ReadError, match="no such file"):
        create_signer(True, tmp_path / "nowhere", {}, secret_file, language="en")
    secret_file.write_bytes(b"short")
    with pytest.raises(PasswordError, match="cut short"):
        create_signer(True, None, {ENVIRONMENT_VARIABLE: "long enough"}, secret_file, language="en")
