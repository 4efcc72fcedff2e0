"""Texts about a citation beside its quotation: where it stands, by whom, from when.

They are in both languages of the project; titles, names and headings stay as printed.
"""

from __future__ import annotations

import re
from datetime import date

from index.document import Span
from index.messages import Language, MessageCatalogue, is_chinese
from index.text.characters import contains_han
from rag.answer.model import ArticleRef, Citation, CitedNote, PublicationRef, Statement

_MESSAGES = MessageCatalogue("rag", "labels")
_MONTHS: tuple[str, ...] = ("January", "February", "March", "April", "May", "June")
_MONTHS += ("July", "August", "September", "October", "November", "December")


def get_title_translation(article: ArticleRef, language: Language) -> str:
    """Return an article's other title if it is in the reader's language; else "".

    Args:
        article: The article.
        language: The language of the reader.
    """
    is_in_language = contains_han(article.title_translated) == is_chinese(language)
    return article.title_translated if is_in_language else ""


def format_byline(article: ArticleRef, language: Language) -> str:
    """Return the authors and their institute on one line; "" if they are not known.

    Args:
        article: The article.
        language: The language of the reader.
    """
    is_english = language == "en"
    names = [
        f"{author.name} ({author.romanised})" if is_english and author.romanised else author.name
        for author in article.authors
    ]
    authors = (", " if is_english else "、").join(names)
    return " · ".join(part for part in (authors, article.institute) if part)


def get_publication_title(publication: PublicationRef, article: ArticleRef) -> str:
    """Return the title of a publication; "" where the article has the same one.

    Args:
        publication: The publication.
        article: The article that is named beside it.
    """
    titles = ("".join(title.split()).casefold() for title in (publication.title, article.title))
    return "" if len(set(titles)) == 1 else publication.title


def get_separate_number(title: str, number: str) -> str:
    """Return the number of a publication; "" where its title has it, as names of files do.

    Args:
        title: Of the publication.
        number: Of the publication.
    """
    is_in_title = re.search(rf"(?<!\d){re.escape(number)}(?!\d)", title)
    return "" if is_in_title else number


def format_page(citation: Citation, language: Language) -> str:
    """Return the page of a citation, else that on which its article begins; "" if neither is known.

    Where the page's text was recognised (OCR), it says so too.

    Args:
        citation: The citation.
        language: The language of the reader.
    """
    parts = []
    if citation.printed_page:
        parts.append(_MESSAGES["page"].in_language(language, page=citation.printed_page))
    elif citation.first_page:
        parts.append(_MESSAGES["from_page"].in_language(language, page=citation.first_page))
    if citation.page and citation.page.is_recognized:
        parts.append(_MESSAGES["recognized"].in_language(language))
    return " · ".join(parts)


def format_publication_line(citation: Citation, language: Language) -> str:
    """Return publication, number, day and page on one line.

    Args:
        citation: The citation.
        language: The language of the reader.
    """
    publication = citation.publication
    title = get_publication_title(publication, citation.article)
    number = get_separate_number(publication.title, publication.number)
    publication_name = " ".join(part for part in (title, number) if part)
    date_text = format_date(publication.date, language) if publication.date else ""
    page_text = format_page(citation, language)
    return " · ".join(part for part in (publication_name, date_text, page_text) if part)


def format_date(day: date, language: Language) -> str:
    """Return a date as people write it.

    Args:
        day: The date.
        language: The language of the reader.

    >>> format_date(date(2025, 5, 22), "en"), format_date(date(2025, 5, 22), "zh")
    ('22 May 2025', '2025 年 5 月 22 日')
    """
    if is_chinese(language):
        return f"{day.year} 年 {day.month} 月 {day.day} 日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_field_name(statement: Statement, language: Language) -> str:
    """Return the name of the field of a statement; of the imprint, with the office.

    Args:
        statement: The statement.
        language: The language of the reader.
    """
    count = len(statement.values)
    if statement.field == "imprint":
        return _MESSAGES["imprint"].in_language(language, label=statement.label)
    if statement.field == "title" and statement.of_publication:
        return _MESSAGES["publication_title"].in_language(language)
    if statement.field == "author" and count > 1:
        return _MESSAGES["authors"].in_language(language)
    return _MESSAGES[f"field.{statement.field}"].in_language(language, count=count)


def get_field_pairs(
    citation: Citation, statement: Statement, language: Language
) -> list[tuple[str, str]]:
    """Return the values of a statement, each with its translation or "".

    Args:
        citation: The citation of the statement.
        statement: The statement.
        language: The language of the reader, in which dates are written.
    """
    day = citation.publication.date
    if statement.field == "date" and day is not None:
        return [(format_date(day, language), "")]
    return list(zip(statement.values, statement.translated, strict=True))


def format_field_values(citation: Citation, statement: Statement, language: Language) -> list[str]:
    """Return the values of a statement, each with its translation where one is printed.

    Args:
        citation: The citation of the statement.
        statement: The statement.
        language: The language of the reader.
    """
    template = "{}（{}）" if is_chinese(language) else "{} ({})"
    return [
        template.format(value, translation) if translation else value
        for value, translation in get_field_pairs(citation, statement, language)
    ]


def format_statement(citation: Citation, statement: Statement, language: Language) -> list[str]:
    """Return a statement as lines: several where it lists titles, else one.

    Args:
        citation: The citation of the statement.
        statement: The statement.
        language: The language of the reader.
    """
    name, values = (
        format_field_name(statement, language),
        format_field_values(citation, statement, language),
    )
    colon = "：" if is_chinese(language) else ": "
    if statement.field in ("articles", "publications"):
        return [
            f"{name}{colon}".rstrip(),
            *(f"{number}. {value}" for number, value in enumerate(values, 1)),
        ]
    return [f"{name}{colon}{('、' if is_chinese(language) else ', ').join(values)}"]


def get_evidence_spans(citation: Citation, note: str | None = None) -> tuple[Span, ...]:
    """Return the spans of the evidence in the text of a passage or of one of its notes.

    Args:
        citation: The citation.
        note: The number of the note; None for the passage.
    """
    return tuple(evidence.span for evidence in citation.evidence if evidence.note == note)


def get_note_urls(note: CitedNote) -> tuple[str, ...]:
    """Return the URLs of the works that a note itself cites, in order.

    Args:
        note: The note.
    """
    return tuple(url for source in note.sources for url in source.urls)


def format_resolves_to(note: CitedNote, language: Language) -> str:
    """Return the words that introduce the note that another (同註, *Ibid.*) resolves to.

    Args:
        note: The note that is resolved to.
        language: The language of the reader.
    """
    return _MESSAGES["resolves_to"].in_language(language, number=note.number)


def format_unresolved(language: Language) -> str:
    """Return the words beside a note that refers to a note or a work that cannot be known.

    Args:
        language: The language of the reader.
    """
    return _MESSAGES["unresolved"].in_language(language)


def collapse_whitespace(text: str) -> str:
    """Return a text on one line.

    Args:
        text: Any text.
    """
    return " ".join(text.split())


def format_header_lines(citation: Citation, language: Language) -> list[str]:
    """Return the lines above a citation: the title, then byline, publication and path.

    Args:
        citation: The citation.
        language: The language of the reader.
    """
    article = citation.article
    lines = [get_title_translation(article, language), format_byline(article, language)]
    lines += [format_publication_line(citation, language), " › ".join(citation.path)]
    return [
        collapse_whitespace(article.title),
        *(collapse_whitespace(line) for line in lines if line),
    ]
