"""Which articles the words of a question mean: by place, author, title or publication."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

from index.arrays import Rows
from index.storage.library import Library
from index.storage.records import ArticleHeader
from index.text.characters import contains_han
from index.text.numbers import normalize_numbers
from index.text.patterns import load_patterns
from index.text.scripts import fold
from index.text.terms import analyze
from rag.query.entities import EntityLinker, LinkedEntities, select_first_publication
from rag.query.ordinal import parse_position
from rag.ranking.parameters import load_parameters
from rag.ranking.passages import ArticleKey
from rag.structured.parse import match_part

_ZH, _EN = (load_patterns("rag.structured", language) for language in ("zh", "en"))
_QUESTION_PATTERNS_ZH = load_patterns("rag.query", "zh")
_QUESTION_PATTERNS = load_patterns("rag.query")
_AND = re.compile(r"[和与跟及、]|, (?:and )?| (?:and|with|to|versus|vs\.?|from) ")
_SIDES = range(2, 6)  # of a comparison
_BEGINNING = 3  # letters of a word that its stem and its other forms share
_PUNCTUATION = re.compile(r"[\s《》〈〉「」『』\"'“”‘’?!.:,;()]+")


@dataclass(frozen=True, slots=True)
class Scope:
    """The articles that words of a question mean.

    Attributes:
        headers: The articles, in reading order.
        names_articles: Whether the words name articles: by place, author, title or as "this".
        names_publication: Whether they name a publication: by number, title or as "this issue".
    """

    headers: tuple[ArticleHeader, ...]
    names_articles: bool = False
    names_publication: bool = False

    @property
    def is_named(self) -> bool:
        """Whether the words name articles or a publication, rather than the whole library."""
        return self.names_articles or self.names_publication


class ScopeResolver:
    """Finds the articles that words mean. Thread-safe.

    Args:
        library: An open library.
        linker: Finds the authors and publications that words name.
    """

    def __init__(self, library: Library, linker: EntityLinker) -> None:
        self._linker = linker
        self._library = library

    def resolve(
        self,
        text: str,
        rows: Rows | None,
        find_previous: Callable[[], ArticleKey | None] = lambda: None,
        *,
        allows_any_title: bool = False,
    ) -> Scope | None:
        """Return the articles that words mean; None if it is not clear that they mean any.

        Args:
            text: The words, folded; "" means the whole library.
            rows: The passages that may be cited; None for all.
            find_previous: Returns the article that the answer before cited first.
            allows_any_title: Whether part of a title is enough to name an article, without a word
                that says that one is meant.
        """
        text = text.strip()
        entities = self._linker.link(text)
        headers = self._linker.select_headers(entities.publications, rows)
        if not text or match_part("whole-text", text):
            return Scope(tuple(headers)) if headers else None
        if match_part("this-article", text):
            return self._resolve_this(headers, find_previous)
        remainder = self._remove_publication(text)
        is_publication = entities.names_publication or remainder != text
        if entities.names_publication:
            headers = select_first_publication(headers)
        elif is_publication:
            headers = _select_this_publication(text, headers, find_previous)
        if not headers:
            return None
        named = self._resolve_articles(remainder, headers, entities, allows_any_title)
        if named is None:
            return None
        if named == headers and not is_publication:
            return None
        return Scope(tuple(named), named != headers or len(headers) == 1, is_publication)

    def resolve_sides(self, text: str, rows: Rows | None) -> list[Scope]:
        """Return the two to five articles or authors that words name; empty if they name others.

        Args:
            text: The words, folded.
            rows: The passages that may be cited; None for all.
        """
        entities = self._linker.link(text)
        headers = self._linker.select_headers(entities.publications, rows)
        remainder, positions = _take_positions(_remove(_names(entities), text))
        if not headers or _describe(remainder):
            return self._resolve_described_sides(text, rows)
        same = select_first_publication(headers)
        sides = [[same[position]] for position in positions if -len(same) <= position < len(same)]
        sides += [
            [header for header in headers if author in header.authors]
            for author in sorted(entities.authors, key=lambda name: _find_name(name, text))
        ]
        if len(sides) not in _SIDES:
            return []
        return [Scope(tuple(side), True) for side in sides if side]

    def _resolve_described_sides(self, text: str, rows: Rows | None) -> list[Scope]:
        """Return the articles that words describe on either side of an "and" or a comma."""
        parts = [part for part in _AND.split(text) if part.strip()]
        sides = [self.resolve(part, rows) for part in parts] if len(parts) in _SIDES else []
        named = [side for side in sides if side is not None and side.names_articles]
        return named if len(named) == len(parts) else []

    def _resolve_this(
        self, headers: Sequence[ArticleHeader], find_previous: Callable[[], ArticleKey | None]
    ) -> Scope | None:
        if len(headers) == 1:
            return Scope(tuple(headers), True)
        previous = find_previous()
        chosen = [
            header
            for header in headers
            if (header.publication_id, header.article_index) == previous
        ]
        return Scope(tuple(chosen), True) if chosen else None

    def _remove_publication(self, text: str) -> str:
        """Return words without those for a publication."""
        for pattern in (_ZH["this-issue"], _EN["this-issue"], _QUESTION_PATTERNS["issue-number"]):
            text = pattern.sub(" ", text)
        return _remove(self._publication_titles, text)

    def _resolve_articles(
        self,
        text: str,
        headers: list[ArticleHeader],
        entities: LinkedEntities,
        allows_any_title: bool,
    ) -> list[ArticleHeader] | None:
        """Return the articles that words name; None if they say what names none."""
        remainder, positions = _take_positions(_remove(_names(entities), text))
        chosen = headers
        if positions:
            same = select_first_publication(headers)
            chosen = [
                same[position] for position in positions if -len(same) <= position < len(same)
            ]
        if entities.authors:
            chosen = [header for header in chosen if entities.authors & set(header.authors)]
        description = _describe(remainder)
        if description:
            is_marked = allows_any_title or _describe(remainder, with_articles=True) != description
            chosen = self._select_described(description, chosen, is_marked) or _select_by_surname(
                description, chosen
            )
        return chosen or None

    def _select_described(
        self, description: str, headers: Iterable[ArticleHeader], is_marked: bool
    ) -> list[ArticleHeader]:
        """Return the articles whose titles a description, or what the glossary has for it, is in.

        Where no word says that an article is meant, it has to be most of the title.
        """
        share = 0.0 if is_marked else load_parameters().metadata.min_title_overlap
        matches = [_match_titles(form, share) for form in self._list_forms(description)]
        return [
            header
            for header in headers
            if any(is_part(title) for is_part in matches for title in header.titles)
        ]

    def _list_forms(self, description: str) -> Iterator[str]:
        """Yield a description, and what the glossary has for it."""
        yield description
        compact = _compact(description)
        for forms in self._glossed_forms:
            if any(_is_form(compact, whole) for whole in forms.values()):
                yield from forms

    @cached_property
    def _glossed_forms(self) -> tuple[dict[str, str], ...]:
        """The forms of each gloss, folded, with them without blanks and punctuation."""
        return tuple(
            {form: _compact(form) for form in map(fold, stored.gloss.forms)}
            for stored in self._library.glosses()
            if stored.gloss.kind != "title"
        )

    @cached_property
    def _publication_titles(self) -> tuple[str, ...]:
        """The titles of all publications, folded."""
        titles = (
            fold(title)
            for summary in self._library.publications()
            for title in (summary.title, summary.title_translated)
        )
        return tuple(title for title in titles if len(title) > 1)


def _select_this_publication(
    text: str, headers: list[ArticleHeader], find_previous: Callable[[], ArticleKey | None]
) -> list[ArticleHeader]:
    """Return the articles of "this" publication: that of the answer before, else the newest one.

    "This document" is none of several where there is no answer before.
    """
    newest = select_first_publication(headers)
    if newest == headers or _matches("newest-issue", text):
        return newest
    previous = find_previous()
    same = [header for header in headers if previous and header.publication_id == previous[0]]
    return same or ([] if _matches("this-document", text) else newest)


def _matches(name: str, text: str) -> bool:
    return any(patterns[name].search(text) for patterns in (_ZH, _EN))


def _select_by_surname(description: str, headers: Iterable[ArticleHeader]) -> list[ArticleHeader]:
    """Return the articles of the one author whose romanised name has a word as family name.

    Short family names are words of other questions, too; of a structured one they are all that is
    left.
    """
    surname = description.removesuffix("'s")
    by_author: dict[str, list[ArticleHeader]] = {}
    for header in headers:
        for author in header.authors:
            if surname.isascii() and surname in _list_surnames(author):
                by_author.setdefault(author, []).append(header)
    return next(iter(by_author.values())) if len(by_author) == 1 else []


def _list_surnames(author: str) -> set[str]:
    """Return the first and the last words of the forms of a name, folded, without given names."""
    words = [re.split(r"[ ,]+", fold(form).strip()) for form in author.split("\n")]
    ends = {word for form in words for word in (form[0], form[-1])}
    return {word for word in ends if len(word) > 1 and "-" not in word}


def _names(entities: LinkedEntities) -> list[str]:
    return [mention for mention in entities.mentions if mention not in entities.topics]


def _remove(names: Iterable[str], text: str) -> str:
    for name in names:
        text = text.replace(name, " ")
    return text


def _find_name(author: str, text: str) -> int:
    places = [text.find(part) for name in author.split("\n") for part in re.split("[ -]", name)]
    return min((place for place in places if place >= 0), default=len(text))


def _take_positions(text: str) -> tuple[str, list[int]]:
    """Return words without those that name articles by place, and the places, from 0."""
    positions = []
    text = normalize_numbers(text) if contains_han(text) else text  # "article 3" is no 第3条
    while (match := _QUESTION_PATTERNS_ZH["ordinal-article"].search(text)) is not None:
        position = parse_position(match)
        if position is None:
            break
        positions.append(position)
        text = text[: match.start()] + " 篇文章 " + text[match.end() :]
    if positions or not _EN["article-word"].search(text):
        return text, positions
    for match in _EN["position"].finditer(text):
        position = parse_position(match)
        if position is not None:
            positions.append(position)
    return _EN["position"].sub(" ", text), positions


def _describe(text: str, *, with_articles: bool = False) -> str:
    """Return what words say of an article's subject; "" if they only name it."""
    if not with_articles:
        text = _EN["article-word"].sub(" ", _ZH["article-word"].sub(" ", text))
    filler = _ZH["scope-filler"] if contains_han(text) else _EN["scope-filler"]
    previous = ""
    while text != previous:
        previous, text = text, filler.sub(" ", text).strip()
    return " ".join(text.split())


