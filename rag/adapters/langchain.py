"""The retriever as LangChain takes it; needs `tongzhu[langchain]`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from index.storage.records import Filters
from rag.adapters.documents import (
    CitedDocument,
    WhenNotFound,
    build_cited_documents,
    open_retriever,
)
from rag.adapters.extras import build_extra_error
from rag.adapters.filters import parse_filter_mapping
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
    raise build_extra_error("langchain", error) from error


class TongzhuRetriever(BaseRetriever):
    """Cited passages as LangChain documents, with `CitedDocument.metadata` as their metadata.

    `k`, `threshold`, `filters` and `history` can also be passed to `invoke` and `ainvoke`, for one
    question.

    Attributes:
        library: A library's folder, or a `Retriever`; it is opened at once.
        k: The maximum number of documents.
        threshold: The confidence from which an answer counts as found; None for the fitted one.
        filters: `Filters`, or a mapping with their names; dates may be ISO 8601.
        when_not_found: Whether to return the "nearest" passages or "nothing" where the library has
            no answer.

    Raises:
        LibraryError: If there is no library, or it cannot be opened.
        ModelError: If the model that made it cannot be loaded.
        QuestionError: If the filters cannot be met.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from index.update.update import update_library
        >>> from rag.adapters.langchain import TongzhuRetriever
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "news.md"
        ...     _ = file.write_text("The harbour was opened in 1900.")
        ...     _ = update_library(Path(folder) / "library", add=[file])
        ...     retriever = TongzhuRetriever(library=Path(folder) / "library", k=3)
        ...     documents = retriever.invoke("When was the harbour opened?")
        >>> [document.page_content for document in documents]
        ['The harbour was opened in 1900.']
    """

    model_config = ConfigDict(extra="forbid")  # otherwise a misspelt setting would be ignored

    library: Retriever | Path | str
    k: int = limits.DEFAULT_CITATIONS
    threshold: float | None = None
    filters: Filters | Mapping[str, Any] | None = None
    when_not_found: WhenNotFound = "nearest"

    @field_validator("library")
    @classmethod
    def _open_retriever(cls, library: Retriever | Path | str) -> Retriever:
        return open_retriever(library)

    @field_validator("filters", mode="before")
    @classmethod
    def _parse_filters(cls, filters: Any) -> Any:
        # Before pydantic looks: it would make criteria of a mapping and drop the names it lacks.
        return parse_filter_mapping(filters) if isinstance(filters, Mapping) else filters

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain passes it by name
        **options: Any,
    ) -> list[Document]:
        retriever = open_retriever(self.library)
        return self._build_documents(retriever.retrieve(query, **self._retrieve_options(**options)))

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,  # noqa: ARG002 - as above
        **options: Any,
    ) -> list[Document]:
        retriever = open_retriever(self.library)
        return self._build_documents(
            await retriever.aretrieve(query, **self._retrieve_options(**options))
        )

    def _retrieve_options(
        self,
        *,
        k: int | None = None,
        threshold: float | None = None,
        filters: Filters | Mapping[str, Any] | None = None,
        history: Sequence[str] = (),
    ) -> dict[str, Any]:
        effective_filters = self.filters if filters is None else filters
        return {
            "k": self.k if k is None else k,
            "threshold": self.threshold if threshold is None else threshold,
            "filters": parse_filter_mapping(effective_filters)
            if isinstance(effective_filters, Mapping)
            else effective_filters,
            "history": history,
        }

    def _build_documents(self, answer: Answer) -> list[Document]:
        return [
            _build_document(cited_document)
            for cited_document in build_cited_documents(answer, self.when_not_found)
        ]


def _build_document(cited_document: CitedDocument) -> Document:
    # "source" is where LangChain's own chains look for what to cite.
    metadata = cited_document.metadata | {"source": cited_document.metadata["citation"]}
    return Document(id=cited_document.id, page_content=cited_document.text, metadata=metadata)
