"""Answers to questions about articles and publications, from the metadata of a library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from index.arrays import FloatArray, Rows
from index.document import Article
from index.storage.library import Library
from index.storage.records import ArticleHeader
from index.text.scripts import fold
from rag.answer.build import build_citation
from rag.answer.model import Citation, MetadataField, ScoreComponent, Statement
from rag.answering.confidence import (
    compute_confidence,
    compute_confidence_features,
    compute_confidence_parts,
)
from rag.answering.conversation import rank_in_conversation
from rag.answering.linked_query import LinkedQuery
from rag.answering.statements import (
    build_article_count_statement,
    build_article_statement,
    build_articles_statement,
    build_imprint_statements,
    build_publication_statement,
    build_publications_statement,
)
from rag.query.entities import EntityLinker
from rag.query.follow_up import asks_for_more, changes_topic, topic_start
from rag.query.metadata_query import (
    PUBLICATION_FIELDS,
    MetadataQuery,
    is_possible_metadata_query,
    mentions_article_or_author,
    parse_elliptic_follow_up,
    parse_metadata_query,
)
from rag.ranking.conversation import Turn
from rag.ranking.features import Feature
from rag.ranking.parameters import load_parameters
from rag.ranking.passages import ArticleKey, LoadedPassage
from rag.ranking.scoring import PassageRanker, RankedCandidates


@dataclass(frozen=True, slots=True)
class MetadataAnswer:
    """An answer from the metadata.

    Attributes:
        citations: The citations, the first of them with statements.
        confidence_parts: The contributions to the log-odds that they answer.
    """

    citations: tuple[Citation, ...]
    confidence_parts: tuple[ScoreComponent, ...]

    @property
    def articles(self) -> frozenset[ArticleKey]:
        """The articles that it states something about; none if it is about whole publications."""
        return frozenset(
            (citation.publication.id, citation.article.index)
            for citation in self.citations
            if any(not statement.of_publication for statement in citation.statements)
        )


class PreviousArticle(NamedTuple):
    """The article that the previous answer cited first.

    Attributes:
        article: The article.
        is_from_metadata: Whether that answer stated something about it.
    """

    article: ArticleKey
    is_from_metadata: bool


class MetadataAnswerer:
    """Answers from the metadata of one library. Thread-safe.

    Args:
        library: An open library.
        ranker: Ranks the passages of the library.

    Attributes:
        entity_linker: Finds the entities of the library in questions.
    """

    def __init__(self, library: Library, ranker: PassageRanker) -> None:
        self._library = library
        self._ranker = ranker
        self._passage_loader = ranker.passage_loader
        self.entity_linker = EntityLinker(library)
        self._parameters = load_parameters()
        self._name_log_odds = self._parameters.metadata.name_log_odds

    def parse(self, question: str, previous_question: str, rows: Rows | None) -> LinkedQuery | None:
        """Return what a question asks of the metadata; None if the text has to answer.

        Args:
            question: The question.
            previous_question: The question before it, or "".
            rows: The passages that may be cited; None for all.
        """
        text = fold(question).strip()
        may_be_elliptic = bool(previous_question) and is_possible_metadata_query(
            fold(previous_question)
        )
        if not is_possible_metadata_query(text) and not may_be_elliptic:
            return None
        entities = self.entity_linker.link(text)
        query = parse_metadata_query(question, entities.mentions, entities.institutes)
        if query is None and may_be_elliptic:
            query = self._parse_elliptic(question, previous_question, entities.mentions)
        if query is None:
            return None
        headers = self.entity_linker.select_headers(entities.publications, rows)
        if not headers and not entities.names_publication:
            return None
        query = replace(
            query,
            mentions_author=query.mentions_author or mentions_article_or_author(previous_question),
        )
        return LinkedQuery(query, entities, headers)

    def _parse_elliptic(
        self, question: str, previous_question: str, mentions: Sequence[str]
    ) -> MetadataQuery | None:
        """Return the query of a question that only names another article than the one before it."""
        previous_mentions = self.entity_linker.link(fold(previous_question)).mentions
        previous_query = parse_metadata_query(previous_question, previous_mentions)
        if previous_query is None:
            return None
        return parse_elliptic_follow_up(question, previous_query, mentions)

    def answer(
        self,
        question: str,
        history: Sequence[str] = (),
        rows: Rows | None = None,
        threshold: float | None = None,
    ) -> MetadataAnswer | None:
        """Return the answer of the metadata; None if the text has to answer.

        Args:
            question: The question.
            history: The questions before it, oldest first.
            rows: The passages that may be cited; None for all.
            threshold: The confidence below which the text has to answer; None for the fitted one.
        """
        linked = self.parse(question, history[-1] if history else "", rows)
        if linked is None:
            return None
        if not linked.headers:
            return MetadataAnswer((), (ScoreComponent("metadata", -self._name_log_odds),))
        previous = (
            self.resolve_previous(history, rows)
            if history and (linked.needs_previous_article or linked.means_previous_publication)
            else None
        )
        answer = self._answer_linked(linked, previous, rows)
        if threshold is None:
            threshold = self._parameters.confidence.thresholds.monolingual
        if answer is None or compute_confidence(answer.confidence_parts) < threshold:
            return None
        return answer

    def recall(
        self,
        question: str,
        history: Sequence[str],
        rows: Rows | None = None,
        threshold: float | None = None,
    ) -> list[Turn]:
        """Return the questions before a question, with the articles that the metadata answered.

        Only what ranking reads is resolved: the last such answer, or all if it asks for more.

        Args:
            question: The question.
            history: The questions before it, oldest first.
            rows: As for `answer`.
            threshold: As for `answer`.
        """
        turns = [Turn(text) for text in history]
        if not turns or changes_topic(question):
            return turns
        for index in reversed(range(topic_start(history), len(history))):
            answer = self.answer(history[index], history[:index], rows, threshold)
            if answer is not None:
                turns[index] = Turn(history[index], answer.articles)
                if not asks_for_more(question):
                    break
        return turns

    def resolve_previous(self, history: Sequence[str], rows: Rows | None) -> PreviousArticle | None:
        """Return the article that the last question's answer cites first; None without a question.

        Args:
            history: The questions, oldest first.
            rows: The passages that may be cited; None for all.
        """
        if not history:
            return None
        *earlier, question = history[-self._parameters.metadata.max_earlier_questions :]
        answer = self.answer(question, earlier, rows)
        if answer is not None:
            return next(
                (
                    PreviousArticle(
                        (citation.publication.id, citation.article.index), bool(citation.statements)
                    )
                    for citation in answer.citations
                ),
                None,
            )
        turns = self.recall(question, earlier, rows)
        top_passage = rank_in_conversation(self._ranker, question, turns, rows).top_passage
        return PreviousArticle(top_passage.article, False) if top_passage else None

    def _answer_linked(
        self, linked: LinkedQuery, previous: PreviousArticle | None, rows: Rows | None
    ) -> MetadataAnswer | None:
        """Answer a query that names articles, describes one or means the previous one."""
        query, headers = linked.query, linked.headers
        if (linked_headers := linked.linked_headers) is not None:
            return self._cite_named(query, linked_headers, of_publication=False)
        if linked.names_subject:
            if not query.mentions_article and not query.matches_title(headers):
                return None
            return self._cite_described(query, headers, rows)
        if linked.needs_previous_article:
            mentions_article = query.mentions_article or query.mentions_author
            if previous is not None:
                if not (mentions_article or previous.is_from_metadata):
                    return None
                same_article = [
                    header for header in headers if _header_key(header) == previous.article
                ]
                return self._cite_named(query, same_article, of_publication=False)
            if not (mentions_article or query.is_self_contained):
                return None  # it is not clear which article is meant
        headers = _select_same_publication(linked, previous)
        return self._cite_named(
            query, headers, of_publication=query.mentions_publication or len(headers) > 1
        )

    def _cite_described(
        self, query: MetadataQuery, headers: Sequence[ArticleHeader], rows: Rows | None
    ) -> MetadataAnswer | None:
        """Answer with the articles that a query describes, best first."""
        (encoded_query,) = self._ranker.encode([query.subject])
        ranked = self._ranker.rank(encoded_query, rows)
        indices = _rank_articles(ranked, headers)
        if not indices:
            return None
        passages = [ranked.in_context.candidates[index].loaded_passage for index in indices]
        statements = tuple(
            self._build_article_statements(query.fields, *passages[0].article, query.text)
        )
        if not statements:
            return None
        title_parts = [
            ScoreComponent("titles", float(part)) for part in _title_contributions(ranked)[indices]
        ]
        best, *rest = [
            self._cite(passage, (*ranked.score_parts(index), title_part))
            for index, passage, title_part in zip(indices, passages, title_parts, strict=True)
        ]
        confidence_features = compute_confidence_features(
            ranked.in_context,
            ranked.contributions.sum(axis=1),
            ranked.ranking[ranked.ranking.index(indices[0]) :],
            self._passage_loader.load_sentences(passages[0]),
            self._parameters.confidence,
        )
        confidence_parts = (
            *compute_confidence_parts(confidence_features, self._parameters.confidence),
            title_parts[0],
        )
        return MetadataAnswer((replace(best, statements=statements), *rest), confidence_parts)

    def _cite_named(
        self, query: MetadataQuery, headers: list[ArticleHeader], *, of_publication: bool
    ) -> MetadataAnswer | None:
        """Answer with articles, in their order, or with whole publications."""
        citations = tuple(
            replace(
                citation,
                score=self._name_log_odds - index,
                score_parts=(ScoreComponent("metadata", self._name_log_odds - index),),
            )
            for index, citation in enumerate(self._cite_articles(query, headers, of_publication))
        )
        return (
            MetadataAnswer(citations, (ScoreComponent("metadata", self._name_log_odds),))
            if citations
            else None
        )

    def _cite_articles(
        self, query: MetadataQuery, headers: list[ArticleHeader], of_publication: bool
    ) -> Iterator[Citation]:
        """Yield a citation for each article or, of whole publications, one for each of these."""
        publications = dict.fromkeys(header.publication_id for header in headers)
        counts_articles = query.fields == ("articles",) and len(publications) > 1
        if query.fields == ("publications",) or counts_articles:
            yield from self._cite_publications(headers, counts_articles=counts_articles)
            return
        for publication in publications:
            publication_headers = [
                header for header in headers if header.publication_id == publication
            ]
            if of_publication and query.fields != ("articles",):
                statements = tuple(
                    self._build_publication_statements(
                        query.fields, publication_headers, query.text
                    )
                )
                if statements:
                    yield self._cite_first_passage(publication_headers[0], statements)
            else:
                yield from self._cite_each_article(query, publication_headers)

    def _cite_publications(
        self, headers: Sequence[ArticleHeader], *, counts_articles: bool
    ) -> Iterator[Citation]:
        """Yield a citation for each publication; the first lists them all, with counts if asked."""
        first_headers = {header.publication_id: header for header in reversed(headers)}
        ids = tuple(reversed(first_headers))
        summaries = map(self._library.summary, ids)
        if counts_articles:
            article_counts = Counter(header.publication_id for header in headers)
            stated = [
                build_article_count_statement(len(headers)),
                build_publications_statement(summaries, article_counts),
            ]
        else:
            stated = [build_publications_statement(summaries)]
        for index, publication_id in enumerate(ids):
            if index:
                metadata = self._library.publication_metadata(publication_id)
                stated = [build_publication_statement("title", metadata)]
            statements = tuple(statement for statement in stated if statement)
            yield self._cite_first_passage(first_headers[publication_id], statements)

    def _cite_each_article(
        self, query: MetadataQuery, headers: Sequence[ArticleHeader]
    ) -> Iterator[Citation]:
        """Yield a citation for each article of a publication; the first may list them all."""
        is_list = len(headers) > 1 and query.fields in (("articles",), ("title",), ("author",))
        for index, header in enumerate(headers):
            if is_list and index == 0:
                field: MetadataField = "author" if query.fields == ("author",) else "articles"
                combined = build_articles_statement(field, self._load_articles(headers))
                statements: tuple[Statement, ...] = (combined,) if combined else ()
            else:
                statements = tuple(
                    self._build_article_statements(query.fields, *_header_key(header), query.text)
                )
            yield self._cite_first_passage(header, statements)

    def _load_articles(self, headers: Iterable[ArticleHeader]) -> list[Article]:
        return [self._passage_loader.load_article(*_header_key(header)) for header in headers]

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
        articles = self._load_articles(headers)
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

    def _cite_first_passage(
        self, header: ArticleHeader, statements: tuple[Statement, ...]
    ) -> Citation:
        """Return the citation of an article's first passage, with statements."""
        (loaded_passage,) = self._passage_loader.load([self._library.first_row(header)])
        return replace(self._cite(loaded_passage, ()), statements=statements)

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


