"""List what the person who adds a file should know: text that is not read as it stands there."""

from __future__ import annotations

from index.document import Finding, FindingKind, Publication
from index.messages import Message, MessageCatalogue

_MESSAGES = MessageCatalogue("index", "readers")

_MIN_LOST = 200  # characters
_MAX_LINES = 5
_MAX_WARNINGS = 5  # of one kind
WARNED_KINDS: tuple[FindingKind, ...] = (
    "suspect-text",
    "missing-file",
    "unread-page",
    "picture-page",
    "recognized-page",
    "set-aside",
    "unsure-encoding",
    "unread-notes",
    "unread-marks",
)
"""What is said of each finding by itself when a file is added, the gravest first."""

_COUNTED: tuple[tuple[FindingKind, str], ...] = (
    ("missing-note", "missing_notes"),
    ("missing-mark", "missing_marks"),
    ("unresolved", "unresolved_notes"),
)


def find_lost_text(publication: Publication) -> Finding | None:
    """Return a finding where most of the text is set aside as a cover; None where it is not.

    Contents, running heads, labels and markup do not count: they belong to no article.

    Args:
        publication: As it was read.
    """
    covers = [piece for piece in publication.set_aside if piece.reason == "cover"]
    lost = sum(len(piece.text) for piece in covers)
    texts = [note.text for article in publication.articles for note in article.notes]
    for article in publication.articles:
        for section in article.sections:
            texts += [section.heading, *(paragraph.text for paragraph in section.paragraphs)]
    if lost <= max(sum(map(len, texts)), _MIN_LOST):
        return None
    first, last = covers[0].line, covers[-1].line
    share = lost / (lost + sum(map(len, texts)))
    message = _MESSAGES["finding.set_aside"].format(share=share, line=first, last_line=last)
    return Finding("set-aside", first, message)


def list_warnings(publication: Publication) -> list[Message]:
    """Return what is to be said when a file is added, the gravest first.

    Args:
        publication: As it was read.
    """
    warnings = [
        finding.message
        for kind in WARNED_KINDS
        for finding in [item for item in publication.findings if item.kind == kind][:_MAX_WARNINGS]
    ]
    for kind, name in _COUNTED:
        places = [finding.line for finding in publication.findings if finding.kind == kind]
        if places:
            lines = ", ".join(map(str, dict.fromkeys(places[:_MAX_LINES])))
            message = _MESSAGES[f"finding.{name}"].format(number=len(places), lines=lines)
            warnings.append(message)
    return warnings
