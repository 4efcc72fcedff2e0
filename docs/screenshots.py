"""Takes the pictures in docs/images from the real page, over a library of the bundled sample.

Run it as `python docs/screenshots.py`; it needs Playwright (the `dev` extra) and Chromium.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from index import sample
from index.library import Library
from index.writing.update import update

IMAGES = Path(__file__).with_name("images")
QUESTIONS = {
    "chat": ("en", 1280, 900, "light", "How many letters are in the language's alphabet?"),
    "chat-zh-dark": ("zh", 1280, 900, "dark", "大橋為什麼停徵通行費？"),
    "chat-narrow": ("zh", 390, 844, "light", "檔案館火災的起因是什麼？"),
    "chat-why": ("en", 1280, 900, "light", "What caused the fire at the archive?"),
    "chat-library": ("en", 1280, 900, "light", "What did the lighthouse keepers lose?"),
}
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
    """The chat over a library on a free port: its process, and its address once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chat = "import sys; from ui.cli import main; sys.exit(main())"
    arguments = ["chat", "--port", str(port), "--library", str(library)]
    environment = os.environ | {"TONGZHU_DATA": str(library.parent)}  # not the user's own
    process = subprocess.Popen([sys.executable, "-c", chat, *arguments], env=environment)
    for _ in range(600):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return process, f"http://127.0.0.1:{port}/"
        time.sleep(0.1)
    process.terminate()
    sys.exit("the chat did not start")


def picture(browser: Browser, address: str, name: str) -> None:
    """One question asked, and the page as it then looks."""
    language, width, height, scheme, question = QUESTIONS[name]
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="zh-TW" if language == "zh" else "en-GB",
    )
    page.goto(address)
    box = page.locator("#question textarea")
    expect(box).to_be_visible(timeout=30_000)
    box.fill(question)
    box.press("Enter")
    expect(page.locator("#transcript .verdict").first).to_be_visible(timeout=30_000)
    if name == "chat-why":
        page.locator("details.why summary").click()
        page.locator("form.verdict [data-verdict=right]").click()
        expect(page.locator("form.verdict .told")).not_to_be_empty()
        page.locator("details.why").evaluate("fold => fold.scrollIntoView()")
    if name == "chat-library":
        page.click("[data-drawer=library]")
        file = {"name": "ledgers.md", "mimeType": "text/markdown", "buffer": PUBLICATION.encode()}
        page.set_input_files("#library input[type=file]", [file])  # type: ignore[list-item]
        expect(page.locator("#library .outcome")).to_be_focused(timeout=30_000)
        expect(page.locator("#library .shelves > li")).to_have_count(2)
        page.locator("#library .shown summary").first.click()
    page.wait_for_timeout(500)
    page.screenshot(path=IMAGES / f"{name}.png")
    page.close()


def main() -> None:
    """All pictures."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        update(library, [sample.path()])
        Library.open(library).close()
        process, address = serve(library)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=shutil.which("chromium"), args=["--no-sandbox"]
                )
                for name in QUESTIONS:
                    picture(browser, address, name)
                browser.close()
        finally:
            process.terminate()
            process.wait(timeout=20)


if __name__ == "__main__":
    main()
