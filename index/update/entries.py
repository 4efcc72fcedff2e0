"""A publication on its way into a library: its passages, their sentences, and what is encoded."""

from __future__ import annotations

from collections.abc import Sequence

from index.document import Article, Note, Passage, Publication
from index.glossary.mining import mine_glosses
from index.passages import build_encoder_input
from index.storage.records import Counts, PublicationEntry, SentenceRef, SourceFile, Summary
from index.text.dictionary import load_dictionary
from index.text.scripts import convert_to_simplified
from index.text.sentences import split_sentences


def build_entry(
    publication: Publication, source_file: SourceFile, first_key: int, passages: Sequence[Passage]
) -> PublicationEntry:
    """A publication with everything that a library keeps of it.

    Args:
        publication: As it was read.
        source_file: What it was read from.
        first_key: The key of its first passage.
        passages: Its passages, in reading order.

    Raises:
        OSError: If the dictionary cannot be written to the cache.
    """
    sentence_refs = tuple(
        _find_sentences(passage, publication.articles[passage.article_index])
        for passage in passages
    )
    articles = publication.articles
    counts = Counts(
        publications=1,
        articles=len(articles),
        sections=sum(len(article.sections) for article in articles),
        passages=len(passages),
        sentences=sum(len(passage_refs) for passage_refs in sentence_refs),
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
        source_file.path,
        counts,
    )
    glosses = mine_glosses(publication, load_dictionary())
    return PublicationEntry(
        publication, summary, source_file, first_key, tuple(passages), sentence_refs, glosses
    )


def find_passage_notes(passage: Passage, article: Article) -> list[Note]:
    """The notes whose marks stand in a passage of an article; marks that lead to none are left."""
    notes = {note.number: note for note in article.notes}
    return [notes[number] for number in passage.note_numbers if number in notes]


def sentence_text(passage: Passage, article: Article, ref: SentenceRef) -> str:
    """A sentence as the encoder reads it."""
    return convert_to_simplified(ref.extract_text(passage, article))


def passage_texts(entry: PublicationEntry) -> list[str]:
    """What the encoder reads of each passage."""
    return [build_encoder_input(passage) for passage in entry.passages]


def sentence_texts(entry: PublicationEntry) -> list[str]:
    """What the encoder reads of every sentence of every passage, in order."""
    articles = entry.publication.articles
    return [
        sentence_text(passage, articles[passage.article_index], ref)
        for passage, refs in zip(entry.passages, entry.sentences, strict=True)
        for ref in refs
    ]


def heading_text(passage: Passage, article: Article) -> str:
    """The titles and headings above a passage, as the encoder reads them for their tokens.

    Two lines, be the second one empty: so it is no sentence's text, whose vector is needed too.
    """
    return convert_to_simplified(f"{passage.context}\n{article.title_translated}")


def token_texts(entry: PublicationEntry) -> list[str]:
    """The texts whose tokens are kept: of each passage what stands above it, then its sentences."""
    articles = entry.publication.articles
    return [
        text
        for passage, refs in zip(entry.passages, entry.sentences, strict=True)
        for article in [articles[passage.article_index]]
        for text in (
            heading_text(passage, article),
            *(sentence_text(passage, article, ref) for ref in refs),
        )
    ]


def _find_sentences(passage: Passage, article: Article) -> tuple[SentenceRef, ...]:
    passage_refs = [SentenceRef(None, span) for span in passage.sentences]
    return (
        *passage_refs,
        *(
            SentenceRef(note.number, span)
            for note in find_passage_notes(passage, article)
            for span in split_sentences(note.text)
        ),
    )
