"""What the metadata of an article or a publication say, field by field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from index.document import Article, Publication
from index.text.scripts import fold
from rag.answer.model import MetadataField, Statement

_OFFICE_ENTRY = re.compile(
    r"(?P<label>[^/／:：、，,;；]{2,30}?)\s*[/／:：]\s*(?P<names>[^/／:：]+)$"
)
_ENTRY_BREAK = re.compile(r"\s+(?=[^\s/／:：、，,]{2,12}\s*[/／:：])")
_NAME_SEPARATOR = re.compile(r"\s*[、，,;；]\s*")
_OFFICE_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"\b(?:chief|head) editor\b|\beditor(?:[ -]in[ -])chief\b|总编辑?(?!部)", "^总编|chief"),
    (r"\b(?:managing|executive) editor\b|执行(?:主编|编辑)", "执行|managing|executive"),
    (r"\b(?:deputy|associate) (?:chief )?editor\b|副总?(?:主编|编辑)", "^副.*编|deputy|associate"),
    (r"\bassistant editors?\b|助理编辑", "助理编|assistant"),
    (r"\bsenior editor\b|主任编辑", "主任编|senior"),
    (r"主编", "主编|总编|chief"),
    (r"\bpublish(?:er|es|ed)\b|发行人", "发行人|publisher"),
    (r"社长|\bpresident\b|\bdirector\b", "社长|院长|所长|president|director"),
    (r"编辑|编委|\bedit", "编|edit"),
    (r"版权页|\bimprint\b|\bmasthead\b", ""),
)
"""How questions name an office, and how imprints do; the first that a question names counts."""


def build_article_statement(field: MetadataField, article: Article) -> Statement | None:
    """What is printed over an article; None where nothing is."""
    if field == "author":
        value_pairs = [(author.name, author.romanised) for author in article.authors]
    elif field == "title":
        value_pairs = [(article.title, article.title_translated)]
    elif field == "institute":
        value_pairs = [(article.institute, "")]
    elif field == "topics":
        value_pairs = [(topic, "") for topic in article.topics]
    else:
        value_pairs = [(str(article.page), "")] if article.page is not None else []
    return _build_statement(field, value_pairs)


def build_publication_statement(field: MetadataField, publication: Publication) -> Statement | None:
    """What is printed of a publication, the imprint left out; None where nothing is."""
    if field == "title":
        value_pairs = [(publication.title, publication.title_translated)]
    elif field == "number":
        value_pairs = [(publication.number, "")]
    elif field == "date":
        value_pairs = [
            (
                publication.date_printed
                or (publication.date.isoformat() if publication.date else ""),
                "",
            )
        ]
    elif field == "publisher":
        value_pairs = [(publication.publisher, publication.publisher_translated)]
    else:
        return None
    return _build_statement(field, value_pairs, of_publication=True)


def build_articles_statement(field: MetadataField, articles: Iterable[Article]) -> Statement | None:
    """What is printed over several articles of a publication, each once."""
    article_field: MetadataField = "title" if field == "articles" else field
    statements = [
        statement
        for article in articles
        if (statement := build_article_statement(article_field, article))
    ]
    value_pairs = dict.fromkeys(
        pair
        for article_statement in statements
        for pair in zip(article_statement.values, article_statement.translated, strict=True)
    )
    return _build_statement(field, list(value_pairs), of_publication=True)


def build_imprint_statements(imprint: str, question: str) -> tuple[Statement, ...]:
    """Who holds the offices of an imprint that a question names, in the order of print.

    Args:
        imprint: Line by line as printed, offices parted from names by a stroke or a colon.
        question: Folded.
    """
    office_holders = [
        (match["label"].strip(), tuple(_NAME_SEPARATOR.split(match["names"].strip())))
        for line in imprint.splitlines()
        for part in _ENTRY_BREAK.split(line)
        if (match := _OFFICE_ENTRY.match(part.strip()))
    ]
    exact_labels = [label for label, _ in office_holders if fold(label) in question]
    label_pattern = next(
        (
            imprint_pattern
            for question_pattern, imprint_pattern in _OFFICE_PATTERNS
            if re.search(question_pattern, question)
        ),
        None,
    )
    return tuple(
        Statement("imprint", names, ("",) * len(names), label, of_publication=True)
        for label, names in office_holders
        if (
            label in exact_labels
            if exact_labels
            else label_pattern is not None and re.search(label_pattern, fold(label))
        )
    )


def _build_statement(
    field: MetadataField, value_pairs: Sequence[tuple[str, str]], *, of_publication: bool = False
) -> Statement | None:
    printed_pairs = [pair for pair in value_pairs if pair[0]]
    if not printed_pairs:
        return None
    values, translated = zip(*printed_pairs, strict=True)
    return Statement(field, values, translated, of_publication=of_publication)
