"""Questions about articles and publications, answered from what is printed over and around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from index.arrays import Rows
from index.storage.library import Library
from index.storage.records import ArticleHeader
from index.text.scripts import fold
from rag.answer.build import build_citation
from rag.answer.model import Citation, MetadataField, ScoreComponent, Statement
from rag.answering.statements import (
    build_article_statement,
    build_articles_statement,
    build_imprint_statements,
    build_publication_statement,
)
from rag.query.entities import EntityLinker, LinkedEntities
from rag.query.metadata_query import (
    PUBLICATION_FIELDS,
    MetadataQuery,
    is_possible_metadata_query,
    mentions_article_or_author,
    parse_elliptic_follow_up,
    parse_metadata_query,
)
from rag.ranking.passages import LoadedPassage, PassageLoader

_NAME_LOG_ODDS = 3.5
"""The log-odds that a statement answers which rests on a name: of an author, a topic, an issue."""

_HEADING_WEIGHT = 4.0
"""What the share of a question that titles say counts in telling which article it means."""


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A passage as ordinary ranking has it.

    Attributes:
        loaded_passage: The passage.
        score_parts: What its score is made of.
        heading_coverage: The share of the question that the titles and headings above it say.
        confidence_parts: The log-odds that it answers, part by part.
    """

    loaded_passage: LoadedPassage
    score_parts: tuple[ScoreComponent, ...]
    heading_coverage: float
    confidence_parts: tuple[ScoreComponent, ...]

    @property
    def score(self) -> float:
        """What the parts add up to."""
        return sum(part.value for part in self.score_parts)

    @property
    def article_key(self) -> tuple[str, int]:
        """Publication and article."""
        return self.loaded_passage.passage.publication_id, self.loaded_passage.passage.article_index


@dataclass(frozen=True, slots=True)
class MetadataAnswer:
    """What the metadata answer: citations with statements, and the log-odds that they do."""

    citations: tuple[Citation, ...]
    confidence_parts: tuple[ScoreComponent, ...]