def _select_same_publication(
    linked: LinkedQuery, previous: PreviousArticle | None
) -> list[ArticleHeader]:
    """Return the articles that a query may be about: of "this" publication, those of that alone."""
    if previous is None or not linked.means_previous_publication:
        return linked.headers
    (publication_id, _) = previous.article
    return [header for header in linked.headers if header.publication_id == publication_id]


def _header_key(header: ArticleHeader) -> ArticleKey:
    return header.publication_id, header.article_index


def _title_contributions(ranked: RankedCandidates) -> FloatArray:
    """Return what titles and headings add to telling which article is meant, [candidates]."""
    weight = load_parameters().metadata.heading_weight
    return np.asarray(weight * ranked.in_context.features[Feature.HEADING])


def _rank_articles(ranked: RankedCandidates, headers: Sequence[ArticleHeader]) -> list[int]:
    """Return the index of the best candidate of each article, best article first."""
    article_keys = set(map(_header_key, headers))
    scores = ranked.contributions.sum(axis=1) + _title_contributions(ranked)
    candidates = ranked.in_context.candidates
    best: dict[ArticleKey, int] = {}
    for index in ranked.ranking:
        key = candidates[index].loaded_passage.article
        if key in article_keys and (key not in best or scores[index] > scores[best[key]]):
            best[key] = index
    return sorted(
        best.values(), key=lambda index: (-scores[index], candidates[index].loaded_passage.row)
    )
