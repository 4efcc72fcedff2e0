"""Tests of the baseline systems of the evaluation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.baselines.plain_documents import build_documents
from eval.baselines.systems import BASELINES, parse_baseline_names
from eval.questions.format import Question, SectionRef
from index.document import Publication
from index.errors import OptionError
from index.storage.library import Library
from tests.helpers.hashing_encoder import HashingEncoder

REASON = "needs the extra: pip install 'tongzhu[baselines]'"
QUESTION = Question("q", "dev", "zh-Hant", "fact", "", answers=("x",), where="text")


@pytest.fixture(scope="module")
def library(sample_library: Path) -> Library:
    return Library.open(sample_library)


@pytest.fixture(scope="module")
def publication(library: Library) -> Publication:
    (summary,) = library.publications()
    return library.publication(summary.id)


def test_document_maps_offsets_to_sections(publication: Publication) -> None:
    (document,) = build_documents(publication)
    for a, article in enumerate(publication.articles):
        for s, section in enumerate(article.sections):
            for paragraph in section.paragraphs:
                start = document.text.index(paragraph.text)
                end = start + len(paragraph.text)
                assert document.find_sections(start, end) == {SectionRef(a, s)}
        for note in article.notes:
            start = document.text.index(f"{note.number} {note.text}")
            assert len(document.find_sections(start, start + 1)) == 1
        head = document.text.index(article.title)
        assert document.find_sections(head, head + 1) >= {
            SectionRef(a, s) for s in range(len(article.sections))
        }
    last, first = SectionRef(0, len(publication.articles[0].sections) - 1), SectionRef(1, 0)
    assert {last, first} < document.find_sections(0, len(document.text))


def test_untitled_paragraphs_become_separate_documents(publication: Publication) -> None:
    bare = replace(
        publication,
        articles=tuple(replace(untitled, title="") for untitled in publication.articles),
    )
    made = build_documents(bare)
    assert len(made) == sum(len(article.sections) for article in publication.articles)
    assert {
        len(untitled.find_sections(0, len(untitled.text))) for untitled in made if untitled.text
    } == {1}


@pytest.mark.parametrize(
    ("name", "module", "longest"),
    [
        ("langchain", "langchain_community.vectorstores.faiss", 1000),
        ("llamaindex", "llama_index.core", 5000),
    ],
)
def test_framework_baseline_returns_ten_of_its_own_chunks(
    name: str, module: str, longest: int, library: Library, publication: Publication
) -> None:
    pytest.importorskip(module, reason=REASON)
    system = BASELINES[name](library, publication.id, HashingEncoder())
    response = system.respond(replace(QUESTION, question="anything at all"))
    assert len(response.texts) == 10
    assert all(text.sections and len(text.text) <= longest for text in response.texts)
    scores = [text.score for text in response.texts]
    assert scores == sorted(scores, reverse=True)
    assert response.confidence is response.evidence_text is response.refused is None
    third = response.texts[2]
    # The same text has the same vector here: asked for itself, a chunk comes first.
    assert system.respond(replace(QUESTION, question=third.text)).texts[0].text == third.text


def test_chunks_of_other_publications_have_no_sections(library: Library) -> None:
    pytest.importorskip("langchain_community.vectorstores.faiss", reason=REASON)
    system = BASELINES["langchain"](library, "0" * 12, HashingEncoder())
    response = system.respond(replace(QUESTION, question="anything"))
    assert not any(text.sections for text in response.texts)


def test_bm25_baseline_ranks_passages_by_terms(library: Library, publication: Publication) -> None:
    pytest.importorskip("bm25s", reason=REASON)
    pytest.importorskip("jieba", reason=REASON)
    system = BASELINES["bm25"](library, publication.id, HashingEncoder())
    passage = library.passage(7)
    first = system.respond(replace(QUESTION, question=passage.text[:40])).texts[0]
    assert (first.text, first.sections) == (
        passage.text,
        {SectionRef(passage.article_index, passage.section_index)},
    )
    assert system.respond(replace(QUESTION, question="qqqq ？")).texts == ()


def test_vector_baseline_ranks_passages_by_embedding(
    library: Library, publication: Publication
) -> None:
    from index.encoders.protocol import load_encoder

    system = BASELINES["vectors"](library, publication.id, load_encoder())
    passage = library.passage(3)
    returned = system.respond(replace(QUESTION, question=passage.text)).texts
    assert len(returned) == 10
    assert returned[0].text == passage.text


def test_baseline_names_are_parsed_and_unknown_names_refused() -> None:
    assert parse_baseline_names("all") == list(BASELINES)
    assert parse_baseline_names(" bm25 ,vectors,") == ["bm25", "vectors"]
    assert parse_baseline_names("") == []
    with pytest.raises(OptionError, match="no baseline elastic; there are: langchain, "):
        parse_baseline_names("bm25,elastic")
