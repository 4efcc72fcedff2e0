"""A publication as it was read, for `tongzhu inspect`: as lines, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from index.document import (
    Article,
    NoteMark,
    PageRegion,
    Passage,
    Publication,
    SetAside,
    SetAsideReason,
)
from index.messages import Language, Message, MessageCatalogue
from index.readers.accounting import CharacterAudit
from ui.service.labels import (
    count_note_marks,
    describe_metadata_sources,
    describe_pages,
    format_counts,
    format_publication_name,
)

_NOUNS = MessageCatalogue("ui", "nouns")
_MESSAGES = MessageCatalogue("ui", "outline")

_MAX_LINES = 8


@dataclass(frozen=True, slots=True)
class InspectedFile:
    """A file as it was read: the publication, its passages and the account of its characters."""

    file: str
    publication: Publication
    passages: tuple[Passage, ...]
    account: CharacterAudit


def format_outline(inspected: InspectedFile, language: Language) -> Iterator[str]:
    """Yield what was read, line by line."""
    publication = inspected.publication
    yield format_publication_name(publication) or _MESSAGES["no_title"].in_language(language)
    if publication.title_translated:
        yield f"  {publication.title_translated}"
    facts = (
        (_MESSAGES["date"], _format_date(publication)),
        (_MESSAGES["publisher"], publication.publisher),
        (_MESSAGES["sources"], describe_metadata_sources(publication).in_language(language)),
        (_MESSAGES["id"], publication.id),
        (_MESSAGES["file"], inspected.file),
    )
    for label, value in facts:
        if value:
            yield "  " + _format_labelled(label, value, language)
    yield f"  {_format_counts(publication, len(inspected.passages), language)}"
    yield f"  {describe_pages(publication).in_language(language)}"
    per_section = Counter(
        (passage.article_index, passage.section_index) for passage in inspected.passages
    )
    for index, article in enumerate(publication.articles):
        yield ""
        yield from _format_article(index, article, per_section, language)
    yield ""
    yield from _format_findings(publication, language)
    yield ""
    yield from _format_set_aside(publication.set_aside, language)
    yield ""
    yield from _format_account(inspected.account, language)


def _format_date(publication: Publication) -> str:
    return publication.date.isoformat() if publication.date else publication.date_printed


def _format_counts(publication: Publication, passages: int, language: Language) -> str:
    articles = publication.articles
    noun_counts = (
        ("articles", len(articles)),
        ("sections", sum(len(article.sections) for article in articles)),
        ("passages", passages),
        ("notes", sum(len(article.notes) for article in articles)),
        ("marks", count_note_marks(publication)),
    )
    return format_counts(noun_counts, language)


def _format_article(
    index: int, article: Article, passages: Counter[tuple[int, int]], language: Language
) -> Iterator[str]:
    yield f"{index + 1}. {article.title or _MESSAGES['no_title'].in_language(language)}"
    if article.title_translated:
        yield f"   {article.title_translated}"
    names = [f"{a.name} ({a.romanised})" if a.romanised else a.name for a in article.authors]
    people = ", ".join(names) or _MESSAGES["no_author"].in_language(language)
    yield "   " + " · ".join(part for part in (people, article.institute) if part)
    if article.topics:
        yield "   " + _format_labelled(_MESSAGES["topics"], "、".join(article.topics), language)
    notes = _NOUNS.count("notes", len(article.notes)).in_language(language)
    yield f"   {_MESSAGES['line'].in_language(language, line=article.line)} · {notes}"
    for section_index, section in enumerate(article.sections):
        heading = section.heading or _MESSAGES["before_headings"].in_language(language)
        passage_count = passages[index, section_index]
        passage_text = (
            f"  ({_NOUNS.count('passages', passage_count).in_language(language)})"
            if passage_count
            else ""
        )
        yield f"   {'  ' * max(len(section.path) - 1, 0)}{heading}{passage_text}"


def _format_findings(publication: Publication, language: Language) -> Iterator[str]:
    yield _MESSAGES["read_report"].in_language(language)
    for finding in publication.findings:
        yield f"  {finding.message.in_language(language)}"
    if not publication.findings:
        yield f"  {_MESSAGES['nothing_to_report'].in_language(language)}"


def _format_set_aside(pieces: Sequence[SetAside], language: Language) -> Iterator[str]:
    yield _MESSAGES["set_aside"].in_language(language)
    for reason in get_args(SetAsideReason):
        matching = [piece for piece in pieces if piece.reason == reason]
        if not matching:
            continue
        lines = [str(piece.line) for piece in matching]
        shown = ", ".join(lines[:_MAX_LINES]) + (" …" if len(lines) > _MAX_LINES else "")
        number = _NOUNS.count("pieces", len(matching)).in_language(language)
        message = _MESSAGES["lines"] if len(lines) > 1 else _MESSAGES["line"]
        lines_text = message.in_language(language, line=shown, lines=shown)
        yield "  " + _format_labelled(
            _MESSAGES[f"set_aside_reason.{reason}"], f"{number} ({lines_text})", language
        )


def _format_account(account: CharacterAudit, language: Language) -> Iterator[str]:
    yield _MESSAGES["character_account"].in_language(language)
    for category, number in account.by_destination.items():
        kind, _, reason = category.partition(": ")
        category_label = _MESSAGES[f"character_category.{kind}"]
        name = category_label.in_language(language)
        if reason:
            name = _format_labelled(
                category_label,
                _MESSAGES[f"set_aside_reason.{reason}"].in_language(language),
                language,
            )
        yield f"  {number:>9,}  {name}"
    total = f"{account.total:,}"
    yield f"  {total:>9}  {_MESSAGES['character_total'].in_language(language)}"
    for message, counts in (
        (_MESSAGES["missing_characters"], account.missing),
        (_MESSAGES["extra_characters"], account.extra),
    ):
        if counts:
            yield f"  {message.in_language(language, number=sum(counts.values()))}"


def _format_labelled(label: Message, value: str, language: Language) -> str:
    return _MESSAGES["labelled"].in_language(
        language, label=label.in_language(language), value=value
    )


def outline_to_dict(inspected: InspectedFile, *, with_text: bool = False) -> dict[str, Any]:
    """Return what was read, as `inspect.schema.json` describes it."""
    publication, account = inspected.publication, inspected.account
    return {
        "file": inspected.file,
        "id": publication.id,
        "title": publication.title,
        "title_translated": publication.title_translated,
        "number": publication.number,
        "date": publication.date.isoformat() if publication.date else None,
        "date_printed": publication.date_printed,
        "publisher": publication.publisher,
        "publisher_translated": publication.publisher_translated,
        "sources": dict(publication.metadata_sources),
        "articles": [
            _article_to_dict(article, [p for p in inspected.passages if p.article_index == index])
            | ({"paragraphs": list(_iterate_paragraphs(article))} if with_text else {})
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
            "places": account.by_destination,
            "missing": account.missing,
            "extra": account.extra,
        },
    }


def _iterate_paragraphs(article: Article) -> Iterator[dict[str, Any]]:
    """Yield the article's title, headings and paragraphs, each with its marks."""
    yield _text_to_dict("title", article.title, article.marks, ())
    for section in article.sections:
        if section.heading:
            yield _text_to_dict("heading", section.heading, section.marks, section.regions)
        for paragraph in section.paragraphs:
            yield _text_to_dict(paragraph.kind, paragraph.text, paragraph.marks, paragraph.regions)


def _text_to_dict(
    kind: str, text: str, marks: Sequence[NoteMark], regions: Sequence[PageRegion]
) -> dict[str, Any]:
    return {
        "kind": kind,
        "text": text,
        "page": regions[0].page if regions else None,
        "page_label": regions[0].label if regions else "",
        "marks": [{"note": mark.note, "offset": mark.offset} for mark in marks],
    }


def _article_to_dict(article: Article, passages: Sequence[Passage]) -> dict[str, Any]:
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
                "passages": sum(1 for passage in passages if passage.section_index == index),
            }
            for index, section in enumerate(article.sections)
        ],
        "notes": [
            {
                "number": note.number,
                "line": note.line,
                "page": note.regions[0].page if note.regions else None,
                "page_label": note.regions[0].label if note.regions else "",
                "text": note.text,
                "marks": [{"note": mark.note, "offset": mark.offset} for mark in note.marks],
                "sources": [{"text": s.text, "urls": list(s.urls)} for s in note.sources],
                "explanation": note.explanation,
                "resolves_to": note.resolves_to,
                "see_also": list(note.see_also),
                "is_unresolved": note.is_unresolved,
            }
            for note in article.notes
        ],
    }
