"""What an agent reads: passages, sections and lists as plain text, with the ids to ask on with."""

from __future__ import annotations

from collections.abc import Iterable

from index.document import Mark
from index.text.scripts import script
from rag.answer.model import Answer, ArticleRef, CitedNote, PublicationRef
from rag.render.labels import flat
from rag.render.rich_text import paragraphs, superscript, visible
from rag.render.text import to_text
from ui.service.views import (
    ArticleView,
    Contents,
    NoteText,
    PublicationView,
    SectionText,
    SectionView,
)


def answer_text(answer: Answer) -> str:
    """An answer, then where each of its citations stands."""
    places = [
        f"[{rank}] publication={each.publication.id} article={each.article.index} "
        f"section={each.section} passage={each.passage}"
        for rank, each in enumerate(answer.citations, 1)
    ]
    return "\n".join([to_text(answer, script(answer.question)), *places])


def publications_text(publications: Iterable[PublicationView]) -> str:
    """A line for each publication."""
    lines = (
        f"publication={each.id}  {_line(each.title, each.number, each.date)}"
        f"  ({each.articles} articles, {each.notes} notes)"
        for each in publications
    )
    return visible("\n".join(lines)) or "The library is empty."


def contents_text(contents: Contents) -> str:
    """A line for each article of a publication."""
    return visible(
        "\n".join(f"article={each.index}  {_article(each)}" for each in contents.articles)
    )


def article_text(view: ArticleView) -> str:
    """A whole article: its sections, then its notes."""
    head = _head(view.publication, view.article)
    sections = [_section(each) for each in view.sections]
    return "\n\n".join(filter(None, [head, *sections, _notes(view.notes)])) + "\n"


def section_text(view: SectionText) -> str:
    """A section, then its notes."""
    head = _head(view.publication, view.article)
    parts = [head, _section(view.section), _notes(view.section.notes)]
    return "\n\n".join(filter(None, parts)) + "\n"


def note_text(view: NoteText) -> str:
    """A note, and the one that it stands for."""
    return "\n\n".join([_head(view.publication, view.article), _notes((view.note,))]) + "\n"


def _head(publication: PublicationRef, article: ArticleRef) -> str:
    lines = [_article(article), _line(publication.title, publication.number, publication.date)]
    return visible("\n".join(lines))


def _article(article: ArticleRef) -> str:
    return _line(
        article.title, article.title_translated, *(author.name for author in article.authors)
    )


def _line(*parts: object) -> str:
    return " · ".join(flat(str(part)) for part in parts if part)


def _section(section: SectionView) -> str:
    heading = visible(flat(" › ".join(section.path)))
    return "\n".join(
        filter(None, [heading, *(_marked(each.text, each.marks) for each in section.paragraphs)])
    )


def _notes(notes: Iterable[CitedNote]) -> str:
    return "\n".join(_note(each) for each in notes)


def _note(note: CitedNote) -> str:
    line = f"{superscript(note.number)} {_marked(flat(note.text))}"
    return f"{line}\n→ {_note(note.stands_for)}" if note.stands_for else line


def _marked(text: str, marks: tuple[Mark, ...] = ()) -> str:
    """A text as printed, with the marks of its notes."""
    return visible(
        "\n".join(
            "".join(run.text if run.note is None else superscript(run.note) for run in runs)
            for runs in paragraphs(text, marks)
        )
    )
