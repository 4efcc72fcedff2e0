"""Tests of several servers of one library behind a balancer, of which one is killed."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from index.storage.library import Library
from index.update.update import update_library
from tests.helpers.serving import QUESTION, Server, running
from tests.ui.api.test_process import wait_until

_SERVERS = 3
_QUESTIONS = 40
_KILLED_AT = 15


@pytest.fixture(scope="module")
def library(sample_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample's library that the test changes."""
    folder = tmp_path_factory.mktemp("several") / "library"
    shutil.copytree(sample_library, folder)
    return folder


@pytest.fixture(scope="module")
def servers(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Several servers of one library, started at the same time."""
    with ExitStack() as stack, ThreadPoolExecutor(_SERVERS) as pool:
        contexts = [
            running(tmp_path_factory.mktemp("server"), "serve", "--library", str(library))
            for _ in range(_SERVERS)
        ]
        entered = [pool.submit(stack.enter_context, context) for context in contexts]
        yield [future.result() for future in entered]


class Balancer:
    """Sends each request to the next server, and once more to the one after it if that is dead."""

    def __init__(self, servers: list[Server]) -> None:
        self._servers = itertools.cycle(itertools.pairwise([*servers, servers[0]]))
        self.repeated = 0

    def ask(self, question: str) -> dict[str, Any]:
        first, second = next(self._servers)
        try:
            response = _post(first, question)
        except httpx.TransportError:
            self.repeated += 1
            response = _post(second, question)
        assert response.status_code == 200
        answer: dict[str, Any] = response.json()
        return answer


def _post(server: Server, question: str) -> httpx.Response:
    return httpx.post(f"{server.url}/v1/ask", json={"question": question, "k": 1}, timeout=60)


def test_killed_server_fails_no_request_twice(servers: list[Server]) -> None:
    balancer = Balancer(servers)

    def ask(number: int) -> tuple[str, str]:
        if number == _KILLED_AT:
            servers[1].process.kill()
        question = f"{QUESTION} {number // 2}"  # each is asked twice, of different servers
        return question, json.dumps(balancer.ask(question)["citations"])

    with ThreadPoolExecutor(_SERVERS) as pool:
        answers = set(pool.map(ask, range(_QUESTIONS)))
    assert balancer.repeated > 0
    assert len(answers) == _QUESTIONS // 2


def test_every_server_takes_a_change_over(
    servers: list[Server], library: Path, tmp_path: Path
) -> None:
    file = tmp_path / "harbour.md"
    file.write_text("# The harbour\n\nThe harbour was opened again in 2019.\n", "utf-8")
    update_library(library, add=[file])
    with Library.open(library) as changed:
        generation = changed.generation
    running_servers = [server for server in servers if server.process.poll() is None]
    assert running_servers
    for server in running_servers:
        wait_until(lambda url=server.url: get_generation(url) == generation)


def get_generation(url: str) -> int:
    return int(httpx.get(f"{url}/version", timeout=20).json()["generation"])
