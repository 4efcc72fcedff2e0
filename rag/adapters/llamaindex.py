"""The retriever as LlamaIndex takes it; needs `tongzhu[llamaindex]`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index.errors import QuestionError
from index.messages import MessageCatalogue
from rag.adapters.documents import (
    CitedDocument,
    LibraryOrRetriever,
    WhenNotFound,
    build_cited_documents,
    open_retriever,
    validate_when_not_found,
)
from rag.adapters.extras import build_extra_error
from rag.adapters.filters import Condition, build_filters
from rag.answer.model import Answer
from rag.query import limits

_MESSAGES = MessageCatalogue("rag", "errors")

try:
    from llama_index.core.callbacks import CallbackManager
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import (
        NodeRelationship,
        NodeWithScore,
        QueryBundle,
        RelatedNodeInfo,
        TextNode,
    )
    from llama_index.core.vector_stores import FilterCondition, MetadataFilter, MetadataFilters
except ImportError as error:
    raise build_extra_error("llamaindex", error) from error

_MODEL_VISIBLE_KEY = (
    "citation"  # of the metadata, all that a language model or an embedding is shown
)


@dataclass
class FollowUp(QueryBundle):
    """A question with those before it, for retrievers and query engines.

    Attributes:
        history: The questions before it, oldest first.
    """

    history: Sequence[str] = ()


class TongzhuRetriever(BaseRetriever):
    """Cited passages as LlamaIndex nodes, with `CitedDocument.metadata` as their metadata.

    Queries may be a `FollowUp`.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from index.update.update import update_library
        >>> from rag.adapters.llamaindex import TongzhuRetriever
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "news.md"
        ...     _ = file.write_text("The harbour was opened in 1900.")
        ...     _ = update_library(Path(folder) / "library", add=[file])
        ...     retriever = TongzhuRetriever(Path(folder) / "library", similarity_top_k=3)
        ...     nodes = retriever.retrieve("When was the harbour opened?")
        >>> [node.text for node in nodes]
        ['The harbour was opened in 1900.']
    """

    def __init__(
        self,
        library: LibraryOrRetriever,
        similarity_top_k: int = limits.DEFAULT_CITATIONS,
        *,
        threshold: float | None = None,
        filters: MetadataFilters | None = None,
        when_not_found: WhenNotFound = "nearest",
        callback_manager: CallbackManager | None = None,
    ) -> None:
        """Open the library.

        Args:
            library: A library's folder, or a `Retriever`.
            similarity_top_k: The maximum number of nodes.
            threshold: The confidence from which an answer counts as found; None for the fitted one.
            filters: On publication, article, author and topic with ==, on date with ==, >, >=, < or
                <=; joined by AND.
            when_not_found: Whether to return the "nearest" passages or "nothing" where the library
                has no answer.
            callback_manager: As in LlamaIndex.

        Raises:
            LibraryError: If there is no library, or it cannot be opened.
            ModelError: If the model that made it cannot be loaded.
            QuestionError: If the filters cannot be met.
            TypeError: If the library is neither a folder nor a retriever.
            ValueError: If `when_not_found` is something else.
        """
        validate_when_not_found(when_not_found)
        self.similarity_top_k = similarity_top_k
        self._retriever = open_retriever(library)
        self._threshold = threshold
        self._filters = build_filters(_parse_conditions(filters)) if filters else None
        self._when_not_found: WhenNotFound = when_not_found
        super().__init__(callback_manager)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        options = self._retrieve_options(query_bundle)
        return self._build_nodes(self._retriever.retrieve(query_bundle.query_str, **options))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        options = self._retrieve_options(query_bundle)
        return self._build_nodes(await self._retriever.aretrieve(query_bundle.query_str, **options))

    def _retrieve_options(self, query_bundle: QueryBundle) -> dict[str, Any]:
        return {
            "history": query_bundle.history if isinstance(query_bundle, FollowUp) else (),
            "k": self.similarity_top_k,
            "threshold": self._threshold,
            "filters": self._filters,
        }

    def _build_nodes(self, answer: Answer) -> list[NodeWithScore]:
        return [
            _build_node(cited_document)
            for cited_document in build_cited_documents(answer, self._when_not_found)
        ]


def _build_node(cited_document: CitedDocument) -> NodeWithScore:
    hidden_keys = [name for name in cited_document.metadata if name != _MODEL_VISIBLE_KEY]
    publication = RelatedNodeInfo(node_id=cited_document.metadata["publication"]["id"])
    node = TextNode(
        id_=cited_document.id,
        text=cited_document.text,
        metadata=cited_document.metadata,
        excluded_llm_metadata_keys=hidden_keys,
        excluded_embed_metadata_keys=hidden_keys,
        relationships={NodeRelationship.SOURCE: publication},
    )
    return NodeWithScore(node=node, score=cited_document.score)


def _parse_conditions(filters: MetadataFilters) -> list[Condition]:
    is_single = len(filters.filters) == 1 and filters.condition != FilterCondition.NOT
    if filters.condition != FilterCondition.AND and not is_single:
        raise QuestionError(_MESSAGES["unsupported_operator"].format(operator=filters.condition))
    conditions: list[Condition] = []
    for condition in filters.filters:
        if isinstance(condition, MetadataFilter):
            conditions.append(Condition(condition.key, condition.operator.value, condition.value))
        else:
            conditions.extend(_parse_conditions(condition))
    return conditions
