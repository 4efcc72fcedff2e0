"""Tests of the LangChain retriever: LangChain's standard suite and further cases."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import ConfigurableField, RunnableLambda, RunnablePassthrough
from langchain_core.tools import create_retriever_tool
from langchain_tests.integration_tests import RetrieversIntegrationTests

from index.errors import LibraryError, QuestionError
from rag import Filters, Retriever
from rag.adapters.langchain import TongzhuRetriever

QUESTION = "潮汐電廠頭一個完整年份到底發了多少電？"

pytestmark = pytest.mark.anyio  # for the suite's coroutines; other tests are unaffected


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class TestStandard(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _opened(self, sample_retriever: Retriever) -> None:
        self._retriever = sample_retriever

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return TongzhuRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"library": self._retriever}

    @property
    def retriever_query_example(self) -> str:
        return QUESTION


def test_langchain_document_carries_its_citation(sample_retriever: Retriever) -> None:
    answer = sample_retriever.retrieve(QUESTION, 3)
    documents = TongzhuRetriever(library=sample_retriever, k=3).invoke(QUESTION)
    assert [document.id for document in documents] == [
        cited.passage_id for cited in answer.citations
    ]
    first, citation = documents[0], answer.citations[0]
    assert first.page_content == citation.text
    assert json.loads(json.dumps(first.metadata)) == first.metadata
    assert first.metadata["rank"] == 1
    assert first.metadata["answered"] is answer.is_answered
    assert first.metadata["confidence"] == answer.confidence
    assert first.metadata["source"] == first.metadata["citation"]
    assert citation.article.title in first.metadata["citation"]
    assert [note["number"] for note in first.metadata["notes"]] == [
        note.number for note in citation.notes
    ]
    for evidence in first.metadata["evidence"]:
        if evidence["note"] is None:
            assert first.page_content[evidence["start"] : evidence["end"]] == evidence["text"]


def test_metadata_list_each_source_once(sample_retriever: Retriever) -> None:
    (document,) = TongzhuRetriever(library=sample_retriever, k=1).invoke(QUESTION)
    (citation,) = sample_retriever.retrieve(QUESTION, 1).citations
    texts = [source["text"] for source in document.metadata["sources"]]
    assert set(texts) == {s.text for note in citation.notes for s in note.all_sources}
    assert len(texts) == len(set(texts))


def test_unanswered_question_is_marked_or_gives_no_documents(unsure_retriever: Retriever) -> None:
    nearest = TongzhuRetriever(library=unsure_retriever, k=3).invoke(QUESTION)
    assert [document.metadata["answered"] for document in nearest] == [False] * 3
    strict = TongzhuRetriever(library=unsure_retriever, when_not_found="nothing")
    assert strict.invoke(QUESTION) == []


@pytest.mark.parametrize(
    "filters",
    [{"after": "1990-01-01", "before": "1990-12-31"}, Filters(author="nobody of that name")],
)
def test_filters_of_retriever_and_call_are_applied(
    sample_retriever: Retriever, filters: Any
) -> None:
    retriever = TongzhuRetriever(library=sample_retriever)
    assert retriever.invoke(QUESTION)
    assert retriever.invoke(QUESTION, filters=filters) == []
    assert TongzhuRetriever(library=sample_retriever, filters=filters).invoke(QUESTION) == []


def test_langchain_chain_accepts_the_retriever(sample_library: Path) -> None:
    def joined(documents: list[Document]) -> str:
        return "\n".join(document.metadata["citation"] for document in documents)

    retriever = TongzhuRetriever(library=sample_library, k=2)
    prompt = ChatPromptTemplate.from_template("{context}\n\n{question}")
    echo = RunnableLambda(lambda value: value.to_string())
    chain: Any = {"context": retriever | joined, "question": RunnablePassthrough()} | prompt | echo
    output = (chain | StrOutputParser()).invoke(QUESTION)
    assert QUESTION in output
    assert retriever.invoke(QUESTION)[1].metadata["citation"] in output


async def test_callbacks_receive_start_end_and_error_events(sample_retriever: Retriever) -> None:
    events: list[Any] = []

    class RecordingHandler(BaseCallbackHandler):
        def on_retriever_start(self, serialized: Any, query: str, **kwargs: Any) -> None:
            events.append(query)

        def on_retriever_end(self, documents: Any, **kwargs: Any) -> None:
            events.append(documents)

        def on_retriever_error(self, error: BaseException, **kwargs: Any) -> None:
            events.append(error)

    retriever = TongzhuRetriever(library=sample_retriever)
    config: Any = {"callbacks": [RecordingHandler()]}
    documents = await retriever.ainvoke(QUESTION, config, k=1)
    assert events == [QUESTION, documents]
    assert documents == retriever.invoke(QUESTION, k=1)
    with pytest.raises(QuestionError):
        retriever.invoke("?!", config)
    assert isinstance(events[-1], QuestionError)


def test_retriever_supports_configuration_batch_copy_and_tools(sample_retriever: Retriever) -> None:
    retriever = TongzhuRetriever(library=sample_retriever, k=3)
    configurable = retriever.configurable_fields(k=ConfigurableField(id="k"))
    config: Any = {"configurable": {"k": 1}}
    assert len(configurable.invoke(QUESTION, config=config)) == 1
    assert [len(batch) for batch in retriever.batch([QUESTION, QUESTION])] == [3, 3]
    assert retriever.model_copy(deep=True).invoke(QUESTION) == retriever.invoke(QUESTION)
    assert pickle.loads(pickle.dumps(retriever)).invoke(QUESTION) == retriever.invoke(QUESTION)
    tool = create_retriever_tool(retriever, "library", "Asks the library.")
    assert retriever.invoke(QUESTION)[0].page_content in tool.invoke({"query": QUESTION})


@pytest.mark.parametrize("k", [0, 1_000_000])
def test_invalid_settings_are_refused(sample_retriever: Retriever, k: int, tmp_path: Path) -> None:
    retriever = TongzhuRetriever(library=sample_retriever)
    with pytest.raises(QuestionError, match=f"k is {k}"):
        retriever.invoke(QUESTION, k=k)
    with pytest.raises(QuestionError, match="colour"):
        retriever.invoke(QUESTION, filters={"colour": "red"})
    with pytest.raises(QuestionError, match="colour"):
        TongzhuRetriever(library=sample_retriever, filters={"colour": "red"})
    with pytest.raises(TypeError):
        retriever.invoke(QUESTION, colour="red")
    with pytest.raises(ValueError, match="colour"):
        TongzhuRetriever.model_validate({"library": sample_retriever, "colour": "red"})
    with pytest.raises(LibraryError):
        TongzhuRetriever(library=tmp_path / "nowhere")
    with pytest.raises(ValueError, match="when_not_found"):
        TongzhuRetriever.model_validate({"library": sample_retriever, "when_not_found": "maybe"})
