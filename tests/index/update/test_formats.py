"""Libraries of older formats, and files that this version reads differently."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from index import readers
from index.encoders.protocol import load_encoder
from index.errors import LibraryError, ModelError
from index.glossary.gloss import Gloss
from index.storage.compression import decompress_record
from index.storage.generation import _write_json
from index.storage.library import Library
from index.storage.manifest import (
    FORMAT_VERSION,
    MANIFEST_FILE,
    POINTER_FILE,
    SEGMENTS_FOLDER,
    Manifest,
    generation_folder,
    read_pointer,
    record_file,
    segment_folder,
)
from index.storage.originals import get_original_name
from index.storage.passage_terms import PassageTerms, join_digests
from index.storage.segment import DOCUMENTS_FILE
from index.storage.term_index import TERM_INDEX_FOLDER
from index.storage.term_vocabulary import load_unpacker
from index.update.compact import compact_library
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


def downgrade(path: Path, library_format: int = 5) -> Path:
    """Convert a library of one segment to format 1 or 5; return the generation's folder."""
    pointer = read_pointer(path)
    folder = generation_folder(path, pointer.generation)
    manifest = msgspec.json.decode((folder / MANIFEST_FILE).read_bytes(), type=Manifest)
    [segment] = manifest.segments
    decompress_documents(segment_folder(path, segment.number) / DOCUMENTS_FILE)
    shutil.rmtree(folder / TERM_INDEX_FOLDER)
    shutil.copytree(segment_folder(path, segment.number), folder, dirs_exist_ok=True)
    shutil.rmtree(path / SEGMENTS_FOLDER)
    with closing(sqlite3.connect(folder / DOCUMENTS_FILE)) as connection, connection:
        connection.execute("DROP TABLE gloss")
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
            connection.execute("UPDATE publication SET digest = substr(digest, 1, 64)")
        else:
            connection.execute("CREATE TABLE gloss (publication TEXT, record BLOB NOT NULL)")
            connection.executemany(
                "INSERT INTO gloss VALUES (NULL, ?)",
                ((msgspec.json.encode(gloss),) for gloss in manifest.user_glosses),
            )
    write_older_manifest(path, folder, manifest, library_format)
    return folder


def decompress_documents(file: Path) -> None:
    """Write the records of a file of documents as format 9 had them."""
    with closing(sqlite3.connect(file)) as connection, connection:
        unpack = load_unpacker(connection)
        connection.create_function("decompress", 1, decompress_record)
        connection.create_function(
            "repack", 1, lambda record: pack_as_format_9(unpack([record])[0])
        )
        connection.execute(
            "UPDATE publication SET summary = decompress(summary), record = decompress(record)"
        )
        connection.execute("UPDATE article SET record = decompress(record)")
        connection.execute(
            "UPDATE passage SET record = decompress(record), sentences = decompress(sentences), "
            "terms = repack(terms)"
        )
        connection.execute("UPDATE gloss SET record = decompress(record)")
        connection.execute("DROP TABLE vocabulary")


def pack_as_format_9(terms: PassageTerms) -> bytes:
    sizes = np.array([len(terms.sizes), *terms.sizes], "<u4")
    return sizes.tobytes() + join_digests(terms.term_ids)


def downgrade_to_format_9(path: Path) -> None:
    """Convert a library of one segment to format 9."""
    pointer = read_pointer(path)
    folder = generation_folder(path, pointer.generation)
    manifest = msgspec.json.decode((folder / MANIFEST_FILE).read_bytes(), type=Manifest)
    [segment] = manifest.segments
    own_folder = segment_folder(path, segment.number)
    decompress_documents(own_folder / DOCUMENTS_FILE)
    own = msgspec.json.decode((own_folder / MANIFEST_FILE).read_bytes())
    del own["format_version"]
    own["files"][DOCUMENTS_FILE] = msgspec.to_builtins(record_file(own_folder / DOCUMENTS_FILE))
    (own_folder / MANIFEST_FILE).write_bytes(msgspec.json.encode(own))
    checksum = record_file(own_folder / MANIFEST_FILE).checksum
    older = replace(manifest, segments=(replace(segment, checksum=checksum),))
    (folder / MANIFEST_FILE).write_bytes(msgspec.json.encode(older))
    outdated = msgspec.structs.replace(
        pointer,
        format_version=9,
        manifest_checksum=record_file(folder / MANIFEST_FILE).checksum,
    )
    _write_json(path / POINTER_FILE, outdated.with_checksum())


