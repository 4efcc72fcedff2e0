"""What articles or authors say about one thing, side by side; agreement is not claimed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from index.arrays import Rows
from index.storage.records import ArticleHeader
from rag.answer.model import Evidence, ListedItem, Listing, ListingGroup
from rag.answering.confidence import assess_ranking, compute_confidence
from rag.answering.evidence import cite
from rag.ranking.parameters import Parameters
from rag.ranking.passages import LoadedPassage
from rag.ranking.scoring import PassageRanker
from rag.structured.items import ItemCollector

_YEAR = re.compile(r"(?<!\d)([12]\d{3})(?!\d) ?年?")
_YEAR_FILLER = re.compile(
    r"^[\s的和与跟及、]+|[\s的和与跟及、]+$|\b(?:and|in|of|from|the|between|with|to)\b"
)


class YearPair(NamedTuple):
    """Two years that are compared, and what else stands beside them.

    Attributes:
        years: The years, in the order of the question.
        subject: The words beside them: what is of these years; "" if there are none.
    """

    years: tuple[str, str]
    subject: str


def read_years(text: str) -> YearPair | None:
    """Return the two years that words name; None if they do not name two.

    Args:
        text: The words, folded.

    >>> read_years("2019年和2021年的白皮书")
    YearPair(years=('2019', '2021'), subject='白皮书')
    """
    years = _YEAR.findall(text)
    if len(years) != 2:
        return None
    subject = _YEAR_FILLER.sub(" ", _YEAR.sub(" ", text))
    return YearPair((years[0], years[1]), " ".join(subject.split()))


class Side(NamedTuple):
    """One side of a comparison.

    Attributes:
        title: Its name, as printed.
        headers: Its articles.
        rows: The passages that have the words of the subject, or of a year.
        year: The year that its sentences name; "" where a side is articles.
        subject: What else is compared of a year.
    """

    title: str
    headers: Sequence[ArticleHeader]
    rows: frozenset[int]
    year: str = ""
    subject: str = ""


class SideComparer:
    """Finds what each of several sides says about a subject.

    Args:
        ranker: Ranks the passages of the library.
        parameters: Those of evidence, confidence and structure.
    """

    def __init__(self, ranker: PassageRanker, parameters: Parameters) -> None:
        self._ranker = ranker
        self._parameters = parameters

    def compare(
        self,
        sides: Sequence[Side],
        subject: str,
        collector: ItemCollector,
    ) -> Listing:
        """Return the best sentences of each side on a subject.

        Args:
            sides: The sides.
            subject: What is compared, as asked.
            collector: Collects the items.
        """
        groups = []
        for side in sides:
            items, is_sure = self._list_items(side, subject, collector)
            groups.append(ListingGroup(side.title, len(items) if is_sure else 0, tuple(items)))
        total = sum(group.count for group in groups)
        return Listing("comparison", subject, total, tuple(groups), remark="no-agreement")

    def _list_items(
        self,
        side: Side,
        subject: str,
        collector: ItemCollector,
    ) -> tuple[list[ListedItem], bool]:
        """Return the sentences of a side, and whether they are on the subject; else the nearest."""
        loader = self._ranker.passage_loader
        passages = [
            loaded
            for header in side.headers
            for loaded in collector.load_article((header.publication_id, header.article_index))
        ]
        by_row = {loaded.row: loaded for loaded in passages}
        rows: Rows = np.array(sorted(by_row.keys() & side.rows or by_row), dtype=np.int64)
        query = " ".join(filter(None, (side.year, side.subject, subject)))
        ranked = self._ranker.rank_text(query, rows)
        confidence = compute_confidence(assess_ranking(ranked, loader, self._parameters.confidence))
        threshold = self._parameters.confidence.thresholds.select(
            is_cross_lingual=ranked.is_top_cross_lingual
        )
        is_sure = confidence >= threshold or not side.rows.isdisjoint(by_row)
        shown = self._parameters.structure.passages_per_side
        items = []
        for index in ranked.ranking[: shown if is_sure else 1]:
            loaded = ranked.in_context.candidates[index].loaded_passage
            evidence = cite(ranked, index, query, loader, self._parameters.evidence).evidence
            named = self._choose_named(evidence, loaded, side.year)
            items += [self._add(item, loaded, collector) for item in named[:1]]
        return items, is_sure

    def _choose_named(
        self, evidence: Sequence[Evidence], loaded: LoadedPassage, year: str
    ) -> Sequence[Evidence]:
        """Return the evidence that names a year; else the first sentence of the passage that does.

        All of it where no year is compared.
        """
        if not year:
            return evidence
        sentences = self._ranker.passage_loader.load_sentences(loaded)
        naming = [
            sentence.ref
            for sentence in sentences
            if year in sentence.folded and not sentence.ref.note
        ]
        spans = [ref.span for ref in naming]
        return [item for item in evidence if item.note is None and item.span in spans] or [
            Evidence(ref.span) for ref in naming
        ]

    def _add(
        self, evidence: Evidence, loaded: LoadedPassage, collector: ItemCollector
    ) -> ListedItem:
        return collector.add(loaded, evidence.span, evidence.note)
