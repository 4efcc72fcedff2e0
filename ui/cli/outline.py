"""A publication as a reader understood it, for `tongzhu inspect`: as lines, and as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from index.document import Article, Message, Passage, Publication, SetAside
from index.readers.accounting import Account
from ui.messages import cli
from ui.messages.cli import Language, say

_MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as it was read: the publication, its passages, and where every character went."""

    file: str
    publication: Publication
    passages: tuple[Passage, ...]
    account: Account


def outline(reading: Reading, language: Language) -> Iterator[str]:
    """What was read, line by line."""
    publication = reading.publication
    name = " ".join(part for part in (publication.title, publication.number) if part)
    yield name or say(cli.NO_TITLE, language)
    if publication.title_translated:
        yield f"  {publication.title_translated}"
    facts = (
        (cli.DATE, publication.date.isoformat() if publication.date else ""),
        (cli.PUBLISHER, publication.publisher),
        (cli.ID, publication.id),
        (cli.FILE, reading.file),
    )
    for label, value in facts:
        if value:
            yield "  " + _labelled(label, value, language)
    yield f"  {_counts(publication, len(reading.passages), language)}"
    per_section = Counter((each.article, each.section) for each in reading.passages)
    for index, article in enumerate(publication.articles):
        yield ""
        yield from _article(index, article, per_section, language)
    yield ""
    yield from _findings(publication, language)
    yield ""
    yield from _set_aside(publication.set_aside, language)
    yield ""
    yield from _account(reading.account, language)


def count_marks(publication: Publication) -> int:
    """How many marks of notes stand in a publication: in titles, headings and text."""
    return sum(
        len(article.marks)
        + sum(
            len(section.marks) + sum(len(p.marks) for p in section.paragraphs)
            for section in article.sections
        )
        for article in publication.articles
    )


def _counts(publication: Publication, passages: int, language: Language) -> str:
    articles = publication.articles
    counted = (
        (cli.ARTICLES, len(articles)),
        (cli.SECTIONS, sum(len(article.sections) for article in articles)),
        (cli.PASSAGES, passages),
        (cli.NOTES, sum(len(article.notes) for article in articles)),
        (cli.MARKS, count_marks(publication)),
    )
    return " · ".join(noun.count(number, language) for noun, number in counted)


def _article(
    index: int, article: Article, passages: Counter[tuple[int, int]], language: Language
) -> Iterator[str]:
    yield f"{index + 1}. {article.title or say(cli.NO_TITLE, language)}"
    if article.title_translated:
        yield f"   {article.title_translated}"
    names = [f"{a.name} ({a.romanised})" if a.romanised else a.name for a in article.authors]
    people = ", ".join(names) or say(cli.NO_AUTHOR, language)
    yield "   " + " · ".join(part for part in (people, article.institute) if part)
    if article.topics:
        yield "   " + _labelled(cli.TOPICS, "、".join(article.topics), language)
    notes = cli.NOTES.count(len(article.notes), language)
    yield f"   {say(cli.LINE, language, line=article.line)} · {notes}"
    for place, section in enumerate(article.sections):
        heading = section.heading or say(cli.BEFORE_HEADINGS, language)
        held = passages[index, place]
        number = f"  ({cli.PASSAGES.count(held, language)})" if held else ""
        yield f"   {'  ' * max(len(section.path) - 1, 0)}{heading}{number}"


def _findings(publication: Publication, language: Language) -> Iterator[str]:
    yield say(cli.READING, language)
    for finding in publication.findings:
        yield f"  {say(finding.message, language)}"
    if not publication.findings:
        yield f"  {say(cli.NOTHING_TO_REPORT, language)}"


def _set_aside(pieces: Sequence[SetAside], language: Language) -> Iterator[str]:
    yield say(cli.SET_ASIDE, language)
    for reason, message in cli.REASONS.items():
        of_reason = [piece for piece in pieces if piece.reason == reason]
        if not of_reason:
            continue
        lines = [str(piece.line) for piece in of_reason]
        shown = ", ".join(lines[:_MOST_LINES]) + (" …" if len(lines) > _MOST_LINES else "")
        number = cli.PIECES.count(len(of_reason), language)
        where = say(cli.LINES, language, lines=shown)
        yield "  " + _labelled(message, f"{number} ({where})", language)
        if reason == "unplaced":
            yield from (f"    {piece.line}: {piece.text}" for piece in of_reason)


def _account(account: Account, language: Language) -> Iterator[str]:
    yield say(cli.ACCOUNTING, language)
    for place, number in account.places.items():
        kind, _, reason = place.partition(": ")
        place_name = cli.PLACES[kind]
        name = say(place_name, language)
        if reason:
            name = _labelled(place_name, say(cli.REASONS[reason], language), language)
        yield f"  {number:>9,}  {name}"
    total = f"{account.total:,}"
    yield f"  {total:>9}  {say(cli.ACCOUNTED, language)}"
    for message, counts in (
        (cli.MISSING_CHARACTERS, account.missing),
        (cli.EXTRA_CHARACTERS, account.extra),
    ):
        if counts:
            yield f"  {say(message, language, number=sum(counts.values()))}"


def _labelled(label: Message, value: str, language: Language) -> str:
    return say(cli.LABELLED, language, label=say(label, language), value=value)


def values(reading: Reading) -> dict[str, Any]:
    """What was read, in the form that `inspect.schema.json` describes, with the other files."""
    publication, account = reading.publication, reading.account
    return {
        "file": reading.file,
        "id": publication.id,
        "title": publication.title,
        "title_translated": publication.title_translated,
        "number": publication.number,
        "date": publication.date.isoformat() if publication.date else None,
        "publisher": publication.publisher,
        "publisher_translated": publication.publisher_translated,
        "articles": [
            _article_values(article, [p for p in reading.passages if p.article == index])
            for index, article in enumerate(publication.articles)
        ],
        "findings": [
            {"kind": f.kind, "line": f.line, "en": f.message.en, "zh": f.message.zh}
            for f in publication.findings
        ],
        "set_aside": [
            {"reason": piece.reason, "line": piece.line, "text": piece.text}
            for piece in publication.set_aside
        ],
        "characters": {
            "total": account.total,
            "places": account.places,
            "missing": account.missing,
            "extra": account.extra,
        },
    }


def _article_values(article: Article, passages: Sequence[Passage]) -> dict[str, Any]:
    return {
        "title": article.title,
        "title_translated": article.title_translated,
        "authors": [{"name": a.name, "romanised": a.romanised} for a in article.authors],
        "institute": article.institute,
        "topics": list(article.topics),
        "page": article.page,
        "line": article.line,
        "sections": [
            {
                "path": list(section.path),
                "line": section.line,
                "paragraphs": len(section.paragraphs),
                "passages": sum(1 for passage in passages if passage.section == index),
            }
            for index, section in enumerate(article.sections)
        ],
        "notes": [
            {
                "number": note.number,
                "line": note.line,
                "text": note.text,
                "sources": [{"text": s.text, "urls": list(s.urls)} for s in note.sources],
                "explanation": note.explanation,
                "stands_for": note.stands_for,
                "see": list(note.see),
            }
            for note in article.notes
        ],
    }
