"""Updates: only changes are encoded, and conflicts and failures are reported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from index import sample
from index.encoders.protocol import Encoder, PassageText
from index.errors import LibraryError, ModelError
from index.passages import build_encoder_input
from index.storage.library import Library
from index.storage.manifest import LOCK_FILE
from index.storage.term_index import TermGroup
from index.text.terms import analyze
from index.update.progress import ProgressEvent
from index.update.update import (
    Update,
    UpdateReport,
    encode_update,
    make_update,
    update_library,
)
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.printing import print_to

PORT = "甲地的港口在去年重新開放，船隻往來比從前頻繁許多"
RAILWAY = "乙地的鐵路仍在興建，工程單位預計明年全線通車"
HARVEST = "丙地的稻米今年歉收，農民向政府要求補助與減稅"


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library"


def best_passage(library: Library, question: str) -> str:
    groups = [TermGroup(((word, 1.0),)) for word in analyze(question)]
    return library.passage(library.engine.search_terms(groups, 1)[0].row).text


def test_unchanged_file_is_not_encoded_again(
    tmp_path: Path, path: Path, encoder: HashingEncoder
) -> None:
    file = print_to(tmp_path, 1, PORT)
    copy = tmp_path / "copy.md"
    copy.write_bytes(file.read_bytes())
    update_library(path, [file], encoder=encoder)
    before = sorted((entry, entry.stat().st_mtime_ns) for entry in path.rglob("*.npy"))
    encoder.encoded.clear()
    assert update_library(path, [file, copy], encoder=encoder) == UpdateReport(
        1, unchanged=(file, copy)
    )
    assert encoder.encoded == []
    assert before == sorted((entry, entry.stat().st_mtime_ns) for entry in path.rglob("*.npy"))


def test_only_a_corrected_paragraph_is_encoded(
    tmp_path: Path, path: Path, encoder: HashingEncoder
) -> None:
    other = print_to(tmp_path, 2, HARVEST)
    file = print_to(tmp_path, 1, *[f"{PORT}，第{number}次" * 12 for number in range(6)])
    update_library(path, [file, other], encoder=encoder)
    with Library.open(path) as library:
        passages = library.engine.size
    encoder.encoded.clear()
    text = file.read_text(encoding="utf-8").replace("第3次", "第三次", 1)
    file.write_text(text, encoding="utf-8")
    report = update_library(path, [file, other], encoder=encoder)
    assert [summary.path for summary in report.replaced] == [str(file)]
    assert report.unchanged == (other,)
    assert all("第三次" in text for text in encoder.encoded)
    assert report.encoded == len(encoder.encoded) == 1
    assert report.reused == passages - 2  # of the passages of the corrected file
    with Library.open(path) as library:
        assert "第三次" in best_passage(library, "第三次")
        assert library.counts.publications == 2
        for row in range(library.engine.size):  # every vector is still its own passage's
            vector = encoder.encode_queries([build_encoder_input(library.passage(row))]).vectors[0]
            assert library.engine.search_vectors(vector, 1)[0].row == row
        library.verify()


def test_same_publication_at_another_path_is_a_conflict(
    tmp_path: Path, path: Path, encoder: HashingEncoder
) -> None:
    old = print_to(tmp_path, 1, PORT, name="old.md")
    update_library(path, [old], encoder=encoder)
    new = print_to(tmp_path, 1, RAILWAY, name="new.md")
    report = update_library(path, [new], encoder=encoder)
    [failure] = report.failed
    assert failure.item == str(new)
    assert str(old) in failure.message.en
    assert str(old) in failure.message.zh
    with Library.open(path) as library:
        assert best_passage(library, PORT).startswith(PORT)
    old.unlink()
    report = update_library(path, [new], encoder=encoder)
    assert [summary.path for summary in report.replaced] == [str(new)]
    with Library.open(path) as library:
        assert [summary.path for summary in library.publications()] == [str(new)]
        assert best_passage(library, PORT + RAILWAY).startswith(RAILWAY)


def test_file_with_another_publication_replaces_the_old_one(
    tmp_path: Path, path: Path, encoder: HashingEncoder
) -> None:
    file = print_to(tmp_path, 1, PORT, name="latest.md")
    [first] = update_library(path, [file], encoder=encoder).added
    print_to(tmp_path, 2, RAILWAY, name="latest.md")
    [second] = update_library(path, [file], encoder=encoder).replaced
    assert first.id != second.id
    with Library.open(path) as library:
        assert [summary.id for summary in library.publications()] == [second.id]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_old_copy_of_a_corrected_file_is_a_conflict(
    tmp_path: Path, path: Path, encoder: HashingEncoder, order: tuple[int, int]
) -> None:
    file = print_to(tmp_path, 1, PORT)
    update_library(path, [file], encoder=encoder)
    copy = tmp_path / "copy.md"
    file.rename(copy)
    print_to(tmp_path, 1, RAILWAY)
    report = update_library(path, [(file, copy)[index] for index in order], encoder=encoder)
    assert [summary.path for summary in report.replaced] == [str(file)]
    assert [failure.item for failure in report.failed] == [str(copy)]


def test_removed_publication_is_not_found_any_more(
    tmp_path: Path, path: Path, encoder: HashingEncoder
) -> None:
    files = [print_to(tmp_path, number, text) for number, text in enumerate((PORT, RAILWAY), 1)]
    first, second = update_library(path, files, encoder=encoder).added
    report = update_library(path, remove=[first.id, "nowhere"], encoder=encoder)
    assert report.removed == (first,)
    assert [failure.item for failure in report.failed] == ["nowhere"]
    with Library.open(path) as library:
        assert library.publications() == (second,)
        assert library.engine.size == 1
        assert library.engine.document_frequency("港") == 0
        with pytest.raises(KeyError):
            library.publication(first.id)
    update_library(path, remove=[second.id], encoder=encoder)
    with Library.open(path) as empty:
        assert empty.publications() == ()
        assert empty.engine.search_vectors(np.ones(16, dtype=np.float32), 5) == []
        assert empty.engine.search_terms([TermGroup((("鐵", 1.0),))], 5) == []
        assert empty.engine.sentence_similarities(np.ones(16, dtype=np.float32), []) == []
    assert update_library(path, files, encoder=encoder).generation == 4


def test_publication_is_removed_and_added_in_one_update(
    tmp_path: Path, path: Path, encoder: HashingEncoder
) -> None:
    file = print_to(tmp_path, 1, PORT)
    [summary] = update_library(path, [file], encoder=encoder).added
    encoder.encoded.clear()
    report = update_library(path, [file], [summary.id], encoder=encoder)
    assert (report.removed, report.added) == ((summary,), (summary,))
    assert encoder.encoded == []


def test_unreadable_files_do_not_prevent_adding_other_files(
    tmp_path: Path, path: Path, encoder: HashingEncoder
) -> None:
    good = print_to(tmp_path, 1, PORT)
    empty = tmp_path / "empty.txt"
    empty.touch()
    binary = tmp_path / "picture.png"
    binary.write_bytes(b"\x89PNG\r\n")
    loop = tmp_path / "loop.md"
    loop.symlink_to(loop)
    bad = [empty, binary, tmp_path / "missing.md", loop]
    report = update_library(path, [bad[0], good, *bad[1:]], encoder=encoder)
    assert [failure.item for failure in report.failed] == [str(file) for file in bad]
    assert all(failure.message.en and failure.message.zh for failure in report.failed)
    assert [summary.path for summary in report.added] == [str(good)]


def test_no_library_is_created_without_readable_files(path: Path, encoder: HashingEncoder) -> None:
    report = update_library(path, [path.parent / "missing.md"], encoder=encoder)
    assert (report.generation, len(report.failed)) == (0, 1)
    assert not path.exists()
    with pytest.raises(LibraryError, match="no library"):
        update_library(path, remove=["x"], encoder=encoder)
    assert not path.exists()


def test_encoder_of_another_model_is_refused(
    tmp_path: Path, path: Path, encoder: HashingEncoder
) -> None:
    file = print_to(tmp_path, 1, PORT)
    update_library(path, [file], encoder=encoder)
    other: Encoder = HashingEncoder("another")
    with pytest.raises(ModelError, match="hashing"):
        update_library(path, [print_to(tmp_path, 2, RAILWAY)], encoder=other)
    with Library.open(path) as library, pytest.raises(ModelError, match="another"):
        library.check_encoder(other)


def test_progress_is_reported_for_each_stage(
    tmp_path: Path, path: Path, encoder: HashingEncoder
) -> None:
    steps: list[ProgressEvent] = []
    files = [print_to(tmp_path, number, f"{PORT}{number}" * 9) for number in range(1, 4)]
    report = update_library(path, files, encoder=encoder, progress=steps.append)
    stages = [step.stage for step in steps]
    assert list(dict.fromkeys(stages)) == ["reading", "encoding", "writing"]
    assert stages == sorted(stages, key=["reading", "encoding", "writing"].index)
    passages = sum(summary.counts.passages for summary in report.added)
    for stage, total in (("reading", 3), ("encoding", report.encoded), ("writing", 3 * passages)):
        own = [step for step in steps if step.stage == stage]
        assert (own[0].done, own[-1].done) == (0, total)
        assert own == sorted(own)
        assert {step.total for step in own} == {total}


def test_update_reuses_embeddings_encoded_beforehand(tmp_path: Path) -> None:
    first, second = tmp_path / "first.md", tmp_path / "second.md"
    first.write_text("# One\n\nThe harbour was opened in 1900.\n", encoding="utf-8")
    second.write_text("# Two\n\nThe lock was closed in 1950.\n", encoding="utf-8")
    encoder = HashingEncoder()
    library, other, folder = tmp_path / "library", tmp_path / "other", tmp_path / "embeddings"
    folder.mkdir()
    for path in (library, other):
        update_library(path, add=[first], encoder=encoder)
    texts: list[PassageText] = []
    update = Update((second,), encoder=encoder, progress=lambda _: check_unlocked(library))
    encode_update(library, update, folder, texts.extend)
    assert len(texts) == 1
    # Another publication is added meanwhile.
    (third := tmp_path / "third.md").write_text("# Three\n\nText.\n", encoding="utf-8")
    for path in (library, other):
        update_library(path, add=[third], encoder=encoder)
    report = make_update(library, Update((second,), encoder=encoder), folder)
    assert (report.encoded, report.reused) == (0, len(texts))
    assert update_library(other, add=[second], encoder=encoder).encoded == len(texts)
    vectors = []
    for path in (library, other):
        with Library.open(path) as opened:
            vectors.append(opened.engine.read_vectors(range(opened.engine.size)))
    assert np.array_equal(*vectors)


def test_rejected_encoding_leaves_no_files(tmp_path: Path) -> None:
    file, library = tmp_path / "news.md", tmp_path / "library"
    file.write_text("The harbour was opened in 1900.", encoding="utf-8")
    (folder := tmp_path / "embeddings").mkdir()
    update_library(library, add=[sample.get_path()], encoder=HashingEncoder())

    def refuse(passages: Sequence[PassageText]) -> None:
        raise ValueError(len(passages))

    with pytest.raises(ValueError, match=r"\d"):
        encode_update(library, Update((file,), encoder=HashingEncoder()), folder, refuse)
    assert list(folder.iterdir()) == []


def check_unlocked(library: Path) -> None:
    with FileLock(library / LOCK_FILE, timeout=0):
        pass
