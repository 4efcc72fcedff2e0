"""Tests that a library reads back what was written or raises an error."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from index.errors import DamagedLibraryError, LibraryError
from index.storage import manifest, verified_files
from index.storage.library import Library
from index.storage.term_index import TermGroup
from index.storage.verified_files import DamageReporter, VerifiedFile
from index.update.update import update_library
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.printing import print_to

BLOCK = 256  # bytes: so that small arrays have several blocks


@contextmanager
def small_blocks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (manifest, verified_files):
            patch.setattr(module, "BLOCK_BYTES", BLOCK)
        yield


@pytest.fixture(autouse=True, scope="module")
def _small_blocks() -> Iterator[None]:
    with small_blocks():
        yield


@pytest.fixture(scope="module")
def intact_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("intact_library")
    texts = [f"第{number}段，港口在東。" * 3 for number in range(12)]
    files = [print_to(folder, number, *texts) for number in (1, 2)]
    update_library(folder / "library", files, encoder=HashingEncoder())
    return folder / "library"


@pytest.fixture
def path(intact_library: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(intact_library, tmp_path / "library"))


def find_file(path: Path, name: str) -> Path:
    [file] = [*path.glob(f"segments/*/{name}"), *path.glob(f"generations/*/terms/{name}")]
    return file


def flip_last_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def read_last_tokens(library: Library) -> object:
    tokens = library.segments[0].vectors.tokens
    return tokens.read_range(tokens.group_count - 1, tokens.group_count).tolist()


READS: dict[str, Callable[[Library], object]] = {
    "documents.sqlite": lambda library: library.publications(),
    "passages.faiss": lambda library: library.engine.search_vectors(
        np.ones(HashingEncoder.dimension), 5
    ),
    "sentences.npy": lambda library: [
        part.tolist()
        for part in library.engine.sentence_similarities(
            np.ones(HashingEncoder.dimension), range(library.engine.size)
        )
    ],
    "tokens.npy": read_last_tokens,
    "*.term": lambda library: library.engine.document_frequency("港"),
    "*.idx": lambda library: library.engine.search_terms([TermGroup((("港", 1.0),))], 5),
}


ARRAYS = ("sentences.npy", "tokens.npy")  # verified where they are read


def test_damage_in_an_array_is_detected_when_its_block_is_read(path: Path) -> None:
    flip_last_bit(find_file(path, "tokens.npy"))
    with Library.open(path) as library:
        assert library.segments[0].vectors.tokens.read_range(0, 1).size
        assert library.damage is None
        with pytest.raises(DamagedLibraryError, match="tokens") as caught:
            read_last_tokens(library)
        assert caught.value.part == "tokens.npy"
        assert library.damage is caught.value
        with pytest.raises(DamagedLibraryError):
            library.verify()


def test_each_block_is_verified_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks: list[int] = []
    read_block = VerifiedFile._read_block
    with Library.open(path) as library:
        tokens = library.segments[0].vectors.tokens
        monkeypatch.setattr(
            VerifiedFile,
            "_read_block",
            lambda file, block: blocks.append(block) or read_block(file, block),
        )
        tokens.read_range(3, tokens.group_count)
        tokens.read_range(0, tokens.group_count)
        size = find_file(path, "tokens.npy").stat().st_size
    # The first one, with the header, was verified before.
    assert sorted(blocks) == list(range(1, -(-size // BLOCK)))
    assert len(blocks) > 5


def test_damaged_array_is_not_copied_into_a_new_segment(path: Path) -> None:
    flip_last_bit(find_file(path, "sentences.npy"))
    with Library.open(path) as library:
        first, _ = library.publications()
    with pytest.raises(DamagedLibraryError, match="sentences"):
        update_library(path, remove=[first.id], encoder=HashingEncoder())
    assert not (path / "generations" / "000002").exists()
    assert not (path / "segments" / "000002").exists()


def test_damage_stays_noticed_after_an_update(path: Path, tmp_path: Path) -> None:
    flip_last_bit(find_file(path, "sentences.npy"))
    update_library(path, [print_to(tmp_path, 3, "第三號")], encoder=HashingEncoder())
    with Library.open(path) as library, pytest.raises(DamagedLibraryError, match="sentences"):
        library.verify()


@pytest.mark.parametrize("name", READS)
def test_change_of_an_open_file_is_detected(path: Path, name: str) -> None:
    file, read = find_file(path, name), READS[name]
    with Library.open(path) as library:
        before, content = read(library), file.read_bytes()
        for damage in (
            lambda: flip_last_bit(file),
            lambda: os.truncate(file, 10),  # mapped memory beyond the new end cannot be read
            lambda: os.truncate(file, 0),
            lambda: file.write_bytes(content + b"\0"),
        ):
            damage()
            for _ in range(2):
                with pytest.raises(DamagedLibraryError, match="damaged"):
                    read(library)
            if name not in ARRAYS or file.stat().st_size != len(content):
                with pytest.raises(DamagedLibraryError):
                    library.verify_changed_files()
            file.write_bytes(content)
            assert read(library) == before
        assert library.damage
        newest = library.refreshed()
        assert newest is not library
        assert newest.damage is None
        newest.close()


def test_damaged_library_is_refreshed_only_after_repair(path: Path) -> None:
    file = find_file(path, "tokens.npy")
    content = file.read_bytes()
    with Library.open(path) as library:
        assert library.refreshed() is library
        flip_last_bit(file)
        with pytest.raises(DamagedLibraryError):
            read_last_tokens(library)
        with pytest.raises(DamagedLibraryError):
            library.refreshed()
        file.write_bytes(content)
        library.refreshed().close()


def test_file_with_a_new_timestamp_stays_valid(path: Path) -> None:
    with Library.open(path) as library:
        for name, read in READS.items():
            before = read(library)
            find_file(path, name).touch()
            assert read(library) == before
        library.verify_changed_files()
        assert library.damage is None


class PanicException(BaseException):
    """As extensions in Rust raise them."""


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (PanicException("index out of bounds\nsecond line"), DamagedLibraryError),
        (RuntimeError(), DamagedLibraryError),
        (OSError(5, "Input/output error"), LibraryError),
        (KeyboardInterrupt(), KeyboardInterrupt),
        (KeyError(), KeyError),
    ],
)
def test_errors_of_native_code_become_damaged_library_errors(
    error: BaseException, raised: type[BaseException]
) -> None:
    reporter = DamageReporter(Path("library"))
    with pytest.raises(raised) as caught, reporter.report("terms"):
        raise error
    assert "\n" not in str(caught.value)
    assert (reporter.first_error is caught.value) == isinstance(caught.value, LibraryError)


def test_a_range_that_a_file_lacks_is_damage(path: Path) -> None:
    file = find_file(path, "tokens.npy")
    with Library.open(path) as library:
        tokens = library.segments[0].vectors.tokens
        size = file.stat().st_size
        assert len(tokens._file.read(size - 10, size)) == 10
        with pytest.raises(DamagedLibraryError, match="tokens"):
            tokens._file.read(size - 10, size + 1)
