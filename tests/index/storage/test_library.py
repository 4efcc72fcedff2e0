"""A library from end to end: what goes in comes out, and only what changed is done again."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from index import readers
from index.document import Publication
from index.encoders.protocol import Encoder, load_encoder
from index.errors import LibraryError, ModelError
from index.passages import build_encoder_input, split_publication
from index.storage.library import Library
from index.storage.term_index import TermGroup
from index.text.scripts import convert_to_simplified
from index.text.terms import analyze
from index.update.progress import ProgressEvent
from index.update.update import UpdateReport, update_library
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.printing import print_to

PORT = "甲地的港口在去年重新開放，船隻往來比從前頻繁許多"
RAILWAY = "乙地的鐵路仍在興建，工程單位預計明年全線通車"
HARVEST = "丙地的稻米今年歉收，農民向政府要求補助與減稅"


def everything(publication: Publication) -> dict[str, object]:
    """All fields, those that take no part in comparing publications included."""
    return dataclasses.asdict(publication)


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library"


def best(library: Library, question: str) -> str:
    groups = [TermGroup(((word, 1.0),)) for word in analyze(question)]
    return library.passage(library.engine.search_terms(groups, 1)[0].row).text


def test_what_goes_in_comes_out(tmp_path: Path, path: Path, encoder: HashingEncoder) -> None:
    files = [print_to(tmp_path, number, f"{PORT}{number}", RAILWAY) for number in (2, 1)]
    done = update_library(path, files, encoder=encoder)
    assert [summary.path for summary in done.added] == [str(file) for file in files]
    assert (done.generation, done.reused) == (1, 0)
    with Library.open(path) as library:
        assert [summary.number for summary in library.publications()] == ["第 1 期", "第 2 期"]
        for file in files:
            publication = readers.read(file)
            assert everything(library.publication(publication.id)) == everything(publication)
            assert library.summary(publication.id).path == str(file)
            passages = split_publication(publication, encoder)
            assert library.passages(library.rows_of(publication.id)) == passages
            for passage in passages:
                row = library.row(passage.id)
                assert library.passage(row) == passage
                article = publication.articles[passage.article_index]
                assert library.article(publication.id, passage.article_index) == article
                refs = library.sentences(row)
                own = tuple(ref.span for ref in refs if ref.note is None)
                assert own == passage.sentences
                assert {ref.note for ref in refs if ref.note} == set(passage.note_numbers)
                [nearest] = library.engine.search_vectors(
                    encoder.encode_queries([build_encoder_input(passage)]).vectors[0], 1
                )
                assert nearest.row == row
                assert nearest.score == pytest.approx(1, abs=0.002)
        assert library.model.name == "hashing"
        assert library.counts.publications == 2
        assert library.counts.notes == 4
        assert library.counts.passages == library.engine.size
        library.verify()


def test_sentences_have_their_own_vectors(
    tmp_path: Path, path: Path, encoder: HashingEncoder
) -> None:
    update_library(path, [print_to(tmp_path, 1, PORT, RAILWAY)], encoder=encoder)
    with Library.open(path) as library:
        article = library.article(library.publications()[0].id, 0)
        for row in range(library.engine.size):
            for at, ref in enumerate(library.sentences(row)):
                text = (
                    library.passage(row).text
                    if ref.note is None
                    else article.get_note(ref.note).text
                )
                sentence = convert_to_simplified(text[ref.span.start : ref.span.end])
                vector = encoder.encode_queries([sentence]).vectors[0]
                [scores] = library.engine.sentence_similarities(vector, [row])
                assert len(scores) == len(library.sentences(row))
                assert scores[at] == pytest.approx(1, abs=0.002)


def test_the_same_file_again_does_nothing(
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


def test_a_corrected_paragraph_is_all_that_is_encoded(
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
    done = update_library(path, [file, other], encoder=encoder)
    assert [summary.path for summary in done.replaced] == [str(file)]
    assert done.unchanged == (other,)
    assert all("第三次" in text for text in encoder.encoded)
    assert done.encoded == len(encoder.encoded) < 4
    assert done.reused > passages
    with Library.open(path) as library:
        assert "第三次" in best(library, "第三次")
        assert library.counts.publications == 2
        for row in range(library.engine.size):  # every vector is still its own passage's
            vector = encoder.encode_queries([build_encoder_input(library.passage(row))]).vectors[0]
            assert library.engine.search_vectors(vector, 1)[0].row == row
        library.verify()


def test_the_same_publication_from_another_place(
    tmp_path: Path, path: Path, encoder: HashingEncoder
) -> None:
    old = print_to(tmp_path, 1, PORT, name="old.md")
    update_library(path, [old], encoder=encoder)
    new = print_to(tmp_path, 1, RAILWAY, name="new.md")
    done = update_library(path, [new], encoder=encoder)
    [failure] = done.failed
    assert failure.item == str(new)
    assert str(old) in failure.message.en
    assert str(old) in failure.message.zh
    with Library.open(path) as library:
        assert best(library, PORT).startswith(PORT)
    old.unlink()
    done = update_library(path, [new], encoder=encoder)
    assert [summary.path for summary in done.replaced] == [str(new)]
    with Library.open(path) as library:
        assert [summary.path for summary in library.publications()] == [str(new)]
        assert best(library, PORT + RAILWAY).startswith(RAILWAY)


def test_a_file_that_becomes_another_publication(
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
def test_a_copy_of_what_is_corrected_is_a_conflict_in_any_order(
    tmp_path: Path, path: Path, encoder: HashingEncoder, order: tuple[int, int]
) -> None:
    file = print_to(tmp_path, 1, PORT)
    update_library(path, [file], encoder=encoder)
    copy = tmp_path / "copy.md"
    file.rename(copy)
    print_to(tmp_path, 1, RAILWAY)
    done = update_library(path, [(file, copy)[at] for at in order], encoder=encoder)
    assert [summary.path for summary in done.replaced] == [str(file)]
    assert [failure.item for failure in done.failed] == [str(copy)]


def test_removing(tmp_path: Path, path: Path, encoder: HashingEncoder) -> None:
    files = [print_to(tmp_path, number, text) for number, text in enumerate((PORT, RAILWAY), 1)]
    first, second = update_library(path, files, encoder=encoder).added
    done = update_library(path, remove=[first.id, "nowhere"], encoder=encoder)
    assert done.removed == (first,)
    assert [failure.item for failure in done.failed] == ["nowhere"]
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


def test_removed_and_added_at_once(tmp_path: Path, path: Path, encoder: HashingEncoder) -> None:
    file = print_to(tmp_path, 1, PORT)
    [summary] = update_library(path, [file], encoder=encoder).added
    encoder.encoded.clear()
    done = update_library(path, [file], [summary.id], encoder=encoder)
    assert (done.removed, done.added) == ((summary,), (summary,))
    assert encoder.encoded == []


def test_files_that_fail_do_not_stop_the_others(
    tmp_path: Path, path: Path, encoder: HashingEncoder
) -> None:
    good = print_to(tmp_path, 1, PORT)
    empty = tmp_path / "empty.txt"
    empty.touch()
    binary = tmp_path / "picture.png"
    binary.write_bytes(b"\x89PNG\r\n")
    loop = tmp_path / "loop.md"
    loop.symlink_to(loop)
    bad = [empty, binary, tmp_path / "missing.md", tmp_path, loop]
    done = update_library(path, [bad[0], good, *bad[1:]], encoder=encoder)
    assert [failure.item for failure in done.failed] == [str(file) for file in bad]
    assert all(failure.message.en and failure.message.zh for failure in done.failed)
    assert [summary.path for summary in done.added] == [str(good)]


def test_nothing_is_made_where_nothing_can_be_read(path: Path, encoder: HashingEncoder) -> None:
    done = update_library(path, [path.parent / "missing.md"], encoder=encoder)
    assert (done.generation, len(done.failed)) == (0, 1)
    assert not path.exists()
    with pytest.raises(LibraryError, match="no library"):
        update_library(path, remove=["x"], encoder=encoder)
    assert not path.exists()


def test_another_model_is_refused(tmp_path: Path, path: Path, encoder: HashingEncoder) -> None:
    file = print_to(tmp_path, 1, PORT)
    update_library(path, [file], encoder=encoder)
    other: Encoder = HashingEncoder("another")
    with pytest.raises(ModelError, match="hashing"):
        update_library(path, [print_to(tmp_path, 2, RAILWAY)], encoder=other)
    with Library.open(path) as library, pytest.raises(ModelError, match="another"):
        library.check_encoder(other)


def test_progress(tmp_path: Path, path: Path, encoder: HashingEncoder) -> None:
    steps: list[ProgressEvent] = []
    files = [print_to(tmp_path, number, f"{PORT}{number}" * 9) for number in range(1, 4)]
    done = update_library(path, files, encoder=encoder, progress=steps.append)
    stages = [step.stage for step in steps]
    assert list(dict.fromkeys(stages)) == ["reading", "encoding", "writing"]
    assert stages == sorted(stages, key=["reading", "encoding", "writing"].index)
    for stage, total in (("reading", 3), ("encoding", done.encoded), ("writing", 5)):
        own = [step for step in steps if step.stage == stage]
        assert (own[0].done, own[-1].done) == (0, total)
        assert own == sorted(own)
        assert {step.total for step in own} == {total}


def test_filters(tmp_path: Path, path: Path, encoder: HashingEncoder) -> None:
    files = [print_to(tmp_path, number, PORT, RAILWAY) for number in range(1, 7)]
    summaries = update_library(path, files, encoder=encoder).added
    undated = tmp_path / "undated.md"
    undated.write_text(
        "---\ntitle: Ｎｅｗｓ\n---\n# A\n\nNo day is given here.\n", encoding="utf-8"
    )
    [other] = update_library(path, [undated], encoder=encoder).added
    with Library.open(path) as library:

        def found(**criteria: str | date) -> set[str]:
            rows = library.filter_rows(**criteria)
            assert rows is not None
            assert list(rows) == sorted(set(rows))
            return {library.passage(int(row)).publication_id for row in rows}

        ids = [summary.id for summary in summaries]
        assert library.filter_rows() is None
        assert found(publication=ids[2]) == {ids[2]}
        assert found(publication="第 4 期") == {ids[3]}
        assert found(publication="NEWS") == found(article="news") == {other.id}
        assert found(article="测试") == set(ids)  # either script
        assert found(author="王小明") == {ids[0], ids[3]}
        assert found(topic="主題5") == {ids[4]}
        assert found(after=date(2003, 5, 22)) == set(ids[2:])
        assert found(before=date(2003, 5, 22)) == set(ids[:3])
        assert found(after=date(2002, 1, 1), before=date(2004, 1, 1), topic="共同") == set(ids[1:3])
        assert found(author="無名氏") == set()
        assert "共同主題" in library.topics()
        assert len(library.authors()) == 3


def test_many_threads_read_one_library(tmp_path: Path, path: Path, encoder: HashingEncoder) -> None:
    files = [print_to(tmp_path, number, f"{PORT}{number}", RAILWAY) for number in range(1, 9)]
    update_library(path, files, encoder=encoder)
    with Library.open(path) as library:
        texts = [
            build_encoder_input(passage) for passage in library.passages(range(library.engine.size))
        ]
        vectors = encoder.encode_queries(texts).vectors
        failures: list[object] = []

        def read() -> None:
            for row in np.random.default_rng().permutation(len(texts)).tolist():
                nearest = library.engine.search_vectors(vectors[row], 1)[0].row
                if nearest != row or library.row(library.passage(row).id) != row:
                    failures.append(row)

        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []


def test_a_name_with_signs_that_mean_something_in_an_address(
    tmp_path: Path, encoder: HashingEncoder
) -> None:
    path = tmp_path / "50% of #1? 館藏 &x"
    update_library(path, [print_to(tmp_path, 1, PORT)], encoder=encoder)
    relative = Path(os.path.relpath(path))
    with Library.open(relative) as library:
        assert library.engine.size == 1


def test_the_real_issue(real_issue: Path, path: Path, encoder: HashingEncoder) -> None:
    update_library(path, [real_issue], encoder=encoder)
    publication = readers.read(real_issue)
    with Library.open(path) as library:
        assert everything(library.publication(publication.id)) == everything(publication)
        assert (library.counts.articles, library.counts.notes) == (7, 76)
        library.verify()


def test_opening_needs_no_model_and_hardly_any_time(sample_library: Path) -> None:
    program = """if True:
        import sys, time
        from index.storage.library import Library
        times = []
        for _ in range(5):
            began = time.perf_counter()
            with Library.open(sys.argv[1]) as library:
                times.append(time.perf_counter() - began)
                library.passage(0)
        slow = {"torch", "gradio", "sentence_transformers", "transformers"} & set(sys.modules)
        assert not slow, slow
        assert min(times) < 0.05, times
        """
    subprocess.run([sys.executable, "-c", program, str(sample_library)], check=True)


def test_the_default_model(sample_library: Path) -> None:
    encoder = load_encoder()
    with Library.open(sample_library) as library:
        library.check_encoder(encoder)
        assert library.model.dimension == encoder.dimension
        library.verify()
        for row in range(0, library.engine.size, 9):
            passage = library.passage(row)
            sentence = passage.text[slice(*passage.sentences[0])]
            vector = encoder.encode_queries([convert_to_simplified(sentence)]).vectors[0]
            nearest = [hit.row for hit in library.engine.search_vectors(vector, 10)]
            assert row in nearest
            [scores] = library.engine.sentence_similarities(vector, [row])
            assert scores[0] > 0.85


def test_a_closed_library_is_not_called_damaged(
    tmp_path: Path, path: Path, encoder: HashingEncoder
) -> None:
    update_library(path, [print_to(tmp_path, 1, PORT)], encoder=encoder)
    library = Library.open(path)
    library.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        library.publications()
