"""Questions about a publication rather than of it: who wrote which article, in which issue, ….

The patterns (`patterns/{zh,en}.toml`) look for a field of the metadata and for an article or a
publication that it is asked of; "the author argues …" has neither. What is left of a question
without the words that ask is the subject: it says which article is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from index.storage.records import ArticleHeader
from index.text.patterns import load_patterns
from index.text.scripts import fold
from index.text.terms import analyze
from rag.answer.model import MetadataField
from rag.query.answer_type import asks_for_source
from rag.query.ordinal import parse_ordinal
from rag.ranking.parameters import load_parameters

_PATTERNS = load_patterns("rag.query")
_PATTERNS_ZH = load_patterns("rag.query", "zh")
_PATTERNS_EN = load_patterns("rag.query", "en")

_FIELD_PATTERNS: dict[MetadataField, str] = {
    "author": "asks-author",
    "institute": "asks-institute",
    "topics": "asks-topics",
    "page": "asks-page",
    "number": "asks-number",
    "date": "asks-date",
    "publisher": "asks-publisher",
    "imprint": "asks-imprint",
    "title": "asks-title",
}

PUBLICATION_FIELDS: frozenset[MetadataField] = frozenset(("number", "date", "publisher", "imprint"))
"""The fields of a publication that its articles do not have."""

_SELF_CONTAINED_FIELDS: tuple[MetadataField, ...] = ("author", "imprint", "number", "publisher")
_COLON = re.compile("[:：—]")


@dataclass(frozen=True, slots=True)
class MetadataQuery:
    """A question of the metadata.

    Attributes:
        fields: The fields that it asks for, authors first and titles last.
        subject: Its words about the article that it means, folded; "" if there are none.
        mentions_article: Whether it mentions an article.
        mentions_author: Whether it, or the question before it, mentions an author.
        mentions_publication: Whether it mentions a publication, or all articles.
        text: The whole question, folded.
        article_position: The position of the article that it means, from 0 or, negative, from the
            end; None if it gives none.
    """

    fields: tuple[MetadataField, ...]
    subject: str
    mentions_article: bool
    mentions_author: bool
    mentions_publication: bool
    text: str
    article_position: int | None = None

    @property
    def is_self_contained(self) -> bool:
        """Whether it can be asked of any publication without naming one."""
        return self.fields[0] in _SELF_CONTAINED_FIELDS

    @property
    def is_about_publication(self) -> bool:
        """Whether it asks only for fields of a publication, and mentions no article."""
        return (
            self.mentions_publication
            and not self.mentions_article
            and PUBLICATION_FIELDS.issuperset(self.fields)
        )

    def matches_title(self, headers: Iterable[ArticleHeader]) -> bool:
        """Return whether its subject is all or most of an article's title.

        Args:
            headers: The articles.
        """
        return any(
            _matches_title(self.subject, title) for header in headers for title in header.titles
        )


@dataclass(frozen=True, slots=True)
class _Features:
    """The properties of a question that decide which fields it asks for.

    Attributes:
        remainder: The question, folded, without names and with ordinals replaced.
        subject: As in `MetadataQuery`.
        has_name: Whether it names an author, a topic or a publication of the library.
        has_ordinal: Whether it names an article by its position.
    """

    remainder: str
    subject: str
    has_name: bool
    has_ordinal: bool
    mentions_article: bool
    mentions_author: bool
    mentions_publication: bool
    asks_which_article: bool
    asks_for_list: bool


def parse_metadata_query(
    question: str, names: Iterable[str] = (), institutes: Iterable[str] = ()
) -> MetadataQuery | None:
    """Return what a question asks of the metadata; None for one that the text has to answer.

    Args:
        question: The question.
        names: The authors, topics and titles of publications that it names, folded.
        institutes: The institutes that it names, folded; texts mention these, too.
    """
    text = fold(question).strip()
    if _PATTERNS["citation-question"].search(text):
        return None
    is_of_law = _PATTERNS["legal-article"].search(text) is not None
    ordinal = parse_ordinal(text)
    if is_of_law and ordinal is None:
        return None
    if _PATTERNS["asks-publications"].fullmatch(text):
        return _build_publications_query(text)
    remainder = ordinal.remainder if ordinal else text
    remainder = _remove(institutes, remainder)
    names = list(names)
    features = _extract_features(_remove(names, remainder), bool(names), ordinal is not None)
    fields = _choose_fields(question, features)
    # "Article 3" may be one of a law, which has no author.
    if not fields or (is_of_law and fields != ["author"]):
        return None
    return MetadataQuery(
        tuple(fields),
        features.subject,
        features.mentions_article,
        features.mentions_author,
        features.mentions_publication,
        text,
        ordinal.position if ordinal else None,
    )


def _choose_fields(question: str, features: _Features) -> list[MetadataField]:
    """Return the fields that a question asks for; none if it asks what a text rests on."""
    fields = [
        field
        for field, name in _FIELD_PATTERNS.items()
        if _PATTERNS[name].search(features.remainder)
    ]
    if (
        asks_for_source(question)
        and "author" not in fields
        and not (features.asks_which_article or features.asks_for_list)
    ):
        return []
    return _add_title_fields([field for field in fields if _is_allowed(field, features)], features)


def _build_publications_query(text: str) -> MetadataQuery:
    return MetadataQuery(
        ("publications",),
        subject="",
        mentions_article=False,
        mentions_author=False,
        mentions_publication=True,
        text=text,
    )


def parse_elliptic_follow_up(
    question: str, previous_query: MetadataQuery, names: Iterable[str] = ()
) -> MetadataQuery | None:
    """Return the query of a question that only names another article; None for other questions.

    Such are 那夜市那篇呢？ and "And the one on tides?".

    Args:
        question: The question.
        previous_query: The query of the question before it.
        names: As for `parse_metadata_query`.
    """
    text = fold(question).strip()
    if _PATTERNS["elliptic-follow-up"].search(text) is None:
        return None
    return replace(
        previous_query,
        subject=_extract_subject(_remove(names, text)),
        mentions_article=True,
        mentions_publication=False,
        text=text,
    )


def mentions_article_or_author(question: str) -> bool:
    """Return whether a question mentions an article or an author.

    Args:
        question: The question.
    """
    text = fold(question)
    return any(_PATTERNS[name].search(text) for name in ("article", "author-mention"))


def is_possible_metadata_query(text: str) -> bool:
    """Return whether a question may ask for metadata: a cheap test without false negatives.

    Args:
        text: The question, folded.
    """
    names = (
        *_FIELD_PATTERNS.values(),
        "list-question",
        "which-article",
        "works-by-author",
        "article",
        "asks-publications",
    )
    return any(_PATTERNS[name].search(text) for name in names)


def _remove(names: Iterable[str], text: str) -> str:
    for name in names:
        text = text.replace(name, " ")
    return text


def _extract_features(remainder: str, has_name: bool, has_ordinal: bool) -> _Features:
    mentions_article = _PATTERNS["article"].search(remainder) is not None
    mentions_publication = any(
        _PATTERNS[name].search(remainder) for name in ("publication", "issue-number", "other-items")
    )
    asks_which_article = _PATTERNS["which-article"].search(remainder) is not None and not (
        "which" in remainder and _PATTERNS["topic-verb"].search(remainder) is None
    )
    asks_for_list = _PATTERNS["list-question"].search(remainder) is not None and (
        mentions_article or mentions_publication
    )
    return _Features(
        remainder=remainder,
        subject=_extract_subject(remainder),
        has_name=has_name,
        has_ordinal=has_ordinal,
        mentions_article=mentions_article,
        mentions_author=_PATTERNS["author-mention"].search(remainder) is not None,
        mentions_publication=mentions_publication,
        asks_which_article=asks_which_article,
        asks_for_list=asks_for_list,
    )


def _is_allowed(field: MetadataField, features: _Features) -> bool:
    """Return whether a field is asked for, rather than a word that a question of the text has."""
    if not features.subject and (
        field in _SELF_CONTAINED_FIELDS or _PATTERNS["pronoun"].search(features.remainder)
    ):
        return True
    if field == "author":
        return True
    if field == "institute":
        return features.has_name or features.mentions_author
    return (
        features.mentions_article
        or features.mentions_publication
        or features.has_name
        or features.mentions_author
    )


def _add_title_fields(fields: list[MetadataField], features: _Features) -> list[MetadataField]:
    """Return the fields, with the titles that a question asks for without a word for them."""
    if features.asks_which_article and not set(fields) - {"title", "topics"}:
        fields = ["title"] if features.subject or features.has_name else ["articles"]
    elif not fields and _asks_for_title(features):
        fields = ["title"]
    if features.asks_for_list and not features.subject and not set(fields) - {"title"}:
        fields = ["articles"]
    return fields


def _asks_for_title(features: _Features) -> bool:
    """Return whether a question asks what somebody wrote, or only names one article."""
    if features.has_name and _PATTERNS["works-by-author"].search(features.remainder):
        return True
    return (
        features.mentions_article
        and not features.subject
        and (features.has_name or features.has_ordinal)
    )


def _extract_subject(text: str) -> str:
    """Return a question without the words that ask; "" if nothing but filler words is left."""
    for name in (
        "list-question",
        *reversed(_FIELD_PATTERNS.values()),
        "which-article",
        "works-by-author",
        "issue-number",
        "in-library",
        "publication",
        "article",
    ):
        text = _PATTERNS[name].sub(" ", text)
    text = _PATTERNS_EN["filler-words"].sub(" ", text)
    content = _PATTERNS_ZH["filler-words"].sub(" ", text)
    return " ".join(text.split()) if analyze(content) else ""


def _matches_title(subject: str, title: str) -> bool:
    """Return whether a subject is most of a title, with or without the part after its colon."""
    parameters = load_parameters().metadata
    subject_terms = set(analyze(subject))
    for part in (title, _COLON.split(title)[0]):
        title_terms = set(analyze(part))
        overlap = len(subject_terms & title_terms)
        longer = max(len(title_terms), len(subject_terms))
        if len(title_terms) > 1 and overlap >= parameters.min_title_overlap * longer:
            return True
    return len(subject_terms) > parameters.max_chance_prefix_terms and title.startswith(subject)
