"""Sentences and notes of a library as the items of a listing, each with its citation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.document import Article, Span
from index.page_numbers import find_places_in_passage
from index.storage.library import Library
from rag.answer.build import build_citation, build_cited_note
from rag.answer.model import Citation, Evidence, ListedItem, ScoreComponent
from rag.ranking.passages import ArticleKey, LoadedPassage, PassageLoader


class ItemCollector:
    """Collects the items of one listing: one citation for each passage, however many items it has.

    Args:
        library: An open library.
        loader: Reads its passages.
    """

    def __init__(self, library: Library, loader: PassageLoader) -> None:
        self._library = library
        self._loader = loader
        self._indexes: dict[int, int] = {}
        self._evidence: dict[int, list[Evidence]] = {}

    def load_article(self, key: ArticleKey) -> list[LoadedPassage]:
        """Return the passages of an article, in order.

        Args:
            key: The article.
        """
        passages = self._loader.load(self._library.rows_of(key[0]))
        return [loaded for loaded in passages if loaded.article == key]

    def add(self, loaded: LoadedPassage, span: Span, note: str | None = None) -> ListedItem:
        """Return the item of a sentence or a note, which is added to the citations.

        Args:
            loaded: Its passage.
            span: Its place in the passage, or in the note.
            note: The number of the note; None for the passage.
        """
        index = self._indexes.setdefault(loaded.row, len(self._indexes))
        evidence = self._evidence.setdefault(loaded.row, [])
        added = Evidence(span, note)
        if added not in evidence:
            evidence.append(added)
        article = self._loader.load_article(*loaded.article)
        places = find_places_in_passage(article, loaded.passage, span, note)
        label = places[0].label if places else ""
        return ListedItem(index, evidence.index(added), label)

    def add_notes(self, key: ArticleKey, numbers: Sequence[str]) -> tuple[ListedItem, ...]:
        """Return the items of notes, which are added with the first passages that have their marks.

        Args:
            key: The article.
            numbers: The numbers of the notes.
        """
        passages = self.load_article(key)
        article = self._loader.load_article(*key)
        marked: dict[str, LoadedPassage] = {}
        for loaded in passages:
            for number in loaded.passage.note_numbers:
                marked.setdefault(number, loaded)
        return tuple(
            self.add(
                marked.get(number, passages[0]), Span(0, len(article.get_note(number).text)), number
            )
            for number in numbers
            if passages
        )

    def build_citations(self) -> tuple[Citation, ...]:
        """Return the citations of all items that were added, in the order of their indexes."""
        rows = list(self._indexes)
        return tuple(
            self._build_citation(loaded, len(rows) - index)
            for index, loaded in enumerate(self._loader.load(rows))
        )

    def _build_citation(self, loaded: LoadedPassage, rank: int) -> Citation:
        article = self._loader.load_article(*loaded.article)
        summary = self._loader.load_summary(loaded.passage.publication_id)
        evidence = self._evidence[loaded.row]
        score = ScoreComponent("structure", float(rank))  # so that they stay in this order
        citation = build_citation(loaded, article, summary, evidence, (score,))
        return _add_unmarked_notes(citation, article, evidence)


def _add_unmarked_notes(
    citation: Citation, article: Article, evidence: Sequence[Evidence]
) -> Citation:
    """Return a citation with the notes of its evidence whose marks stand in no passage."""
    known = {note.number for note in citation.notes}
    missing = [item.note for item in evidence if item.note is not None and item.note not in known]
    if not missing:
        return citation
    notes = (build_cited_note(article, number) for number in dict.fromkeys(missing))
    return replace(citation, notes=(*citation.notes, *notes))
