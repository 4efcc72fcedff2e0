"""Tests of reading files in a sandboxed process."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index import readers, sample
from index.errors import ReadError
from index.messages import MessageCatalogue
from index.sandbox.client import ReadLimits, SandboxedReader, build_environment
from tests.helpers.paths import ROOT

_MESSAGES = MessageCatalogue("index", "readers")
STUB = (str(ROOT / "tests" / "helpers" / "reading_stub.py"),)


@pytest.fixture
def reader() -> Iterator[SandboxedReader]:
    with SandboxedReader(ReadLimits(2, 512 << 20, 0), worker=STUB) as misbehaving:
        yield misbehaving


def read(reader: SandboxedReader, file: Path) -> str:
    """Return the message of the error of reading a file."""
    file.write_text("text")
    with pytest.raises(ReadError) as raised:
        reader.read(file)
    return raised.value.message.en


def test_sandboxed_reader_gives_the_same_publication(tmp_path: Path) -> None:
    file = Path(shutil.copy(sample.get_path(), tmp_path))
    with SandboxedReader(ReadLimits(plain_text=0)) as sandboxed, SandboxedReader() as direct:
        publication, audit = sandboxed.read(file)
        assert (publication, audit) == direct.read(file)
        assert direct._process is None  # a short text costs no process
    assert publication == readers.read(file)
    assert publication.findings == readers.read(file).findings
    assert audit.is_balanced


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("busy", "too_slow"),
        ("asleep", "too_slow"),
        ("greedy", "too_much_memory"),
        ("dies", "ended"),
        ("raises", "ended"),
    ],
)
def test_reader_over_a_limit_is_stopped_and_the_next_file_is_read(
    tmp_path: Path, reader: SandboxedReader, kind: str, key: str
) -> None:
    file = tmp_path / f"{kind}.txt"
    began = time.monotonic()
    line = read(reader, file)
    assert time.monotonic() - began < 15
    assert line == _MESSAGES[f"sandbox.{key}"].format(path=file, seconds=2, size=512).en
    assert read(reader, tmp_path / "fine.txt") == "done"


@pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are of Linux")
def test_sandboxed_reader_cannot_write_read_private_files_or_connect(
    tmp_path: Path, reader: SandboxedReader
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for name in ("writes.txt", "deletes.txt", "reads.txt", f"connects.{port}"):
            assert read(reader, tmp_path / name) == "PermissionError", name
    assert not (tmp_path / "elsewhere").exists()


def test_traceback_of_the_sandboxed_reader_is_kept_for_logs(tmp_path: Path) -> None:
    file = tmp_path / "deep.docx"
    file.write_text("text")
    with SandboxedReader(worker=("-c", FAILING)) as reader, pytest.raises(ReadError) as raised:
        reader.read(file, shown_as="deep.docx")
    assert raised.value.message == _MESSAGES["sandbox.failed"].format(path="deep.docx")
    assert "ZeroDivisionError" in raised.value.__notes__[0]


FAILING = """
import index.readers, index.sandbox.worker
index.readers.read_data = lambda *arguments, **options: 1 / 0
index.sandbox.worker.main()
"""


def test_process_is_reused_and_an_exception_in_the_check_interrupts_it(
    tmp_path: Path,
) -> None:
    class StopError(Exception):
        pass

    def stop() -> None:
        raise StopError

    with SandboxedReader(ReadLimits(5, 512 << 20, 0), worker=STUB) as reader:
        read(reader, tmp_path / "a.txt")
        first = reader._process
        read(reader, tmp_path / "b.txt")
        assert reader._process is first
    (tmp_path / "asleep.txt").write_text("text")
    with (
        SandboxedReader(ReadLimits(5, 512 << 20, 0), stop, STUB) as reader,
        pytest.raises(StopError),
    ):
        reader.read(tmp_path / "asleep.txt")


def test_sandboxed_reader_gets_no_secrets_from_the_environment() -> None:
    passed = build_environment({"TONGZHU_PASSWORD": "secret", "PATH": "/bin", "AWS_KEY": "x"})
    assert set(passed) == {"PATH", "PYTHONPATH", "PYTHONIOENCODING"}


def test_this_process_imports_no_reader() -> None:
    script = "import index.sandbox.client, sys; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    modules = result.stdout.decode().split()
    assert "index.readers.series" in modules
    assert not [name for name in modules if name.startswith(("index.readers.paged", "pypdfium2"))]