def write_older_manifest(path: Path, folder: Path, manifest: Manifest, library_format: int) -> None:
    """Write the manifest and the pointer of a library of a format without segments."""
    (folder / MANIFEST_FILE).unlink()
    files = [file for file in folder.rglob("*") if file.is_file()]
    records = {file.relative_to(folder).as_posix(): record_file(file) for file in files}
    older = {
        "created_by": manifest.created_by,
        "model": manifest.model,
        "counts": manifest.counts,
        "files": records,
    }
    (folder / MANIFEST_FILE).write_bytes(msgspec.json.encode(older))
    outdated = msgspec.structs.replace(
        read_pointer(path, allow_outdated=True),
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
            [len(refs) for refs in library.sentences(rows)],
        ]


def read_terms(path: Path) -> list[list[set[int]]]:
    """The terms of the heading and of each sentence, of each passage."""
    with Library.open(path) as library:
        rows = range(library.engine.size)
        return [
            [set(part.tolist()) for part in np.split(terms.term_ids, np.cumsum(terms.sizes)[:-1])]
            for _, terms in library.passage_terms(rows)
        ]


def test_format_9_is_read_added_to_and_compacted_without_encoding(
    path: Path, files: list[Path], tmp_path: Path
) -> None:
    contents, terms = read_contents(path), read_terms(path)
    downgrade_to_format_9(path)
    assert read_contents(path) == contents
    assert read_terms(path) == terms
    assert compact_library(path)
    assert read_contents(path) == contents
    assert read_terms(path) == terms
    assert not compact_library(path)

    downgrade_to_format_9(path)
    more = print_to(tmp_path, 3, "第3號的燈塔", name="3.md")
    report = update_library(path, [*files, more], encoder=HashingEncoder())
    assert (len(report.added), len(report.unchanged), report.encoded) == (1, 2, 1)
    update_library(path, remove=[report.added[0].id], encoder=HashingEncoder())
    assert read_contents(path) == contents
    assert read_terms(path) == terms
    with Library.open(path) as library:
        assert library.pointer.format_version == FORMAT_VERSION


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


def test_rebuilding_keeps_the_copies_of_pdf_files(path: Path) -> None:
    folder = downgrade(path)
    with Library.open(path, allow_outdated=True) as library:
        publication_id, source_file = next(iter(library.source_files().items()))
        manifest = library.manifest
    copy = folder / get_original_name(source_file)
    copy.parent.mkdir()
    copy.write_bytes(b"%PDF")
    write_older_manifest(path, folder, manifest, 5)
    update_library(path, remove=["x"], encoder=HashingEncoder())
    with Library.open(path) as library:
        assert library.read_original(publication_id) == b"%PDF"
        library.verify()


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


def test_vectors_of_an_older_bundled_model_are_made_anew(
    tmp_path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "older"
    with monkeypatch.context() as patch:
        for module in ("index.update.update", "index.encoders.bundled"):
            patch.setattr(f"{module}.trained_model_fingerprint", lambda: "0" * 64)
        update_library(path, files)
    before = read_contents(path)
    with (
        Library.open(path) as library,
        pytest.raises(ModelError, match="tongzhu index") as caught,
    ):
        library.check_encoder(load_encoder())
    assert "tongzhu index" in caught.value.message.zh
    more = print_to(tmp_path, 3, "第3號的燈塔", name="3.md")
    added = update_library(path, [more]).added
    update_library(path, remove=[summary.id for summary in added])
    assert read_contents(path) == before
    with Library.open(path) as library:
        library.check_encoder(load_encoder())
