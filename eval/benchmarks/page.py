"""The chat page as people feel it: from Enter to the painted answer, alone and among many.

Run `python -m eval.benchmarks.page --library FOLDER`. Everything goes through a real Chromium:
first visits with nothing cached, then one visitor's questions one after another, then many visitors
in tabs of their own, each asking every few seconds. The browser shares the processors with the
server, so the figures are those of server and readers on one machine; last, as many visitors ask
from elsewhere (`eval.benchmarks.crowd`), and the server has the machine to itself. Server and
browser are started and stopped here; conversations go to a folder that is gone in the end.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import Error as PlaywrightError
from rich.console import Console
from rich.table import Table

from eval.benchmarks.crowd import Painted, Recorded, elsewhere, record
from eval.benchmarks.serving import own_questions
from eval.questions.format import load
from index.errors import TongzhuError
from index.storage.library import Library

_TONGZHU = (sys.executable, "-c", "import sys; from ui.cli import main; sys.exit(main())")
_QUIET = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
_UP = 90  # seconds that the server has to come up
_PATIENCE = 30_000  # milliseconds for an answer

_CLOCK = """
window.painted = [];
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.closest("#question")) return;
  const begun = performance.now();
  const turns = document.querySelectorAll(".turn").length;
  const look = () => {
    const all = document.querySelectorAll(".turn");
    const last = all[all.length - 1];
    if (all.length > turns && last.querySelector(".citation, .not-found, .trouble")) {
      requestAnimationFrame(() => setTimeout(() => painted.push({
        milliseconds: performance.now() - begun, trouble: !!last.querySelector(".trouble") })));
    } else requestAnimationFrame(look);
  };
  look();
}, true);
"""
"""Looks before every frame; what a frame shows is painted when the task after it runs."""


@contextmanager
def served(library: Path, data: Path) -> Iterator[str]:
    """The address of a chat page over a library; the server is gone in the end.

    Raises:
        RuntimeError: If it does not come up.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*_TONGZHU, "chat", "--library", str(library), "--port", str(port)],
        env=os.environ | {"TONGZHU_DATA": str(data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + _UP
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the page does not come up: try `tongzhu chat` by hand")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


async def first_visit(browser: Browser, address: str) -> float:
    """Seconds until a newcomer with an empty cache can type a question."""
    context = await browser.new_context()
    page = await context.new_page()
    begun = time.perf_counter()
    await page.goto(address, wait_until="commit")
    await page.wait_for_selector("#question textarea:enabled:visible")
    await page.wait_for_selector(".welcome:visible")
    seconds = time.perf_counter() - begun
    await context.close()
    return seconds


async def alone(browser: Browser, address: str, questions: Sequence[str]) -> Painted:
    """One visitor asks one question after another, in one conversation."""
    page = await _visit(browser, address)
    failed = sum([not await _ask(page, question) for question in questions])
    return Painted(await _milliseconds(page), failed)


async def together(
    browser: Browser, address: str, questions: Sequence[str], people: int, every: float, last: float
) -> Painted:
    """Visitors in tabs of their own each ask every so many seconds, evenly apart.

    Args:
        browser: Where they sit.
        address: Of the page.
        questions: Asked in turn; each visitor begins at another one.
        people: Number of visitors.
        every: Seconds from one question of a visitor to the next, if it was answered by then.
        last: Seconds in all.
    """
    pages = [await _visit(browser, address) for _ in range(people)]
    begun = time.perf_counter()

    async def visitor(at: int, page: Page) -> int:
        failed, asked = 0, 0
        due = begun + at * every / people
        while due < begun + last:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            failed += not await _ask(page, questions[(at + asked * people) % len(questions)])
            asked += 1
            due += every
        return failed

    failed = sum(await asyncio.gather(*(visitor(*each) for each in enumerate(pages))))
    seen = [await _milliseconds(page) for page in pages]
    return Painted(tuple(each for one in seen for each in one), failed)


async def _visit(browser: Browser, address: str) -> Page:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(_PATIENCE)
    page = await context.new_page()
    await page.goto(address)
    await page.wait_for_selector("#question textarea:enabled:visible")
    await page.evaluate(_CLOCK)
    return page


async def _ask(page: Page, question: str) -> bool:
    """Whether the question was answered, without trouble."""
    before = await page.evaluate("painted.length")
    try:
        await page.fill("#question textarea", question)
        await page.press("#question textarea", "Enter")
        await page.wait_for_function("count => painted.length > count", arg=before)
    except PlaywrightError:
        return False
    return not await page.evaluate("painted.at(-1).trouble")


async def _milliseconds(page: Page) -> tuple[float, ...]:
    return tuple(await page.evaluate("painted.map((one) => one.milliseconds)"))


async def measure(address: str, questions: Sequence[str], asked: argparse.Namespace) -> Table:
    """All three, as a table."""
    title = f"{len(questions)} different questions, {os.cpu_count()} CPUs for server and browser"
    table = Table("", "asked", "failed", "median", "p95", "worst", title=title)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=_QUIET.split(),
        )
        visits = [await first_visit(browser, address) for _ in range(asked.visits)]
        table.add_row(
            "first visit, until usable, s",
            str(len(visits)),
            "0",
            *(f"{value:.2f}" for value in (median(visits), _p95(visits), max(visits))),
        )
        one = await alone(browser, address, questions[: asked.questions])
        _add(table, "one visitor, Enter to painted, ms", one)
        recorded = await _recorded(browser, address, questions[0])
        crowd = (questions, asked.people, asked.every, asked.seconds)
        many = await together(browser, address, *crowd)
        _add(table, f"{asked.people} in tabs of this machine, every {asked.every:g} s, ms", many)
        await browser.close()
    away = await elsewhere(address, recorded, *crowd)
    _add(table, f"{asked.people} from elsewhere, every {asked.every:g} s, ms", away)
    return table


async def _recorded(browser: Browser, address: str, question: str) -> Recorded:
    """What a browser sends for a question."""
    page = await _visit(browser, address)
    sent = record(page)
    await _ask(page, question)
    await page.context.close()
    begin, answer = sent
    return Recorded(begin, answer)


def _add(table: Table, name: str, seen: Painted) -> None:
    times = seen.milliseconds
    figures = (median(times), _p95(times), max(times)) if len(times) > 1 else ()
    table.add_row(
        name,
        str(len(times) + seen.failed),
        str(seen.failed),
        *(f"{value:.0f}" for value in figures),
    )


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def main() -> int:
    """Prints the table; 1 if the library or the questions cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--library", type=Path, required=True, help="a library's folder")
    parser.add_argument("--set", type=Path, help="a question set; else the library's headings")
    parser.add_argument("--visits", type=int, default=5, help="first visits (5)")
    parser.add_argument("--questions", type=int, default=30, help="of one visitor (30)")
    parser.add_argument("--people", type=int, default=25, help="at once (25)")
    parser.add_argument("--every", type=float, default=5, help="seconds between questions (5)")
    parser.add_argument("--seconds", type=float, default=60, help="of many visitors (60)")
    arguments = parser.parse_args()
    try:
        with Library.open(arguments.library) as library:
            questions = own_questions(library)
        if arguments.set:
            questions = [each.question for each in load(arguments.set) if not each.history]
    except TongzhuError as error:
        Console(stderr=True).print(str(error))
        return 1
    with (
        tempfile.TemporaryDirectory() as data,
        served(arguments.library, Path(data)) as address,
    ):
        Console().print(asyncio.run(measure(address, list(dict.fromkeys(questions)), arguments)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
