"""The retriever as LlamaIndex takes it; needs `tongzhu[llamaindex]`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index.errors import QuestionError
from rag.adapters.documents import Hit, Opened, WhenNotFound, checked, hits, opened
from rag.adapters.extras import missing
from rag.adapters.filters import Condition, criteria
from rag.answer.model import Answer
from rag.query import limits

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
    raise missing("llamaindex", error) from error

_FOR_MODELS = "citation"  # of the metadata, all that a language model or an embedding is shown


@dataclass
class FollowUp(QueryBundle):
    """A question with those before it, for retrievers and query engines alike.

    Attributes:
        history: The questions before it, oldest first.
    """

    history: Sequence[str] = ()


class TongzhuRetriever(BaseRetriever):
    """Cited passages as LlamaIndex nodes; `Hit.metadata` says what their metadata holds.

    What is asked may be a `FollowUp`.
    """

    def __init__(
        self,
        library: Opened,
        similarity_top_k: int = limits.USUAL,
        *,
        threshold: float | None = None,
        filters: MetadataFilters | None = None,
        when_not_found: WhenNotFound = "nearest",
        callback_manager: CallbackManager | None = None,
    ) -> None:
        """Open the library.

        Args:
            library: A library's folder, or a `Retriever`.
            similarity_top_k: How many nodes at most.
            threshold: The confidence from which an answer counts as found; None for the library's
                own.
            filters: On publication, article, author and topic with ==, on date with ==, >, >=, <
                or <=; joined by AND.
            when_not_found: Whether to give the "nearest" passages or "nothing" where the library
                has no answer.
            callback_manager: As LlamaIndex has it.

        Raises:
            LibraryError: If there is no library, or it cannot be opened.
            ModelError: If the model that made it cannot be loaded.
            QuestionError: If the filters ask for what cannot be filtered by.
            TypeError: If the library is neither a folder nor a retriever.
            ValueError: If `when_not_found` is something else.
        """
        checked(when_not_found)
        self.similarity_top_k = similarity_top_k
        self._retriever = opened(library)
        self._threshold = threshold
        self._filters = criteria(_conditions(filters)) if filters else None
        self._when_not_found: WhenNotFound = when_not_found
        super().__init__(callback_manager)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        settings = self._settings(query_bundle)
        return self._nodes(self._retriever.retrieve(query_bundle.query_str, **settings))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        settings = self._settings(query_bundle)
        return self._nodes(await self._retriever.aretrieve(query_bundle.query_str, **settings))

    def _settings(self, asked: QueryBundle) -> dict[str, Any]:
        return {
            "history": asked.history if isinstance(asked, FollowUp) else (),
            "k": self.similarity_top_k,
            "threshold": self._threshold,
            "filters": self._filters,
        }

    def _nodes(self, answer: Answer) -> list[NodeWithScore]:
        return [_node(hit) for hit in hits(answer, self._when_not_found)]


def _node(hit: Hit) -> NodeWithScore:
    hidden = [name for name in hit.metadata if name != _FOR_MODELS]
    publication = RelatedNodeInfo(node_id=hit.metadata["publication"]["id"])
    node = TextNode(
        id_=hit.id,
        text=hit.text,
        metadata=hit.metadata,
        excluded_llm_metadata_keys=hidden,
        excluded_embed_metadata_keys=hidden,
        relationships={NodeRelationship.SOURCE: publication},
    )
    return NodeWithScore(node=node, score=hit.score)


def _conditions(filters: MetadataFilters) -> list[Condition]:
    alone = len(filters.filters) == 1 and filters.condition != FilterCondition.NOT
    if filters.condition != FilterCondition.AND and not alone:
        raise QuestionError(
            f"Filters joined by {filters.condition}: only AND can be asked for",
            f"篩選條件以 {filters.condition} 連接：只能使用 AND",
        )
    found: list[Condition] = []
    for each in filters.filters:
        if isinstance(each, MetadataFilter):
            found.append(Condition(each.key, each.operator.value, each.value))
        else:
            found.extend(_conditions(each))
    return found
