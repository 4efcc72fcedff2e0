"""The book, journal or site that a work is in, where no sign sets its title off."""

from __future__ import annotations

import re

from index.references.draft import Draft
from index.references.names import parse_names
from index.references.remainder import TITLE, clean

_HIDDEN = "\ue000-\ue004"
_NAMES = r"(?P<names>[^\d" + _HIDDEN + r"]{2,120}?)"
_BOOK_TITLE = rf"(?P<title>[^\d{_HIDDEN}(,.。;:][^{_HIDDEN}(,.。;:]{{1,150}}(?:（[^（）]+）)?)"
_BOOKS = (
    re.compile(
        rf"[\s,.;:{_HIDDEN}]*\b[Ii]n:? (?P<title>[^\d{_HIDDEN}(]{{3,150}}?)\s?\(eds? {_NAMES}\)"
    ),
    re.compile(
        rf"[\s,.;:{_HIDDEN}]*\b[Ii]n:? {_NAMES},?\s?[(]?\b(?:[Ee]ds?|[Hh]rsg"
        rf"|orgs?)\.?[)]?[,.:]?\s+{_BOOK_TITLE}"
    ),
    re.compile(
        rf"[\s,.。;:{_HIDDEN}]*(?:载于?|收于|收入|见|刊于|//)\s?:?\s?{_NAMES}[(,]?\s?(?:主编|编"
        rf"|编著)[)]?[,.:]?\s?{_BOOK_TITLE}"
    ),
    re.compile(rf"[\s,.。;:{_HIDDEN}]*//\s?(?P<names>[^.{_HIDDEN}]{{2,20}})\.\s?{_BOOK_TITLE}"),
    re.compile(
        rf"[\s,.。;:{_HIDDEN}]*(?:载于?|收于|收入|见|刊于|//)\s?:?\s?(?P<title>[^\d{_HIDDEN},.。;:(][^"
        rf"{_HIDDEN},.。;:]{{1,80}})"
    ),
    re.compile(rf"[\s,.;:{_HIDDEN}]*\b[Ii]n:? {_BOOK_TITLE}"),
)
_TEXT = re.compile(
    rf"[\s,.。:;，、・{_HIDDEN}(]*+(?:[Ii]n:? )?\s*"
    rf"([^\W\d_a-z][^\d{_HIDDEN}(\[,，。;<《〈]*?(?:\.(?= ?[A-Z]| ?[\d\ue001-\ue003(]"
    rf"|,)[^\d{_HIDDEN}(\[,，。;<《〈]*?)*"
    r"(?: ?\([A-Z][a-z]{2,8}\))?)"
    rf"(?<!\s)\s*(?=[\d{_HIDDEN}(\[,，。;<]|$)"
)


def take_book_around(draft: Draft) -> bool:
    """Return whether a chapter is in a book, and read the book and its editors.

    Args:
        draft: The reference, its authors and title hidden.
    """
    for form in _BOOKS:
        match = form.match(draft.folded, draft.title_end)
        if match is None:
            continue
        if not draft.title:  # "L. Teague, in Turbulence at Sea"
            draft.title = clean(draft.remainder.text[slice(*match.span("title"))])
        else:
            draft.container = clean(draft.remainder.text[slice(*match.span("title"))])
            draft.container_end = match.end("title")
            draft.is_in_book = True
        if "names" in form.groupindex:
            draft.editors = parse_names(draft.remainder.text[slice(*match.span("names"))]).people
        draft.remainder.take(match.span(), TITLE)
        return True
    return False


def take_container_text(draft: Draft) -> None:
    """Read the text after a title, up to the next number, date or sign, as the container.

    Args:
        draft: The reference, its authors and title hidden.
    """
    match = _TEXT.match(draft.folded, draft.title_end)
    if match is None or len(clean(match[1])) < 2:
        return
    draft.container = clean(draft.remainder.text[slice(*match.span(1))])
    draft.remainder.take(match.span(1))
    draft.container_end = match.end(1)
