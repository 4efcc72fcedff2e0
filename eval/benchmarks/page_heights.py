"""Height of answers on the chat page, and the time in which an article opens.

Run `python -m eval.benchmarks.page_heights --library FOLDER --set QUESTIONS`. A real Chromium, 1280
pixels wide, asks each question in a new conversation and measures the height of the answer with its
question. Then it opens an invented article of 400 notes in the pane beside the answer, from the
click on a link to the painted text.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

from playwright.async_api import Browser, Page, async_playwright
from rich.console import Console
from rich.table import Table

from eval.benchmarks.page import BROWSER_FLAGS, build_parser, run_page_server
from eval.benchmarks.processes import compute_percentile, list_benchmark_questions
from index.errors import TongzhuError
from index.update.update import update_library

_WIDTH = 1280  # pixels
_NOTES = 400
_ANSWERED = "document.querySelector('.turn') && !document.querySelector('.turn .searching')"
_OPEN_SCRIPT = """
async () => {
  const begun = performance.now();
  const link = document.createElement("a");
  link.href = "ADDRESS";
  document.querySelector("#transcript").append(link);
  link.click();
  while (!document.querySelector("#drawer-pane[open] .reading"))
    await new Promise((resolve) => requestAnimationFrame(resolve));
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return performance.now() - begun;
}
"""
_CLOSE_SCRIPT = "document.querySelector('#drawer-pane').close()"


def make_noted_article(note_count: int) -> str:
    """Return an invented publication in Markdown: one article with this many notes.

    Args:
        note_count: The number of notes; each has a source of its own.
    """
    lines = ["---", "title: Tides of Averil", 'number: "9"', "date: 2025-03-01", "---"]
    lines.append("# The ledger of tides")
    for number in range(1, note_count + 1):
        if number % 20 == 1:
            lines += ["", f"## Watch {number // 20 + 1}"]
        lines += [
            "",
            f"On day {number} the harbour master entered a tide of {number} feet.[^{number}]",
        ]
    for number in range(1, note_count + 1):
        lines += [
            "",
            f"[^{number}]: Edda Marlowe, *Tables of Averil {number}* (Averil: Harbour Press, 2021),"
            f" p. {number}.",
        ]
    return "\n".join(lines) + "\n"


async def measure_heights(browser: Browser, address: str, questions: list[str]) -> list[float]:
    """Return the heights of the turns of questions, in pixels, each in a new conversation.

    Args:
        browser: The browser.
        address: The address of the page.
        questions: The questions.
    """
    heights = []
    for question in questions:
        page = await _open_page(browser, address)
        await page.fill("#question textarea", question)
        await page.press("#question textarea", "Enter")
        await page.wait_for_function(_ANSWERED)
        heights.append(await page.evaluate("document.querySelector('.turn').offsetHeight"))
        await page.context.close()
    return heights


async def measure_opening(browser: Browser, address: str, article: str, count: int) -> list[float]:
    """Return the milliseconds from a click on a link to the painted article, one for each try.

    Args:
        browser: The browser.
        address: The address of the page.
        article: The address of the article, relative to the page's.
        count: The number of tries; the first one finds no works in the server's cache.
    """
    page = await _open_page(browser, address)
    times = []
    for _ in range(count):
        times.append(await page.evaluate(_OPEN_SCRIPT.replace("ADDRESS", article)))
        await page.evaluate(_CLOSE_SCRIPT)
        await page.wait_for_timeout(200)
    await page.context.close()
    return times


async def _open_page(browser: Browser, address: str) -> Page:
    context = await browser.new_context(viewport={"width": _WIDTH, "height": 800})
    page = await context.new_page()
    await page.goto(address)
    await page.wait_for_selector("#question textarea:enabled:visible")
    return page


async def _measure(arguments: argparse.Namespace, questions: list[str], data: Path) -> Table:
    table = Table("", "number", "median", "p95", "most")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=BROWSER_FLAGS.split(),
        )
        with run_page_server(arguments.library, data) as server:
            heights = await measure_heights(browser, server.address, questions)
        _add_row(table, f"height of an answer at {_WIDTH} pixels", heights)
        source = data / "article.md"
        source.write_text(make_noted_article(_NOTES), encoding="utf-8")
        library = data / "library"
        report = update_library(library, [source])
        with run_page_server(library, data) as server:
            article = f"read/{report.added[0].id}/1"
            times = await measure_opening(browser, server.address, article, arguments.tries)
        _add_row(table, f"article of {_NOTES} notes opens, first time, ms", times[:1])
        _add_row(table, "… again, ms", times[1:])
        await browser.close()
    return table


def _add_row(table: Table, name: str, values: list[float]) -> None:
    percentile = compute_percentile(values, 95) if len(values) > 1 else values[0]
    figures = (median(values), percentile, max(values))
    table.add_row(name, str(len(values)), *(f"{value:.0f}" for value in figures))


def main() -> int:
    """Print the table; return 1 if the library or the questions cannot be read."""
    parser = build_parser(__doc__)
    parser.add_argument("--questions", type=int, default=30, help="how many (30)")
    parser.add_argument("--tries", type=int, default=6, help="openings of the article (6)")
    arguments = parser.parse_args()
    try:
        questions = list_benchmark_questions(arguments.library, arguments.set)
    except TongzhuError as error:
        Console(stderr=True).print(str(error))
        return 1
    with tempfile.TemporaryDirectory() as data:
        step = max(1, len(questions) // arguments.questions)
        chosen = questions[::step][: arguments.questions]
        Console().print(asyncio.run(_measure(arguments, chosen, Path(data))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
