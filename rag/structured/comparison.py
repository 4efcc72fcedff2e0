"""What two articles or authors say about one thing, side by side; agreement is not claimed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.arrays import Rows
from rag.answer.model import Evidence, ListedItem, Listing, ListingGroup
from rag.answering.confidence import assess_ranking, compute_confidence
from rag.answering.evidence import cite
from rag.ranking.parameters import Parameters
from rag.ranking.passages import LoadedPassage
from rag.ranking.scoring import PassageRanker
from rag.structured.items import ItemCollector
from rag.structured.scope import Scope


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
        sides: Sequence[Scope],
        titles: Sequence[str],
        subject: str,
        literal_rows: frozenset[int],
        collector: ItemCollector,
    ) -> Listing:
        """Return the best sentences of each side on a subject.

        Args:
            sides: The sides.
            titles: Their names, as printed.
            subject: What is compared, as asked.
            literal_rows: The passages that have the words of the subject.
            collector: Collects the items.
        """
        groups = []
        for side, title in zip(sides, titles, strict=True):
            items, is_sure = self._list_items(side, subject, literal_rows, collector)
            groups.append(ListingGroup(title, len(items) if is_sure else 0, tuple(items)))
        total = sum(group.count for group in groups)
        return Listing("comparison", subject, total, tuple(groups), remark="no-agreement")

    def _list_items(
        self,
        side: Scope,
        subject: str,
        literal_rows: frozenset[int],
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
        rows: Rows = np.array(sorted(by_row.keys() & literal_rows or by_row), dtype=np.int64)
        ranked = self._ranker.rank_text(subject, rows)
        confidence = compute_confidence(assess_ranking(ranked, loader, self._parameters.confidence))
        threshold = self._parameters.confidence.thresholds.select(
            is_cross_lingual=ranked.is_top_cross_lingual
        )
        is_sure = confidence >= threshold or not literal_rows.isdisjoint(by_row)
        shown = self._parameters.structure.passages_per_side
        items = []
        for index in ranked.ranking[: shown if is_sure else 1]:
            loaded = ranked.in_context.candidates[index].loaded_passage
            citation = cite(ranked, index, subject, loader, self._parameters.evidence)
            items += [self._add(evidence, loaded, collector) for evidence in citation.evidence[:1]]
        return items, is_sure

    def _add(
        self, evidence: Evidence, loaded: LoadedPassage, collector: ItemCollector
    ) -> ListedItem:
        return collector.add(loaded, evidence.span, evidence.note)
