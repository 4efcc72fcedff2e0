"""Answers from the structure of a library: lists, counts, outlines, comparisons, definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from index.arrays import Rows
from index.storage.library import Library
from index.storage.records import ArticleHeader
from index.text.characters import contains_han
from rag.answer.model import Citation, Listing, ListingGroup, ListingRemark
from rag.query import limits
from rag.query.entities import EntityLinker, select_first_publication
from rag.ranking.parameters import load_parameters
from rag.ranking.passages import ArticleKey
from rag.ranking.scoring import PassageRanker
from rag.structured.cited_works import CitedWorkFinder
from rag.structured.comparison import Side, SideComparer, read_years
from rag.structured.cues import split_at_cues
from rag.structured.follow_up import list_substitutions, read_substitute
from rag.structured.items import ItemCollector
from rag.structured.outline import Outliner
from rag.structured.parse import (
    CUES,
    QUOTATION_MARKS,
    StructuredQuestion,
    find_as_written,
    match_part,
    parse_structured_question,
)
from rag.structured.scope import Scope, ScopeResolver
from rag.structured.sources import SourceLister
from rag.structured.terms import TermFinder
from rag.structured.word_search import WordSearcher
from rag.works.model import Work

_FindPrevious = Callable[[], ArticleKey | None]


@dataclass(frozen=True, slots=True)
class _Request:
    """A question as it is understood, what it may be answered from, and what collects the items."""

    parsed: StructuredQuestion
    rows: Rows | None
    find_previous: _FindPrevious
    collector: ItemCollector


@dataclass(frozen=True, slots=True)
class StructuredAnswer:
    """An answer from the structure of a library.

    Attributes:
        listing: What it lists; a count of 0 says that there is none.
        citations: The citations of its items.
    """

    listing: Listing
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class _Understood:
    """A question as it was understood, and its answer."""

    parsed: StructuredQuestion
    answer: StructuredAnswer


class StructuredAnswerer:
    """Answers from the structure of one library. Thread-safe.

    Args:
        library: An open library.
        ranker: Ranks the passages of the library.
        linker: Finds the authors and publications that questions name.
        list_works: Returns the works that the notes of the library cite.
    """

    def __init__(
        self,
        library: Library,
        ranker: PassageRanker,
        linker: EntityLinker,
        list_works: Callable[[], tuple[Work, ...]],
    ) -> None:
        parameters = load_parameters()
        self._library = library
        self._parameters = parameters.structure
        self._max_earlier_questions = parameters.follow_up.max_earlier_questions
        self._loader = ranker.passage_loader
        self._resolver = ScopeResolver(library, linker)
        self._outliner = Outliner(library, self._loader, parameters.outline)
        self._comparer = SideComparer(ranker, parameters)
        searcher = WordSearcher(library, self._loader, self._parameters.max_read_passages)
        self._terms = TermFinder(library, self._loader, searcher)
        self._cited = CitedWorkFinder(library, self._loader, searcher, list_works, self._parameters)
        self._handlers = {
            "notes": self._list_notes,
            "works": self._list_works,
            "mentions": self._list_mentions,
            "outline": self._outline,
            "comparison": self._compare,
            "definition": self._define,
        }

    def answer(
        self,
        question: str,
        rows: Rows | None,
        find_previous: _FindPrevious,
        history: Sequence[str] = (),
    ) -> StructuredAnswer | None:
        """Return the answer of the structure; None if a sentence has to answer.

        Args:
            question: The question.
            rows: The passages that may be cited; None for all.
            find_previous: Returns the article that the answer before cited first.
            history: The questions before it, oldest first.
        """
        understood = self._understand(question, rows, find_previous, history)
        return understood.answer if understood else None

    def _understand(
        self,
        question: str,
        rows: Rows | None,
        find_previous: _FindPrevious,
        history: Sequence[str],
    ) -> _Understood | None:
        """Return how a question is understood, alone or as a follow-up, with its answer."""
        for parsed in chain(parse_structured_question(question), self._parse_cues(question, rows)):
            answer = self._answer_parsed(parsed, rows, find_previous)
            if answer is not None:
                return _Understood(parsed, answer)
        if not history or not read_substitute(question):
            return None
        *earlier, last = history[-self._max_earlier_questions :]
        previous = self._understand(last, rows, lambda: None, earlier)
        if previous is None:
            return None
        for parsed in list_substitutions(previous.parsed, question):
            answer = self._answer_parsed(parsed, rows, find_previous)
            # Words that no list has are rather a question of their own.
            is_narrowed = parsed.subject == previous.parsed.subject
            if answer is not None and (answer.listing.count or is_narrowed):
                return _Understood(parsed, answer)
        return None

    def _answer_parsed(
        self, parsed: StructuredQuestion, rows: Rows | None, find_previous: _FindPrevious
    ) -> StructuredAnswer | None:
        collector = ItemCollector(self._library, self._loader)
        request = _Request(parsed, rows, find_previous, collector)
        listing = self._handlers[parsed.form](request)
        return StructuredAnswer(listing, collector.build_citations()) if listing else None

    def outline(self, publication_id: str, article_index: int | None = None) -> StructuredAnswer:
        """Return the outline of an article, or a brief one of each article of a publication.

        Args:
            publication_id: The id of the publication.
            article_index: The index of the article in it; None for the whole publication.

        Raises:
            KeyError: If there is no such article, or it has no text.
        """
        headers = tuple(
            header
            for header in self._library.article_headers()
            if header.publication_id == publication_id
            and article_index in (None, header.article_index)
        )
        if not headers:
            raise KeyError((publication_id, article_index))
        is_whole = article_index is None
        scope = Scope(headers, names_articles=not is_whole, names_publication=is_whole)
        collector = ItemCollector(self._library, self._loader)
        listing = self._build_outline(scope, collector, is_brief=is_whole)
        return StructuredAnswer(listing, collector.build_citations())

    def _parse_cues(self, question: str, rows: Rows | None) -> Iterator[StructuredQuestion]:
        """Yield the ways to understand a question by its cue words, if nothing else is left."""
        for cued in split_at_cues(question):
            sides: list[str] = []
            scopes: list[str] = []
            subjects: list[str] = []
            for piece in cued.pieces:
                if cued.form == "comparison" and self._names_side(piece, rows):
                    sides.append(piece)
                elif (scope := self._resolver.resolve(piece, rows)) and scope.is_named:
                    scopes.append(piece)
                elif not match_part("whole-text", piece):
                    subjects.append(piece.strip(QUOTATION_MARKS))
            subjects = subjects or _list_subjects_of_years(sides)
            wants_subject = cued.form not in ("works", "outline")
            if len(subjects) == wants_subject and len(scopes) <= 1:
                subject = subjects[0] if subjects else ""
                yield StructuredQuestion(
                    cued.form,
                    CUES,
                    subject,
                    scopes[0] if scopes else "",
                    " 和 ".join(sides),
                    printed_subject=find_as_written(question, subject),
                )

    def _names_side(self, piece: str, rows: Rows | None) -> bool:
        """Return whether a piece of a comparison names articles or authors."""
        scope = self._resolver.resolve(piece, rows)
        names_one = scope is not None and scope.names_articles
        names_several = read_years(piece) or self._resolver.resolve_sides(piece, rows)
        return names_one or bool(names_several)

    def _resolve(self, request: _Request) -> Scope | None:
        return self._resolver.resolve(request.parsed.scope, request.rows, request.find_previous)

    def _list_notes(self, request: _Request) -> Listing | None:
        parsed = request.parsed
        if parsed.note:
            return self._list_numbered_notes(request)
        scope = self._resolve(request)
        if scope is None:
            return None
        for words in self._list_word_forms(parsed.subject):
            cited = self._cited.find_works_with(scope.headers, words)
            lister = self._build_lister(cited.works, request)
            listing = lister.list_notes(scope.headers, parsed.named_subject, words)
            if listing.count:
                return listing if cited.is_complete else replace(listing, remark="not-all")
            if not cited.is_complete:
                return None
        if _is_long(parsed.subject) or not parsed.states_absence:
            return None
        return self._list_nearest(request, scope)

    def _build_lister(self, works: Sequence[Work], request: _Request) -> SourceLister:
        """Return what lists works; those of one year, if the question names it."""
        year = request.parsed.year
        chosen = [work for work in works if _get_year(work) == year] if year else works
        return SourceLister(chosen, self._loader, request.collector)

    def _list_numbered_notes(self, request: _Request) -> Listing | None:
        """Return the note of a number in an article: in the previous one, else in all, unnamed."""
        parsed = request.parsed
        scope = self._resolver.resolve(
            parsed.scope, request.rows, request.find_previous, allows_any_title=True
        )
        if scope is None:
            return None
        lister = SourceLister((), self._loader, request.collector)
        previous = None if scope.is_named else request.find_previous()
        headers = [header for header in scope.headers if _key(header) == previous]
        if not (headers or scope.is_named) and len(scope.headers) > limits.MAX_LISTED_GROUPS:
            return None  # no reader looks through so many
        return lister.list_numbered(headers or scope.headers, parsed.note)

    def _list_nearest(self, request: _Request, scope: Scope) -> Listing:
        """Return, for what no note cites, where the text has it; else the most cited outlets."""
        subject = request.parsed.named_subject
        words = self._terms.list_forms(request.parsed.subject)
        nearest = self._terms.list_mentions(scope.headers, subject, words, request.collector)
        if nearest.count:
            return replace(nearest, form="notes", count=0, remark="mentioned-only")
        cited = self._cited.find_works_of(scope.headers)
        if not cited.is_complete:
            return Listing("notes", subject, 0)
        nearest = self._build_lister(cited.works, request).list_most_cited(
            scope.headers, "outlet", subject, self._parameters.nearest_outlets
        )
        groups = tuple(replace(group, items=group.items[:1]) for group in nearest.groups)
        return replace(
            nearest, form="notes", count=0, groups=groups, remark="most-cited", counted=""
        )

    def _list_works(self, request: _Request) -> Listing | None:
        parsed, scope = request.parsed, self._resolve(request)
        is_ranking = "most-cited" in parsed.pattern
        if scope is None or not (scope.is_named or is_ranking):
            return None
        cited = self._cited.find_works_of(scope.headers)
        title = self._name(scope)
        if not cited.is_complete:
            return Listing("works", title, 0, remark="too-many-notes")
        lister = self._build_lister(cited.works, request)
        if is_ranking:
            return lister.list_most_cited(scope.headers, parsed.counted, title)
        return lister.list_works(scope.headers, title)

    def _list_mentions(self, request: _Request) -> Listing | None:
        parsed = request.parsed
        scope = self._resolver.resolve(
            parsed.scope,
            request.rows,
            request.find_previous,
            allows_any_title=parsed.states_absence,
        )
        if scope is None or (parsed.names_kind and match_part("abstract-noun", parsed.subject)):
            return None
        headers, subject = scope.headers, parsed.named_subject
        for words in self._list_word_forms(parsed.subject):
            listing = self._terms.list_mentions(headers, subject, words, request.collector)
            if listing.count:
                return listing
            if listing.remark == "not-all":
                return None
        # A word may be there in the other language, in words that the dictionary does not have.
        is_comparable = self._library.has_language("zh" if contains_han(parsed.subject) else "en")
        is_absent = parsed.states_absence and is_comparable and not _is_long(parsed.subject)
        return Listing("mentions", subject, 0) if is_absent else None

    def _list_word_forms(self, subject: str) -> Iterator[tuple[str, ...]]:
        """Yield a word with the glossary's forms of it, then the dictionary's translations."""
        yield self._terms.list_forms(subject)
        if translated := self._terms.translate(subject):
            yield translated

    def _outline(self, request: _Request) -> Listing | None:
        if request.parsed.pattern == "what-is-new":
            return self._outline_newest(request)
        scope = self._resolve(request)
        if scope is None or not scope.is_named:
            return None
        is_one = len(scope.headers) == 1
        if request.parsed.pattern == "says-what" and not (is_one and scope.names_articles):
            return None
        return self._build_outline(scope, request.collector, is_brief=not is_one)

    def _outline_newest(self, request: _Request) -> Listing | None:
        scope = self._resolver.resolve("", request.rows)
        if scope is None:
            return None
        headers = tuple(select_first_publication(scope.headers))
        outline = self._build_outline(
            Scope(headers, names_publication=True), request.collector, is_brief=True
        )
        is_only = len(headers) == len(scope.headers)
        return replace(outline, remark="only-publication") if is_only else outline

    def _build_outline(self, scope: Scope, collector: ItemCollector, *, is_brief: bool) -> Listing:
        groups = []
        for header in scope.headers:
            article = self._loader.load_article(*_key(header))
            chosen = self._outliner.outline(
                article, collector.load_article(_key(header)), is_brief=is_brief
            )
            items = tuple(collector.add(item.passage, item.sentence.ref.span) for item in chosen)
            groups.append(ListingGroup(article.title, len(items), items))
        count = sum(group.count for group in groups)
        remark: ListingRemark = "own-words" if count else ""
        return Listing("outline", self._name(scope), count, tuple(groups), remark=remark)

    def _compare(self, request: _Request) -> Listing | None:
        parsed = request.parsed
        words = self._terms.list_forms(parsed.subject) + self._terms.translate(parsed.subject)
        scopes = self._resolver.resolve_sides(parsed.pair, request.rows)
        if scopes:
            headers = [header for scope in scopes for header in scope.headers]
            rows = self._terms.find_rows(headers, words)
            sides = [Side(self._name(scope), scope.headers, rows) for scope in scopes]
        else:
            sides = self._build_dated_sides(request, words)
        if not sides:
            return None
        return self._comparer.compare(sides, parsed.printed_subject, request.collector)

    def _build_dated_sides(self, request: _Request, words: Sequence[str]) -> list[Side]:
        """Return the two years of a comparison as sides; empty if the text has not both."""
        pair = read_years(request.parsed.pair)
        scope = self._resolver.resolve("", request.rows) if pair else None
        if pair is None or scope is None:
            return []
        on_subject = self._terms.find_rows(scope.headers, words)
        sides = []
        for year in pair.years:
            rows = self._terms.find_rows(scope.headers, [year])
            sides.append(Side(year, scope.headers, rows & on_subject or rows, year, pair.subject))
        return sides if all(side.rows for side in sides) else []

    def _define(self, request: _Request) -> Listing | None:
        parsed = request.parsed
        glosses = self._terms.find_glosses(parsed.subject)
        scope = self._resolver.resolve("", request.rows) if glosses else None
        if scope is None:
            return None
        listing = self._terms.list_definitions(
            scope.headers, parsed.named_subject, glosses, request.collector
        )
        return listing if listing.count else None

    def _name(self, scope: Scope) -> str:
        """Return the articles of a scope in words, as printed; "" for the whole library."""
        if scope.names_articles:
            titles = (self._loader.load_article(*_key(header)).title for header in scope.headers)
            return "；".join(titles)
        if not scope.names_publication:
            return ""
        ids = dict.fromkeys(header.publication_id for header in scope.headers)
        summaries = map(self._loader.load_summary, ids)
        return "；".join(f"{summary.title} {summary.number}".strip() for summary in summaries)


def _key(header: ArticleHeader) -> ArticleKey:
    return header.publication_id, header.article_index


def _is_long(word: str) -> bool:
    """Return whether a word is too long to be named, so that it is rather part of a question."""
    parameters = load_parameters().structure
    is_han = contains_han(word)
    return len(word) > (parameters.max_word_length_han if is_han else parameters.max_word_length)


def _list_subjects_of_years(sides: Sequence[str]) -> list[str]:
    """Return what is compared of two years, if the words that name them say it."""
    years = read_years(" ".join(sides))
    return [years.subject] if years and years.subject else []


def _get_year(work: Work) -> str:
    date = work.reference.date
    return str(date.year) if date else ""
