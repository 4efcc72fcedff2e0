"""A work to be read about: its fields, and where it is cited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from index.messages import Language, is_chinese
from index.references.model import Person, Reference
from rag.answer.model import ArticleRef, PublicationRef
from ui.service.views import WorkCitationView, WorkInLibrary


@dataclass(frozen=True, slots=True)
class CitingNote:
    """A note that cites a work, with the sentences that its marks stand at."""

    citation: WorkCitationView
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CitingArticle:
    """An article whose notes cite a work."""

    publication: PublicationRef
    article: ArticleRef
    notes: tuple[CitingNote, ...]


def list_citing_articles(view: WorkInLibrary) -> tuple[CitingArticle, ...]:
    """Return the articles that cite a work, in order, each with its notes."""
    sentences: dict[tuple[str, int, str], dict[str, None]] = {}
    for sentence in view.sentences:
        key = (sentence.publication_id, sentence.article_index, sentence.note)
        sentences.setdefault(key, {})[sentence.text] = None
    notes: dict[tuple[str, int], list[CitingNote]] = {}
    places: dict[tuple[str, int], WorkCitationView] = {}
    for citation in view.citations:
        place = (citation.publication.id, citation.article.index)
        texts = tuple(sentences.pop((*place, citation.note), ()))
        places.setdefault(place, citation)
        notes.setdefault(place, []).append(CitingNote(citation, texts))
    return tuple(
        CitingArticle(citation.publication, citation.article, tuple(notes[place]))
        for place, citation in places.items()
    )


def list_fields(reference: Reference, language: Language) -> Iterator[tuple[str, str]]:
    """Yield the names and values of the fields of a work that are known."""
    separator = "、" if is_chinese(language) else "; "
    people = {
        "authors": reference.authors,
        "editors": reference.editors,
        "translators": reference.translators,
    }
    texts = {name: separator.join(map(_format_person, persons)) for name, persons in people.items()}
    if reference.is_edited:
        texts["editors"], texts["authors"] = texts["authors"], ""
    texts["container"] = reference.container
    texts["date"] = reference.date.printed if reference.date else ""
    for name in ("volume", "issue", "pages", "publisher", "place", "edition", "doi", "url"):
        texts[name] = getattr(reference, name)
    yield from ((name, text) for name, text in texts.items() if text)


def _format_person(person: Person) -> str:
    return f"{person.name} ({person.other_name})" if person.other_name else person.name
