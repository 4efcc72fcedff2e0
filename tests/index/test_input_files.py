"""Tests that any path a user gives is read, or refused in one line without blocking."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from index.encoders.protocol import Encoder
from index.errors import ReadError
from index.glossary.user_file import read_glossary
from index.input_files import find_files, get_mode, read_file
from index.messages import Message
from index.readers import read
from index.readers.folders import is_readable
from index.update.update import update_library
from tests.helpers.hashing_encoder import HashingEncoder

TEXT = "潮汐季刊\n\n風起。\n"


def _make_pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def _make_socket(path: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
    return path


def _make_loop(path: Path) -> Path:
    path.symlink_to(path.name)
    return path


def _make_dangling_link(path: Path) -> Path:
    path.symlink_to("nowhere.md")
    return path


def _make_folder(path: Path) -> Path:
    path.mkdir()
    return path


def _make_link(target: str) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.symlink_to(target)
        return path

    return make


def _make_large(path: Path) -> Path:
    with path.open("wb") as file:
        file.truncate(2**40)
    return path


UNUSUAL: dict[str, tuple[Callable[[Path], Path], str]] = {
    "pipe": (_make_pipe, "a pipe"),
    "socket": (_make_socket, "a socket"),
    "device": (_make_link("/dev/zero"), "a device"),
    "terminal": (_make_link("/dev/tty"), "a device"),
    "endless file of the system": (_make_link("/proc/self/pagemap"), "too large|cannot read"),
    "file of the system that cannot be read": (_make_link("/proc/self/mem"), "cannot read"),
    "loop of links": (_make_loop, "cannot read"),
    "dangling link": (_make_dangling_link, "a link to a file that is not there"),
    "link through a file": (_make_link("/etc/passwd/a"), "cannot read"),
    "folder": (_make_folder, "a folder"),
    "large file": (_make_large, "too large"),
    "missing": (lambda path: path, "no such file"),
    "long name": (lambda path: path.with_name("a" * 300 + ".md"), "cannot read"),
    "NUL": (lambda path: path.with_name("a\0.md"), "cannot read"),
}


@pytest.fixture(params=UNUSUAL.values(), ids=UNUSUAL.keys())
def unusual(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    make, reason = request.param
    return make(tmp_path / "x.md"), reason


def _check_message(message: Message, path: Path) -> None:
    assert str(path) in message.en
    assert str(path) in message.zh
    assert message.en != message.zh
    assert "\n" not in message.en + message.zh


@pytest.mark.parametrize("reader", [read_file, read, read_glossary])
def test_unusual_file_is_refused_in_one_line(
    unusual: tuple[Path, str], reader: Callable[[Path], object]
) -> None:
    path, reason = unusual
    with pytest.raises(ReadError, match=reason) as error:
        reader(path)
    _check_message(error.value.message, path)


def test_unusual_file_does_not_prevent_adding_other_files(
    unusual: tuple[Path, str], tmp_path: Path
) -> None:
    path, _ = unusual
    good = tmp_path / "good.txt"
    good.write_text(TEXT, encoding="utf-8")
    encoder: Encoder = HashingEncoder()
    for _ in range(2):  # the file is not reported as unchanged the second time
        report = update_library(tmp_path / "library", add=[path, good], encoder=encoder)
        (failure,) = report.failed
        assert failure.item == str(path)
        _check_message(failure.message, path)
    assert report.unchanged == (good,)


@pytest.mark.parametrize("path", ["/proc/self/status", "/proc/version"])
def test_files_without_a_size_are_read(path: str) -> None:
    if not Path(path).exists():
        pytest.skip(f"this system has no {path}")
    assert read_file(Path(path)).strip()


def test_file_of_exactly_the_size_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 8)
    assert read_file(path, 8) == b"x" * 8
    with pytest.raises(ReadError, match="too large"):
        read_file(path, 7)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_unreadable_file_is_reported_as_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text(TEXT, encoding="utf-8")
    path.chmod(0)
    with pytest.raises(ReadError, match="no permission"):
        read(path)


def test_any_permission_error_is_reported_as_no_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret.txt"
    path.write_text(TEXT, encoding="utf-8")

    def refuse(*arguments: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ReadError, match="no permission"):
        read(path)


def test_file_that_grows_while_being_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.txt"
    path.write_text(TEXT, encoding="utf-8")
    fstat = os.fstat

    def append_and_stat(descriptor: int) -> os.stat_result:
        status = fstat(descriptor)
        with path.open("a", encoding="utf-8") as file:
            file.write("雨落。\n")
        return status

    monkeypatch.setattr(os, "fstat", append_and_stat)
    with pytest.raises(ReadError, match="changed while it was being read"):
        read(path)


def test_file_that_changes_after_reading_is_not_added(tmp_path: Path) -> None:
    changing, good = tmp_path / "changing.txt", tmp_path / "good.txt"
    for path in (changing, good):
        path.write_text(f"{path.stem}\n\n{TEXT}", encoding="utf-8")

    def read_and_change(path: Path) -> object:
        publication = read(path)
        if path == changing:
            path.write_text("雨落。\n", encoding="utf-8")
        return publication

    report = update_library(
        tmp_path / "library", add=[changing, good], encoder=HashingEncoder(), read=read_and_change
    )
    (failure,) = report.failed
    assert "changed while it was being read" in failure.message.en
    assert [summary.path for summary in report.added] == [str(good)]


def test_files_are_listed_by_ending_and_content_in_all_folders(tmp_path: Path) -> None:
    for name in ("b.md", "folder.md/a.TXT", "folder.md/.hidden.md", ".git/c.md", "d.log"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(TEXT, encoding="utf-8")
    _make_pipe(tmp_path / "pipe.md")
    _make_loop(tmp_path / "loop.md")
    _make_dangling_link(tmp_path / "dangling.md")
    (tmp_path / "again.md").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "scan").write_bytes(b"%PDF-1.4")
    (tmp_path / "page.bak").write_text("<!doctype html><p>Text.")
    (tmp_path / "slides.pptx").write_bytes(b"PK\x03\x04")
    (tmp_path / "picture").write_bytes(b"\x89PNG")
    _make_pipe(tmp_path / "pipe")
    failures: list[Message] = []
    passed_over: list[Path] = []
    files = find_files(tmp_path, is_readable, failures, passed_over)
    assert [str(file.relative_to(tmp_path)) for file in files] == [
        "b.md", "dangling.md", "folder.md/a.TXT", "loop.md", "page.bak", "pipe.md", "scan",
    ]  # fmt: skip
    assert [path.name for path in passed_over] == ["d.log", "picture", "pipe", "slides.pptx"]
    assert not failures


def test_unreadable_folder_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = _make_folder(tmp_path / "closed")
    (tmp_path / "a.md").write_text(TEXT, encoding="utf-8")
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if path == closed:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    failures: list[Message] = []
    assert find_files(tmp_path, is_readable, failures, []) == [tmp_path / "a.md"]
    (failure,) = failures
    _check_message(failure, closed)
    assert "Permission denied" in failure.en


def test_file_name_that_is_not_utf8_is_reported_and_skipped(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    good, bad = folder / "good.txt", folder / os.fsdecode(b"bad\xff.md")
    for path in (good, bad):
        path.write_text(f"{path.suffix}\n\n{TEXT}", encoding="utf-8")
    report = update_library(tmp_path / "library", add=[bad, good], encoder=HashingEncoder())
    (failure,) = report.failed
    assert "not UTF-8" in failure.message.en
    assert [summary.path for summary in report.added] == [str(good)]


def test_mode_of_a_missing_path_is_0(tmp_path: Path) -> None:
    assert stat.S_ISDIR(get_mode(tmp_path))
    assert get_mode(tmp_path / "missing") == get_mode(Path("a\0")) == 0
