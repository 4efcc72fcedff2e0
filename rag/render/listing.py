"""A Listing in words: what it is, where each item stands, and the notes that it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from index.messages import Language, MessageCatalogue
from index.text.scripts import fold
from rag.answer.model import Answer, Citation, CitedNote, ListedItem, Listing, ListingGroup
from rag.render.labels import (
    collapse_whitespace,
    get_publication_title,
    get_separate_number,
)
from rag.render.rich_text import split_paragraphs

_MESSAGES = MessageCatalogue("rag", "listing")
_LABELS = MessageCatalogue("rag", "labels")


def format_headline(listing: Listing, language: Language) -> list[str]:
    """Return what a listing is, with its count, and what has to be said of it, a line each.

    Args:
        listing: The listing.
        language: The language of the lines; what is quoted stays as printed.
    """
    table = "headline" if listing.count else "none"
    if listing.remark in ("claim-without-note", "too-many-notes"):
        return [_MESSAGES[f"none.{listing.remark}"].in_language(language)]
    if listing.remark == "numbered-note":
        key = f"{table}.numbered_note{'s' if listing.count > 1 else ''}"
        return [_MESSAGES[key].in_language(language, number=listing.subject, count=listing.count)]
    name = f"most_cited_{listing.counted}" if listing.counted and listing.count else listing.form
    lines = [
        _MESSAGES[f"{table}.{name}"].in_language(
            language,
            subject=_strip_emphasis(listing.subject) or _MESSAGES["library"].in_language(language),
            count=listing.count,
            groups=len(listing.groups),
        )
    ]
    others = {fold(word) for word in listing.words} - {fold(listing.subject)}
    if listing.count and (len(listing.words) > 1 or (others and listing.form == "mentions")):
        separator = ", " if language == "en" else "、"
        lines.append(_MESSAGES["words"].in_language(language, words=separator.join(listing.words)))
    if listing.remark:
        lines.append(_MESSAGES[f"remark.{listing.remark}"].in_language(language))
    return lines


def format_group_title(listing: Listing, group: ListingGroup) -> str:
    """Return the heading of a group, with its count where the listing counts.

    Args:
        listing: The listing.
        group: One of its groups.
    """
    title = _strip_emphasis(group.title)
    counts = listing.form in ("notes", "works", "mentions")
    return f"{title} ({group.count})" if counts else title


def format_group_remark(listing: Listing, group: ListingGroup, language: Language) -> str:
    """Return what has to be said of a group: that not all is shown, or only the nearest; or "".

    Args:
        listing: The listing.
        group: One of its groups.
        language: The language of the line.
    """
    if listing.form == "comparison" and not group.count:
        return _MESSAGES["nearest"].in_language(language)
    hidden = group.count - len(group.items)
    if listing.form != "notes" or hidden < 1:
        return ""
    return _MESSAGES["more"].in_language(language, number=hidden)


def format_location(
    answer: Answer, citation: Citation, item: ListedItem, language: Language
) -> str:
    """Return where an item stands: headings and page, and what the group above does not name.

    Args:
        answer: The answer.
        citation: The citation of the item.
        item: The item.
        language: The language of the reader.
    """
    publication = citation.publication
    number = get_separate_number(publication.title, publication.number)
    title = get_publication_title(publication, citation.article)
    issue = " ".join(part for part in (title, number) if part)
    is_only = len({other.publication.id for other in answer.citations}) == 1
    parts = ["" if is_only else issue]
    parts.append("" if _names_article(answer, citation) else citation.article.title)
    parts.append(" › ".join(citation.path))
    if item.page:
        parts.append(_LABELS["page"].in_language(language, page=item.page))
    return " · ".join(collapse_whitespace(part) for part in parts if part)


def get_item_text(listing: Listing, citation: Citation, item: ListedItem) -> str:
    """Return a sentence or note as printed; "" for a note of a work that its group names.

    Args:
        listing: The listing.
        citation: The citation of the item.
        item: The item.
    """
    if listing.form == "works" and listing.counted in ("", "work"):
        return ""
    return collapse_whitespace(citation.get_evidence_text(citation.evidence[item.evidence]))


def list_item_notes(citation: Citation, item: ListedItem) -> tuple[CitedNote, ...]:
    """Return the note that an item is, or the notes whose marks stand in its sentence.

    Args:
        citation: The citation of the item.
        item: The item.
    """
    evidence = citation.evidence[item.evidence]
    if evidence.note is not None:
        return (citation.get_note(evidence.note),)
    start, end = evidence.span
    numbers = {mark.note for mark in citation.marks if start < mark.offset <= end}
    return tuple(note for note in citation.notes if note.number in numbers)


def list_items(answer: Answer, group: ListingGroup) -> Iterator[tuple[Citation, ListedItem]]:
    """Yield the items of a group with their citations.

    Args:
        answer: The answer.
        group: A group of its listing.
    """
    return ((answer.citations[item.citation], item) for item in group.items)


def _names_article(answer: Answer, citation: Citation) -> bool:
    """Return whether a listing names the article of a citation above its items."""
    if answer.listing is None:
        return False
    titles = [answer.listing.subject, *(group.title for group in answer.listing.groups)]
    return citation.article.title in titles


def _strip_emphasis(text: str) -> str:
    """Return quoted text on one line, without the asterisks of emphasis."""
    lines = split_paragraphs(text)
    return collapse_whitespace(" ".join("".join(run.text for run in line) for line in lines))
