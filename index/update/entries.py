"""Makes a publication ready for a library: passages, sentences, terms, and the encoder's texts."""

from __future__ import annotations

from collections.abc import Sequence

from index.document import Article, Passage, Publication
from index.encoders.protocol import PassageText
from index.glossary.mining import mine_glosses
from index.passages import build_encoder_input, find_passage_notes
from index.storage.passage_terms import pack_terms
from index.storage.records import Counts, PublicationEntry, SentenceRef, SourceFile, Summary
from index.text.dictionary import load_dictionary
from index.text.scripts import convert_to_simplified, detect_language
from index.text.sentences import split_sentences


def build_entry(
    publication: Publication, source_file: SourceFile, first_key: int, passages: Sequence[Passage]
) -> PublicationEntry:
    """Return a publication with everything that a library stores of it.

    Args:
        publication: The publication as it was read.
        source_file: The file that it was read from.
        first_key: The key of its first passage.
        passages: Its passages, in reading order.

    Raises:
        OSError: If the dictionary cannot be written to the cache.
    """
    articles = publication.articles
    sentences = tuple(
        _find_sentences(passage, articles[passage.article_index]) for passage in passages
    )
    return PublicationEntry(
        publication,
        _summarize(publication, source_file, sentences),
        source_file,
        first_key,
        tuple(passages),
        sentences,
        tuple(detect_language(passage.text) for passage in passages),
        tuple(
            pack_passage_terms(passage, articles[passage.article_index], refs)
            for passage, refs in zip(passages, sentences, strict=True)
        ),
        mine_glosses(publication, load_dictionary()),
    )


def _summarize(
    publication: Publication,
    source_file: SourceFile,
    sentences: Sequence[Sequence[SentenceRef]],
) -> Summary:
    articles = publication.articles
    counts = Counts(
        publications=1,
        articles=len(articles),
        sections=sum(len(article.sections) for article in articles),
        passages=len(sentences),
        sentences=sum(map(len, sentences)),
        notes=sum(len(article.notes) for article in articles),
        findings=len(publication.findings),
    )
    return Summary(
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


def pack_passage_terms(passage: Passage, article: Article, refs: Sequence[SentenceRef]) -> bytes:
    """Return the terms of a passage's heading and sentences as `pack_terms` makes them.

    Args:
        passage: The passage.
        article: The article of the passage.
        refs: The sentences of the passage, then those of its notes.
    """
    sentences = [ref.extract_text(passage, article) for ref in refs]
    return pack_terms([_heading(passage, article), *sentences])


def build_passage_texts(entry: PublicationEntry) -> list[PassageText]:
    """Return each passage as the encoder reads it.

    Args:
        entry: A publication.
    """
    articles = entry.publication.articles
    return [
        build_passage_text(passage, articles[passage.article_index], refs)
        for passage, refs in zip(entry.passages, entry.sentences, strict=True)
    ]


def build_passage_text(
    passage: Passage, article: Article, refs: Sequence[SentenceRef]
) -> PassageText:
    """Return a passage as the encoder reads it.

    Args:
        passage: The passage.
        article: The article of the passage.
        refs: The sentences of the passage, then those of its notes.
    """
    return PassageText(
        build_encoder_input(passage),
        convert_to_simplified(_heading(passage, article)),
        tuple(convert_to_simplified(ref.extract_text(passage, article)) for ref in refs),
        sum(ref.note is None for ref in refs),
    )


def _heading(passage: Passage, article: Article) -> str:
    return f"{passage.context}\n{article.title_translated}"


def _find_sentences(passage: Passage, article: Article) -> tuple[SentenceRef, ...]:
    own = [SentenceRef(None, span) for span in passage.sentences]
    of_notes = [
        SentenceRef(note.number, span)
        for note in find_passage_notes(passage, article)
        for span in split_sentences(note.text)
    ]
    return (*own, *of_notes)
