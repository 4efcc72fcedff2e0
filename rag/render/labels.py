"""What every surface says about a citation beside quoting it: where it stands, by whom, from when.

In both languages of the project; titles, names and headings stay as printed.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from index.document import Message, Span
from rag.answer.model import ArticleRef, Citation, CitedNote, Evidence, Field, Statement

Language = Literal["en", "zh"]

NOT_FOUND = Message("This is not in the library.", "館藏中沒有這個問題的答案。")
NEAREST = Message("The nearest passages:", "最接近的段落：")
NOTE = Message("Note {number}", "註 {number}")
STANDS_FOR = Message("stands for note {number}: ", "即註 {number}：")
PAGE = Message("p. {page}", "第 {page} 頁")

FIELDS: dict[Field, Message] = {
    "title": Message("Title", "篇名"),
    "author": Message("Author", "作者"),
    "institute": Message("Institute", "單位"),
    "topics": Message("Topics", "類別"),
    "page": Message("Page", "起始頁"),
    "number": Message("Number", "期數"),
    "date": Message("Date", "出版日期"),
    "publisher": Message("Publisher", "出版者"),
    "articles": Message("Articles ({count})", "文章（{count} 篇）"),
}
_AUTHORS = Message("Authors", "作者")
_NAMED = Message("Name", "刊名")
_IMPRINT = Message("Imprint, {label}", "版權頁「{label}」")

_MONTHS: tuple[str, ...] = ("January", "February", "March", "April", "May", "June")
_MONTHS += ("July", "August", "September", "October", "November", "December")


def say(message: Message, language: Language, **values: object) -> str:
    """A message in one language, its placeholders filled in."""
    text = message.zh if language == "zh" else message.en
    return text.format(**values) if values else text


def quoted(citation: Citation, evidence: Evidence) -> str:
    """The words of a sentence that answers, as printed."""
    text = citation.text if evidence.note is None else citation.note(evidence.note).text
    return text[evidence.span.start : evidence.span.end]


def title_translated(article: ArticleRef, language: Language) -> str:
    """The article's other title, where it is the one in the reader's language; else ""."""
    chinese = any("\u3400" <= sign <= "\u9fff" for sign in article.title_translated)
    return article.title_translated if chinese == (language == "zh") else ""


def byline(article: ArticleRef, language: Language) -> str:
    """Who wrote it, and where they work, on one line; "" if it is not known."""
    english = language == "en"
    names = [
        f"{author.name} ({author.romanised})" if english and author.romanised else author.name
        for author in article.authors
    ]
    people = (", " if english else "、").join(names)
    return " · ".join(part for part in (people, article.institute) if part)


def printed_in(citation: Citation, language: Language) -> str:
    """Publication, number, day and page on one line."""
    publication, page = citation.publication, citation.article.page
    named = " ".join(part for part in (publication.title, publication.number) if part)
    day = written_date(publication.date, language) if publication.date else ""
    where = say(PAGE, language, page=page) if page is not None else ""
    return " · ".join(part for part in (named, day, where) if part)


def written_date(day: date, language: Language) -> str:
    """A date as people write it: 22 May 2025, 2025 年 5 月 22 日."""
    if language == "zh":
        return f"{day.year} 年 {day.month} 月 {day.day} 日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def field_name(statement: Statement, language: Language) -> str:
    """What a statement is about: the author, the date, the office in the imprint."""
    count = len(statement.values)
    if statement.field == "imprint":
        return say(_IMPRINT, language, label=statement.label)
    if statement.field == "title" and statement.whole:
        return say(_NAMED, language)
    if statement.field == "author" and count > 1:
        return say(_AUTHORS, language)
    return say(FIELDS[statement.field], language, count=count)


def field_pairs(
    citation: Citation, statement: Statement, language: Language
) -> list[tuple[str, str]]:
    """What a statement says, each value with the same in the other language, or ""."""
    day = citation.publication.date
    if statement.field == "date" and day is not None:
        return [(written_date(day, language), "")]
    return list(zip(statement.values, statement.translated, strict=True))


def field_values(citation: Citation, statement: Statement, language: Language) -> list[str]:
    """What a statement says, each value with the same in the other language where it is printed."""
    form = "{}（{}）" if language == "zh" else "{} ({})"
    return [
        form.format(value, other) if other else value
        for value, other in field_pairs(citation, statement, language)
    ]


def stated(citation: Citation, statement: Statement, language: Language) -> list[str]:
    """A statement as lines; several where it lists articles."""
    name, values = field_name(statement, language), field_values(citation, statement, language)
    colon = "：" if language == "zh" else ": "
    if statement.field == "articles":
        return [f"{name}{colon}".rstrip(), *(f"{at}. {each}" for at, each in enumerate(values, 1))]
    return [f"{name}{colon}{('、' if language == 'zh' else ', ').join(values)}"]


def evidence_spans(citation: Citation, note: str | None = None) -> tuple[Span, ...]:
    """Where the evidence stands in the passage's text, or in the text of one of its notes."""
    return tuple(each.span for each in citation.evidence if each.note == note)


def note_urls(note: CitedNote) -> tuple[str, ...]:
    """The addresses of the works that a note itself cites, in order."""
    return tuple(url for source in note.sources for url in source.urls)


def stands_for(note: CitedNote, language: Language) -> str:
    """The words that lead from a note (同註, *Ibid.*) to the one that it stands for."""
    return say(STANDS_FOR, language, number=note.number)


def flat(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def head_lines(citation: Citation, language: Language) -> list[str]:
    """The lines that name the place of a citation: its title, then whatever else is known."""
    article = citation.article
    lines = [title_translated(article, language), byline(article, language)]
    lines += [printed_in(citation, language), " › ".join(citation.path)]
    return [flat(article.title), *(flat(line) for line in lines if line)]
