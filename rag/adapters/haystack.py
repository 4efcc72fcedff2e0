"""The retriever as a Haystack component; needs `tongzhu[haystack]`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from index.errors import QuestionError
from index.messages import MessageCatalogue
from rag.adapters.documents import (
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
from rag.retriever import Retriever

_MESSAGES = MessageCatalogue("rag", "errors")

try:
    from haystack import Document, component, default_from_dict, default_to_dict
    from haystack.core.serialization_security import allow_deserialization_module
    from haystack.document_stores.types import FilterPolicy, apply_filter_policy
except ImportError as error:
    raise build_extra_error("haystack", error) from error

# A program that imports this module may load pipelines that name it.
allow_deserialization_module(__name__)


@component
class TongzhuRetriever:
    """Cited passages as Haystack documents, with `CitedDocument.metadata` as their `meta`.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from index.update.update import update_library
        >>> from rag.adapters.haystack import TongzhuRetriever
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "news.md"
        ...     _ = file.write_text("The harbour was opened in 1900.")
        ...     _ = update_library(Path(folder) / "library", add=[file])
        ...     retriever = TongzhuRetriever(Path(folder) / "library", top_k=3)
        ...     output = retriever.run("When was the harbour opened?")
        >>> output["answered"], [document.content for document in output["documents"]]
        (True, ['The harbour was opened in 1900.'])
    """

    def __init__(
        self,
        library: LibraryOrRetriever,
        top_k: int = limits.DEFAULT_CITATIONS,
        *,
        threshold: float | None = None,
        filters: dict[str, Any] | None = None,
        filter_policy: FilterPolicy = FilterPolicy.REPLACE,
        when_not_found: WhenNotFound = "nearest",
    ) -> None:
        """Keep the settings; the library is opened by `warm_up`, or by the first run.

        Args:
            library: A library's folder, or a `Retriever`.
            top_k: How many documents at most.
            threshold: The confidence from which an answer counts as found; None for the library's
                own.
            filters: Conditions in Haystack's form, on meta.publication, meta.article, meta.author
                and meta.topic with ==, on meta.date with ==, >, >=, < or <=; joined by AND.
            filter_policy: Whether filters of a run replace these or are merged with them.
            when_not_found: Whether to give the "nearest" passages or "nothing" where the library
                has no answer.

        Raises:
            ValueError: If `when_not_found` is something else.
        """
        validate_when_not_found(when_not_found)
        self.library = library
        self.top_k = top_k
        self.threshold = threshold
        self.filters = filters
        self.filter_policy = filter_policy
        self.when_not_found: WhenNotFound = when_not_found

    def warm_up(self) -> None:
        """Open the library.

        Raises:
            LibraryError: If there is no library, or it cannot be opened.
            ModelError: If the model that made it cannot be loaded.
            TypeError: If the library is neither a folder nor a retriever.
        """
        self._retriever  # noqa: B018 - opens it

    @cached_property
    def _retriever(self) -> Retriever:
        return open_retriever(self.library)

    def to_dict(self) -> dict[str, Any]:
        """Return the component as plain values, the library as its folder."""
        library = self.library
        return default_to_dict(
            self,
            library=str(library.library.path if isinstance(library, Retriever) else library),
            top_k=self.top_k,
            threshold=self.threshold,
            filters=self.filters,
            filter_policy=self.filter_policy.value,
            when_not_found=self.when_not_found,
        )

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> TongzhuRetriever:
        """Return the component that `to_dict` made values from.

        Args:
            data: The values.
        """
        settings = dict(data["init_parameters"])
        if "filter_policy" in settings:
            settings["filter_policy"] = FilterPolicy.from_str(settings["filter_policy"])
        return default_from_dict(cls, data | {"init_parameters": settings})

    @component.output_types(
        documents=list[Document], answered=bool, confidence=float, filters_match_nothing=bool
    )
    def run(
        self,
        query: str,
        filters: dict[str, Any] | None = None,
        top_k: int | None = None,
        history: list[str] | None = None,
        threshold: float | None = None,
    ) -> dict[str, Any]:
        """Answer a question.

        Args:
            query: The question.
            filters: As the component's own, which `filter_policy` combines them with.
            top_k: How many documents at most; None for the component's own.
            history: The questions before this one, oldest first.
            threshold: The confidence from which it counts as found; None for the component's own.

        Returns:
            `documents`, best first; whether the question is `answered`; the `confidence`; and
            `filters_match_nothing`, whether no article meets the filters.

        Raises:
            QuestionError: If the question or a setting cannot be taken.
        """
        options = self._retrieve_options(filters, top_k, history or (), threshold)
        return self._build_output(self._retriever.retrieve(query, **options))

    @component.output_types(
        documents=list[Document], answered=bool, confidence=float, filters_match_nothing=bool
    )
    async def run_async(
        self,
        query: str,
        filters: dict[str, Any] | None = None,
        top_k: int | None = None,
        history: list[str] | None = None,
        threshold: float | None = None,
    ) -> dict[str, Any]:
        """Answer a question without blocking other tasks.

        Args:
            query: As for `run`, like all other arguments.
            filters: See there.
            top_k: See there.
            history: See there.
            threshold: See there.

        Returns:
            What `run` returns.
        """
        options = self._retrieve_options(filters, top_k, history or (), threshold)
        return self._build_output(await self._retriever.aretrieve(query, **options))

    def _retrieve_options(
        self,
        filters: dict[str, Any] | None,
        top_k: int | None,
        history: Sequence[str],
        threshold: float | None,
    ) -> dict[str, Any]:
        effective_filters = apply_filter_policy(self.filter_policy, self.filters, filters)
        return {
            "k": self.top_k if top_k is None else top_k,
            "threshold": self.threshold if threshold is None else threshold,
            "filters": build_filters(_parse_conditions(effective_filters))
            if effective_filters
            else None,
            "history": history,
        }

    def _build_output(self, answer: Answer) -> dict[str, Any]:
        documents = [
            Document(
                id=cited_document.id,
                content=cited_document.text,
                meta=cited_document.metadata,
                score=cited_document.score,
            )
            for cited_document in build_cited_documents(answer, self.when_not_found)
        ]
        return {
            "documents": documents,
            "answered": answer.is_answered,
            "confidence": answer.confidence,
            "filters_match_nothing": answer.filters_match_nothing,
        }


def _parse_conditions(filters: dict[str, Any]) -> Iterator[Condition]:
    if "conditions" in filters:
        if filters.get("operator") != "AND":
            raise QuestionError(
                _MESSAGES["unsupported_operator"].format(operator=filters.get("operator"))
            )
        for condition in filters["conditions"]:
            yield from _parse_conditions(condition)
        return
    try:
        field = str(filters["field"]).removeprefix("meta.")
        yield Condition(field, str(filters["operator"]), filters["value"])
    except KeyError as error:
        raise QuestionError(_MESSAGES["incomplete_filter"].format(name=error)) from error
