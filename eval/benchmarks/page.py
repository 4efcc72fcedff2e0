"""Latency and throughput of the chat page, for one visitor and for many.

Run `python -m eval.benchmarks.page --library FOLDER`. A real Chromium makes first visits with an
empty cache, then asks one visitor's questions one after another, then those of many visitors, each
in a tab; a latency is from Enter to the painted answer. It shares the processors with the server.
At last as many visitors ask without a browser (`eval.benchmarks.crowd`), at an interval, and then
without a pause: questions that nobody has asked before, the same ones in the same order by other
visitors ("warm": answers are cached), and the same ones in other orders (each is answered anew,
after the questions before it). Conversations are stored in a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from playwright.async_api import Browser, Page, Request, async_playwright
from playwright.async_api import Error as PlaywrightError
from rich.console import Console
from rich.table import Table

from eval.benchmarks.crowd import (
    RecordedQuestion,
    build_recorded_question,
    measure_interval,
    measure_throughput,
    schedule_questions,
)
from eval.benchmarks.processes import (
    compute_percentile,
    list_benchmark_questions,
    read_cpu_seconds,
    start_tongzhu,
)
from eval.benchmarks.serving import LoadResult
from index.errors import TongzhuError

BROWSER_FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
)
_START_TIMEOUT = 90  # seconds
_ANSWER_TIMEOUT_MS = 30_000

_TIMING_SCRIPT = """
window.painted = [];
window.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.closest("#question")) return;
  const begun = performance.now();
  const turns = document.querySelectorAll(".turn").length;
  const look = () => {
    const all = document.querySelectorAll(".turn");
    const last = all[all.length - 1];
    if (all.length > turns && last.querySelector(".citation, .listing, .not-found, .error-text")) {
      requestAnimationFrame(() => setTimeout(() => painted.push({
        milliseconds: performance.now() - begun, trouble: !!last.querySelector(".error-text") })));
    } else requestAnimationFrame(look);
  };
  look();
}, true);
"""
"""Checks before every frame; a frame has been painted when the task after it runs."""


class AnswerLatencies(NamedTuple):
    """The milliseconds of each answer, and the number of questions without an answer."""

    milliseconds: tuple[float, ...]
    failed: int


class PageServer(NamedTuple):
    """The address of a chat page, and the process id of its server."""

    address: str
    process_id: int


@contextmanager
def run_page_server(
    library: Path, data_folder: Path, options: Sequence[str] = ()
) -> Iterator[PageServer]:
    """Yield a chat page, whose server is terminated in the end.

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
        yield PageServer(f"http://127.0.0.1:{port}/", process.pid)


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

    async def run_visitor(index: int, page: Page) -> int:
        failed = 0
        schedule = schedule_questions(index, questions, visitor_count, interval, duration)
        for pause, question in schedule:
            await asyncio.sleep(pause)
            failed += not await _ask_question(page, question)
        return failed

    failed = sum(await asyncio.gather(*(run_visitor(*item) for item in enumerate(pages))))
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


async def measure_browser(
    address: str, questions: Sequence[str], arguments: argparse.Namespace
) -> tuple[Table, RecordedQuestion]:
    """Return the latencies in a browser as a table, and the requests of a question."""
    title = f"{len(questions)} different questions, {os.cpu_count()} CPUs for server and browser"
    table = Table("", "asked", "failed", "median", "p95", "worst", title=title)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=BROWSER_FLAGS.split(),
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
        recorded = await _record_question(browser, address, questions)
        tabs = await measure_tabs(
            browser, address, questions, arguments.people, arguments.every, arguments.seconds
        )
        _add_row(table, f"{arguments.people} in tabs, every {arguments.every:g} s, ms", tabs)
        await browser.close()
    return table, recorded


async def _record_question(
    browser: Browser, address: str, questions: Sequence[str]
) -> RecordedQuestion:
    """Return the requests that a browser sends for the second question of a conversation."""
    page = await _open_page(browser, address)
    await _ask_question(page, questions[0])
    requests: list[Request] = []

    def append_request(request: Request) -> None:
        requests.append(request)

    page.on("request", append_request)
    await _ask_question(page, questions[1])
    recorded = await build_recorded_question(questions[1], requests)
    await page.context.close()
    return recorded


def measure_load(
    server: PageServer,
    recorded: RecordedQuestion,
    questions: Sequence[str],
    arguments: argparse.Namespace,
) -> Table:
    """Return the results of visitors without a browser as a table."""
    columns = ("asked", "failed", "questions/s", "p50 ms", "p95 ms", "CPU ms each")
    table = Table("", *columns, title=f"{os.cpu_count()} CPUs for server and visitors")
    rng = random.Random(0)  # noqa: S311 - no secret
    count = min(arguments.each, len(questions))
    new = [rng.sample(questions, count) for _ in range(arguments.connections)]
    reordered = [rng.sample(part, count) for part in new]
    address, people, every = server.address, arguments.people, arguments.every
    loads: dict[str, Callable[[], LoadResult]] = {
        f"{people}, every {every:g} s": lambda: measure_interval(
            address, recorded, questions, people, every, arguments.seconds
        ),
        f"{arguments.connections}, never asked": lambda: measure_throughput(address, recorded, new),
        f"{arguments.connections}, warm": lambda: measure_throughput(address, recorded, new),
        f"{arguments.connections}, in other orders": lambda: measure_throughput(
            address, recorded, reordered
        ),
    }
    for name, measure in loads.items():
        cpu_seconds = read_cpu_seconds(server.process_id)
        load = measure()
        cpu_seconds = read_cpu_seconds(server.process_id) - cpu_seconds
        table.add_row(
            name,
            str(load.question_count),
            str(load.failed),
            f"{(load.question_count - load.failed) / load.seconds:.0f}",
            *(f"{load.compute_percentile_ms(percent):.0f}" for percent in (50, 95)),
            f"{1000 * cpu_seconds / load.question_count:.1f}",
        )
    return table


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


def build_parser(description: str) -> argparse.ArgumentParser:
    """Return a parser with the arguments of every benchmark of the page.

    Args:
        description: Of the benchmark; its first line is shown.
    """
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("--library", type=Path, required=True, help="a library's folder")
    parser.add_argument("--set", type=Path, help="a question set; else the library's headings")
    return parser


def main() -> int:
    """Print the table; return 1 if the library or the questions cannot be read."""
    parser = build_parser(__doc__)
    parser.add_argument("--visits", type=int, default=5, help="first visits (5)")
    parser.add_argument("--questions", type=int, default=30, help="of one visitor (30)")
    parser.add_argument("--people", type=int, default=25, help="at once (25)")
    parser.add_argument("--every", type=float, default=5, help="seconds between questions (5)")
    parser.add_argument("--seconds", type=float, default=60, help="of many visitors (60)")
    parser.add_argument("--connections", type=int, default=8, help="without a pause (8)")
    parser.add_argument("--each", type=int, default=50, help="questions of each of those (50)")
    arguments = parser.parse_args()
    try:
        questions = list_benchmark_questions(arguments.library, arguments.set)
    except TongzhuError as error:
        Console(stderr=True).print(str(error))
        return 1
    with (
        tempfile.TemporaryDirectory() as data,
        run_page_server(arguments.library, Path(data)) as server,
    ):
        table, recorded = asyncio.run(measure_browser(server.address, questions, arguments))
        Console().print(table)
        Console().print(measure_load(server, recorded, questions, arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main())
