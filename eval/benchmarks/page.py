"""Latency of the chat page, from Enter to the painted answer, for one visitor and for many.

Run `python -m eval.benchmarks.page --library FOLDER`. A real Chromium makes first visits with an
empty cache, then asks one visitor's questions one after another, then those of many visitors, each
in a tab. It shares the processors with the server; at last as many visitors ask without a browser
(`eval.benchmarks.crowd`). Conversations are stored in a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import Error as PlaywrightError
from rich.console import Console
from rich.table import Table

from eval.benchmarks.crowd import (
    AnswerLatencies,
    RecordedRequests,
    measure_remote_visitors,
    record_requests,
    visit_at_intervals,
)
from eval.benchmarks.processes import (
    compute_percentile,
    list_benchmark_questions,
    start_tongzhu,
)
from index.errors import TongzhuError

_BROWSER_FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
)
_START_TIMEOUT = 90  # seconds
_ANSWER_TIMEOUT_MS = 30_000

_TIMING_SCRIPT = """
window.painted = [];
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.closest("#question")) return;
  const begun = performance.now();
  const turns = document.querySelectorAll(".turn").length;
  const look = () => {
    const all = document.querySelectorAll(".turn");
    const last = all[all.length - 1];
    if (all.length > turns && last.querySelector(".citation, .not-found, .error-text")) {
      requestAnimationFrame(() => setTimeout(() => painted.push({
        milliseconds: performance.now() - begun, trouble: !!last.querySelector(".error-text") })));
    } else requestAnimationFrame(look);
  };
  look();
}, true);
"""
"""Checks before every frame; a frame has been painted when the task after it runs."""


@contextmanager
def run_page_server(library: Path, data_folder: Path, options: Sequence[str] = ()) -> Iterator[str]:
    """Yield the address of a chat page, whose server is terminated in the end.

    Args:
        library: The folder of the library.
        data_folder: The folder for conversations.
        options: Further options of `tongzhu chat`.

    Raises:
        RuntimeError: If it does not start.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    arguments = ["chat", "--library", str(library), "--port", str(port), *options]
    environment = os.environ | {"TONGZHU_DATA": str(data_folder)}
    with start_tongzhu(arguments, environment) as process:
        deadline = time.monotonic() + _START_TIMEOUT
        while not _is_listening(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the page does not start: try `tongzhu chat` by hand")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"


def _is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def measure_first_visit(browser: Browser, address: str) -> float:
    """Return the seconds until a visitor with an empty cache can type a question."""
    context = await browser.new_context()
    page = await context.new_page()
    start = time.perf_counter()
    await page.goto(address, wait_until="commit")
    await page.wait_for_selector("#question textarea:enabled:visible")
    await page.wait_for_selector(".welcome:visible")
    seconds = time.perf_counter() - start
    await context.close()
    return seconds


async def measure_single_visitor(
    browser: Browser, address: str, questions: Sequence[str]
) -> AnswerLatencies:
    """Return the latencies of one visitor's questions, one after another in one conversation."""
    page = await _open_page(browser, address)
    failed = sum([not await _ask_question(page, question) for question in questions])
    return AnswerLatencies(await _read_latencies(page), failed)


async def measure_tabs(
    browser: Browser,
    address: str,
    questions: Sequence[str],
    visitor_count: int,
    interval: float,
    duration: float,
) -> AnswerLatencies:
    """Return the latencies of visitors in tabs, each asking at an interval, evenly offset.

    Args:
        browser: The browser.
        address: The address of the page.
        questions: The questions; each visitor begins at another one.
        visitor_count: The number of visitors.
        interval: The seconds from one question of a visitor to the next.
        duration: The seconds in all.
    """
    pages = [await _open_page(browser, address) for _ in range(visitor_count)]
    failed = 0

    async def run_visitor(index: int, page: Page) -> None:
        async def ask(question: str) -> None:
            nonlocal failed
            failed += not await _ask_question(page, question)

        await visit_at_intervals(ask, index, questions, visitor_count, interval, duration)

    await asyncio.gather(*(run_visitor(*item) for item in enumerate(pages)))
    latencies_by_page = [await _read_latencies(page) for page in pages]
    return AnswerLatencies(
        tuple(item for latencies in latencies_by_page for item in latencies), failed
    )


async def _open_page(browser: Browser, address: str) -> Page:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(_ANSWER_TIMEOUT_MS)
    page = await context.new_page()
    await page.goto(address)
    await page.wait_for_selector("#question textarea:enabled:visible")
    await page.evaluate(_TIMING_SCRIPT)
    return page


async def _ask_question(page: Page, question: str) -> bool:
    """Return whether a question was answered without an error."""
    painted_count = await page.evaluate("painted.length")
    try:
        await page.fill("#question textarea", question)
        await page.press("#question textarea", "Enter")
        await page.wait_for_function("count => painted.length > count", arg=painted_count)
    except PlaywrightError:
        return False
    return not await page.evaluate("painted.at(-1).trouble")


async def _read_latencies(page: Page) -> tuple[float, ...]:
    return tuple(await page.evaluate("painted.map((one) => one.milliseconds)"))


async def measure_page(
    address: str, questions: Sequence[str], arguments: argparse.Namespace
) -> Table:
    """Return all measurements as a table."""
    title = f"{len(questions)} different questions, {os.cpu_count()} CPUs for server and browser"
    table = Table("", "asked", "failed", "median", "p95", "worst", title=title)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=_BROWSER_FLAGS.split(),
        )
        visits = [await measure_first_visit(browser, address) for _ in range(arguments.visits)]
        table.add_row(
            "first visit, until usable, s",
            str(len(visits)),
            "0",
            *(
                f"{value:.2f}"
                for value in (median(visits), compute_percentile(visits, 95), max(visits))
            ),
        )
        single_visitor = await measure_single_visitor(
            browser, address, questions[: arguments.questions]
        )
        _add_row(table, "one visitor, Enter to painted, ms", single_visitor)
        recorded = await _record_question(browser, address, questions[0])
        load_arguments = (questions, arguments.people, arguments.every, arguments.seconds)
        tabs = await measure_tabs(browser, address, *load_arguments)
        _add_row(
            table,
            f"{arguments.people} in tabs, every {arguments.every:g} s, ms",
            tabs,
        )
        await browser.close()
    remote = await measure_remote_visitors(address, recorded, *load_arguments)
    _add_row(
        table, f"{arguments.people} without a browser, every {arguments.every:g} s, ms", remote
    )
    return table


async def _record_question(browser: Browser, address: str, question: str) -> RecordedRequests:
    """Return the requests that a browser sends for a question."""
    page = await _open_page(browser, address)
    bodies = record_requests(page)
    await _ask_question(page, question)
    await page.context.close()
    begin, answer = bodies
    return RecordedRequests(begin, answer)


def _add_row(table: Table, name: str, latencies: AnswerLatencies) -> None:
    milliseconds = latencies.milliseconds
    summary = (
        (median(milliseconds), compute_percentile(milliseconds, 95), max(milliseconds))
        if len(milliseconds) > 1
        else ()
    )
    table.add_row(
        name,
        str(len(milliseconds) + latencies.failed),
        str(latencies.failed),
        *(f"{value:.0f}" for value in summary),
    )


def main() -> int:
    """Print the table; return 1 if the library or the questions cannot be read."""
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
        questions = list_benchmark_questions(arguments.library, arguments.set)
    except TongzhuError as error:
        Console(stderr=True).print(str(error))
        return 1
    with (
        tempfile.TemporaryDirectory() as data,
        run_page_server(arguments.library, Path(data)) as address,
    ):
        Console().print(asyncio.run(measure_page(address, questions, arguments)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
