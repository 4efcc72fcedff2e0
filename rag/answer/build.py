"""Citations of the passages of a library, with names, notes and the notes that these resolve to."""

from __future__ import annotations

from collections.abc import Sequence

from index.document import Article, Note, PageRef, Passage, Span
from index.page_numbers import find_places_in_passage
from index.storage.records import Summary
from rag.answer.model import (
    ArticleRef,
    Citation,
    CitedNote,
    Evidence,
    PublicationRef,
    ScoreComponent,
)
from rag.ranking.passages import LoadedPassage
from rag.ranking.scoring import RankedCandidates


def build_citation(
    loaded_passage: LoadedPassage,
    article: Article,
    publication: Summary,
    evidence: Sequence[Evidence],
    score_parts: Sequence[ScoreComponent],
) -> Citation:
    """Return the citation of a passage; its score is the sum of the score parts.

    Args:
        loaded_passage: The passage.
        article: Its article.
        publication: Its publication.
        evidence: The evidence, best first.
        score_parts: The contributions to its score.
    """
    passage = loaded_passage.passage
    return Citation(
        passage_id=passage.id,
        publication=build_publication_ref(publication),
        article=build_article_ref(passage.article_index, article),
        section=passage.section_index,
        path=article.sections[passage.section_index].path,
        text=passage.text,
        marks=passage.marks,
        notes=build_cited_notes(article, passage),
        evidence=tuple(evidence),
        score=sum(part.value for part in score_parts),
        score_parts=tuple(score_parts),
        page=_find_page(article, passage, evidence),
    )


def _find_page(article: Article, passage: Passage, evidence: Sequence[Evidence]) -> PageRef | None:
    """Return the page of the best evidence, else of the beginning of the passage."""
    span, note = Span(0, len(passage.text)), None
    if evidence:
        span, note = evidence[0].span, evidence[0].note
    places = find_places_in_passage(article, passage, span, note)
    if not places:
        return None
    first = places[0]
    boxes = tuple(place.box for place in places if place.box and place.page == first.page)
    return PageRef(first.page, first.label, boxes, first.page in article.recognized_pages)


def build_publication_ref(publication: Summary) -> PublicationRef:
    """Return a publication as a citation names it.

    Args:
        publication: The publication.
    """
    return PublicationRef(
        publication.id,
        publication.title,
        publication.number,
        publication.date,
        publication.publisher,
    )


def build_article_ref(index: int, article: Article) -> ArticleRef:
    """Return an article as a citation names it.

    Args:
        index: Its index in the publication.
        article: The article.
    """
    return ArticleRef(
        index,
        article.title,
        article.title_translated,
        article.authors,
        article.institute,
        article.topics,
        article.page,
    )


def build_cited_notes(article: Article, passage: Passage) -> tuple[CitedNote, ...]:
    """Return the notes whose marks are in a passage, in order; marks without notes have none.

    Args:
        article: The article of the passage.
        passage: The passage.
    """
    note_numbers = {note.number for note in article.notes}
    return tuple(
        build_cited_note(article, number)
        for number in passage.note_numbers
        if number in note_numbers
    )


def build_cited_note(article: Article, number: str) -> CitedNote:
    """Return a note with the note that it resolves to.

    Args:
        article: The article of the note.
        number: The number of the note, as printed.

    Raises:
        KeyError: If the article has no such note.
    """
    note: Note = article.get_note(number)
    return CitedNote(
        note.number,
        note.text,
        note.sources,
        note.explanation,
        build_cited_note(article, note.resolves_to) if note.resolves_to else None,
        note.see_also,
        note.is_unresolved,
    )


def list_translations(
    ranked: RankedCandidates, citation_count: int
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the query's terms with their translations; none if no citation is cross-lingual.

    Args:
        ranked: The ranked candidates.
        citation_count: How many of them are cited.
    """
    cited = list(ranked.ranking[:citation_count])
    if not ranked.in_context.features.cross_lingual[cited].any():
        return ()
    return tuple(
        (query_term.word, tuple(" ".join(variant.terms) for variant in query_term.variants))
        for query_term in ranked.in_context.query.translated_terms
        if any(variant.terms != (query_term.word,) for variant in query_term.variants)
    )
