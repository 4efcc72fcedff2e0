"""Tests of the retriever, end to end on the sample with the bundled model."""

from __future__ import annotations

from pathlib import Path

import pytest
from opencc import OpenCC

from eval.questions import sets
from index import sample
from index.encoders.protocol import load_encoder
from index.errors import QuestionError
from index.storage.library import Library
from index.update.update import update_library
from rag.ranking import candidates
from rag.retriever import Retriever


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    folder: Path = tmp_path_factory.mktemp("retriever") / "library"
    encoder = load_encoder()
    update_library(folder, add=[sample.get_path()], encoder=encoder)
    return Retriever(Library.open(folder), encoder)


@pytest.mark.parametrize(
    "question",
    [
        "潮汐電廠第一個完整年份發了多少電？",
        "潮汐电厂第一个完整年份发了多少电？",
        "How much electricity did the tidal plant generate in its first full year?",
    ],
)
def test_same_passage_is_found_in_either_script_and_language(
    retriever: Retriever, question: str
) -> None:
    answer = retriever.retrieve(question)
    first = answer.citations[0]
    assert first.article.title.startswith("鯨門潮汐電廠")
    assert any("2 億 100 萬度" in citation.text for citation in answer.citations[:2])
    assert first.evidence_text in first.text


def test_ranking_does_not_depend_on_the_script_of_the_question(retriever: Retriever) -> None:
    to_simplified, to_traditional = OpenCC("t2s").convert, OpenCC("s2t").convert
    questions = [
        q for q in sets.find_set("sample").questions if q.language == "zh-Hant" and not q.history
    ]
    assert len(questions) > 30
    for question in questions:
        simplified = to_simplified(question.question)
        traditional = to_traditional(simplified)
        if to_simplified(traditional) != simplified:
            continue
        answers = [retriever.retrieve(text) for text in (simplified, traditional)]
        ranked = [
            [(citation.passage_id, citation.score) for citation in answer.citations]
            for answer in answers
        ]
        assert ranked[0] == ranked[1], question.id
        assert answers[0].confidence == answers[1].confidence, question.id


def test_searching_in_threads_gives_the_same_answers(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = [question.question for question in sets.find_set("sample").questions[:12]]
    one_after_another = [retriever.retrieve(question) for question in questions]
    monkeypatch.setattr(candidates, "_MIN_PASSAGES_FOR_THREADS", 0)
    assert [retriever.retrieve(question) for question in questions] == one_after_another


def test_evidence_spans_lie_within_passage_or_note(retriever: Retriever) -> None:
    for citation in retriever.retrieve("夜市的噪音怎麼管？", k=10).citations:
        assert citation.evidence
        for evidence in citation.evidence:
            text = citation.text if evidence.note is None else citation.get_note(evidence.note).text
            assert 0 <= evidence.span.start < evidence.span.end <= len(text)
        assert citation.score == pytest.approx(sum(part.value for part in citation.score_parts))


def test_citations_are_sorted_by_score_and_limited_to_k(retriever: Retriever) -> None:
    citations = retriever.retrieve("Who manages the night market?", k=3).citations
    assert len(citations) == 3
    assert [citation.score for citation in citations] == sorted(
        (c.score for c in citations), reverse=True
    )
    assert len({citation.passage_id for citation in citations}) == 3


@pytest.mark.parametrize("question", ["", "  \n", "？！…", "🙂🙃", "\x00\x07", "長" * 5_000])
def test_invalid_question_is_refused_in_both_languages(retriever: Retriever, question: str) -> None:
    with pytest.raises(QuestionError) as raised:
        retriever.retrieve(question)
    message = raised.value.message
    assert message.en
    assert message.zh
    assert "\n" not in message.en + message.zh


@pytest.mark.parametrize("k", [0, -1, 10_000])
def test_k_out_of_range_is_refused(retriever: Retriever, k: int) -> None:
    with pytest.raises(QuestionError):
        retriever.retrieve("潮汐", k=k)


HEADLINE = "Ferry Company Sold Ninety Cabins in March, Owners Say"
FERRIES = f"""# Ferries

The company sold a part of its fleet in spring.[^1] Its owners gave no reasons.

# Cabins

In March the owners sold forty cabins.[^2] The buyers came from two towns.

[^1]: Nora Quayle, "{HEADLINE}," *Harbour Times*, March 3, 2024.
[^2]: Sold cabins are those of which the deed was signed. Ben Ash, "Deeds," *Law Weekly*, May 2024.
"""


@pytest.fixture(scope="module")
def ferries(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    folder: Path = tmp_path_factory.mktemp("ferries")
    (folder / "ferries.md").write_text(FERRIES, encoding="utf-8")
    encoder = load_encoder()
    update_library(folder / "library", [folder / "ferries.md"], encoder=encoder)
    return Retriever(Library.open(folder / "library"), encoder)


def test_title_cited_in_a_note_is_not_evidence(ferries: Retriever) -> None:
    first, second = ferries.retrieve(
        "How many cabins did the ferry company sell in March?"
    ).citations
    assert first.evidence_text == "In March the owners sold forty cabins."
    assert second.evidence[0].note is None


def test_cited_title_is_evidence_for_a_source_question(ferries: Retriever) -> None:
    first = ferries.retrieve(
        "Which newspaper reported that the ferry company sold its fleet?"
    ).citations[0]
    assert HEADLINE in first.evidence_text


def test_explanatory_note_is_evidence(ferries: Retriever) -> None:
    first = ferries.retrieve("Which cabins count as sold, by their deed?").citations[0]
    assert first.evidence[0].note == "2"
    assert first.evidence_text.startswith("Sold cabins are those")
