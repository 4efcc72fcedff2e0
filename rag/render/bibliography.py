"""A citation as authors print it: a footnote, or a quotation with its source.

In Chinese as journals in Taiwan print it: 作者，〈篇名〉，《刊名》，期數，日期，頁數。
In English after the notes of the Chicago Manual of Style. Names, titles and numbers stay as
printed.
"""

from __future__ import annotations

from dataclasses import replace

from index.messages import Language, is_chinese
from index.text.scripts import detect_language
from rag.answer.model import ArticleRef, Citation
from rag.render.labels import (
    collapse_whitespace,
    format_date,
    format_statement,
    get_publication_title,
    get_separate_number,
)
from rag.render.markdown import escape_markdown, line_to_markdown
from rag.render.rich_text import escape_controls
from rag.render.text import line_to_text

_INNER_QUOTES_ZH = str.maketrans("「」『』", "『』「」")
_INNER_QUOTES_EN = str.maketrans("“”", "‘’")  # and not back again: ’ is an apostrophe, too


def quote_text(text: str) -> str:
    """Return a text in the quotation marks of its language, on one line.

    Quotation marks within it become those of a quotation within a quotation.

    Args:
        text: The text.
    """
    flat_text = collapse_whitespace(text)
    if detect_language(flat_text) == "zh":
        return f"「{flat_text.translate(_INNER_QUOTES_ZH)}」"
    return f"“{flat_text.translate(_INNER_QUOTES_EN)}”"


def format_footnote(citation: Citation, language: Language) -> str:
    """Return the reference of a citation as a footnote, on one line.

    If all statements are about the publication, so is the reference.

    Args:
        citation: The citation.
        language: The language whose style is followed.
    """
    if citation.statements and all(statement.of_publication for statement in citation.statements):
        citation = replace(citation, article=ArticleRef(citation.article.index, ""))
    formatted = (
        _format_chinese_footnote(citation, language)
        if is_chinese(language)
        else _format_english_footnote(citation)
    )
    return escape_controls(collapse_whitespace(formatted))


def format_quotation_text(citation: Citation, language: Language) -> str:
    """Return the statements, the evidence or the passage with the reference, as plain text.

    Args:
        citation: The citation.
        language: The language whose style is followed.
    """
    quoted = quote_text(line_to_text(citation.evidence_text or citation.text))
    body = _join_statements(citation, language) or quoted
    reference = format_footnote(citation, language)
    return escape_controls(
        f"{body}（{reference.rstrip('。')}）"
        if is_chinese(language)
        else f"{body} ({reference[:-1]})"
    )


def format_quotation_markdown(citation: Citation, language: Language) -> str:
    """Return the same as Markdown: a block quotation with the reference below.

    Args:
        citation: The citation.
        language: The language whose style is followed.
    """
    quotation = line_to_markdown(collapse_whitespace(citation.evidence_text or citation.text))
    body = escape_markdown(_join_statements(citation, language)) or quotation
    return escape_controls(
        f"> {body}\n>\n> — {escape_markdown(format_footnote(citation, language))}\n"
    )


def _join_statements(citation: Citation, language: Language) -> str:
    """Return the statements of a citation on one line; "" if it has none."""
    lines = [format_statement(citation, statement, language) for statement in citation.statements]
    separator = "；" if is_chinese(language) else "; "
    return separator.join(
        collapse_whitespace(" ".join(statement_lines)) for statement_lines in lines
    )


def _format_chinese_footnote(citation: Citation, language: Language) -> str:
    article, publication = citation.article, citation.publication
    publication_title = get_publication_title(publication, article)
    page = _format_page(citation, "頁 {}" if language == "zh" else "页 {}", "{} 起")
    parts = (
        "、".join(author.name for author in article.authors),
        f"〈{article.title}〉" if article.title else "",
        f"《{publication_title}》" if publication_title else "",
        get_separate_number(publication.title, publication.number),
        format_date(publication.date, "zh") if publication.date else "",
        page,
    )
    return "，".join(part for part in parts if part) + "。"


def _format_english_footnote(citation: Citation) -> str:
    article = citation.article
    authors = " and ".join(
        f"{author.romanised} {author.name}" if author.romanised else author.name
        for author in article.authors
    )
    translated = article.title_translated
    bilingual_title = (
        f"{article.title} [{translated}]"
        if detect_language(article.title) == "zh" and translated
        else ""
    )
    title = f"“{bilingual_title or article.title}”" if article.title else ""
    place = _format_english_place(citation)
    if title and place:  # in English the comma stands within the quotation marks
        title, place = f"{title[:-1]},” {place}", ""
    return ", ".join(part for part in (authors, title, place) if part) + "."


def _format_english_place(citation: Citation) -> str:
    """Return where an article is: the publication, its number and date, and the page."""
    publication = citation.publication
    day = format_date(publication.date, "en") if publication.date else ""
    publication_title = get_publication_title(publication, citation.article)
    number = get_separate_number(publication.title, publication.number)
    if not publication_title and not number:  # a document by itself
        return ", ".join(part for part in (day, _format_page(citation, "{}", "{}ff")) if part)
    named = " ".join(
        part for part in (publication_title, number, f"({day})" if day else "") if part
    )
    return named + _format_page(citation, ": {}", "{}ff")


def _format_page(citation: Citation, form: str, first_page_form: str) -> str:
    """Return the page of a citation, else the first page of its article as such; "" for neither."""
    page = citation.printed_page
    if not page and citation.first_page:
        page = first_page_form.format(citation.first_page)
    return form.format(page) if page else ""
