"""Tests of the LlamaIndex retriever in a query engine."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from llama_index.core import Settings
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager, CBEventType, LlamaDebugHandler
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode
from llama_index.core.schema import MetadataMode
from llama_index.core.vector_stores import FilterCondition, MetadataFilter, MetadataFilters

from index.errors import LibraryError, QuestionError
from rag import Retriever
from rag.adapters.llamaindex import FollowUp, TongzhuRetriever

QUESTION = "潮汐電廠頭一個完整年份到底發了多少電？"


def condition(key: str, operator: str, value: str) -> MetadataFilters:
    filters = [MetadataFilter.from_dict({"key": key, "operator": operator, "value": value})]
    return MetadataFilters(filters=filters)


def test_llamaindex_node_carries_its_citation(sample_retriever: Retriever) -> None:
    answer = sample_retriever.retrieve(QUESTION, 3)
    nodes = TongzhuRetriever(sample_retriever, similarity_top_k=3).retrieve(QUESTION)
    assert [node.node_id for node in nodes] == [cited.passage_id for cited in answer.citations]
    assert [node.score for node in nodes] == [cited.score for cited in answer.citations]
    first, citation = nodes[0], answer.citations[0]
    assert first.text == citation.text
    assert first.node.ref_doc_id == citation.publication.id
    assert json.loads(json.dumps(first.metadata)) == first.metadata
    assert first.metadata["answered"] is answer.is_answered


def test_node_content_for_a_model_is_text_and_citation(sample_retriever: Retriever) -> None:
    node = TongzhuRetriever(sample_retriever, 1).retrieve(QUESTION)[0].node
    shown = f"citation: {node.metadata['citation']}\n\n{node.text}"
    assert node.get_content(MetadataMode.LLM) == shown
    assert node.get_content(MetadataMode.EMBED) == shown


def test_query_engine_accepts_the_retriever(sample_library: Path) -> None:
    retriever = TongzhuRetriever(sample_library, similarity_top_k=2)
    engine = RetrieverQueryEngine.from_args(retriever, llm=MockLLM())
    response = engine.query(QUESTION)
    assert isinstance(response, Response)
    assert response.response  # the mock repeats its prompt
    assert retriever.retrieve(QUESTION)[0].text[:20] in response.response
    assert [node.node_id for node in response.source_nodes] == [
        node.node_id for node in retriever.retrieve(QUESTION)
    ]


def test_follow_up_is_retrieved_with_its_history(
    sample_retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    retriever = TongzhuRetriever(sample_retriever, similarity_top_k=2)
    follow_up = FollowUp("那第二年呢？", history=[QUESTION])
    answer = sample_retriever.retrieve("那第二年呢？", 2, history=[QUESTION])
    expected_ids = [citation.passage_id for citation in answer.citations]
    assert [node.node_id for node in retriever.retrieve(follow_up)] == expected_ids
    assert [node.node_id for node in retriever.retrieve("那第二年呢？")] != expected_ids
    monkeypatch.setattr(Settings, "_llm", MockLLM())  # what Settings.llm = None makes of it
    engine = RetrieverQueryEngine.from_args(retriever, response_mode=ResponseMode.NO_TEXT)
    for response in (engine.query(follow_up), asyncio.run(engine.aquery(follow_up))):
        assert [node.node_id for node in response.source_nodes] == expected_ids


@pytest.mark.asyncio
async def test_asynchronous_retrieval_equals_synchronous_retrieval(
    sample_retriever: Retriever,
) -> None:
    handler = LlamaDebugHandler(print_trace_on_end=False)
    retriever = TongzhuRetriever(sample_retriever, 2, callback_manager=CallbackManager([handler]))
    assert await retriever.aretrieve(QUESTION) == retriever.retrieve(QUESTION)
    assert len(handler.get_event_pairs(CBEventType.RETRIEVE)) == 2


def test_unanswered_question_is_marked_or_gives_no_nodes(unsure_retriever: Retriever) -> None:
    nearest = TongzhuRetriever(unsure_retriever, 3).retrieve(QUESTION)
    assert [node.metadata["answered"] for node in nearest] == [False] * 3
    strict = TongzhuRetriever(unsure_retriever, 3, when_not_found="nothing")
    assert strict.retrieve(QUESTION) == []
    answer = RetrieverQueryEngine.from_args(strict, llm=MockLLM()).query(QUESTION)
    assert str(answer) == "Empty Response"


def test_filters_are_applied(sample_retriever: Retriever) -> None:
    def retrieve_nodes(filters: MetadataFilters) -> list[Any]:
        return TongzhuRetriever(sample_retriever, filters=filters).retrieve(QUESTION)

    (publication,) = sample_retriever.library.publications()
    assert publication.date
    day = publication.date.isoformat()
    assert retrieve_nodes(condition("date", "==", day))
    assert retrieve_nodes(condition("date", ">=", day))
    assert retrieve_nodes(condition("date", ">", day)) == []
    assert retrieve_nodes(condition("date", "<", day)) == []
    assert retrieve_nodes(condition("author", "==", "nobody of that name")) == []
    both = MetadataFilters(
        filters=[condition("date", "<=", day), condition("publication", "==", publication.id)]
    )
    assert retrieve_nodes(both)


@pytest.mark.parametrize(
    "filters",
    [
        condition("colour", "==", "red"),
        condition("author", ">", "A"),
        condition("date", "==", "yesterday"),
        condition("date", "!=", "2025-01-01"),
        MetadataFilters(
            filters=[condition("date", ">=", day) for day in ("2025-01-01", "2025-02-01")]
        ),
        MetadataFilters(
            filters=[condition("topic", "==", topic) for topic in "ab"],
            condition=FilterCondition.OR,
        ),
        MetadataFilters(filters=[condition("topic", "==", "a")], condition=FilterCondition.NOT),
    ],
)
def test_unsupported_filters_are_refused(
    sample_retriever: Retriever, filters: MetadataFilters
) -> None:
    with pytest.raises(QuestionError) as raised:
        TongzhuRetriever(sample_retriever, filters=filters)
    assert "\n" not in str(raised.value)


def test_invalid_settings_are_refused(sample_retriever: Retriever, tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="k is 0"):
        TongzhuRetriever(sample_retriever, 0).retrieve(QUESTION)
    with pytest.raises(LibraryError):
        TongzhuRetriever(tmp_path / "nowhere")
    settings: dict[str, Any] = {"when_not_found": "maybe"}
    with pytest.raises(ValueError, match="when_not_found"):
        TongzhuRetriever(sample_retriever, **settings)
    neither: Any = 7
    with pytest.raises(TypeError, match="library"):
        TongzhuRetriever(neither)
