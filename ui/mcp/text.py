"""Plain text for agents: passages, sections and lists, with the ids for further calls."""

from __future__ import annotations

from collections.abc import Iterable

from index.document import NoteMark
from rag.answer.model import Answer, ArticleRef, CitedNote, PublicationRef
from rag.render.labels import collapse_whitespace, format_unresolved, get_publication_title
from rag.render.rich_text import escape_controls, format_note_mark, split_paragraphs
from rag.render.text import to_text
from ui.messages.language import detect_reader_language
from ui.service.views import (
    ArticleView,
    NoteInArticle,
    PublicationContents,
    PublicationView,
    SectionInArticle,
    SectionView,
    WorkInLibrary,
    WorkView,
)


def format_answer(answer: Answer) -> str:
    """Return an answer, followed by the location of each of its citations."""
    locations = [
        f"[{rank}] publication={citation.publication.id} article={citation.article.index} "
        f"section={citation.section} passage={citation.passage_id}"
        for rank, citation in enumerate(answer.citations, 1)
    ]
    return "\n".join([to_text(answer, detect_reader_language(answer.question)), *locations])


def format_publications(publications: Iterable[PublicationView]) -> str:
    """Return a line for each publication."""
    lines = (
        f"publication={publication.id}  "
        f"{_join_parts(publication.title, publication.number, publication.date)}  "
        f"({_count(publication.articles, 'article')}, {_count(publication.notes, 'note')})"
        for publication in publications
    )
    return escape_controls("\n".join(lines)) or "The library is empty."


def format_works(works: Iterable[WorkView], total: int) -> str:
    """Return a line for each work, and how many there are in all."""
    lines = [
        f"work={work.id}  {collapse_whitespace(work.text)}  "
        f"({_count(work.notes, 'note')}, {_count(work.articles, 'article')})"
        for work in works
    ]
    return escape_controls("\n".join([*lines, f"{_count(total, 'work')} in all."]))


def format_work(view: WorkInLibrary) -> str:
    """Return a work, the notes that cite it and the sentences that rest on it."""
    notes = [
        f"publication={citation.publication.id} article={citation.article.index} "
        f"note={citation.note}  {citation.article.title}"
        for citation in view.citations
    ]
    sentences = [
        f"publication={item.publication_id} article={item.article_index} "
        f"section={item.section_index} note={item.note}  {collapse_whitespace(item.text)}"
        for item in view.sentences
    ]
    head = collapse_whitespace(view.work.text)
    return escape_controls("\n".join([head, "", "Cited in:", *notes, "", "Sentences:", *sentences]))


def format_contents(contents: PublicationContents) -> str:
    """Return a line for each article of a publication."""
    return escape_controls(
        "\n".join(
            f"article={article.index}  {_format_article_line(article)}"
            for article in contents.articles
        )
    )


def format_article(view: ArticleView) -> str:
    """Return a whole article: its sections, then its notes."""
    header = _format_header(view.publication, view.article)
    sections = [_format_section_text(section) for section in view.sections]
    return "\n\n".join(filter(None, [header, *sections, _format_notes(view.notes)])) + "\n"


def format_section(view: SectionInArticle) -> str:
    """Return a section, then its notes."""
    header = _format_header(view.publication, view.article)
    parts = [header, _format_section_text(view.section), _format_notes(view.section.notes)]
    return "\n\n".join(filter(None, parts)) + "\n"


def format_note(view: NoteInArticle) -> str:
    """Return a note, and the one that it resolves to."""
    return (
        "\n\n".join([_format_header(view.publication, view.article), _format_notes((view.note,))])
        + "\n"
    )


def _format_header(publication: PublicationRef, article: ArticleRef) -> str:
    lines = [
        _format_article_line(article),
        _join_parts(
            get_publication_title(publication, article), publication.number, publication.date
        ),
    ]
    return escape_controls("\n".join(filter(None, lines)))


def _format_article_line(article: ArticleRef) -> str:
    return _join_parts(
        article.title, article.title_translated, *(author.name for author in article.authors)
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _join_parts(*parts: object) -> str:
    return " · ".join(collapse_whitespace(str(part)) for part in parts if part)


def _format_section_text(section: SectionView) -> str:
    heading = escape_controls(collapse_whitespace(" › ".join(section.path)))
    return "\n".join(
        filter(
            None,
            [
                heading,
                *(
                    _format_marked_text(paragraph.text, paragraph.marks)
                    for paragraph in section.paragraphs
                ),
            ],
        )
    )


def _format_notes(notes: Iterable[CitedNote]) -> str:
    return "\n".join(_format_cited_note(note) for note in notes)


def _format_cited_note(note: CitedNote) -> str:
    line = f"{format_note_mark(note.number)} {_format_marked_text(collapse_whitespace(note.text))}"
    if note.is_unresolved:
        line += f"\n→ {format_unresolved('en')}"
    return f"{line}\n→ {_format_cited_note(note.resolves_to)}" if note.resolves_to else line


def _format_marked_text(text: str, marks: tuple[NoteMark, ...] = ()) -> str:
    """Return a text as printed, with its note marks."""
    return escape_controls(
        "\n".join(
            "".join(run.text if run.note is None else format_note_mark(run.note) for run in runs)
            for runs in split_paragraphs(text, marks)
        )
    )
