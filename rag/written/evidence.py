"""The numbered sentences that a written answer may cite."""

from __future__ import annotations

from collections.abc import Iterator

from index.document import Span
from index.text.sentences import split_sentences
from rag.answer.model import Answer, Citation
from rag.written.model import NumberedSentence

_MAX_CITATIONS = 5
_MAX_CHARACTERS = 6_000  # what small models read at once, with the rest of the request


def number_sentences(answer: Answer) -> tuple[NumberedSentence, ...]:
    """Return the sentences of an answer's passages and of their explanatory notes, numbered.

    Notes that only cite are left out; they come along with the sentence that they belong to.

    Args:
        answer: What the library answers.
    """
    sentences: list[NumberedSentence] = []
    characters = 0
    for index, citation in enumerate(answer.citations[:_MAX_CITATIONS]):
        for text, span, note in _list_sentences(citation):
            characters += len(text)
            if characters > _MAX_CHARACTERS:
                return tuple(sentences)
            sentences.append(NumberedSentence(len(sentences) + 1, text, index, span, note))
    return tuple(sentences)


def _list_sentences(citation: Citation) -> Iterator[tuple[str, Span, str | None]]:
    texts: list[tuple[str, str | None]] = [(citation.text, None)]
    texts += [(note.text, note.number) for note in citation.notes if note.explanation]
    for text, note in texts:
        for span in split_sentences(text):
            if printed := text[span.start : span.end].strip():
                yield printed, span, note
