"""Whether the passages of an answer rest on one work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.references.model import Reference
from rag.answer.model import Citation, CitedNote
from rag.works.gather import join_references, list_source_references
from rag.works.identity import Synonyms
from rag.works.model import CitedReference, Work


@dataclass(frozen=True, slots=True)
class SharedWork:
    """A work that notes of two or more passages of an answer cite.

    Attributes:
        id: The id of the work.
        reference: The fullest reference to it.
        citations: The indexes of the citations whose notes cite it, in order.
    """

    id: str
    reference: Reference
    citations: tuple[int, ...]


def find_shared_works(citations: Sequence[Citation]) -> tuple[SharedWork, ...]:
    """Return the works that the notes of two or more citations cite, those of most citations first.

    Args:
        citations: The citations of an answer.
    """
    if sum(any(note.all_sources for note in item.notes) for item in citations) < 2:
        return ()
    shared = [
        SharedWork(work.id, work.reference, indexes)
        for work in collect_answer_works(citations)
        if len(indexes := _list_indexes(work)) > 1
    ]
    return tuple(sorted(shared, key=lambda work: -len(work.citations)))


def collect_answer_works(citations: Sequence[Citation]) -> tuple[Work, ...]:
    """Return the works that the notes of citations cite, in their order.

    The index of each citation stands for the index of an article in the places of a work.

    Args:
        citations: The citations of an answer.
    """
    return join_references(_list_references(citations), Synonyms())


def _list_references(citations: Sequence[Citation]) -> Iterator[CitedReference]:
    for index, citation in enumerate(citations):
        for note in citation.notes:
            for reference in list_source_references(_list_texts(note)):
                yield CitedReference(citation.publication.id, index, note.number, reference)


def _list_texts(note: CitedNote) -> Iterator[str]:
    return (source.text for source in note.all_sources)


def _list_indexes(work: Work) -> tuple[int, ...]:
    return tuple(sorted({item.article_index for item in work.citations}))
