"""The sample's questions have the same answers whatever engine searches its library."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from eval.questions.sets import find_set
from index.storage.records import Filters
from index.update.update import Update, make_update
from rag.retriever import Retriever

pytest.importorskip("qdrant_client")

from index.storage.qdrant.engine import QdrantEngine
from tests.helpers.qdrant_server import serve_qdrant


def test_answers_are_those_of_the_local_engine(
    sample_library: Path, sample_retriever: Retriever, tmp_path: Path
) -> None:
    path = tmp_path / "library"
    shutil.copytree(sample_library, path)
    with serve_qdrant() as server:
        make_update(path, Update(engine=server.url))
        retriever = Retriever.open(path)
        assert isinstance(retriever.library.engine, QdrantEngine)
        for question in find_set("sample").questions[::6]:
            assert retriever.retrieve(question.question) == sample_retriever.retrieve(
                question.question
            )
        publication = retriever.library.publications()[0]
        filters = Filters(publication=publication.id, author="梅")
        for text in ("水", "How many herons?"):
            expected = sample_retriever.retrieve(text, filters=filters)
            assert retriever.retrieve(text, filters=filters) == expected
