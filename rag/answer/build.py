"""A passage of a library as it is cited: with names, notes and what those stand for."""

from __future__ import annotations

from collections.abc import Sequence

from index.document import Article, Note, Passage
from index.storage.records import Summary
from rag.answer.model import ArticleRef, Citation, CitedNote, Evidence, Part, PublicationRef
from rag.ranking.passages import Read


def cite(
    read: Read,
    article: Article,
    publication: Summary,
    evidence: Sequence[Evidence],
    parts: Sequence[Part],
) -> Citation:
    """The citation of a passage; its score is the sum of the parts."""
    passage = read.passage
    return Citation(
        passage=passage.id,
        publication=publication_ref(publication),
        article=article_ref(passage.article, article),
        section=passage.section,
        path=article.sections[passage.section].path,
        text=passage.text,
        marks=passage.marks,
        notes=cited_notes(article, passage),
        evidence=tuple(evidence),
        score=sum(part.value for part in parts),
        parts=tuple(parts),
    )


def publication_ref(publication: Summary) -> PublicationRef:
    """A publication as a citation names it."""
    return PublicationRef(
        publication.id,
        publication.title,
        publication.number,
        publication.date,
        publication.publisher,
    )


def article_ref(index: int, article: Article) -> ArticleRef:
    """An article as a citation names it."""
    return ArticleRef(
        index,
        article.title,
        article.title_translated,
        article.authors,
        article.institute,
        article.topics,
        article.page,
    )


def cited_notes(article: Article, passage: Passage) -> tuple[CitedNote, ...]:
    """The notes whose marks stand in a passage, in order; a mark may lead to none."""
    known = {note.number for note in article.notes}
    return tuple(cited_note(article, number) for number in passage.notes if number in known)


def cited_note(article: Article, number: str) -> CitedNote:
    """A note as shown, with the note that it stands for.

    Raises:
        KeyError: If the article has no such note.
    """
    note: Note = article.note(number)
    return CitedNote(
        note.number,
        note.text,
        note.sources,
        note.explanation,
        cited_note(article, note.stands_for) if note.stands_for else None,
        note.see,
    )
