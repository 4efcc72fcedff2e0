"""Whether the passages of an answer rest on one work."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.references.model import Reference
from index.text.scripts import fold
from rag.answer.model import Citation, CitedNote

if TYPE_CHECKING:
    from rag.works.model import CitedReference, Work

_URL = re.compile(r"https?://[^\s<>，。]+")
_HAN_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{4,}")
_LATIN_LETTER = re.compile(r"[a-z]")
_HAN_LENGTH, _LATIN_LENGTH = 4, 12  # characters that references to one work have in common


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
    if not _may_share(citations):
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
    from rag.works.gather import join_references  # reads patterns that few answers need
    from rag.works.identity import Synonyms

    return join_references(_list_references(citations), Synonyms())


def _may_share(citations: Sequence[Citation]) -> bool:
    """Return whether sources of two citations have so much text in common as one work's have.

    It saves most answers from reading their sources as references.
    """
    seen: set[str] = set()
    for citation in citations:
        texts = {text for note in citation.notes for text in _list_texts(note)}
        pieces = {piece for text in texts for piece in _list_pieces(text)}
        if pieces & seen:
            return True
        seen |= pieces
    return False


def _list_pieces(text: str) -> Iterator[str]:
    yield from _URL.findall(text)
    folded = fold(_URL.sub(" ", text))
    for run in _HAN_RUN.findall(folded):
        yield from _list_shingles(run, _HAN_LENGTH)
    yield from _list_shingles("".join(_LATIN_LETTER.findall(folded)), _LATIN_LENGTH)


def _list_shingles(text: str, length: int) -> Iterator[str]:
    return (text[start : start + length] for start in range(len(text) - length + 1))


def _list_references(citations: Sequence[Citation]) -> Iterator[CitedReference]:
    from rag.works.gather import list_source_references
    from rag.works.model import CitedReference

    for index, citation in enumerate(citations):
        for note in citation.notes:
            for reference in list_source_references(_list_texts(note)):
                yield CitedReference(citation.publication.id, index, note.number, reference)


def _list_texts(note: CitedNote) -> Iterator[str]:
    return (source.text for source in note.all_sources)


def _list_indexes(work: Work) -> tuple[int, ...]:
    return tuple(sorted({item.article_index for item in work.citations}))
