"""Tests that pages of other sites cannot read the chat, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Frame, Page

from tests.helpers.browsing import ARGUMENTS, CHROMIUM
from tests.helpers.serving import ANSWER, QUESTION, Server, running

FETCH = """async ([url, options]) => {
  try {
    const response = await fetch(url, options);
    return [response.status, await response.text()];
  } catch (error) {
    return [0, String(error)];
  }
}"""
BLOCKED = [0, "TypeError: Failed to fetch"]
ASK = "gradio_api/run/ask", {"data": [QUESTION, None, None, 1, None]}
ASK_HTTP = "v1/ask", {"question": QUESTION, "k": 1}


class _EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def foreign_port() -> Iterator[int]:
    """The port of another server, with an empty page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _EmptyPage) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module")
def hostile_browser(browser: Browser) -> Iterator[Browser]:
    """A browser that resolves all names ending in .test to this machine."""
    rules = "--host-resolver-rules=MAP *.test 127.0.0.1"
    launched = browser.browser_type.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, rules])
    yield launched
    launched.close()


@pytest.fixture
def page(hostile_browser: Browser) -> Iterator[Page]:
    context = hostile_browser.new_context()
    yield context.new_page()
    context.close()


def fetch(frame: Page | Frame, url: str, body: object = None, **options: str) -> tuple[int, str]:
    """The status and text that a script gets; status 0 where the browser withholds them."""
    request: dict[str, object] = {**options}
    if body is not None:
        json_type = {"content-type": "application/json"}
        request |= {"method": "POST", "body": json.dumps(body), "headers": json_type}
    status, text = frame.evaluate(FETCH, [url, request])
    return status, text


def check_nothing_is_read(frame: Page | Frame, address: str, path: str, body: object) -> None:
    for credentials in ("omit", "include"):
        assert fetch(frame, address + path, body, credentials=credentials)[0] == 0
        assert fetch(frame, address, credentials=credentials)[0] == 0
    # Simple requests without a preflight, as of forms and images.
    plain = {"method": "POST", "body": json.dumps(body), "mode": "no-cors"}
    assert frame.evaluate(FETCH, [address + path, plain]) == BLOCKED
    assert fetch(frame, address, mode="no-cors") == tuple(BLOCKED)


def test_page_of_another_origin_cannot_read_the_chat(
    chat: str, page: Page, foreign_port: int
) -> None:
    port = urlsplit(chat).port
    for name in ("evil.test", "localhost", "127.0.0.1"):
        page.goto(f"http://{name}:{foreign_port}/")
        for target in ("127.0.0.1", "localhost", "localhost.", "127.0.0.2", "chat.test"):
            check_nothing_is_read(page, f"http://{target}:{port}/", *ASK)
    page.set_content("<iframe sandbox=allow-scripts srcdoc='of the origin null'></iframe>")
    frame = page.frames[1]
    frame.wait_for_load_state()
    assert frame.evaluate("origin") == "null"
    check_nothing_is_read(frame, chat, *ASK)


def test_dns_rebinding_page_cannot_read_chat_or_server(
    chat: str, sample_server: Server, page: Page
) -> None:
    for address, ask in ((chat, ASK), (f"{sample_server.url}/", ASK_HTTP)):
        rebound = f"http://evil.test:{urlsplit(address).port}/"
        # For the browser, requests of this page to its own name are same-origin.
        response = page.goto(rebound)
        assert response
        assert response.status == 421
        for url in (rebound, rebound + ask[0]):
            status, text = fetch(page, url, ask[1])
            assert (status, ANSWER in text) == (421, False)


def test_links_from_other_origins_open_the_chat(chat: str, page: Page, foreign_port: int) -> None:
    page.goto(f"http://evil.test:{foreign_port}/")
    page.set_content(f"<a href='{chat}?passage=1'>read on</a><iframe src='{chat}'></iframe>")
    page.click("a")
    page.wait_for_selector("#ask")
    status, text = fetch(page, chat + ASK[0], ASK[1])
    assert (status, ANSWER in text) == (200, True)


def test_only_allowed_origins_can_read_the_http_server(
    sample_library: Path, tmp_path: Path, page: Page, foreign_port: int
) -> None:
    friend = f"http://friend.test:{foreign_port}"
    arguments = ("serve", "--library", str(sample_library), "--allowed-origin", friend)
    with running(tmp_path, *arguments) as server:
        page.goto(friend)
        status, text = fetch(page, f"{server.url}/{ASK_HTTP[0]}", ASK_HTTP[1])
        assert (status, ANSWER in text) == (200, True)
        for name in ("evil.test", "localhost"):
            page.goto(f"http://{name}:{foreign_port}/")
            check_nothing_is_read(page, f"{server.url}/", *ASK_HTTP)
