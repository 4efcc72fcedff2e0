"""What the page asks of a library, in plain values: what is in it, what to ask it, its answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from index.document import Article
from index.errors import TongzhuError
from index.messages import Language
from index.storage.records import Filters, Summary
from rag.answer.model import Answer
from rag.render.labels import format_date
from ui.conversations.model import NO_FILTERS, Turn
from ui.messages import cli, page
from ui.page.catalogue_search import EMPTY_CATALOGUE, CatalogueMatches, CatalogueSearch
from ui.page.reading_pane import LocatedPassage as FoundPassage
from ui.page.render import PublicationLine, PublicationListing
from ui.service.limits import DEFAULT_PASSAGES

_MAX_LISTED = 6


class Retrieve(Protocol):
    """Answers a question; of `rag.Retriever.retrieve`, what visitors and programs use."""

    def __call__(
        self,
        question: str,
        history: Sequence[str],
        filters: Filters,
        k: int = DEFAULT_PASSAGES,
        threshold: float | None = None,
    ) -> Answer:
        """The answer, given the questions that were asked before it, oldest first."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A library that is open to visitors.

    Attributes:
        publications: What is in it.
        authors: As printed.
        topics: As printed.
        retrieve: Answers a question, given those that were asked before it, oldest first, from the
            articles that meet the criteria; shared by all visitors.
        find_passage: The passage of an id; None if there is none.
        get_articles: The articles of a publication.
        finder: Finds what is in it by name.
        get_examples: Questions that a newcomer may ask, and that it answers.
    """

    publications: tuple[Summary, ...]
    retrieve: Retrieve
    find_passage: Callable[[str], FoundPassage | None]
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    get_articles: Callable[[str], tuple[Article, ...]] = lambda _publication: ()
    finder: CatalogueSearch = EMPTY_CATALOGUE
    get_examples: Callable[[Language], tuple[str, ...]] = lambda _language: ()

    def get_publication_name(self, publication_id: str, language: Language) -> str:
        """What a publication is called; its id where it is not in the library."""
        summary = next((item for item in self.publications if item.id == publication_id), None)
        return self._format_name(summary, language) if summary else publication_id

    def _format_name(self, summary: Summary, language: Language) -> str:
        """Its title and number; where there are none, the title of its first article."""
        name = " ".join(part for part in (summary.title, summary.number) if part)
        if name:
            return name
        titles = (article.title for article in self.get_articles(summary.id) if article.title)
        return next(titles, cli.NO_TITLE.in_language(language))

    def summarize_publications(self, language: Language) -> tuple[PublicationLine, ...]:
        """The first publications of the library, in a few words each."""
        return tuple(
            self._summarize(summary, language) for summary in self.publications[:_MAX_LISTED]
        )

    def _summarize(self, summary: Summary, language: Language) -> PublicationLine:
        date_text = format_date(summary.date, language) if summary.date else summary.date_printed
        counts = summary.counts
        facts = (
            date_text,
            cli.ARTICLES.format_count(counts.articles, language),
            cli.NOTES.format_count(counts.notes, language),
        )
        return PublicationLine(
            self._format_name(summary, language), " · ".join(part for part in facts if part)
        )

    def summarize_found(
        self, matches: CatalogueMatches, language: Language
    ) -> tuple[PublicationListing, ...]:
        """Publications that were found, each with those of its articles that were looked for."""
        return tuple(
            PublicationListing(
                summary,
                holding.name,
                holding.facts,
                tuple(self.get_articles(summary.id)[article_index] for article_index in articles)
                if articles
                else (),
            )
            for summary, articles in matches.publications
            for holding in [self._summarize(summary, language)]
        )

    def format_remaining(self, language: Language) -> str:
        """How many publications are not among the `holdings`, or ""."""
        remaining = len(self.publications) - _MAX_LISTED
        if remaining <= 0:
            return ""
        remaining_text = cli.PUBLICATIONS.format_count(remaining, language)
        return page.AND_MORE.in_language(language, publications=remaining_text)

    def answer(
        self, question: str, history: Sequence[str] = (), filters: Filters = NO_FILTERS
    ) -> Turn:
        """A question with its answer, or with the line that says why there is none."""
        turn = Turn(question, filters=filters)
        try:
            return replace(turn, answer=self.retrieve(question, history, filters))
        except TongzhuError as error:
            return replace(turn, error=error.message)
        except Exception:
            # The visitor is told in one line; what happened is for who runs the server.
            logging.getLogger("tongzhu").exception("The question %r failed", question)
            return replace(turn, error=page.PAGE_ERROR)
