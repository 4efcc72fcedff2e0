"""The retriever as LangChain takes it; needs `tongzhu[langchain]`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from index.storage.records import Criteria
from rag.adapters.documents import Hit, WhenNotFound, hits, opened
from rag.adapters.extras import missing
from rag.adapters.filters import from_mapping
from rag.answer.model import Answer
from rag.query import limits
from rag.retriever import Retriever

try:
    from langchain_core.callbacks import (
        AsyncCallbackManagerForRetrieverRun,
        CallbackManagerForRetrieverRun,
    )
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
    from pydantic import ConfigDict, field_validator
except ImportError as error:
    raise missing("langchain", error) from error


class TongzhuRetriever(BaseRetriever):
    """Cited passages as LangChain documents; `Hit.metadata` says what their metadata holds.

    `k`, `threshold`, `filters` and `history` can be given to `invoke` and `ainvoke` as well, where
    they take the place of what was given here.

    Attributes:
        library: A library's folder, or a `Retriever`; it is opened at once.
        k: How many documents at most.
        threshold: The confidence from which an answer counts as found; None for the library's own.
        filters: Criteria, or a mapping with their names; dates may be ISO 8601.
        when_not_found: Whether to give the "nearest" passages or "nothing" where the library has
            no answer.

    Raises:
        LibraryError: If there is no library, or it cannot be opened.
        ModelError: If the model that made it cannot be loaded.
        QuestionError: If the filters ask for what cannot be filtered by.
    """

    model_config = ConfigDict(extra="forbid")  # a misspelt setting would go unnoticed

    library: Retriever | Path | str
    k: int = limits.USUAL
    threshold: float | None = None
    filters: Criteria | Mapping[str, Any] | None = None
    when_not_found: WhenNotFound = "nearest"

    @field_validator("library")
    @classmethod
    def _open(cls, library: Retriever | Path | str) -> Retriever:
        return opened(library)

    @field_validator("filters", mode="before")
    @classmethod
    def _read(cls, filters: Any) -> Any:
        # Before pydantic looks: it would make criteria of a mapping and drop the names it lacks.
        return from_mapping(filters) if isinstance(filters, Mapping) else filters

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain passes it by name
        **settings: Any,
    ) -> list[Document]:
        retriever = opened(self.library)
        return self._documents(retriever.retrieve(query, **self._settings(**settings)))

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,  # noqa: ARG002 - as above
        **settings: Any,
    ) -> list[Document]:
        retriever = opened(self.library)
        return self._documents(await retriever.aretrieve(query, **self._settings(**settings)))

    def _settings(
        self,
        *,
        k: int | None = None,
        threshold: float | None = None,
        filters: Criteria | Mapping[str, Any] | None = None,
        history: Sequence[str] = (),
    ) -> dict[str, Any]:
        chosen = self.filters if filters is None else filters
        return {
            "k": self.k if k is None else k,
            "threshold": self.threshold if threshold is None else threshold,
            "filters": from_mapping(chosen) if isinstance(chosen, Mapping) else chosen,
            "history": history,
        }

    def _documents(self, answer: Answer) -> list[Document]:
        return [_document(hit) for hit in hits(answer, self.when_not_found)]


def _document(hit: Hit) -> Document:
    # "source" is where LangChain's own chains look for what to cite.
    metadata = hit.metadata | {"source": hit.metadata["citation"]}
    return Document(id=hit.id, page_content=hit.text, metadata=metadata)
