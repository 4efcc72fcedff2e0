"""Fixtures of the browser tests: servers of the page, and browsers that open it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

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
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
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


@pytest.fixture(scope="session")
def idle_contexts(browser: Browser) -> defaultdict[str, list[BrowserContext]]:
    """Browser contexts that are not in use, by locale; the page's files are in their caches."""
    return defaultdict(list)


@pytest.fixture
def visit(
    browser: Browser, idle_contexts: defaultdict[str, list[BrowserContext]]
) -> Iterator[Open]:
    """Open a page as a new visitor, whose browser can connect to that page's server only."""
    contexts: list[tuple[BrowserContext, str, str]] = []
    requests: list[Request] = []
    page_errors: list[str] = []

    def note_request(request: Request) -> None:  # Playwright takes no built-in function
        requests.append(request)

    def opened(
        address: str, locale: str = "en-GB", path: str = "", width: int = 1280, dark: bool = False
    ) -> Page:
        idle = idle_contexts[locale]
        context = idle.pop() if idle else browser.new_context(locale=locale)
        context.set_default_timeout(PATIENCE)
        contexts.append((context, locale, address))
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.on("request", note_request)
        page.on("pageerror", lambda error: page_errors.append(str(error)))
        page.on("dialog", lambda dialog: (page_errors.append(dialog.message), dialog.dismiss()))
        page.goto(address + path)
        page.wait_for_selector("#ask")
        return page

    yield opened
    own = ("data:", "blob:", *(address for _, _, address in contexts))
    foreign_urls = [
        request.url
        for request in requests
        if not request.url.startswith(own) and "csp" not in (request.failure or "").lower()
    ]
    for context, locale, address in contexts:
        _empty(context, address)
        idle_contexts[locale].append(context)
    assert foreign_urls == []
    assert page_errors == []


def _empty(context: BrowserContext, address: str) -> None:
    """Close the pages of a context, and delete all that a site has stored there."""
    context.unroute_all()
    context.clear_cookies()
    context.clear_permissions()
    stored = {"origin": address.rstrip("/"), "storageTypes": "all"}
    context.new_cdp_session(context.pages[0]).send("Storage.clearDataForOrigin", stored)
    for page in context.pages:
        page.close()


ANSWERED = """before => {
  const turns = document.querySelectorAll(".turn");
  return turns.length > before
    && turns[turns.length - 1].querySelector(
      ".citation, .listing, .not-found, .error-text:not(.unsaved)");
}"""


def ask(page: Page, question: str) -> None:
    """Ask a further question and wait for its answer; earlier turns are answered already."""
    before = page.locator(".turn").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_function(ANSWERED, arg=before)


def checked(page: Page) -> None:
    """Assert that axe-core finds no serious or critical fault on the page, once that is loaded."""
    page.wait_for_load_state()
    violations = Axe().run(page).response["violations"]
    assert [
        violation for violation in violations if violation["impact"] in ("serious", "critical")
    ] == []
