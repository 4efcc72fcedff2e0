"""Tests that a library keeps the PDF files that it was made of, as long as their publications."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import LibraryError
from index.glossary.gloss import Gloss
from index.storage import links
from index.storage.library import Library
from index.storage.originals import ORIGINALS_FOLDER
from index.update.update import update_library
from index.update.user_glossary import update_user_glossary
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.small_pdf import typeset_pages


@pytest.fixture(scope="module")
def data() -> bytes:
    return typeset_pages()


@pytest.fixture
def pdf(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "harbour.pdf"
    path.write_bytes(data)
    return path


@pytest.fixture
def path(tmp_path: Path, pdf: Path) -> Path:
    library = tmp_path / "library"
    text = tmp_path / "plain.md"
    text.write_text("# Ropes\n\nA rope is coiled after use.", "utf-8")
    report = update_library(library, [pdf, text], encoder=HashingEncoder())
    assert len(report.added) == 2
    return library


def list_copies(path: Path) -> list[Path]:
    return sorted(path.rglob(f"{ORIGINALS_FOLDER}/*"))


def read_originals(path: Path) -> Iterator[bytes | None]:
    with Library.open(path) as library:
        for summary in library.publications():
            yield library.read_original(summary.id)


def get_pdf_id(path: Path) -> str:
    with Library.open(path) as library:
        return next(s.id for s in library.publications() if s.path.endswith(".pdf"))


def test_only_pdf_files_are_kept(path: Path, pdf: Path, data: bytes) -> None:
    pdf.unlink()  # the library needs it no more
    assert {None, data} == set(read_originals(path))


def remove_text(path: Path) -> None:
    """Remove the other publication; the one with the PDF is carried over into a new segment."""
    with Library.open(path) as library:
        [text] = [s.id for s in library.publications() if s.path.endswith("plain.md")]
    update_library(path, remove=[text], encoder=HashingEncoder())


def test_what_is_carried_over_takes_no_more_room(path: Path, tmp_path: Path, data: bytes) -> None:
    more = tmp_path / "more.md"
    more.write_text("# Sails\n\nA sail is furled before the storm.", "utf-8")
    update_library(path, [more], encoder=HashingEncoder())
    update_user_glossary(path, lambda _: [Gloss(("潮汐", "tide"), "user")])
    assert len(list_copies(path)) == 1
    remove_text(path)
    copies = list_copies(path)
    assert len(copies) == 2  # of this generation and the one before
    assert len({copy.stat().st_ino for copy in copies}) == 1
    assert data in set(read_originals(path))


def test_a_disk_without_links_gets_copies(
    path: Path, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError(f"{source} {target}")

    monkeypatch.setattr(links.os, "link", refuse)
    remove_text(path)
    assert len({copy.stat().st_ino for copy in list_copies(path)}) == 2
    assert data in set(read_originals(path))


def test_a_removed_publication_takes_its_file_along(path: Path, tmp_path: Path) -> None:
    update_library(path, remove=[get_pdf_id(path)], encoder=HashingEncoder())
    assert set(read_originals(path)) == {None}
    update_user_glossary(path, lambda _: [Gloss(("潮汐", "tide"), "user")])
    assert list_copies(path) == []  # as its text, it is in no generation any more


def test_a_damaged_copy_is_noticed(path: Path) -> None:
    (copy,) = list_copies(path)
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    with Library.open(path) as library, pytest.raises(LibraryError, match="damaged"):
        library.read_original(get_pdf_id(path))


def test_a_library_of_an_older_bundled_model_keeps_them_though_the_file_has_gone(
    tmp_path: Path, pdf: Path, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "older"
    with monkeypatch.context() as patch:
        for module in ("index.update.update", "index.encoders.bundled"):
            patch.setattr(f"{module}.trained_model_fingerprint", lambda: "0" * 64)
        update_library(path, [pdf])
    pdf.unlink()
    (more := tmp_path / "more.md").write_text("# Sails\n\nA sail is furled.", "utf-8")
    report = update_library(path, [more])
    assert len(report.replaced) == 1
    assert {None, data} == set(read_originals(path))
