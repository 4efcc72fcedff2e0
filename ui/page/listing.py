"""A listing as its template shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from index.document import NoteMark, Span
from index.messages import Language
from rag.answer.model import Answer, Citation, CitedNote, ListingGroup
from rag.render.listing import (
    format_group_remark,
    format_group_title,
    format_headline,
    format_location,
    get_item_text,
    list_item_notes,
    list_items,
)
from rag.render.rich_text import TextRun, split_paragraphs
from ui.page.reading.addresses import format_passage_address

_MAX_OPEN_ITEMS = 30  # of a listing with more, only the first group is open


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item: a sentence, or a note.

    Attributes:
        runs: The sentence with its marks; empty for a note.
        note: The note; None for a sentence.
        is_named: Whether the group above names what the note cites, so that its number is enough.
        location: Where it stands, in words.
        address: Where the article is opened at it.
        notes: The notes that the sentence rests on.
    """

    runs: tuple[TextRun, ...]
    note: CitedNote | None
    is_named: bool
    location: str
    address: str
    notes: tuple[CitedNote, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    """Items under one heading, with what has to be said before and after them."""

    title: str
    lead: str
    remark: str
    is_open: bool
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class ListingView:
    """A listing: what it is, a line each, and its groups."""

    lines: tuple[str, ...]
    groups: tuple[GroupView, ...]


def build_listing_view(answer: Answer, language: Language) -> ListingView | None:
    """Return the listing of an answer as the template shows it; None if it has none."""
    if answer.listing is None:
        return None
    lines = tuple(format_headline(answer.listing, language))
    return ListingView(lines, tuple(_build_groups(answer, language)))


def _build_groups(answer: Answer, language: Language) -> Iterator[GroupView]:
    listing = answer.listing
    if listing is None:
        return
    is_short = sum(len(group.items) for group in listing.groups) <= _MAX_OPEN_ITEMS
    for index, group in enumerate(listing.groups):
        remark = format_group_remark(listing, group, language)
        is_lead = listing.form == "comparison"
        yield GroupView(
            format_group_title(listing, group),
            remark if is_lead else "",
            "" if is_lead else remark,
            is_short or index == 0,
            tuple(_build_items(answer, group, language)),
        )


def _build_items(answer: Answer, group: ListingGroup, language: Language) -> Iterator[ItemView]:
    for citation, item in list_items(answer, group):
        notes = list_item_notes(citation, item)
        evidence = citation.evidence[item.evidence]
        is_note = evidence.note is not None
        yield ItemView(
            () if is_note else tuple(_build_runs(citation, evidence.span)),
            notes[0] if is_note else None,
            answer.listing is not None and not get_item_text(answer.listing, citation, item),
            format_location(answer, citation, item, language) or citation.article.title,
            format_passage_address(replace(citation, evidence=(evidence,))),
            () if is_note else notes,
        )


def _build_runs(citation: Citation, span: Span) -> Iterator[TextRun]:
    """Yield the sentence of a span with the marks in it."""
    marks = tuple(
        NoteMark(mark.offset - span.start, mark.note)
        for mark in citation.marks
        if span.start < mark.offset <= span.end
    )
    text = citation.text[span.start : span.end]
    for paragraph in split_paragraphs(text, marks):
        yield from paragraph
