"""Texts with notes as they are read, and what is found in them."""

from __future__ import annotations

from index.document import Article, Publication
from index.readers import markdown, paged
from index.readers.accounting import audit_characters


def read_text(text: str, *, as_markdown: bool = False) -> Publication:
    """Return a text as it is read; every character must be accounted for.

    Args:
        text: The text.
        as_markdown: Whether it is Markdown.
    """
    publication = markdown.read(text, "a.md") if as_markdown else paged.read(text)
    audit = audit_characters(text, publication)
    assert audit.is_balanced, (audit.missing, audit.extra)
    return publication


def list_marks(article: Article) -> list[str]:
    """Return the numbers of the notes that the marks of an article lead to.

    Args:
        article: The article.
    """
    marks = list(article.marks)
    for section in article.sections:
        marks += section.marks
        for paragraph in section.paragraphs:
            marks += paragraph.marks
    return [mark.note for mark in marks]


def list_texts(article: Article) -> list[str]:
    """Return the texts of the paragraphs of an article.

    Args:
        article: The article.
    """
    return [paragraph.text for section in article.sections for paragraph in section.paragraphs]
