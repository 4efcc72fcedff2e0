"""The sentences that rest on a work: those whose marks lead to notes that cite it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from index.document import Article, Section
from index.storage.library import Library
from index.text.sentences import split_sentences
from rag.works.model import RestingSentence, Work


def list_resting_sentences(library: Library, work: Work) -> Iterator[RestingSentence]:
    """Yield the sentences that rest on a work, in the order of the library.

    Args:
        library: The library that the work was collected from.
        work: The work.

    Raises:
        KeyError: If the library has changed since and has an article no more.
    """
    notes: dict[tuple[str, int], set[str]] = defaultdict(set)
    for publication_id, article_index, number in work.notes:
        notes[publication_id, article_index].add(number)
    for (publication_id, article_index), numbers in notes.items():
        article = library.article(publication_id, article_index)
        for section_index, note, text in _list_marked_sentences(article, numbers):
            yield RestingSentence(publication_id, article_index, section_index, note, text)


def _list_marked_sentences(article: Article, numbers: set[str]) -> Iterator[tuple[int, str, str]]:
    for section_index, section in enumerate(article.sections):
        for text, offset, note in _list_marks(section):
            if note in numbers:
                spans = split_sentences(text)
                before = [span for span in spans if span.start < max(offset, 1)]
                span = before[-1] if before else spans[0]
                yield section_index, note, text[span.start : span.end].strip()


def _list_marks(section: Section) -> Iterator[tuple[str, int, str]]:
    for mark in section.marks:
        yield section.heading, mark.offset, mark.note
    for paragraph in section.paragraphs:
        for mark in paragraph.marks:
            yield paragraph.text, mark.offset, mark.note
