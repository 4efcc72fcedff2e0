"""Tests of reading, filtering and searching a library after an update."""

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
from index.encoders.protocol import load_encoder
from index.passages import build_encoder_input, split_publication
from index.storage.library import Library
from index.text.scripts import convert_to_simplified
from index.update.update import update_library
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.printing import print_to

PORT = "甲地的港口在去年重新開放，船隻往來比從前頻繁許多"
RAILWAY = "乙地的鐵路仍在興建，工程單位預計明年全線通車"


def list_fields(publication: Publication) -> dict[str, object]:
    """Return all fields, including those that comparing publications ignores."""
    return dataclasses.asdict(publication)


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library"


def test_added_publications_are_read_back_unchanged(
    tmp_path: Path, path: Path, encoder: HashingEncoder
) -> None:
    files = [print_to(tmp_path, number, f"{PORT}{number}", RAILWAY) for number in (2, 1)]
    report = update_library(path, files, encoder=encoder)
    assert [summary.path for summary in report.added] == [str(file) for file in files]
    assert (report.generation, report.reused) == (1, 0)
    with Library.open(path) as library:
        assert [summary.number for summary in library.publications()] == ["第 1 期", "第 2 期"]
        for file in files:
            publication = readers.read(file)
            assert list_fields(library.publication(publication.id)) == list_fields(publication)
            assert library.summary(publication.id).path == str(file)
            passages = split_publication(publication, encoder)
            assert library.passages(library.rows_of(publication.id)) == passages
            for passage in passages:
                row = library.row(passage.id)
                assert library.passage(row) == passage
                article = publication.articles[passage.article_index]
                assert library.article(publication.id, passage.article_index) == article
                (refs,) = library.sentences([row])
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


def test_each_sentence_has_a_vector(tmp_path: Path, path: Path, encoder: HashingEncoder) -> None:
    update_library(path, [print_to(tmp_path, 1, PORT, RAILWAY)], encoder=encoder)
    with Library.open(path) as library:
        article = library.article(library.publications()[0].id, 0)
        for row in range(library.engine.size):
            for index, ref in enumerate(library.sentences([row])[0]):
                text = (
                    library.passage(row).text
                    if ref.note is None
                    else article.get_note(ref.note).text
                )
                sentence = convert_to_simplified(text[ref.span.start : ref.span.end])
                vector = encoder.encode_queries([sentence]).vectors[0]
                [scores] = library.engine.sentence_similarities(vector, [row])
                assert len(scores) == len(library.sentences([row])[0])
                assert scores[index] == pytest.approx(1, abs=0.01)


def test_filters_select_rows(tmp_path: Path, path: Path, encoder: HashingEncoder) -> None:
    files = [print_to(tmp_path, number, PORT, RAILWAY) for number in range(1, 7)]
    summaries = update_library(path, files, encoder=encoder).added
    undated = tmp_path / "undated.md"
    undated.write_text(
        "---\ntitle: Ｎｅｗｓ\n---\n# A\n\nNo day is given here.\n", encoding="utf-8"
    )
    [other] = update_library(path, [undated], encoder=encoder).added
    with Library.open(path) as library:

        def matching_ids(**criteria: str | date) -> set[str]:
            rows = library.filter_rows(**criteria)
            assert rows is not None
            assert list(rows) == sorted(set(rows))
            return {library.passage(int(row)).publication_id for row in rows}

        ids = [summary.id for summary in summaries]
        assert library.filter_rows() is None
        assert matching_ids(publication=ids[2]) == {ids[2]}
        assert matching_ids(publication="第 4 期") == {ids[3]}
        assert matching_ids(publication="NEWS") == matching_ids(article="news") == {other.id}
        assert matching_ids(article="测试") == set(ids)  # either script
        assert matching_ids(author="王小明") == {ids[0], ids[3]}
        assert matching_ids(topic="主題5") == {ids[4]}
        assert matching_ids(after=date(2003, 5, 22)) == set(ids[2:])
        assert matching_ids(before=date(2003, 5, 22)) == set(ids[:3])
        assert matching_ids(after=date(2002, 1, 1), before=date(2004, 1, 1), topic="共同") == set(
            ids[1:3]
        )
        assert matching_ids(author="無名氏") == set()
        assert "共同主題" in library.topics()
        assert len(library.authors()) == 3


def test_library_is_read_from_several_threads(
    tmp_path: Path, path: Path, encoder: HashingEncoder
) -> None:
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


def test_library_path_may_contain_url_characters(tmp_path: Path, encoder: HashingEncoder) -> None:
    path = tmp_path / "50% of #1? 館藏 &x"
    update_library(path, [print_to(tmp_path, 1, PORT)], encoder=encoder)
    relative = Path(os.path.relpath(path))
    with Library.open(relative) as library:
        assert library.engine.size == 1


def test_real_issue_is_stored_and_read_back(
    real_issue: Path, path: Path, encoder: HashingEncoder
) -> None:
    update_library(path, [real_issue], encoder=encoder)
    publication = readers.read(real_issue)
    with Library.open(path) as library:
        assert list_fields(library.publication(publication.id)) == list_fields(publication)
        assert (library.counts.articles, library.counts.notes) == (7, 76)
        library.verify()


def test_opening_a_library_is_fast_and_loads_no_model(sample_library: Path) -> None:
    program = """if True:
        import sys, time
        from index.storage.library import Library
        times = []
        for _ in range(5):
            start = time.process_time()
            with Library.open(sys.argv[1]) as library:
                times.append(time.process_time() - start)
                library.passage(0)
        slow = {"torch", "gradio", "sentence_transformers", "transformers"} & set(sys.modules)
        assert not slow, slow
        assert min(times) < 0.05, times
        """
    subprocess.run([sys.executable, "-c", program, str(sample_library)], check=True)


def test_library_of_the_default_model_is_searchable(sample_library: Path) -> None:
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


def test_closed_library_is_not_reported_as_damaged(
    tmp_path: Path, path: Path, encoder: HashingEncoder
) -> None:
    update_library(path, [print_to(tmp_path, 1, PORT)], encoder=encoder)
    library = Library.open(path)
    library.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        library.publications()
