"""Stateful test: after any updates the library contains what a reference dict contains."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from index import readers
from index.document import Publication
from index.passages import build_encoder_input, split_publication
from index.storage.library import Library
from index.storage.term_index import TermGroup
from index.text.terms import analyze
from index.update.update import update_library
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.memory import memory_folder
from tests.helpers.printing import print_to

SUBJECTS = ("港口", "鐵路", "稻米", "條約")

names = st.sampled_from(["a.md", "b.md", "c.md"])
texts = st.lists(st.sampled_from(SUBJECTS), max_size=3, unique=True)


class StoredFile(NamedTuple):
    name: str
    content: bytes
    publication: Publication


class LibraryMachine(RuleBasedStateMachine):
    """A library and a reference dict of its expected contents."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=memory_folder()))
        self.path = self.folder / "library"
        self.encoder = HashingEncoder()
        self.files: dict[str, bytes] = {}
        self.stored: dict[str, StoredFile] = {}
        self.generation = 0

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(name=names, number=st.integers(1, 3), texts=texts)
    def write(self, name: str, number: int, texts: list[str]) -> None:
        paragraphs = [f"關於{text}的事情，去年有了新的進展" for text in texts]
        self.files[name] = print_to(self.folder, number, *paragraphs, name=name).read_bytes()

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.files)))
        (self.folder / name).unlink()
        del self.files[name]

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def add(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.files)))
        content = self.files[name]
        report = update_library(self.path, [self.folder / name], encoder=self.encoder)
        publication = readers.read(self.folder / name)
        rival = self.stored.get(publication.id)
        if any(stored.content == content for stored in self.stored.values()):
            assert report.unchanged == (self.folder / name,)
        elif rival and rival.name != name and self.files.get(rival.name, content) != content:
            assert [failure.item for failure in report.failed] == [str(self.folder / name)]
        else:
            remaining = {key: stored for key, stored in self.stored.items() if stored.name != name}
            remaining.pop(publication.id, None)
            assert len(report.added) == (len(remaining) == len(self.stored))
            assert len(report.replaced) == (len(remaining) < len(self.stored))
            self.stored = {**remaining, publication.id: StoredFile(name, content, publication)}
            self.generation += 1
        assert report.generation == self.generation

    @precondition(lambda self: self.stored)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        publication_id = data.draw(st.sampled_from(sorted(self.stored)))
        del self.stored[publication_id]
        report = update_library(self.path, remove=[publication_id], encoder=self.encoder)
        assert [summary.id for summary in report.removed] == [publication_id]
        self.generation += 1

    @precondition(lambda self: self.generation)
    @invariant()
    def the_library_contains_just_that(self) -> None:
        with Library.open(self.path) as library:
            library.verify()
            assert library.generation == self.generation
            assert {summary.id for summary in library.publications()} == set(self.stored)
            rows = set()
            for publication_id, (name, _, publication) in self.stored.items():
                assert library.publication(publication_id) == publication
                assert Path(library.summary(publication_id).path) == (self.folder / name).resolve()
                own = library.rows_of(publication_id)
                assert library.passages(own) == split_publication(publication, self.encoder)
                rows.update(own)
            assert rows == set(range(library.engine.size))
            self.search(library)

    def search(self, library: Library) -> None:
        passages = library.passages(range(library.engine.size))
        refs = library.sentences(range(len(passages)))
        vectors = self.encoder.encode_queries(
            [build_encoder_input(passage) for passage in passages]
        ).vectors
        for row, vector in enumerate(vectors):
            [nearest] = library.engine.search_vectors(vector, 1)
            assert build_encoder_input(passages[nearest.row]) == build_encoder_input(passages[row])
            assert nearest.score > 0.998
            [scores] = library.engine.sentence_similarities(vector, [row])
            assert len(scores) == len(refs[row])
        for subject in SUBJECTS:
            group = TermGroup(tuple((word, 1.0) for word in analyze(subject)))
            rows_found = {hit.row for hit in library.engine.search_terms([group], 99)}
            assert rows_found == {
                row for row, passage in enumerate(passages) if subject in passage.text
            }


TestLibrary = LibraryMachine.TestCase
TestLibrary.settings = settings(
    max_examples=12,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
