"""The page in a real browser: what a reader does, and what must never happen."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
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

Open = Callable[..., Page]


def start(*command: str) -> Iterator[str]:
    """Runs a server on a free port, stops it in the end; gives the page's address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *command, str(port)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TONGZHU_LANG": "en"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + 90
        while True:
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < deadline, "the page did not come up"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        _, said = process.communicate(timeout=20)
    assert said == "Stopped.\n" or "stub_chat" in command[0], said


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        reason = "Chromium is not installed"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}; CI must run this test")
        pytest.skip(reason)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def chat(browser: Browser, sample_library: Path) -> Iterator[str]:
    """The page over the library of the sample, as `tongzhu chat` serves it."""
    code = "import sys; from ui.cli import main; sys.exit(main())"
    yield from start("-c", code, "chat", "--library", str(sample_library), "--port")


@pytest.fixture(scope="module")
def stub(browser: Browser) -> Iterator[str]:
    """The page over an empty library, with canned answers."""
    yield from start("tests/stub_chat.py")


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Opens a page in a browser of its own, which reaches nothing but that page's server."""
    contexts: list[BrowserContext] = []
    foreign: list[str] = []
    broken: list[str] = []

    def opened(address: str, locale: str = "en-GB", path: str = "", width: int = 1280) -> Page:
        context = browser.new_context(locale=locale, viewport={"width": width, "height": 800})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)

        def watch(route: Route) -> None:
            url = route.request.url
            if url.startswith(address):
                route.continue_()
            elif url.startswith("https://example.org/"):
                route.fulfill(content_type="text/html", body="<title>the source</title>")
            else:
                foreign.append(url)
                route.abort()

        context.route("**/*", watch)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(address + path)
        page.wait_for_selector("#ask")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert foreign == []
    assert broken == []


def ask(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".turn:last-of-type :is(.citation, .not-found, .trouble)")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    ("locale", "question", "lead", "fold"),
    [
        ("zh-TW", "誰決定夜間引水？", "試著問", "註與出處"),
        ("en-GB", "What did the lighthouse keepers lose?", "For example", "Notes and sources"),
    ],
)
def test_ask_and_read(
    chat: str, visit: Open, locale: str, question: str, lead: str, fold: str, width: int
) -> None:
    page = visit(chat, locale, width=width)
    expect(page.locator("#lead")).to_have_text(lead)
    expect(page.locator(".holdings li")).to_have_count(1)
    assert page.evaluate("document.documentElement.lang") == {"zh": "zh-Hant"}.get(locale[:2], "en")
    ask(page, question)
    expect(page.locator(".question")).to_have_text(question)
    expect(page.locator(".welcome")).to_be_hidden()
    assert page.locator(".citation blockquote").count() >= 1
    assert page.locator(".citation mark").count() >= 1
    expect(page.locator(".notes summary").first).to_contain_text(fold)
    assert page.input_value("#question textarea") == ""
    # Nothing is wider than the window.
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_mark_opens_its_note_and_the_note_its_source(chat: str, visit: Open) -> None:
    page = visit(chat)
    ask(page, "What did the lighthouse keepers lose?")
    fold = page.locator(".citation", has=page.locator("a.note-mark")).first
    expect(fold.locator(".notes ol")).to_be_hidden()
    mark = fold.locator("a.note-mark").first
    note = page.locator(mark.get_attribute("href") or "")
    mark.click()
    expect(note).to_be_visible()
    expect(note).to_be_focused()
    expect(note.locator(".number")).to_have_text(mark.inner_text())
    link = fold.locator("a.address").first
    assert link.get_attribute("rel") == "noopener noreferrer"
    with page.context.expect_page() as opening:
        link.click()
    assert opening.value.url.startswith("https://example.org/")
    assert opening.value.title() == "the source"
    assert opening.value.evaluate("window.opener") is None
    # What was opened stays open when the conversation goes on.
    ask(page, "Who wrote about tides?")
    expect(note).to_be_visible()
    expect(page.locator(".turn")).to_have_count(2)


def test_an_example_can_be_asked_and_the_language_switched(chat: str, visit: Open) -> None:
    page = visit(chat, path="?lang=zh")
    example = page.locator(".example").first
    question = example.inner_text()
    example.click()
    page.wait_for_selector(".citation")
    expect(page.locator(".question")).to_have_text(question)
    page.click("#switch")
    expect(page.locator("#ask")).to_have_text("Ask")
    expect(page.locator(".question")).to_have_text(question)
    expect(page.locator(".notes summary").first).to_contain_text("Notes and sources")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title() == "Tongzhu — ask the library"


def test_two_visitors_do_not_see_each_other(chat: str, visit: Open) -> None:
    first = visit(chat)
    ask(first, "Who wrote about tides?")
    second = visit(chat)
    expect(second.locator(".turn")).to_have_count(0)


def test_a_hostile_document_is_text(stub: str, visit: Open) -> None:
    page = visit(stub)
    ask(page, "<script>window.owned = 1</script>**hostile** {{value}}")
    page.locator(".notes summary").click()
    assert page.evaluate("window.owned") is None
    shown = page.locator("#transcript")
    assert shown.locator("script, img, svg, iframe, style").count() == 0
    expect(shown.locator(".question")).to_have_text(
        "<script>window.owned = 1</script>**hostile** {{value}}"
    )
    expect(shown.locator("blockquote")).to_contain_text("<img src=x onerror=")
    expect(shown.locator("blockquote")).to_contain_text("${window.owned = 1} {{#each x}} @children")
    expect(shown.locator("blockquote")).to_contain_text("⟨U+202E⟩txt.exe")
    links = shown.locator("a").evaluate_all("links => links.map(link => link.href)")
    assert links == ["https://example.org/safe"]


def test_trouble_is_told_in_the_readers_language(stub: str, visit: Open) -> None:
    page = visit(stub, "zh-TW")
    expect(page.locator(".welcome .trouble")).to_contain_text("tongzhu index")
    expect(page.locator("#examples")).to_be_hidden()
    ask(page, "odd")
    expect(page.locator(".trouble[role=alert]")).to_have_text("這個問題很奇怪。")
    ask(page, "crash")
    last = page.locator(".turn:last-of-type .trouble")
    expect(last).to_contain_text("伺服器發生錯誤")
    assert "secret" not in page.content()
    ask(page, "absent")
    expect(page.locator(".turn:last-of-type .not-found")).to_have_text("館藏中沒有這個問題的答案。")


def test_it_shows_that_it_works_and_takes_one_question_at_a_time(stub: str, visit: Open) -> None:
    page = visit(stub)
    page.fill("#question textarea", "  ")
    page.press("#question textarea", "Enter")
    page.fill("#question textarea", "slow")
    page.press("#question textarea", "Enter")
    expect(page.locator(".searching[role=status]")).to_have_text("Searching the library …")
    page.fill("#question textarea", "too early")
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".citation")
    expect(page.locator(".turn")).to_have_count(1)
    assert page.input_value("#question textarea") == "too early"


def test_the_page_may_load_nothing_but_its_own(stub: str, visit: Open) -> None:
    page = visit(stub)
    headers = page.request.get(stub).headers
    assert "connect-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    refused = "fetch('https://example.com/').then(() => 'sent', () => 'refused')"
    assert page.evaluate(refused) == "refused"