class MetadataAnswerer:
    """Answers from the metadata of one library. Thread-safe.

    Args:
        library: Open to be read.
        passage_loader: Of the library.
        rank_passages: Passages that may answer a text, best first, among rows or all.
    """

    def __init__(
        self,
        library: Library,
        passage_loader: PassageLoader,
        rank_passages: Callable[[str, Rows | None], list[RankedPassage]],
    ) -> None:
        self._library = library
        self._passage_loader = passage_loader
        self._rank_passages = rank_passages
        self._entity_linker = EntityLinker(library)

    def answer(
        self,
        question: str,
        previous_question: str,
        rows: Rows | None,
        get_previous_citation: Callable[[], Citation | None],
    ) -> MetadataAnswer | None:
        """What the metadata answer; None if the text has to answer.

        Args:
            question: As asked.
            previous_question: The question before it, or "".
            rows: The passages that may be cited; None for all.
            get_previous_citation: Gives the first citation of the question before this one, if there was one.
        """
        text = fold(question).strip()
        may_be_elliptic = bool(previous_question) and is_possible_metadata_query(
            fold(previous_question)
        )
        if not is_possible_metadata_query(text) and not may_be_elliptic:
            return None
        entities = self._entity_linker.link(text)
        query = parse_metadata_query(question, entities.mentions, entities.institutes)
        if query is None and may_be_elliptic:
            previous_query = parse_metadata_query(
                previous_question, self._entity_linker.link(fold(previous_question)).mentions
            )
            query = (
                parse_elliptic_follow_up(question, previous_query, entities.mentions)
                if previous_query
                else None
            )
        if query is None:
            return None
        headers = self._entity_linker.select_headers(entities.publications, rows)
        if not headers:
            return (
                MetadataAnswer((), (ScoreComponent("metadata", -_NAME_LOG_ODDS),))
                if entities.names_publication
                else None
            )
        query = replace(
            query,
            mentions_author=query.mentions_author or mentions_article_or_author(previous_question),
        )
        selection = self._select_articles(query, entities, headers, rows, get_previous_citation)
        return None if selection is None else self._build_answer(query, *selection)

    def _select_articles(
        self,
        query: MetadataQuery,
        entities: LinkedEntities,
        headers: list[ArticleHeader],
        rows: Rows | None,
        get_previous_citation: Callable[[], Citation | None],
    ) -> tuple[list[ArticleHeader], bool, list[RankedPassage]] | None:
        """The articles that are meant, whether all of a publication, and how they were found."""
        if (
            not query.subject
            and (linked := _select_linked_articles(query, entities, headers)) is not None
        ):
            return linked, False, []
        if query.subject and not query.is_about_publication:
            if not query.mentions_article and not query.matches_title(headers):
                return None
            ranked = self._rank_articles(query.subject, headers, rows)
            return ([], False, ranked) if ranked else None
        if not query.mentions_publication and query.fields[0] not in (
            "publisher",
            "imprint",
            "articles",
        ):
            previous_citation = get_previous_citation()
            if previous_citation is None and not (
                query.mentions_article or query.mentions_author or query.is_self_contained
            ):
                return None  # what "it" is cannot be told
            if previous_citation is not None:
                if not (
                    query.mentions_article or query.mentions_author or previous_citation.statements
                ):
                    return None
                article_key = (previous_citation.publication.id, previous_citation.article.index)
                same_article = [
                    header
                    for header in headers
                    if (header.publication_id, header.article_index) == article_key
                ]
                return same_article, False, []
        return headers, query.mentions_publication or len(headers) > 1, []

    def _rank_articles(
        self, subject: str, headers: Sequence[ArticleHeader], rows: Rows | None
    ) -> list[RankedPassage]:
        """The best passage of each article, best article first."""
        article_keys = {(header.publication_id, header.article_index) for header in headers}
        best: dict[tuple[str, int], RankedPassage] = {}
        for ranked in self._rank_passages(subject, rows):
            best_so_far = best.get(ranked.article_key)
            if ranked.article_key in article_keys and (
                best_so_far is None or _article_score(ranked) > _article_score(best_so_far)
            ):
                best[ranked.article_key] = ranked
        return sorted(
            best.values(), key=lambda ranked: (-_article_score(ranked), ranked.loaded_passage.row)
        )

    def _build_answer(
        self,
        query: MetadataQuery,
        headers: list[ArticleHeader],
        of_publication: bool,
        ranked: list[RankedPassage],
    ) -> MetadataAnswer | None:
        if ranked:
            statements = tuple(
                self._build_article_statements(query.fields, *ranked[0].article_key, query.text)
            )
            if not statements:
                return None
            best, *rest = [
                self._cite(
                    ranked_passage.loaded_passage,
                    (
                        *ranked_passage.score_parts,
                        ScoreComponent("titles", _HEADING_WEIGHT * ranked_passage.heading_coverage),
                    ),
                )
                for ranked_passage in ranked
            ]
            confidence_parts = (
                *ranked[0].confidence_parts,
                ScoreComponent("titles", _HEADING_WEIGHT * ranked[0].heading_coverage),
            )
            return MetadataAnswer((replace(best, statements=statements), *rest), confidence_parts)
        if not headers:
            return None
        citations = tuple(
            replace(
                citation,
                score=_NAME_LOG_ODDS - index,
                score_parts=(ScoreComponent("metadata", _NAME_LOG_ODDS - index),),
            )
            for index, citation in enumerate(self._cite_articles(query, headers, of_publication))
        )
        return (
            MetadataAnswer(citations, (ScoreComponent("metadata", _NAME_LOG_ODDS),))
            if citations
            else None
        )

    def _cite_articles(
        self, query: MetadataQuery, headers: list[ArticleHeader], of_publication: bool
    ) -> Iterator[Citation]:
        """A citation for each article or, of whole publications, one for each of these."""
        publications = dict.fromkeys(header.publication_id for header in headers)
        lists_articles = query.fields == ("articles",)
        for publication in publications:
            publication_headers = [
                header for header in headers if header.publication_id == publication
            ]
            if of_publication and not lists_articles:
                statements = tuple(
                    self._build_publication_statements(
                        query.fields, publication_headers, query.text
                    )
                )
                if statements:
                    yield replace(
                        self._cite_first_passage(publication_headers[0]), statements=statements
                    )
                continue
            for index, header in enumerate(publication_headers):
                statements = tuple(
                    self._build_article_statements(
                        query.fields, publication, header.article_index, query.text
                    )
                )
                if (
                    len(publication_headers) > 1
                    and index == 0
                    and (lists_articles or query.fields in (("title",), ("author",)))
                ):
                    articles = [
                        self._passage_loader.load_article(
                            publication, publication_header.article_index
                        )
                        for publication_header in publication_headers
                    ]
                    field: MetadataField = "author" if query.fields == ("author",) else "articles"
                    combined = build_articles_statement(field, articles)
                    statements = (combined,) if combined else ()
                yield replace(self._cite_first_passage(header), statements=statements)

    def _build_article_statements(
        self, fields: Sequence[MetadataField], publication: str, article: int, text: str
    ) -> Iterator[Statement]:
        article_content = self._passage_loader.load_article(publication, article)
        metadata = self._library.publication_metadata(publication)
        for field in fields:
            if field == "imprint":
                yield from build_imprint_statements(metadata.imprint, text)
                continue
            statement = (
                build_publication_statement(field, metadata)
                if field in PUBLICATION_FIELDS
                else build_article_statement(
                    "title" if field == "articles" else field, article_content
                )
            )
            if statement is not None:
                yield statement

    def _build_publication_statements(
        self, fields: Sequence[MetadataField], headers: Sequence[ArticleHeader], text: str
    ) -> Iterator[Statement]:
        metadata = self._library.publication_metadata(headers[0].publication_id)
        articles = [
            self._passage_loader.load_article(metadata.id, header.article_index)
            for header in headers
        ]
        for field in fields:
            if field == "imprint":
                yield from build_imprint_statements(metadata.imprint, text)
                continue
            statement = (
                build_publication_statement(field, metadata)
                if field in PUBLICATION_FIELDS or field == "title"
                else build_articles_statement(field, articles)
            )
            if statement is not None:
                yield statement

    def _cite_first_passage(self, header: ArticleHeader) -> Citation:
        """The article's first passage."""
        (loaded_passage,) = self._passage_loader.load([self._library.first_row(header)])
        return self._cite(loaded_passage, ())

    def _cite(
        self, loaded_passage: LoadedPassage, score_parts: Sequence[ScoreComponent]
    ) -> Citation:
        passage = loaded_passage.passage
        return build_citation(
            loaded_passage,
            self._passage_loader.load_article(passage.publication_id, passage.article_index),
            self._passage_loader.load_summary(passage.publication_id),
            (),
            score_parts,
        )


def _article_score(ranked: RankedPassage) -> float:
    return ranked.score + _HEADING_WEIGHT * ranked.heading_coverage


def _select_linked_articles(
    query: MetadataQuery, entities: LinkedEntities, headers: list[ArticleHeader]
) -> list[ArticleHeader] | None:
    """The articles that are meant by their place, author, institute or topic; None if by none."""
    if query.article_position is not None:
        publication_headers = [
            header for header in headers if header.publication_id == headers[0].publication_id
        ]
        return (
            publication_headers[query.article_position :][:1]
            if -len(publication_headers) <= query.article_position < len(publication_headers)
            else []
        )
    if entities.authors:
        return [header for header in headers if entities.authors & set(header.authors)]
    if entities.institutes and query.fields[0] in ("author", "title", "articles"):
        return [header for header in headers if entities.institutes & set(header.institutes)]
    if entities.topics and query.fields in (("title",), ("articles",), ("author",)):
        return [header for header in headers if entities.topics & set(header.topics)]
    return None
