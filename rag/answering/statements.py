"""What the metadata of an article or a publication say, field by field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from index.document import Article, Publication
from index.text.scripts import fold
from rag.answer.model import Field, Statement

_OFFICE = re.compile(r"(?P<label>[^/／:：、，,;；]{2,30}?)\s*[/／:：]\s*(?P<names>[^/／:：]+)$")
_NEXT = re.compile(r"\s+(?=[^\s/／:：、，,]{2,12}\s*[/／:：])")
_PARTED = re.compile(r"\s*[、，,;；]\s*")
_OFFICES: tuple[tuple[str, str], ...] = (
    (r"\b(?:chief|head) editor\b|\beditor(?:[ -]in[ -])chief\b|总编辑?(?!部)", "^总编|chief"),
    (r"\b(?:managing|executive) editor\b|执行(?:主编|编辑)", "执行|managing|executive"),
    (r"\b(?:deputy|associate) (?:chief )?editor\b|副总?(?:主编|编辑)", "^副.*编|deputy|associate"),
    (r"\bassistant editors?\b|助理编辑", "助理编|assistant"),
    (r"\bsenior editor\b|主任编辑", "主任编|senior"),
    (r"主编", "主编|总编|chief"),
    (r"\bpublish(?:er|es|ed)\b|发行人", "发行人|publisher"),
    (r"社长|\bpresident\b|\bdirector\b", "社长|院长|所长|president|director"),
    (r"编辑|编委|\bedit", "编|edit"),
    (r"版权页|\bimprint\b|\bmasthead\b", ""),
)
"""How questions name an office, and how imprints do; the first that a question names counts."""


def of_article(field: Field, article: Article) -> Statement | None:
    """What is printed over an article; None where nothing is."""
    if field == "author":
        names = [(author.name, author.romanised) for author in article.authors]
    elif field == "title":
        names = [(article.title, article.title_translated)]
    elif field == "institute":
        names = [(article.institute, "")]
    elif field == "topics":
        names = [(topic, "") for topic in article.topics]
    else:
        names = [(str(article.page), "")] if article.page is not None else []
    return _statement(field, names)


def of_publication(field: Field, front: Publication) -> Statement | None:
    """What is printed of a publication, the imprint left out; None where nothing is."""
    if field == "title":
        names = [(front.title, front.title_translated)]
    elif field == "number":
        names = [(front.number, "")]
    elif field == "date":
        names = [(front.date_printed or (front.date.isoformat() if front.date else ""), "")]
    elif field == "publisher":
        names = [(front.publisher, front.publisher_translated)]
    else:
        return None
    return _statement(field, names, whole=True)


def of_articles(field: Field, articles: Iterable[Article]) -> Statement | None:
    """What is printed over several articles of a publication, each once."""
    each: Field = "title" if field == "articles" else field
    said = [found for article in articles if (found := of_article(each, article))]
    names = dict.fromkeys(
        pair for one in said for pair in zip(one.values, one.translated, strict=True)
    )
    return _statement(field, list(names), whole=True)


def offices(imprint: str, question: str) -> tuple[Statement, ...]:
    """Who holds the offices of an imprint that a question names, in the order of print.

    Args:
        imprint: Line by line as printed, offices parted from names by a stroke or a colon.
        question: Folded.
    """
    held = [
        (match["label"].strip(), tuple(_PARTED.split(match["names"].strip())))
        for line in imprint.splitlines()
        for part in _NEXT.split(line)
        if (match := _OFFICE.match(part.strip()))
    ]
    exact = [label for label, _ in held if fold(label) in question]
    meant = next((theirs for ours, theirs in _OFFICES if re.search(ours, question)), None)
    return tuple(
        Statement("imprint", names, ("",) * len(names), label, whole=True)
        for label, names in held
        if (label in exact if exact else meant is not None and re.search(meant, fold(label)))
    )


def _statement(
    field: Field, names: Sequence[tuple[str, str]], *, whole: bool = False
) -> Statement | None:
    named = [pair for pair in names if pair[0]]
    if not named:
        return None
    values, translated = zip(*named, strict=True)
    return Statement(field, values, translated, whole=whole)
