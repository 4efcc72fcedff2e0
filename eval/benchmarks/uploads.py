"""Waiting times of several uploads to the page, and the latency of questions meanwhile.

Run `python -m eval.benchmarks.uploads --library FOLDER`. On a copy of the library, one visitor adds
a small file alone; then another one adds a huge file, and while it is encoded a small one is added
again. A third visitor asks all the time. At last the huge upload is cancelled.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import httpx
from rich.console import Console
from rich.table import Table

from eval.benchmarks.made_up import make_markdown, make_questions
from eval.benchmarks.page import run_page_server
from eval.benchmarks.processes import compute_percentile

_POLL_SECONDS = 0.1
_TIMEOUT = 1800.0  # seconds
_DEFAULTS = (None, None, None, None)  # history, filters, k, threshold


class _Visitor:
    """A visitor who adds files."""

    def __init__(self, address: str) -> None:
        self._client = httpx.AsyncClient(base_url=address, timeout=60, trust_env=False)

    async def upload(self, text: str) -> None:
        """Send a file."""
        await self._client.get("/")  # gives the cookie
        response = await self._client.post(
            "library/files", files={"file": ("made-up.md", text.encode())}
        )
        response.raise_for_status()

    async def cancel(self) -> None:
        """Cancel the upload."""
        await self._client.post("library/change/cancel")

    async def wait_for(self, mark: str) -> float:
        """Return the seconds until the state of the upload, as HTML, contains a text.

        Raises:
            TimeoutError: If that takes too long.
        """
        start = time.perf_counter()
        while time.perf_counter() < start + _TIMEOUT:
            if mark in (await self._client.get("library/change?lang=en")).text:
                return time.perf_counter() - start
            await asyncio.sleep(_POLL_SECONDS)
        raise TimeoutError(mark)


async def measure_latencies(
    address: str, questions: Sequence[str], interval: float, until: asyncio.Event
) -> list[float]:
    """Return the milliseconds of questions, one after another, until an event."""
    latencies = []
    async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False) as client:
        for question in questions:
            start = time.perf_counter()
            response = await client.post(
                "gradio_api/run/ask", json={"data": [question, *_DEFAULTS]}
            )
            response.raise_for_status()
            latencies.append(1000 * (time.perf_counter() - start))
            if until.is_set():
                break
            await asyncio.sleep(interval)
    return latencies


async def measure_uploads(address: str, arguments: argparse.Namespace) -> Table:
    """Return all measurements as a table."""
    questions = make_questions(100_000)
    table = Table("", "s", "questions", "median, ms", "p95, ms", title="uploads and questions")

    async def measure(name: str, wait: float, visitor: _Visitor | None, text: str) -> None:
        nonlocal questions
        is_over = asyncio.Event()
        asking = asyncio.create_task(
            measure_latencies(address, questions, arguments.every, is_over)
        )
        if visitor is None:
            seconds = await asyncio.sleep(wait, wait)
        else:
            await visitor.upload(text)
            seconds = await visitor.wait_for('data-state="finished"')
        is_over.set()
        latencies = await asking
        questions = questions[len(latencies) :]
        table.add_row(
            name,
            f"{seconds:.1f}",
            str(len(latencies)),
            f"{median(latencies):.0f}",
            f"{compute_percentile(latencies, 95):.0f}",
        )

    await measure("no upload", arguments.seconds, None, "")
    await measure("small upload alone", 0, _Visitor(address), make_markdown(arguments.small, 1))
    huge = _Visitor(address)
    await huge.upload(make_markdown(arguments.huge, 2))
    await huge.wait_for("Encoding passages")
    await measure("huge upload at work", arguments.seconds, None, "")
    small = make_markdown(arguments.small, 3)
    await measure("small upload beside the huge one", 0, _Visitor(address), small)
    start = time.perf_counter()
    await huge.cancel()
    await huge.wait_for("Cancelled")
    table.add_row("huge upload cancelled", f"{time.perf_counter() - start:.1f}", "", "", "")
    return table


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--library", type=Path, required=True, help="a library's folder")
    parser.add_argument("--small", type=int, default=10, help="sections of the small file (10)")
    parser.add_argument("--huge", type=int, default=1500, help="sections of the huge file (1500)")
    parser.add_argument("--every", type=float, default=0.1, help="seconds between questions (0.1)")
    parser.add_argument("--seconds", type=float, default=30, help="without a small upload (30)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        shutil.copytree(arguments.library, library)
        with run_page_server(library, Path(folder), ["--upload-minutes", "1000"]) as server:
            Console().print(asyncio.run(measure_uploads(server.address, arguments)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
