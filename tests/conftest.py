"""Shared fixtures: real publications, public question sets, and a library of the sample."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock
from hypothesis import settings

from tests.helpers.browsing import browser, chat, chat_library, idle_contexts, stub, visit
from tests.helpers.paths import SHARED
from tests.helpers.serving import Server, running

if TYPE_CHECKING:
    from rag.answer.model import Answer
    from rag.retriever import Retriever

# Fixtures of the whole session: one browser, and one server of each kind, for all modules.
__all__ = ["browser", "chat", "chat_library", "idle_contexts", "stub", "visit"]

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "false"  # tests send no request to any host

# To read the first passages takes a tenth of a second a question; what does it is tested apart.
os.environ["TONGZHU_READER"] = "off"

# Processes of a parallel run share the processors: threads of native code (PyTorch, FAISS, BLAS) in
# excess of them wait for each other, in which training a network took five times as long.
if workers := os.environ.get("PYTEST_XDIST_WORKER_COUNT"):
    os.environ.setdefault("OMP_NUM_THREADS", str(max((os.cpu_count() or 1) // int(workers), 1)))

# A generated example may take as long as it takes where the processors are shared. In continuous
# integration the examples are the same in every run: new ones are looked for by who can mend them.
settings.register_profile("patient", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("patient")

_BROWSER = "browser"
_SECOND_BROWSER = (
    "tests/ui/page/test_accessibility.py",
    "tests/ui/page/test_printed_page.py",
    "tests/ui/page/uploads/",
)
_MODEL = frozenset(("sample_library", "sample_retriever", "unsure_retriever"))
_SLOW = (
    "tests/index/encoders/",
    "tests/index/update/test_crash.py",
    "tests/rag/test_retriever.py",
    "tests/ui/cli/commands/test_index.py",
    "tests/ui/page/uploads/",
)
_SERVERS = frozenset(("chat", "sample_server", "server", "stub"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs a browser, a server or seconds, and puts the browser last.

    Playwright keeps an event loop running in this thread until the browser is closed, and where one
    runs no other test can start its own. Run in parallel, the tests of the browser form two groups
    of about the same duration, each with one browser and one server of each kind; and the other
    tests of a file run in one process, which prepares what they share once.
    """
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if _BROWSER in fixtures:
            item.add_marker(pytest.mark.browser)
            number = 2 if item.nodeid.startswith(_SECOND_BROWSER) else 1
            item.add_marker(pytest.mark.xdist_group(f"{_BROWSER}-{number}"))
            continue
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
        if fixtures & _SERVERS:
            item.add_marker(pytest.mark.server)
        elif fixtures & _MODEL or item.nodeid.startswith(_SLOW):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.get_closest_marker(_BROWSER) is not None)


def _shared(relative: str) -> Path:
    paths = sorted(SHARED.glob(relative))
    if paths:
        return paths[0]
    reason = f"{relative} is not in {SHARED.name}/ beside the project"
    if os.environ.get("CI"):
        pytest.fail(f"{reason}; CI must run this test")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def real_issue() -> Path:
    """The real publication as a file."""
    return _shared("corpus/*.txt")


@pytest.fixture(scope="session")
def real_documents() -> Path:
    """The folder of real documents in many formats."""
    return _shared("real")


@pytest.fixture(scope="session")
def benchmarks() -> Path:
    """The folder of public question sets."""
    return _shared("benchmarks")


@pytest.fixture(scope="session")
def sample_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the bundled sample, made with the bundled model. Only to be read.

    Run in parallel, the workers share one.
    """
    from index import sample
    from index.update.update import update_library

    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "sample-library"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            report = update_library(folder, add=[sample.get_path()])
            assert not report.failed
    return folder


@pytest.fixture(scope="session")
def sample_server(
    sample_library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The sample, served over HTTP by a process of its own."""
    with running(
        tmp_path_factory.mktemp("server"), "serve", "--library", str(sample_library)
    ) as server:
        yield server


@pytest.fixture(scope="session")
def sample_retriever(sample_library: Path) -> Retriever:
    """The retriever of the sample's library."""
    from rag.retriever import Retriever

    return Retriever.open(sample_library)


@pytest.fixture
def unsure_retriever(sample_retriever: Retriever, monkeypatch: pytest.MonkeyPatch) -> Retriever:
    """The same retriever with a low confidence, so that no question is answered."""
    retrieve = sample_retriever.retrieve

    def unsure(*args: Any, **settings: Any) -> Answer:
        return replace(retrieve(*args, **settings), confidence=0.125, threshold=0.5)

    monkeypatch.setattr(sample_retriever, "retrieve", unsure)
    return sample_retriever
