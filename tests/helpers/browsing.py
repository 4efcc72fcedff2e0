"""Fixtures of the browser tests: servers of the page, and browsers that open it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests.helpers.paths import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 30_000  # milliseconds; the tests may share two slow cores with others

CHAT = ("-c", "import sys; from ui.cli.main import main; sys.exit(main())", "chat", "--library")

Open = Callable[..., Page]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def start(data: Path, *command: str, port: int = 0) -> Iterator[str]:
    """Runs a server on a free port, stops it in the end; gives the page's address."""
    port = port or free_port()
    process = subprocess.Popen(
        [sys.executable, *command, str(port)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TONGZHU_LANG": "en", "TONGZHU_DATA": str(data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + 90
        while True:
            with socket.socket() as connection:
                if connection.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < deadline, "the page did not come up"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        _, stderr = process.communicate(timeout=20)
    assert stderr == "Stopped.\n" or "tests.helpers.stub_chat" in command, stderr


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        reason = "Chromium is not installed"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}; CI must run this test")
        pytest.skip(reason)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def chat_library(sample_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that `chat` serves; a test that changes it must restore it."""
    return Path(
        shutil.copytree(sample_library, tmp_path_factory.mktemp("chat-library") / "library")
    )


@pytest.fixture(scope="session")
def chat(
    browser: Browser, chat_library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The page over the library of the sample, as `tongzhu chat` serves it."""
    yield from start(tmp_path_factory.mktemp("chat"), *CHAT, str(chat_library), "--port")


@pytest.fixture(scope="session")
def stub(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over an empty library, with canned answers."""
    yield from start(tmp_path_factory.mktemp("stub"), "-m", "tests.helpers.stub_chat")


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Open a page in a separate browser that can connect to that page's server only."""
    contexts: list[BrowserContext] = []
    foreign_urls: list[str] = []
    page_errors: list[str] = []

    def opened(
        address: str, locale: str = "en-GB", path: str = "", width: int = 1280, dark: bool = False
    ) -> Page:
        context = browser.new_context(
            locale=locale,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)

        def watch(route: Route) -> None:
            url = route.request.url
            if url.startswith("https://example.org/"):
                route.fulfill(content_type="text/html", body="<title>the source</title>")
            else:
                foreign_urls.append(url)
                route.abort()

        # Requests to the page's server are not routed through this process.
        context.route(re.compile(f"^(?!{re.escape(address)})"), watch)
        page = context.new_page()
        page.on("pageerror", lambda error: page_errors.append(str(error)))
        page.on("dialog", lambda dialog: (page_errors.append(dialog.message), dialog.dismiss()))
        page.goto(address + path)
        page.wait_for_selector("#ask")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert foreign_urls == []
    assert page_errors == []


ANSWERED = """before => {
  const turns = document.querySelectorAll(".turn");
  return turns.length > before
    && turns[turns.length - 1].querySelector(".citation, .not-found, .error-text:not(.unsaved)");
}"""


def ask(page: Page, question: str) -> None:
    """Ask a further question and wait for its answer; earlier turns are answered already."""
    before = page.locator(".turn").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_function(ANSWERED, arg=before)


def checked(page: Page) -> None:
    """Assert that axe-core finds no serious or critical fault on the page."""
    violations = Axe().run(page).response["violations"]
    assert [
        violation for violation in violations if violation["impact"] in ("serious", "critical")
    ] == []
