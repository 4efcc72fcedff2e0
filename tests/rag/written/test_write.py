"""Tests of translations of quotations, and of summaries of outlines."""

from __future__ import annotations

import pytest

from index.encoders.protocol import load_encoder
from index.text.scripts import Language
from rag.render.written import written_to_text
from rag.retriever import Retriever
from rag.written.evidence import number_quotation, number_sentences
from rag.written.verification import Verifier
from rag.written.write import translate_quotation, write_answer
from tests.helpers.stub_endpoint import serve_replies, write_sentences

QUESTION = "潮汐電廠頭一個完整年份到底發了多少電？"


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier(load_encoder())


def test_a_translation_is_in_the_other_language_and_whole(
    sample_retriever: Retriever, verifier: Verifier
) -> None:
    answer = sample_retriever.retrieve(QUESTION, k=1)
    quoted = number_quotation(answer)
    with serve_replies(write_sentences((quoted[0].text, [1]))) as stub:
        written = translate_quotation(answer, stub.endpoint, verifier)
        copied = translate_quotation(answer, stub.endpoint, verifier, "zh")
        assert "into English" in stub.requests[0]["messages"][0]["content"]
    assert written is not None
    assert copied is not None
    assert [problem.kind for problem in written.sentences[0].verdict.problems] == ["language"]
    assert written.left_out == quoted
    assert copied.sentences[0].verdict.is_supported
    assert copied.left_out == quoted[1:]
    assert "Translated by stub" in written_to_text(written, answer, "en")


def test_what_is_missing_of_a_translation_is_named(
    sample_retriever: Retriever, verifier: Verifier
) -> None:
    answer = sample_retriever.retrieve("Who pays for the bridge?", k=1)
    first = number_quotation(answer)[0].text
    language: Language = "zh" if first[0] > "\u2fff" else "en"
    reply = write_sentences((first, [1]), ("1999", [2]))
    with serve_replies(reply) as stub:
        written = translate_quotation(answer, stub.endpoint, verifier, language)
    assert written is not None
    text = written_to_text(written, answer, "en")
    assert [item.text for item in written.left_out if item.text not in text] == []


@pytest.mark.parametrize("article", [0, None])
def test_an_outline_of_an_article_or_issue_is_summarised(
    sample_retriever: Retriever, verifier: Verifier, article: int | None
) -> None:
    publication = sample_retriever.library.publications()[0].id
    outline = sample_retriever.outline(publication, article)
    assert outline.listing is not None
    assert outline.is_answered
    given = number_sentences(outline)
    listed = {
        outline.citations[item.citation].evidence[item.evidence].span
        for group in outline.listing.groups
        for item in group.items
    }
    assert {item.span for item in given} <= listed
    assert len({outline.citations[item.citation].article.index for item in given}) == len(
        outline.listing.groups
    )
    reply = write_sentences((given[0].text, [1]), ("It was 1066.", [2]))
    with serve_replies(reply) as stub:
        written = write_answer(outline, stub.endpoint, verifier, "zh")
        system = stub.requests[0]["messages"][0]["content"]
    assert "plain words" in system
    assert "in Chinese" in system
    assert written is not None
    assert written.task == "summary"
    assert [sentence.verdict.is_supported for sentence in written.sentences] == [True, False]


def test_an_outline_of_nothing_is_refused(sample_retriever: Retriever) -> None:
    with pytest.raises(KeyError):
        sample_retriever.outline("0" * 12, 0)
