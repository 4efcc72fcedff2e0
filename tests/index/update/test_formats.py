"""Libraries of older formats, and files that this version reads differently."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from index import readers
from index.errors import LibraryError
from index.glossary.gloss import Gloss
from index.storage.generation import _write_json
from index.storage.library import DOCUMENTS_FILE, Library
from index.storage.manifest import (
    FORMAT_VERSION,
    MANIFEST_FILE,
    POINTER_FILE,
    Manifest,
    generation_folder,
    read_pointer,
    record_file,
)
from index.update.update import update_library
from index.update.user_glossary import update_user_glossary
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.printing import print_to


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [
        print_to(tmp_path, number, f"第{number}號的燈塔", "共同的一段", name=f"{number}.md")
        for number in (1, 2)
    ]


@pytest.fixture
def path(tmp_path: Path, files: list[Path]) -> Path:
    update_library(tmp_path / "library", files, encoder=HashingEncoder())
    return tmp_path / "library"


RENAMED_COLUMNS = (  # table, name, name before format 6
    ("publication", "folded_titles", "folded"),
    ("publication", "first_key", "first"),
    ("publication", "passage_count", "passages"),
    ("article", "article_index", "number"),
    ("article", "folded_titles", "folded"),
    ("article", "first_key", "first"),
    ("article", "passage_count", "passages"),
    ("label", "article_index", "article"),
    ("label", "folded_name", "folded"),
    ("passage", "terms", "said"),
)


def downgrade(path: Path, library_format: int = 5) -> None:
    """Convert a library to format 1 or 5."""
    pointer = read_pointer(path)
    folder = generation_folder(path, pointer.generation)
    with closing(sqlite3.connect(folder / DOCUMENTS_FILE)) as connection, connection:
        for table, name, older_name in RENAMED_COLUMNS:
            connection.execute(f"ALTER TABLE {table} RENAME COLUMN {name} TO {older_name}")
        for key, older_key in (("resolves_to", "stands_for"), ("see_also", "see")):
            connection.execute(
                "UPDATE article SET record = CAST(replace(record, ?, ?) AS BLOB)",
                (f'"{key}":', f'"{older_key}":'),
            )
        if library_format == 1:
            connection.execute("ALTER TABLE passage DROP COLUMN said")
            connection.execute("DROP INDEX passage_in_language")
            connection.execute("ALTER TABLE passage DROP COLUMN language")
            connection.execute("DROP TABLE gloss")
            connection.execute("UPDATE publication SET digest = substr(digest, 1, 64)")
    manifest = msgspec.json.decode((folder / MANIFEST_FILE).read_bytes(), type=Manifest)
    file = folder / DOCUMENTS_FILE
    record = record_file(file)
    _write_json(
        folder / MANIFEST_FILE, replace(manifest, files={**manifest.files, DOCUMENTS_FILE: record})
    )
    outdated = msgspec.structs.replace(
        pointer,
        format_version=library_format,
        manifest_checksum=record_file(folder / MANIFEST_FILE).checksum,
    )
    _write_json(path / POINTER_FILE, outdated.with_checksum())


def read_contents(path: Path) -> list[object]:
    with Library.open(path) as library:
        library.verify()
        rows = range(library.engine.size)
        ids = [summary.id for summary in library.publications()]
        return [
            library.counts,
            [library.publication(publication_id) for publication_id in ids],
            sorted(passage.id for passage in library.passages(rows)),
            [len(terms.sizes) - 1 for _, terms in library.passage_terms(rows)],
            [len(library.sentences(row)) for row in rows],
        ]


def test_older_format_is_refused_with_advice(path: Path) -> None:
    downgrade(path)
    with pytest.raises(
        LibraryError, match=f"has format 5, this version reads {FORMAT_VERSION}"
    ) as caught:
        Library.open(path)
    assert "tongzhu index" in caught.value.message.en
    assert "tongzhu index" in caught.value.message.zh
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("library_format", [1, 5])
def test_older_format_is_rebuilt_from_stored_publications(
    path: Path, files: list[Path], library_format: int
) -> None:
    before = read_contents(path)
    downgrade(path, library_format)
    files[0].unlink()
    report = update_library(path, [files[1]], encoder=HashingEncoder())
    assert read_contents(path) == before
    assert (len(report.replaced), report.added, report.removed, report.failed) == (2, (), (), ())
    assert (report.encoded, report.reused) == (2, 0)
    assert report.generation == 2


def test_rebuilding_keeps_the_user_glossary(path: Path, files: list[Path]) -> None:
    gloss = Gloss(("燈塔", "lighthouse"), "user")
    update_user_glossary(path, lambda _: [gloss])
    downgrade(path)
    update_library(path, files, encoder=HashingEncoder())
    with Library.open(path) as library:
        assert library.user_glosses() == (gloss,)


def test_removing_from_an_older_format_keeps_other_publications(path: Path) -> None:
    with Library.open(path) as library:
        removed_id, kept = (summary.id for summary in library.publications())
    downgrade(path)
    report = update_library(path, remove=[removed_id], encoder=HashingEncoder())
    assert [summary.id for summary in report.removed] == [removed_id]
    with Library.open(path) as library:
        assert [summary.id for summary in library.publications()] == [kept]
        assert library.engine.size == len(library.rows_of(kept))


def test_failed_update_leaves_an_older_format_unchanged(path: Path) -> None:
    downgrade(path)

    class Failing(HashingEncoder):
        def count_tokens(self, text: str) -> int:
            raise KeyboardInterrupt

    before = {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}
    with pytest.raises(KeyboardInterrupt):
        update_library(path, remove=["x"], encoder=Failing())
    assert {file: file.read_bytes() for file in before} == before


def test_file_is_read_again_after_a_new_reader_version(
    path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert update_library(path, files, encoder=HashingEncoder()).unchanged == tuple(files)
    monkeypatch.setattr(readers, "READER_VERSION", readers.READER_VERSION + 1)
    again = update_library(path, files, encoder=HashingEncoder())
    assert len(again.replaced) == 2
    assert again.encoded == 0
    assert update_library(path, files, encoder=HashingEncoder()).unchanged == tuple(files)
