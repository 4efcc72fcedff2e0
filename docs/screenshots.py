"""Take the screenshots in docs/images from the real page, over libraries of the bundled sample.

One library has the sample as it is, the other has it typeset again as a PDF.

Run it as `python -m docs.screenshots`; it needs Playwright (the `dev` extra) and Chromium.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import Browser, Page, expect, sync_playwright

from index import readers, sample
from index.update.update import update_library
from tests.helpers.typesetting import typeset_pdf

IMAGES = Path(__file__).with_name("images")
PUBLICATION = """---
title: Ledgers of Averil
number: "4"
date: 2025-03-01
---
# The purple ledger

The harbour master of Averil enters every tide in a purple ledger.[^1]

[^1]: Averil Harbour Office, *Rules*, https://example.org/rules
[^2]: Nobody points here.
"""


def serve(library: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start the chat over a library on a free port; return its process and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chat = "import sys; from ui.cli.main import main; sys.exit(main())"
    arguments = ["chat", "--port", str(port), "--library", str(library)]
    environment = os.environ | {"TONGZHU_DATA": str(library.parent)}  # not the user's own
    process = subprocess.Popen([sys.executable, "-c", chat, *arguments], env=environment)
    for _ in range(600):
        with socket.socket() as connection:
            if connection.connect_ex(("127.0.0.1", port)) == 0:
                return process, f"http://127.0.0.1:{port}/"
        time.sleep(0.1)
    process.terminate()
    sys.exit("the chat did not start")


def leave_as_is(page: Page) -> None:
    """Do nothing."""


def open_note(page: Page) -> None:
    """Open a note beside the text."""
    page.locator(".citation a.note-mark").first.click()
    page.evaluate("scrollTo(0, 0)")


def open_explanation(page: Page) -> None:
    """Open the explanation, and judge the answer."""
    page.locator("details.explanation summary").click()
    page.locator("form.verdict [data-verdict=right]").click()
    expect(page.locator("form.verdict .verdict-status")).not_to_be_empty()
    page.locator("details.explanation").evaluate("fold => fold.scrollIntoView()")
    page.evaluate("scrollBy(0, -70)")  # not behind the masthead


def open_article(page: Page) -> None:
    """Open the article, and a note beside it."""
    page.locator("a.to-article").first.click()
    page.locator(".pane .cited a.note-mark").first.click()


def add_publication(page: Page) -> None:
    """Add a publication in the library's panel."""
    page.click("[data-drawer=library]")
    file = {"name": "ledgers.md", "mimeType": "text/markdown", "buffer": PUBLICATION.encode()}
    page.set_input_files("#library input[type=file]", [file])  # type: ignore[list-item]
    expect(page.locator("#library .outcome")).to_be_focused(timeout=30_000)
    expect(page.locator("#library .publication-list > li")).to_have_count(2)
    page.locator("#library .change-status summary").first.click()


def open_printed_page(page: Page) -> None:
    """Open the printed page of the first passage, and show the marked sentence."""
    fold = page.locator("details.printed-page").first
    fold.locator("summary").click()
    picture = fold.locator("img").element_handle()
    page.wait_for_function("picture => picture.complete && picture.naturalWidth", arg=picture)
    fold.evaluate("fold => fold.scrollIntoView()")
    page.evaluate("scrollBy(0, -230)")


class Screenshot(NamedTuple):
    """A screenshot: the window, the question ("" for the first screen), and what to do then."""

    language: str
    width: int
    height: int
    scheme: Literal["light", "dark"]
    question: str
    then: Callable[[Page], None] = leave_as_is


FIRE = "What caused the fire at the archive?"
SCREENSHOTS = {
    "chat": Screenshot("en", 1280, 900, "light", FIRE, open_note),
    "chat-zh-dark": Screenshot("zh", 1280, 900, "dark", "候鳥的數量有什麼變化？"),
    "chat-narrow": Screenshot("zh", 390, 844, "light", "檔案館火災的起因是什麼？"),
    "chat-narrow-dark": Screenshot("en", 390, 844, "dark", ""),
    "chat-reading": Screenshot("zh", 1280, 900, "light", "檔案館火災的起因是什麼？", open_article),
    "chat-why": Screenshot("en", 1280, 900, "light", FIRE, open_explanation),
    "chat-library": Screenshot(
        "en", 1280, 900, "light", "What did the lighthouse keepers lose?", add_publication
    ),
}
PDF_SCREENSHOTS = {
    "chat-page": Screenshot(
        "zh", 1280, 900, "light", "檔案館火災的起因是什麼？", open_printed_page
    ),
}


def take(browser: Browser, address: str, name: str, screenshot: Screenshot) -> None:
    """Take one screenshot."""
    page = browser.new_page(
        viewport={"width": screenshot.width, "height": screenshot.height},
        color_scheme=screenshot.scheme,
        locale="zh-TW" if screenshot.language == "zh" else "en-GB",
    )
    page.goto(address)
    box = page.locator("#question textarea")
    expect(box).to_be_visible(timeout=30_000)
    expect(page.locator(".welcome")).to_be_visible(timeout=30_000)
    if screenshot.question:
        box.fill(screenshot.question)
        box.press("Enter")
        expect(page.locator("#transcript .verdict").first).to_be_visible(timeout=30_000)
    screenshot.then(page)
    page.wait_for_timeout(500)
    page.screenshot(path=IMAGES / f"{name}.png")
    page.close()


def main() -> None:
    """Take all screenshots."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        pdf = Path(folder) / "sample.pdf"
        pdf.write_bytes(typeset_pdf(readers.read(sample.get_path())))
        for file, screenshots in ((sample.get_path(), SCREENSHOTS), (pdf, PDF_SCREENSHOTS)):
            library = Path(folder) / f"library{file.suffix}"
            update_library(library, [file])
            take_all(library, screenshots)


def take_all(library: Path, screenshots: dict[str, Screenshot]) -> None:
    """Take the screenshots of the page over a library."""
    process, address = serve(library)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            for name, screenshot in screenshots.items():
                take(browser, address, name, screenshot)
            browser.close()
    finally:
        process.terminate()
        process.wait(timeout=20)


if __name__ == "__main__":
    main()
