"""The numbered sentences that a written answer, a translation or a summary may cite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from index.document import Span
from index.text.sentences import split_sentences
from rag.answer.model import Answer, Citation
from rag.written.model import NumberedSentence

_LISTED_SENTENCES = frozenset(("outline", "comparison", "mentions", "definition"))
"""Forms of listings whose items are sentences that say something: these are given, not passages."""

_MAX_CITATIONS = 5
_MAX_CHARACTERS = 6_000  # what small models read at once, with the rest of the request


class _Place(NamedTuple):
    """A sentence, the index of its citation, and where it stands in that or in a note of it."""

    text: str
    citation: int
    span: Span
    note: str | None


def number_sentences(answer: Answer) -> tuple[NumberedSentence, ...]:
    """Return the sentences of an answer's passages and of their explanatory notes, numbered.

    Of an outline and of other listings of sentences they are the listed ones. Notes that only cite
    are left out; they come along with the sentence that they belong to.

    Args:
        answer: What the library answers.
    """
    places: Iterable[_Place]
    if answer.listing and answer.listing.form in _LISTED_SENTENCES:
        places = _list_items(answer)
    else:
        places = (
            place
            for index, citation in enumerate(answer.citations[:_MAX_CITATIONS])
            for place in _list_sentences(index, citation)
        )
    return _number(places)


def number_quotation(answer: Answer, citation: int = 0) -> tuple[NumberedSentence, ...]:
    """Return the sentences that are quoted of a citation, numbered in the order of the text.

    Args:
        answer: What the library answers.
        citation: The index of the citation.
    """
    cited = answer.citations[citation]
    # The text before its notes, each from its beginning.
    quoted = sorted(cited.evidence, key=lambda item: (item.note or "", item.span.start))
    return _number(
        _Place(cited.get_evidence_text(item).strip(), citation, item.span, item.note)
        for item in quoted
    )


def _number(places: Iterable[_Place]) -> tuple[NumberedSentence, ...]:
    """Return sentences with numbers from 1, as many as a model reads at once."""
    sentences: list[NumberedSentence] = []
    characters = 0
    for text, citation, span, note in places:
        characters += len(text)
        if characters > _MAX_CHARACTERS:
            break
        sentences.append(NumberedSentence(len(sentences) + 1, text, citation, span, note))
    return tuple(sentences)


def _list_items(answer: Answer) -> Iterator[_Place]:
    """Yield the sentences of a listing in its order, each once."""
    groups = answer.listing.groups if answer.listing else ()
    for index, number in dict.fromkeys(
        (item.citation, item.evidence) for group in groups for item in group.items
    ):
        citation = answer.citations[index]
        evidence = citation.evidence[number]
        text = citation.get_evidence_text(evidence).strip()
        yield _Place(text, index, evidence.span, evidence.note)


def _list_sentences(index: int, citation: Citation) -> Iterator[_Place]:
    texts: list[tuple[str, str | None]] = [(citation.text, None)]
    texts += [(note.text, note.number) for note in citation.notes if note.explanation]
    for text, note in texts:
        for span in split_sentences(text):
            if printed := text[span.start : span.end].strip():
                yield _Place(printed, index, span, note)
