"""A library that is damaged, missing or of another format is refused with one clear line."""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path

import pytest

from index.errors import LibraryError
from index.storage import manifest
from index.storage.library import Library
from index.update.update import update_library
from index.update.user_glossary import update_user_glossary
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.printing import print_to


@pytest.fixture(scope="module")
def intact_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("intact_library")
    files = [print_to(folder, number, f"第{number}號", "共同的一段") for number in (1, 2)]
    update_library(folder / "library", files, encoder=HashingEncoder())
    return folder / "library"


@pytest.fixture
def path(intact_library: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(intact_library, tmp_path / "library"))


def open_error(path: Path, *, stops_updates: bool = True) -> LibraryError:
    """Return the error of opening a library, having checked that an update raises the same.

    An update of something else does not read, nor change, what is damaged inside a segment.
    """
    with pytest.raises(LibraryError) as caught:
        Library.open(path)
    if not stops_updates:
        return caught.value
    before = {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}
    with pytest.raises(LibraryError) as again:
        update_library(path, remove=["x"], encoder=HashingEncoder())
    after = {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}
    assert {**after, path / "writer.lock": b""} == {**before, path / "writer.lock": b""}
    assert again.value.message == caught.value.message
    assert "\n" not in caught.value.message.en + caught.value.message.zh
    assert str(path) in caught.value.message.en
    assert str(path) in caught.value.message.zh
    return caught.value


def list_files(path: Path) -> list[Path]:
    """Return every file that a reader depends on and that is not empty."""
    files = [path / "tongzhu.json", *(path / "generations").rglob("*"), *path.glob("segments/*/*")]
    return [file for file in files if file.is_file() and file.stat().st_size]


def test_damage_to_any_file_is_detected(path: Path) -> None:
    files = list_files(path)
    assert len(files) > 10
    for file in files:
        content = file.read_bytes()
        for broken in (
            content[: len(content) // 2],
            content[:-1],
            b"",
            content + b"\0",
            *(flip_bit(content, random.Random().randrange(len(content))) for _ in range(3)),
        ):
            file.write_bytes(broken)
            is_cut = len(broken) != len(content)
            error = open_error(path, stops_updates=is_cut or file.suffix == ".json")
            assert "damaged" in str(error) or "upgrade" in str(error), (file, broken)
        file.unlink()
        assert f"{file.name}: missing" in str(open_error(path))
        file.write_bytes(content)
    with Library.open(path) as library:
        library.verify()


def test_a_writer_removes_nothing_that_a_damaged_manifest_does_not_name(path: Path) -> None:
    [manifest_file] = path.glob("generations/*/manifest.json")
    content = manifest_file.read_bytes()
    start = content.index(b'"segments"')
    for offset in range(start, start + 40):  # the name, and the number of the first segment
        manifest_file.write_bytes(flip_bit(content, offset))
        open_error(path)
    manifest_file.write_bytes(content)
    with Library.open(path) as library:
        library.verify()


def flip_bit(content: bytes, offset: int) -> bytes:
    """Return the content with the lowest bit of one byte flipped."""
    return content[:offset] + bytes([content[offset] ^ 1]) + content[offset + 1 :]


def test_missing_library_is_refused_with_advice(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path / "no" / "where", tmp_path):
        with pytest.raises(LibraryError, match="no library here; make one with `tongzhu index`"):
            Library.open(path)
    with pytest.raises(LibraryError, match="no library here"):
        update_library(tmp_path, remove=["x"], encoder=HashingEncoder())
    assert list(tmp_path.iterdir()) == [] or [e.name for e in tmp_path.iterdir()] == ["writer.lock"]


def test_folder_or_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    source = print_to(tmp_path, 1, "第一號")
    folder = tmp_path / "photographs"
    folder.mkdir()
    (folder / "cat.png").touch()
    for path in (folder, source):
        with pytest.raises(LibraryError, match="something else"):
            Library.open(path)
        with pytest.raises(LibraryError, match="something else"):
            update_library(path, [source], encoder=HashingEncoder())
    assert [entry.name for entry in folder.iterdir()] == ["cat.png"]


def test_library_is_created_in_an_empty_folder(tmp_path: Path) -> None:
    path = tmp_path / "library"
    path.mkdir()
    update_library(path, [tmp_path / "missing.md"], encoder=HashingEncoder())
    assert path.exists()
    update_library(path, [print_to(tmp_path, 1, "第一號")], encoder=HashingEncoder())
    with Library.open(path) as library:
        assert library.counts.publications == 1


def test_newer_format_is_refused_with_advice_to_upgrade(path: Path) -> None:
    pointer = path / "tongzhu.json"
    fields = json.loads(pointer.read_bytes())
    pointer.write_text(json.dumps({**fields, "tongzhu": manifest.FORMAT_VERSION + 1, "more": 1}))
    assert "upgrade Tongzhu" in str(open_error(path))


def test_malformed_pointer_file_is_reported_as_damage(path: Path) -> None:
    for content in ('{"tongzhu": "x"}', "[]", "{}", "\ufeff{}", "{" * 9999):
        (path / "tongzhu.json").write_text(content, encoding="utf-8")
        assert "damaged" in str(open_error(path))


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b", "a" * 300, "a/" * 3000, "loop", "nowhere"])
def test_invalid_library_path_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    for link, target in (("loop", "loop"), ("nowhere", "missing")):
        (tmp_path / link).symlink_to(target)
    path = tmp_path / name
    for call in (
        lambda: Library.open(path),
        lambda: update_library(path, [print_to(tmp_path, 1, "第一號")], encoder=HashingEncoder()),
        lambda: update_library(path, remove=["x"], encoder=HashingEncoder()),
        lambda: update_user_glossary(path, lambda glosses: glosses),
    ):
        with pytest.raises(LibraryError) as caught:
            call()
        for line in (caught.value.message.en, caught.value.message.zh):
            assert len(line.splitlines()) == 1
            assert "\0" not in line
            line.encode()


@pytest.mark.parametrize(
    "name",
    [
        "tongzhu.json",
        "generations/*/manifest.json",
        "segments/*/manifest.json",
        "segments/*/tokens.npy",
        "segments/*/documents.sqlite",
    ],
)
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "loop", "huge"])
def test_special_file_in_a_library_is_refused_without_blocking(
    path: Path, name: str, kind: str
) -> None:
    [file] = path.glob(name)
    file.unlink()
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "device":
        file.symlink_to("/dev/zero")
    elif kind == "folder":
        file.mkdir()
    elif kind == "loop":
        file.symlink_to(file.name)
    else:
        file.touch()
        os.truncate(file, 1 << 40)  # takes no room
    with pytest.raises(LibraryError):
        Library.open(path)
    with pytest.raises(LibraryError):
        update_library(path, remove=["x"], encoder=HashingEncoder())
