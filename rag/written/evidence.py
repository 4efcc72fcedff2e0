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

MAX_CHARACTERS = 6_000
"""Characters of sentences that a model is given: what small ones read at once."""


class _Place(NamedTuple):
    """A sentence, the index of its citation, and where it stands in that or in a note of it."""

    text: str
    citation: int
    span: Span
    note: str | None


def number_sentences(
    answer: Answer, most_characters: int = MAX_CHARACTERS
) -> tuple[NumberedSentence, ...]:
    """Return the sentences of an answer's passages and of their explanatory notes, numbered.

    Of an outline and of other listings of sentences they are the listed ones. Notes that only cite
    are left out; they come along with the sentence that they belong to. The first passage of each
    article comes before the other passages, which may be too many.

    Args:
        answer: What the library answers.
        most_characters: How many characters they may have.
    """
    places: Iterable[_Place]
    if answer.listing and answer.listing.form in _LISTED_SENTENCES:
        places = _list_items(answer)
    else:
        places = (
            place
            for index in _order_citations(answer)
            for place in _list_sentences(index, answer.citations[index])
        )
    return _number(places, most_characters)


def number_quotation(
    answer: Answer, citation: int = 0, most_characters: int = MAX_CHARACTERS
) -> tuple[NumberedSentence, ...]:
    """Return the sentences that are quoted of a citation, numbered in the order of the text.

    Args:
        answer: What the library answers.
        citation: The index of the citation.
        most_characters: How many characters they may have.
    """
    cited = answer.citations[citation]
    # The text before its notes, each from its beginning.
    quoted = sorted(cited.evidence, key=lambda item: (item.note or "", item.span.start))
    places = (
        _Place(cited.get_evidence_text(item).strip(), citation, item.span, item.note)
        for item in quoted
    )
    return _number(places, most_characters)


def _order_citations(answer: Answer) -> list[int]:
    """Return the indexes of the citations that are given: of each article one, then the others."""
    citations = answer.citations[:_MAX_CITATIONS]
    articles = [(item.publication.id, item.article.index) for item in citations]
    indexes = range(len(citations))
    return sorted(indexes, key=lambda index: (articles.index(articles[index]) != index, index))


def _number(places: Iterable[_Place], most_characters: int) -> tuple[NumberedSentence, ...]:
    """Return sentences with numbers from 1, as many as there is room for."""
    sentences: list[NumberedSentence] = []
    characters = 0
    for text, citation, span, note in places:
        characters += len(text)
        if characters > most_characters:
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
