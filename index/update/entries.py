"""A publication on its way into a library: its passages, their sentences, and what is encoded."""

from __future__ import annotations

from collections.abc import Sequence

from index.document import Article, Note, Passage, Publication
from index.glossary.mining import mine
from index.passages import encoder_text
from index.storage.records import Counts, Entry, Origin, SentenceRef, Summary
from index.text.dictionary import load_lexicon
from index.text.scripts import simplified
from index.text.sentences import sentences


def make_entry(
    publication: Publication, origin: Origin, first: int, passages: Sequence[Passage]
) -> Entry:
    """A publication with everything that a library keeps of it.

    Args:
        publication: As it was read.
        origin: What it was read from.
        first: The key of its first passage.
        passages: Its passages, in reading order.

    Raises:
        OSError: If the dictionary cannot be written to the cache.
    """
    refs = tuple(_sentences(passage, publication.articles[passage.article]) for passage in passages)
    articles = publication.articles
    counts = Counts(
        publications=1,
        articles=len(articles),
        sections=sum(len(article.sections) for article in articles),
        passages=len(passages),
        sentences=sum(len(own) for own in refs),
        notes=sum(len(article.notes) for article in articles),
        findings=len(publication.findings),
    )
    summary = Summary(
        publication.id,
        publication.title,
        publication.title_translated,
        publication.number,
        publication.date,
        publication.date_printed,
        publication.publisher,
        origin.path,
        counts,
    )
    glosses = mine(publication, load_lexicon())
    return Entry(publication, summary, origin, first, tuple(passages), refs, glosses)


def notes_of(passage: Passage, article: Article) -> list[Note]:
    """The notes whose marks stand in a passage of an article; marks that lead to none are left."""
    notes = {note.number: note for note in article.notes}
    return [notes[number] for number in passage.notes if number in notes]


def sentence_text(passage: Passage, article: Article, ref: SentenceRef) -> str:
    """A sentence as the encoder reads it."""
    return simplified(ref.text_in(passage, article))


def passage_texts(entry: Entry) -> list[str]:
    """What the encoder reads of each passage."""
    return [encoder_text(passage) for passage in entry.passages]


def sentence_texts(entry: Entry) -> list[str]:
    """What the encoder reads of every sentence of every passage, in order."""
    articles = entry.publication.articles
    return [
        sentence_text(passage, articles[passage.article], ref)
        for passage, refs in zip(entry.passages, entry.sentences, strict=True)
        for ref in refs
    ]


def heading_text(passage: Passage, article: Article) -> str:
    """The titles and headings above a passage, as the encoder reads them for their tokens.

    Two lines, be the second one empty: so it is no sentence's text, whose vector is needed too.
    """
    return simplified(f"{passage.context}\n{article.title_translated}")


def token_texts(entry: Entry) -> list[str]:
    """The texts whose tokens are kept: of each passage what stands above it, then its sentences."""
    articles = entry.publication.articles
    return [
        text
        for passage, refs in zip(entry.passages, entry.sentences, strict=True)
        for article in [articles[passage.article]]
        for text in (
            heading_text(passage, article),
            *(sentence_text(passage, article, ref) for ref in refs),
        )
    ]


def _sentences(passage: Passage, article: Article) -> tuple[SentenceRef, ...]:
    own = [SentenceRef(None, span) for span in passage.sentences]
    return (
        *own,
        *(
            SentenceRef(note.number, span)
            for note in notes_of(passage, article)
            for span in sentences(note.text)
        ),
    )
