"""The terms of passages as engines count them.

They are not stored, but analysed again where a passage is written again: that takes a millisecond,
a hundredth of its encoding, and the terms of a passage would take two kilobytes.
"""

from __future__ import annotations

from collections.abc import Iterator

from index.document import Article, Passage
from index.passages import find_passage_notes
from index.storage.documents import Documents
from index.storage.records import KeyRange
from index.storage.term_index import TermDocument
from index.text.terms import analyze

_BLOCK_PASSAGES = 256  # passages that are read at once


def build_term_document(passage: Passage, article: Article) -> TermDocument:
    """Return the terms of a passage in each field.

    Args:
        passage: The passage.
        article: The article of the passage.
    """
    notes = find_passage_notes(passage, article)
    return TermDocument(
        analyze(passage.text),
        analyze(passage.context),
        analyze("\n".join(note.text for note in notes)),
    )


def iter_term_documents(documents: Documents, key_range: KeyRange) -> Iterator[TermDocument]:
    """Yield the terms of passages that follow one another, in the order of their keys.

    Args:
        documents: The documents that they are in.
        key_range: Their keys, all of one publication.
    """
    article: Article | None = None
    article_index = -1
    end = key_range.first_key + key_range.size
    for start in range(key_range.first_key, end, _BLOCK_PASSAGES):
        for passage in documents.passages(range(start, min(start + _BLOCK_PASSAGES, end))):
            if article is None or passage.article_index != article_index:
                article_index = passage.article_index
                article = documents.article(passage.publication_id, article_index)
            yield build_term_document(passage, article)
