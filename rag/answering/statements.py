"""Statements: the fields of an article or a publication, as printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from index.document import Article, Publication
from index.storage.records import Summary
from index.text.patterns import load_patterns
from index.text.scripts import fold
from rag.answer.model import MetadataField, Statement

_ValuePairs: TypeAlias = Sequence[tuple[str, str]]
"""Values as printed, each with its translation or ""."""

_ARTICLE_FIELDS: Mapping[MetadataField, Callable[[Article], _ValuePairs]] = {
    "author": lambda article: [(author.name, author.romanised) for author in article.authors],
    "title": lambda article: [(article.title, article.title_translated)],
    "institute": lambda article: [(article.institute, "")],
    "topics": lambda article: [(topic, "") for topic in article.topics],
    "page": lambda article: [("" if article.page is None else str(article.page), "")],
}
_PUBLICATION_FIELDS: Mapping[MetadataField, Callable[[Publication], _ValuePairs]] = {
    "title": lambda publication: [(publication.title, publication.title_translated)],
    "number": lambda publication: [(publication.number, "")],
    "date": lambda publication: [(_format_date(publication), "")],
    "publisher": lambda publication: [(publication.publisher, publication.publisher_translated)],
}

_PATTERNS = load_patterns("rag.query")
_OFFICES = {  # patterns of a question, and of the labels in an imprint; the first match decides
    "asks-chief-editor": "chief-editor-label",
    "asks-managing-editor": "managing-editor-label",
    "asks-deputy-editor": "deputy-editor-label",
    "asks-assistant-editor": "assistant-editor-label",
    "asks-senior-editor": "senior-editor-label",
    "asks-editor-in-chief": "editor-in-chief-label",
    "asks-publishing-office": "publishing-office-label",
    "asks-director": "director-label",
    "asks-editor": "editor-label",
}
_OFFICE_ENTRY = re.compile(
    r"(?P<label>[^/／:：、，,;；]{2,30}?)\s*[/／:：]\s*(?P<names>[^/／:：]+)$"
)
_ENTRY_BREAK = re.compile(r"\s+(?=[^\s/／:：、，,]{2,12}\s*[/／:：])")
_NAME_SEPARATOR = re.compile(r"\s*[、，,;；]\s*")


def build_article_statement(field: MetadataField, article: Article) -> Statement | None:
    """Return a field of an article; None where nothing is printed.

    Args:
        field: The field; one that only publications have gives None.
        article: The article.
    """
    get_pairs = _ARTICLE_FIELDS.get(field)
    return None if get_pairs is None else _build_statement(field, get_pairs(article))


def build_publication_statement(field: MetadataField, publication: Publication) -> Statement | None:
    """Return a field of a publication; None where nothing is printed.

    Args:
        field: The field; "imprint" and those that only articles have give None.
        publication: The publication.
    """
    get_pairs = _PUBLICATION_FIELDS.get(field)
    if get_pairs is None:
        return None
    return _build_statement(field, get_pairs(publication), of_publication=True)


def build_articles_statement(field: MetadataField, articles: Iterable[Article]) -> Statement | None:
    """Return a field of several articles of a publication, each value once.

    Args:
        field: The field; "articles" for their titles.
        articles: The articles.
    """
    get_pairs = _ARTICLE_FIELDS.get("title" if field == "articles" else field)
    if get_pairs is None:
        return None
    value_pairs = dict.fromkeys(pair for article in articles for pair in get_pairs(article))
    return _build_statement(field, list(value_pairs), of_publication=True)


def build_article_count_statement(count: int) -> Statement:
    """Return how many articles publications have together.

    Args:
        count: Their number.
    """
    return Statement("article_count", (str(count),), ("",), of_publication=True)


def build_publications_statement(
    publications: Iterable[Summary], article_counts: Mapping[str, int] | None = None
) -> Statement | None:
    """Return the titles of publications, each with its number; None if none has a title.

    Args:
        publications: The publications.
        article_counts: How many articles each has, by id, to stand in brackets after its title;
            None to leave that out.
    """
    value_pairs = []
    for summary in publications:
        name = f"{summary.title} {summary.number}".strip()
        count = f" ({article_counts[summary.id]})" if article_counts else ""
        value_pairs.append((name and name + count, summary.title_translated))
    return _build_statement("publications", value_pairs, of_publication=True)


def build_imprint_statements(imprint: str, question: str) -> tuple[Statement, ...]:
    """Return the holders of the offices that a question names, in the order of print.

    Args:
        imprint: As printed, line by line, a slash or a colon between an office and its holders.
        question: The question, folded.
    """
    entries = list(_parse_imprint(imprint))
    labels = {label for label, _ in entries if fold(label) in question}
    if not labels:
        labels = {label for label, _ in entries if _is_named(fold(label), question)}
    return tuple(
        Statement("imprint", names, ("",) * len(names), label, of_publication=True)
        for label, names in entries
        if label in labels
    )


def _parse_imprint(imprint: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each office with its holders."""
    for line in imprint.splitlines():
        for entry in _ENTRY_BREAK.split(line):
            if match := _OFFICE_ENTRY.match(entry.strip()):
                yield match["label"].strip(), tuple(_NAME_SEPARATOR.split(match["names"].strip()))


def _is_named(label: str, question: str) -> bool:
    """Return whether a folded label belongs to the office that a folded question names."""
    for question_pattern, label_pattern in _OFFICES.items():
        if _PATTERNS[question_pattern].search(question):
            return _PATTERNS[label_pattern].search(label) is not None
    return _PATTERNS["asks-whole-imprint"].search(question) is not None


def _format_date(publication: Publication) -> str:
    day = publication.date.isoformat() if publication.date else ""
    return publication.date_printed or day


def _build_statement(
    field: MetadataField, value_pairs: _ValuePairs, *, of_publication: bool = False
) -> Statement | None:
    printed_pairs = [pair for pair in value_pairs if pair[0]]
    if not printed_pairs:
        return None
    values, translated = zip(*printed_pairs, strict=True)
    return Statement(field, values, translated, of_publication=of_publication)
