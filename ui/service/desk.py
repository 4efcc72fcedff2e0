"""What the page asks of a library, in plain values: what is in it, what to ask it, its answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from index.document import Article
from index.errors import TongzhuError
from index.storage.records import Criteria, Summary
from rag.answer.model import Answer
from rag.render.labels import written_date
from ui.conversations.model import ANYWHERE, Turn
from ui.messages import cli, page
from ui.messages.cli import Language, say
from ui.page.catalogue_search import NOTHING, Finder, Found
from ui.page.reading_pane import Found as FoundPassage
from ui.page.render import Holding, Shelf
from ui.service.limits import USUAL

_LISTED = 6


class Retrieve(Protocol):
    """Answers a question; of `rag.Retriever.retrieve`, what visitors and programs use."""

    def __call__(
        self,
        question: str,
        before: Sequence[str],
        filters: Criteria,
        k: int = USUAL,
        threshold: float | None = None,
    ) -> Answer:
        """The answer, given the questions that were asked before it, oldest first."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A library that is open to visitors.

    Attributes:
        publications: What is in it.
        authors: As printed.
        topics: As printed.
        retrieve: Answers a question, given those that were asked before it, oldest first, from the
            articles that meet the criteria; shared by all visitors.
        find: The passage of an id; None if there is none.
        contents: The articles of a publication.
        finder: Finds what is in it by name.
        examples: Questions that a newcomer may ask, and that it answers.
    """

    publications: tuple[Summary, ...]
    retrieve: Retrieve
    find: Callable[[str], FoundPassage | None]
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    contents: Callable[[str], tuple[Article, ...]] = lambda _publication: ()
    finder: Finder = NOTHING
    examples: Callable[[Language], tuple[str, ...]] = lambda _language: ()

    def name(self, publication: str, language: Language) -> str:
        """What a publication is called; its id where it is not in the library."""
        held = next((each for each in self.publications if each.id == publication), None)
        return self._name(held, language) if held else publication

    def _name(self, held: Summary, language: Language) -> str:
        """Its title and number; where there are none, the title of its first article."""
        name = " ".join(part for part in (held.title, held.number) if part)
        if name:
            return name
        titles = (article.title for article in self.contents(held.id) if article.title)
        return next(titles, say(cli.NO_TITLE, language))

    def holdings(self, language: Language) -> tuple[Holding, ...]:
        """The first publications of the library, in a few words each."""
        return tuple(self._holding(each, language) for each in self.publications[:_LISTED])

    def _holding(self, summary: Summary, language: Language) -> Holding:
        day = written_date(summary.date, language) if summary.date else summary.date_printed
        counts = summary.counts
        facts = (
            day,
            cli.ARTICLES.count(counts.articles, language),
            cli.NOTES.count(counts.notes, language),
        )
        return Holding(self._name(summary, language), " · ".join(part for part in facts if part))

    def shelves(self, found: Found, language: Language) -> tuple[Shelf, ...]:
        """Publications that were found, each with those of its articles that were looked for."""
        return tuple(
            Shelf(
                each,
                holding.name,
                holding.facts,
                tuple(self.contents(each.id)[at] for at in articles) if articles else (),
            )
            for each, articles in found.publications
            for holding in [self._holding(each, language)]
        )

    def more(self, language: Language) -> str:
        """How many publications are not among the `holdings`, or ""."""
        number = len(self.publications) - _LISTED
        if number <= 0:
            return ""
        counted = cli.PUBLICATIONS.count(number, language)
        return say(page.AND_MORE, language, publications=counted)

    def answer(
        self, question: str, before: Sequence[str] = (), filters: Criteria = ANYWHERE
    ) -> Turn:
        """A question with its answer, or with the line that says why there is none."""
        asked = Turn(question, filters=filters)
        try:
            return replace(asked, answer=self.retrieve(question, before, filters))
        except TongzhuError as error:
            return replace(asked, error=error.message)
        except Exception:
            # The visitor is told in one line; what happened is for who runs the server.
            logging.getLogger("tongzhu").exception("The question %r failed", question)
            return replace(asked, error=page.PAGE_ERROR)
