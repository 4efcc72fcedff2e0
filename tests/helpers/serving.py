"""Servers in processes of their own, and the examples of the documentation."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from tests.helpers.paths import ROOT

COMMAND = str(Path(sys.executable).with_name("tongzhu"))
QUESTION = "鯨門潮汐電廠何時開始商轉？"
ANSWER = "2021 年 11 月 6 日"
MARK = "鯨門潮汐電廠"


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    process: subprocess.Popen[str]
    log: Path


@contextmanager
def running(folder: Path, *arguments: str, env: dict[str, str] | None = None) -> Iterator[Server]:
    """Run a server on a free port until the end of the block; its log is a file in `folder`."""
    log = folder / "server.log"
    with log.open("w", encoding="utf-8") as stderr:
        process = subprocess.Popen(
            [COMMAND, *arguments, "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=stderr,
            stdin=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"TONGZHU_LANG": "en"} | (env or {}),
        )
    assert process.stdout
    try:
        line = process.stdout.readline()
        address = re.search(r"http://\S+\d(/mcp)?", line)
        assert address, f"{line!r} {log.read_text(encoding='utf-8')}"
        yield Server(address.group(), process, log)
    finally:
        process.terminate()
        try:
            process.wait(20)
        finally:
            process.kill()
            process.stdout.close()


@contextmanager
def serve_app(app: ASGIApp) -> Iterator[str]:
    """Serve an application in this process by a server that notices clients that leave."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def example(page: str) -> str:
    """Return the first Python example of a page of the documentation."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    block = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert block
    assert len(block[1].strip().splitlines()) < 20
    return block[1]


def run_example(page: str, env: dict[str, str]) -> str:
    """Return what the example of a page prints."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", example(page)],
        env=os.environ | {"PATH": path, "PYTHONIOENCODING": "utf-8"} | env,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
