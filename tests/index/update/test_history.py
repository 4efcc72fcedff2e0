"""Tests that answers depend on the contents of a library, not on its update history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.benchmarks.history import compare_histories, shorten_publication
from eval.questions.sets import find_set
from index import sample
from index.document import Publication
from index.encoders.protocol import PassageEmbeddings, PassageText, load_encoder
from index.readers.decoding import load_text
from index.storage.library import Library
from index.update.update import update_library
from rag.answer.model import Answer
from rag.retriever import Retriever
from tests.helpers.generator import Generator, Shape
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.memory import memory_folder

NAMES = ("a", "b", "c")

made = st.builds(
    Shape,
    seed=st.integers(0, 2**32 - 1),
    articles=st.integers(1, 2),
    sections=st.integers(1, 2),
    notes=st.integers(0, 4),
    english=st.booleans(),
).map(lambda shape: Generator(shape).publication())

steps = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(NAMES), st.booleans(), min_size=1),  # and if an earlier one
        st.sets(st.sampled_from(NAMES)),
    ),
    max_size=3,
)
"""What each update adds and removes."""


class BatchedEncoder(HashingEncoder):
    """An encoder whose vectors depend on what is encoded together, as those of batches do."""

    encodes_passages_alone = False

    def encode_passages(
        self, passages: Sequence[PassageText], progress: Callable[[int], None] | None = None
    ) -> list[PassageEmbeddings]:
        batch_size = str(len(passages))
        changed = [replace(passage, text=passage.text + batch_size) for passage in passages]
        return super().encode_passages(changed, progress)


class LibraryHistory:
    """Publications by file name, and a library that they are added to and removed from."""

    def __init__(
        self, folder: Path, publications: dict[str, Publication], encoder: HashingEncoder
    ) -> None:
        self.folder = folder
        self.publications = publications
        self.encoder = encoder
        folder.mkdir()

    def update(self, add: dict[str, bool], remove: set[str]) -> None:
        files = []
        for name, is_earlier in add.items():
            files.append(self.folder / name)
            files[-1].write_text(f"{self.publications[name]} {is_earlier}")

        def read(file: Path) -> Publication:
            publication = self.publications[file.name]
            return shorten_publication(publication) if add[file.name] else publication

        ids = [self.publications[name].id for name in sorted(remove)]
        update_library(self.folder / "library", files, ids, encoder=self.encoder, read=read)

    def ask(self) -> list[Answer]:
        texts = [
            text
            for publication in self.publications.values()
            for article in publication.articles
            for text in (article.title, *article.sections[-1].paragraphs[-1].text.split("，")[:2])
        ]
        with Library.open(self.folder / "library") as library:
            retriever = Retriever(library, self.encoder)
            return [retriever.retrieve(f"關於{text[:60]}？", 20) for text in texts]


@pytest.mark.parametrize("encoder_type", [HashingEncoder, BatchedEncoder])
@given(
    publications=st.lists(made, min_size=3, max_size=3, unique_by=lambda item: item.id),
    steps=steps,
    kept=st.sets(st.sampled_from(NAMES), min_size=1),
)
@settings(max_examples=8, deadline=None)
def test_answers_do_not_depend_on_the_update_history(
    encoder_type: type[HashingEncoder],
    publications: list[Publication],
    steps: list[tuple[dict[str, bool], set[str]]],
    kept: set[str],
) -> None:
    named = dict(zip(NAMES, publications, strict=True))
    with TemporaryDirectory(dir=memory_folder()) as folder:
        fresh = LibraryHistory(Path(folder) / "fresh", named, encoder_type())
        fresh.update(dict.fromkeys(sorted(kept), False), set())
        changed = LibraryHistory(Path(folder) / "changed", named, encoder_type())
        for add, remove in steps:
            changed.update(add, remove)
        changed.update(dict.fromkeys(sorted(kept, reverse=True), False), set(NAMES) - kept)
        assert changed.ask() == fresh.ask()


def test_answers_of_the_model_do_not_depend_on_the_update_history(tmp_path: Path) -> None:
    text = load_text(sample.get_path())
    file = tmp_path / "part.txt"  # a third of the sample, which takes a third of the time
    file.write_text(text[: len(text) // 3], encoding="utf-8")
    questions = find_set("sample").questions[::6]
    comparison = compare_histories(file, questions, load_encoder())
    assert comparison == (len(questions), 0, 0, 0)
