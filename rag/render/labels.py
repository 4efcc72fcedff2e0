"""What every surface says about a citation beside quoting it: where it stands, by whom, from when.

In both languages of the project; titles, names and headings stay as printed.
"""

from __future__ import annotations

from datetime import date

from index.document import Span
from index.messages import Language, MessageCatalogue
from index.text.characters import contains_han
from rag.answer.model import ArticleRef, Citation, CitedNote, Evidence, Statement

_MESSAGES = MessageCatalogue("rag", "labels")
_MONTHS: tuple[str, ...] = ("January", "February", "March", "April", "May", "June")
_MONTHS += ("July", "August", "September", "October", "November", "December")


def get_evidence_text(citation: Citation, evidence: Evidence) -> str:
    """The words of a sentence that answers, as printed."""
    text = citation.text if evidence.note is None else citation.get_note(evidence.note).text
    return text[evidence.span.start : evidence.span.end]


def get_title_translation(article: ArticleRef, language: Language) -> str:
    """The article's other title, where it is the one in the reader's language; else ""."""
    is_chinese = contains_han(article.title_translated)
    return article.title_translated if is_chinese == (language == "zh") else ""


def format_byline(article: ArticleRef, language: Language) -> str:
    """Who wrote it, and where they work, on one line; "" if it is not known."""
    is_english = language == "en"
    names = [
        f"{author.name} ({author.romanised})" if is_english and author.romanised else author.name
        for author in article.authors
    ]
    authors = (", " if is_english else "、").join(names)
    return " · ".join(part for part in (authors, article.institute) if part)


def format_publication_line(citation: Citation, language: Language) -> str:
    """Publication, number, day and page on one line."""
    publication, page = citation.publication, citation.article.page
    publication_name = " ".join(part for part in (publication.title, publication.number) if part)
    date_text = format_date(publication.date, language) if publication.date else ""
    page_text = _MESSAGES["page"].in_language(language, page=page) if page is not None else ""
    return " · ".join(part for part in (publication_name, date_text, page_text) if part)


def format_date(day: date, language: Language) -> str:
    """A date as people write it: 22 May 2025, 2025 年 5 月 22 日."""
    if language == "zh":
        return f"{day.year} 年 {day.month} 月 {day.day} 日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_field_name(statement: Statement, language: Language) -> str:
    """What a statement is about: the author, the date, the office in the imprint."""
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
    """What a statement says, each value with the same in the other language, or ""."""
    day = citation.publication.date
    if statement.field == "date" and day is not None:
        return [(format_date(day, language), "")]
    return list(zip(statement.values, statement.translated, strict=True))


def format_field_values(citation: Citation, statement: Statement, language: Language) -> list[str]:
    """What a statement says, each value with the same in the other language where it is printed."""
    template = "{}（{}）" if language == "zh" else "{} ({})"
    return [
        template.format(value, translation) if translation else value
        for value, translation in get_field_pairs(citation, statement, language)
    ]


def format_statement(citation: Citation, statement: Statement, language: Language) -> list[str]:
    """A statement as lines; several where it lists articles."""
    name, values = (
        format_field_name(statement, language),
        format_field_values(citation, statement, language),
    )
    colon = "：" if language == "zh" else ": "
    if statement.field == "articles":
        return [
            f"{name}{colon}".rstrip(),
            *(f"{number}. {value}" for number, value in enumerate(values, 1)),
        ]
    return [f"{name}{colon}{('、' if language == 'zh' else ', ').join(values)}"]


def get_evidence_spans(citation: Citation, note: str | None = None) -> tuple[Span, ...]:
    """Where the evidence stands in the passage's text, or in the text of one of its notes."""
    return tuple(evidence.span for evidence in citation.evidence if evidence.note == note)


def get_note_urls(note: CitedNote) -> tuple[str, ...]:
    """The addresses of the works that a note itself cites, in order."""
    return tuple(url for source in note.sources for url in source.urls)


def format_resolves_to(note: CitedNote, language: Language) -> str:
    """The words that lead from a note (同註, *Ibid.*) to the one that it stands for."""
    return _MESSAGES["resolves_to"].in_language(language, number=note.number)


def collapse_whitespace(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def format_header_lines(citation: Citation, language: Language) -> list[str]:
    """The lines that name the place of a citation: its title, then whatever else is known."""
    article = citation.article
    lines = [get_title_translation(article, language), format_byline(article, language)]
    lines += [format_publication_line(citation, language), " › ".join(citation.path)]
    return [
        collapse_whitespace(article.title),
        *(collapse_whitespace(line) for line in lines if line),
    ]