def _compact(text: str) -> str:
    return _PUNCTUATION.sub("", text)


@lru_cache(maxsize=20_000)
def _read_title_terms(title: str) -> frozenset[str]:
    return frozenset(analyze(title))


def _match_titles(description: str, share: float) -> Callable[[str], bool]:
    """Return what says whether a description is in a title, and at least a share of it.

    A large library has tens of thousands of titles: only those that can match are analysed.
    """
    if contains_han(description):
        return partial(_is_in_chinese_title, _compact(description), share)
    terms = frozenset(analyze(description))
    beginnings = [
        term[:_BEGINNING]
        for term in terms
        if len(term) > _BEGINNING and term.isascii() and term.isalpha()
    ]

    def has_terms_in(title: str) -> bool:
        if not terms or not all(beginning in title for beginning in beginnings):
            return False
        title_terms = _read_title_terms(title)
        return terms <= title_terms and len(terms) >= share * len(title_terms)

    return has_terms_in


def _is_in_chinese_title(part: str, share: float, title: str) -> bool:
    if len(part) <= 1 or part[0] not in title or part[-1] not in title:
        return False
    whole = _compact(title)
    is_part = part in whole or (len(part) > 2 and _is_subsequence(part, whole))
    return is_part and len(part) >= share * len(whole)


def _is_form(compact: str, whole: str) -> bool:
    """Return whether a description is a form of a gloss, or in Chinese a shortened one."""
    is_short = len(compact) > 2 and contains_han(compact) and _is_subsequence(compact, whole)
    return compact == whole or is_short


def _is_subsequence(part: str, whole: str) -> bool:
    """Return whether the characters of a part stand in a text in their order: 朝俄關係."""
    characters = iter(whole)
    return all(character in characters for character in part)
