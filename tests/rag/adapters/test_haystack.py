"""Tests of the Haystack component in pipelines."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from haystack import Document, Pipeline
from haystack.components.builders import PromptBuilder
from haystack.document_stores.types import FilterPolicy

from index.errors import LibraryError, QuestionError
from rag import Retriever
from rag.adapters.haystack import TongzhuRetriever

QUESTION = "潮汐電廠頭一個完整年份到底發了多少電？"
TEMPLATE = """
{%- for document in documents %}[{{ loop.index }}] {{ document.meta.citation }}
{{ document.content }}
{% endfor %}{{ question }}
"""


def condition(field: str, operator: str, value: object) -> dict[str, Any]:
    return {"field": f"meta.{field}", "operator": operator, "value": value}


def pipeline(retriever: TongzhuRetriever) -> Pipeline:
    made = Pipeline()
    made.add_component("retriever", retriever)
    made.add_component("prompt", PromptBuilder(TEMPLATE, required_variables="*"))
    made.connect("retriever.documents", "prompt.documents")
    return made


def ask(question: str) -> dict[str, Any]:
    return {"retriever": {"query": question}, "prompt": {"question": question}}


def test_haystack_document_carries_its_citation(sample_retriever: Retriever) -> None:
    answer = sample_retriever.retrieve(QUESTION, 3)
    output = TongzhuRetriever(sample_retriever, top_k=3).run(QUESTION)
    documents = output["documents"]
    assert [document.id for document in documents] == [
        cited.passage_id for cited in answer.citations
    ]
    assert [document.score for document in documents] == [cited.score for cited in answer.citations]
    assert (output["answered"], output["confidence"]) == (answer.is_answered, answer.confidence)
    first, citation = documents[0], answer.citations[0]
    assert first.content == citation.text
    assert json.loads(json.dumps(first.meta)) == first.meta
    assert Document.from_dict(first.to_dict()) == first


def test_haystack_pipeline_accepts_the_retriever(sample_library: Path) -> None:
    result = pipeline(TongzhuRetriever(str(sample_library), top_k=2)).run(
        ask(QUESTION), include_outputs_from={"retriever"}
    )
    prompt, documents = result["prompt"]["prompt"], result["retriever"]["documents"]
    assert prompt.rstrip().endswith(QUESTION)
    assert len(documents) == 2
    assert all(document.content in prompt for document in documents)


@pytest.mark.asyncio
async def test_asynchronous_run_equals_synchronous_run(sample_retriever: Retriever) -> None:
    component = TongzhuRetriever(sample_retriever, top_k=2)
    made = pipeline(component)
    result = await made.run_async(ask(QUESTION), include_outputs_from={"retriever"})
    assert result["retriever"] == component.run(QUESTION)


def test_haystack_pipeline_survives_serialization(sample_library: Path) -> None:
    filters = {"operator": "AND", "conditions": [condition("date", ">=", "2000-01-01")]}
    component = TongzhuRetriever(
        sample_library,
        top_k=2,
        threshold=0.25,
        filters=filters,
        filter_policy=FilterPolicy.MERGE,
        when_not_found="nothing",
    )
    first = pipeline(component)
    written = first.dumps()
    assert str(sample_library) in written
    again = Pipeline.loads(written)
    assert again.dumps() == written
    assert again.get_component("retriever").to_dict() == component.to_dict()
    assert again.run(ask(QUESTION)) == first.run(ask(QUESTION))


def test_open_retriever_is_serialized_as_its_library_path(
    sample_retriever: Retriever, sample_library: Path
) -> None:
    values = TongzhuRetriever(sample_retriever).to_dict()
    assert values["type"] == "rag.adapters.haystack.TongzhuRetriever"
    assert values["init_parameters"]["library"] == str(sample_library)
    assert TongzhuRetriever.from_dict(values).run(QUESTION)["documents"]


def test_unanswered_question_is_marked_or_gives_no_documents(unsure_retriever: Retriever) -> None:
    output = TongzhuRetriever(unsure_retriever, 3).run(QUESTION)
    assert (output["answered"], output["confidence"]) == (False, 0.125)
    assert [document.meta["answered"] for document in output["documents"]] == [False] * 3
    strict = TongzhuRetriever(unsure_retriever, 3, when_not_found="nothing").run(QUESTION)
    assert strict == {
        "documents": [],
        "answered": False,
        "confidence": 0.125,
        "filters_match_nothing": False,
    }


def test_threshold_of_a_run_overrides_the_default(sample_retriever: Retriever) -> None:
    component = TongzhuRetriever(sample_retriever, threshold=0.0)
    assert component.run(QUESTION)["answered"]
    assert not component.run(QUESTION, threshold=1.0)["answered"]


def test_copied_component_gives_the_same_result(sample_library: Path) -> None:
    component = TongzhuRetriever(sample_library)
    component.warm_up()
    assert copy.deepcopy(component).run(QUESTION) == component.run(QUESTION)


def test_filters_of_component_and_run_are_applied(sample_retriever: Retriever) -> None:
    (publication,) = sample_retriever.library.publications()
    day = str(publication.date)
    component = TongzhuRetriever(sample_retriever, filters=condition("date", "<=", day))
    assert component.run(QUESTION)["documents"]
    assert component.run(QUESTION, condition("date", ">", day))["documents"] == []
    later = condition("date", "<", f"{day}T00:00:00")
    assert component.run(QUESTION, later)["documents"] == []
    merging = TongzhuRetriever(
        sample_retriever,
        filters=condition("author", "==", "nobody of that name"),
        filter_policy=FilterPolicy.MERGE,
    )
    assert merging.run(QUESTION, condition("date", "<=", day))["documents"] == []


@pytest.mark.parametrize(
    "filters",
    [
        condition("colour", "==", "red"),
        condition("author", "in", ["a"]),
        condition("author", "==", 7),
        {"operator": "OR", "conditions": [condition("topic", "==", topic) for topic in "ab"]},
        {"field": "meta.author", "value": "a"},
    ],
)
def test_unsupported_filters_are_refused(
    sample_retriever: Retriever, filters: dict[str, Any]
) -> None:
    with pytest.raises(QuestionError) as raised:
        TongzhuRetriever(sample_retriever).run(QUESTION, filters)
    assert "\n" not in str(raised.value)


def test_invalid_settings_are_refused(sample_retriever: Retriever, tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="k is 0"):
        TongzhuRetriever(sample_retriever).run(QUESTION, top_k=0)
    nowhere = TongzhuRetriever(str(tmp_path / "nowhere"))
    with pytest.raises(LibraryError):
        nowhere.warm_up()
    settings: dict[str, Any] = {"when_not_found": "maybe"}
    with pytest.raises(ValueError, match="when_not_found"):
        TongzhuRetriever(sample_retriever, **settings)
