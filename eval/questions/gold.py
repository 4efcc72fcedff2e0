"""The gold of a question: the sections that answer it, and a check against the publication."""

from __future__ import annotations

from collections.abc import Iterator

from eval.questions.format import Question, SectionRef
from index.document import Article, Publication, Section


def find_gold_sections(question: Question, publication: Publication) -> frozenset[SectionRef]:
    """Return the sections that answer a question; none if it is unanswerable.

    Any section answers a question about its article or publication as a whole.

    Args:
        question: The question.
        publication: The publication that it is about.
    """
    if not question.is_answerable:
        return frozenset()
    if question.gold_sections:
        return frozenset(question.gold_sections)
    return frozenset(
        SectionRef(a, s)
        for a, article in enumerate(publication.articles)
        if question.article in (None, article.title)
        for s, section in enumerate(article.sections)
        if not question.sections or section.path in question.sections
    )


def check_gold(question: Question, publication: Publication) -> list[str]:
    """Return the faults of a question's gold, a line each.

    Args:
        question: The question.
        publication: The publication that it is about.
    """
    if not question.is_answerable:
        return []
    matching = [article for article in publication.articles if article.title == question.article]
    if question.article is not None and len(matching) != 1:
        return [f'{question.id}: {len(matching)} articles are called "{question.article}"']
    article = matching[0] if matching else None
    faults = [] if article is None else list(_find_section_faults(question, article))
    return [
        f"{question.id}: {fault}"
        for fault in faults + list(_find_answer_faults(question, publication))
    ]


def _find_section_faults(question: Question, article: Article) -> Iterator[str]:
    """Yield missing sections and notes, and notes whose marks are in other sections."""
    paths = {section.path for section in article.sections}
    for path in question.sections:
        if path not in paths:
            yield f"there is no section {' > '.join(path)}"
    numbers = {note.number for note in article.notes}
    marked_notes = {
        mark.note
        for section in article.sections
        if not question.sections or section.path in question.sections
        for marks in (section.marks, *(paragraph.marks for paragraph in section.paragraphs))
        for mark in marks
    }
    for number in question.notes:
        if number not in numbers:
            yield f"there is no note {number}"
        elif number not in marked_notes:
            yield f"the mark of note {number} stands in none of the sections"


def _find_answer_faults(question: Question, publication: Publication) -> Iterator[str]:
    """Yield sections without an answer, and answers that are nowhere."""
    gold = sorted(find_gold_sections(question, publication))
    sections = [publication.articles[a].sections[s] for a, s in gold]
    texts = [_join_paragraphs(section) for section in sections]
    if question.where == "text":
        for section, text in zip(sections, texts, strict=True):
            if not any(answer in text for answer in question.answers):
                yield f"section {' > '.join(section.path)} holds none of the answers"
    else:
        articles = [publication.articles[a] for a in dict.fromkeys(ref.article for ref in gold)]
        other_texts = _list_texts_beside_sections(question, publication, articles)
        is_noted_source = question.where == "note" and question.type == "source"
        texts = other_texts + (texts if is_noted_source else [])
    for answer in question.answers:
        if not any(answer in text for text in texts):
            yield f'"{answer}" does not stand in the {question.where}'


def _list_texts_beside_sections(
    question: Question, publication: Publication, articles: list[Article]
) -> list[str]:
    """Return the metadata, or the texts of the gold notes, whichever has the answer."""
    if question.where == "metadata":
        return list(_list_metadata_values(publication, articles))
    return [note.text for a in articles for note in a.notes if note.number in question.notes]


def _join_paragraphs(section: Section) -> str:
    return "\n".join(paragraph.text for paragraph in section.paragraphs)


def _list_metadata_values(publication: Publication, articles: list[Article]) -> Iterator[str]:
    yield from (publication.title, publication.title_translated, publication.number)
    yield from (publication.publisher, publication.publisher_translated)
    yield from (publication.date_printed, publication.imprint)
    if publication.date:
        yield publication.date.isoformat()
    for article in articles:
        yield from (article.title, article.title_translated, article.institute, *article.topics)
        for author in article.authors:
            yield from (author.name, author.romanised)
        if article.page is not None:
            yield str(article.page)
