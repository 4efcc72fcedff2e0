"""Tests of the service while its library is changed, removed or replaced."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from index import sample
from index.errors import DamagedLibraryError, ModelError
from index.storage.records import Filters
from index.update.update import update_library
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.serving import QUESTION
from ui.service.query import Query
from ui.service.service import Service


def test_changed_library_is_used_after_refresh(sample_library: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    shutil.copytree(sample_library, library)
    service = Service(library)
    query = Query(QUESTION, k=1)
    first = service.ask(query)
    assert first.citations
    (publication,) = service.catalogue.list_publications()
    update_library(library, remove=[publication.id])
    service.refresh()
    assert service.get_status().generation == 2
    assert service.catalogue.list_publications() == ()
    assert not service.ask(query).citations


def test_deleted_library_is_still_served(
    sample_library: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    library = tmp_path / "library"
    shutil.copytree(sample_library, library)
    service = Service(library)
    shutil.rmtree(library)
    for _ in range(2):
        service._next_refresh = 0
        assert service.ask(Query(QUESTION, k=1)).citations
    errors = [record for record in caplog.records if "not refreshed" in record.message]
    assert len(errors) == 1


def test_library_of_another_model_is_not_used_after_refresh(tmp_path: Path) -> None:
    library, other = tmp_path / "library", tmp_path / "other"
    update_library(library, add=[sample.get_path()], encoder=HashingEncoder("one"))
    update_library(other, add=[sample.get_path()], encoder=HashingEncoder("/srv/models/another"))
    service = Service(library, HashingEncoder("one"))
    before = service.ask(Query(QUESTION))
    shutil.rmtree(library)
    other.rename(library)
    with pytest.raises(ModelError):
        service.refresh()
    assert service.ask(Query(QUESTION)) == before
    moved = Service(library, HashingEncoder("/srv/models/another"))
    assert moved.get_status().model == "another"


def test_new_publication_is_found_after_automatic_refresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.service.service.load_encoder", lambda *_: HashingEncoder())
    folder = tmp_path / "library"
    update_library(folder, add=[sample.get_path()], encoder=HashingEncoder())
    with Service(folder, refresh_seconds=0) as service:
        before = service.catalogue
        assert service.catalogue is before
        more = tmp_path / "more.md"
        more.write_text("# On kelp\n\nKelp is dried in the loft of the old station.\n")
        update_library(folder, add=[more], encoder=HashingEncoder())
        after = service.catalogue
        assert len(after.publications) == len(before.publications) + 1
        kelp = next(
            publication
            for publication in after.publications
            if publication.path.endswith("more.md")
        )
        answer = service.ask(Query("What is dried?", filters=Filters(publication=kelp.id)))
        assert {citation.publication.id for citation in answer.citations} == {kelp.id}
        located = after.find_passage(answer.citations[0].passage_id)
        assert located is not None
        assert located.citation.text == answer.citations[0].text
        assert after.find_passage("nowhere") is None
        assert after.get_articles(kelp.id)


def test_service_is_not_ready_until_damage_is_repaired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("ui.service.service._DAMAGED_REFRESH_SECONDS", 0)
    folder = tmp_path / "library"
    update_library(folder, add=[sample.get_path()], encoder=HashingEncoder())
    [file] = folder.rglob("documents.sqlite")
    content = file.read_bytes()
    with Service(folder, HashingEncoder(), cached_answers=0, refresh_seconds=0) as service:
        answer = service.ask(Query(QUESTION))
        service.check_ready()
        os.truncate(file, len(content) // 2)
        for question in ("渡口", "潮汐"):  # new ones: what was ranked before is kept
            with pytest.raises(DamagedLibraryError, match=r"documents\.sqlite"):
                service.check_ready()
            with pytest.raises(DamagedLibraryError):
                service.ask(Query(question))
        assert len([record for record in caplog.records if "not refreshed" in record.message]) == 1
        file.write_bytes(content)
        service.check_ready()
        assert service.ask(Query(QUESTION)) == answer


def test_service_is_not_ready_with_a_damaged_pointer_file(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    update_library(folder, add=[sample.get_path()], encoder=HashingEncoder())
    with Service(folder, HashingEncoder(), refresh_seconds=0) as service:
        service.check_ready()
        (folder / "tongzhu.json").write_text("{}")
        with pytest.raises(DamagedLibraryError, match=r"tongzhu\.json"):
            service.check_ready()
        assert service.ask(Query(QUESTION)).citations  # from what is open
