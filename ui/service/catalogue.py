"""What one generation of a library holds: publications, articles, sections, notes and passages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

from index.document import Article, Passage, Span
from index.glossary.gloss import StoredGloss
from index.messages import Language
from index.page_numbers import MarkedPage, find_places_in_passage, group_by_page
from index.references.model import Reference
from index.storage.library import Library
from index.storage.records import Filters, Summary
from rag.answer.build import (
    build_article_ref,
    build_citation,
    build_cited_note,
    build_publication_ref,
)
from rag.answer.model import Citation
from rag.ranking.passages import PassageLoader
from rag.word_glosses import ExplainedWord, WordExplainer
from rag.works.articles import Items, build_article_item, list_article_items
from rag.works.gather import (
    collect_works,
    join_references,
    list_article_references,
    list_ids,
)
from rag.works.identity import Synonyms, build_synonyms
from rag.works.model import CitedReference, Work
from rag.works.search import find_works
from rag.works.sentences import list_resting_sentences
from ui.service import limits
from ui.service.catalogue_search import DEFAULT_LIMIT, CatalogueMatches, CatalogueSearch
from ui.service.errors import not_found_error
from ui.service.views import (
    ArticleView,
    NoteInArticle,
    PublicationContents,
    PublicationView,
    SectionInArticle,
    WorkCitationView,
    WorkInLibrary,
    build_publication_view,
    build_section_view,
    build_work_view,
)

_CACHED_PUBLICATIONS = 256  # publications whose articles are cached
_CACHED_ARTICLES = 256  # articles whose works are cached


@dataclass(frozen=True, slots=True)
class LocatedPassage:
    """A passage with the article that it stands in, and how it is cited."""

    passage: Passage
    article: Article
    citation: Citation


class Catalogue:
    """What a library holds. Thread-safe.

    Args:
        library: Open to be read.
        list_works: Returns the works that its notes cite; None to collect them here.

    Attributes:
        generation: The generation of the library that it shows; it shows no later one.
    """

    def __init__(
        self, library: Library, list_works: Callable[[], tuple[Work, ...]] | None = None
    ) -> None:
        self.generation = library.generation
        self._library = library
        self._collect_works = list_works or (lambda: collect_works(library))
        self.get_articles = lru_cache(_CACHED_PUBLICATIONS)(self._load_articles)
        self._join_cached = lru_cache(_CACHED_ARTICLES)(self._join_article_works)

    @cached_property
    def publications(self) -> tuple[Summary, ...]:
        """All publications, by date."""
        return self._library.publications()

    @cached_property
    def authors(self) -> tuple[str, ...]:
        """All authors, as printed."""
        return self._library.authors()

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """All topics, as printed."""
        return self._library.topics()

    @cached_property
    def glosses(self) -> tuple[StoredGloss, ...]:
        """All glosses of the publications' texts and of the user."""
        return tuple(self._library.glosses())

    def explain_words(self, text: str, language: Language) -> tuple[ExplainedWord, ...]:
        """Return a text as words, with what they mean to readers of the other language.

        Args:
            text: A sentence or two.
            language: The reader's.
        """
        return self._word_explainer.explain(text, language)

    @property
    def needs_search(self) -> bool:
        """Whether there are too many publications to list without a search."""
        return self._search.is_needed

    def search(self, query: str, limit: int = DEFAULT_LIMIT) -> CatalogueMatches:
        """Return the publications, authors and topics that have all words of a query.

        Args:
            query: As typed; a blank one matches everything.
            limit: How many publications to list.
        """
        return self._search.search(query, limit)

    def list_publications(self) -> tuple[PublicationView, ...]:
        """Return all publications, by date, for programs."""
        return tuple(build_publication_view(summary) for summary in self.publications)

    def get_summary(self, publication_id: str) -> Summary:
        """Return a publication.

        Raises:
            RequestError: If there is no such publication.
        """
        try:
            return self._library.summary(publication_id)
        except KeyError:
            raise not_found_error("publication", publication_id) from None

    def get_contents(self, publication_id: str) -> PublicationContents:
        """Return a publication and its articles.

        Raises:
            RequestError: If there is no such publication.
        """
        summary = self.get_summary(publication_id)
        articles = enumerate(self.get_articles(publication_id))
        return PublicationContents(
            build_publication_view(summary),
            tuple(build_article_ref(index, article) for index, article in articles),
        )

    def get_article(self, publication_id: str, article_index: int) -> ArticleView:
        """Return a whole article.

        Raises:
            RequestError: If there is no such publication or article.
        """
        summary, article = self._load_article(publication_id, article_index)
        return ArticleView(
            build_publication_ref(summary),
            build_article_ref(article_index, article),
            tuple(
                build_section_view(index, section, article)
                for index, section in enumerate(article.sections)
            ),
            tuple(build_cited_note(article, note.number) for note in article.notes),
        )

    def get_section(
        self, publication_id: str, article_index: int, section_index: int
    ) -> SectionInArticle:
        """Return one section of an article.

        Raises:
            RequestError: If there is no such publication, article or section.
        """
        summary, article = self._load_article(publication_id, article_index)
        if not 0 <= section_index < len(article.sections):
            raise not_found_error("section", section_index)
        return SectionInArticle(
            build_publication_ref(summary),
            build_article_ref(article_index, article),
            build_section_view(section_index, article.sections[section_index], article),
        )

    def get_note(self, publication_id: str, article_index: int, number: str) -> NoteInArticle:
        """Return a note of an article, with the one that it resolves to.

        Raises:
            RequestError: If there is no such publication, article or note.
        """
        summary, article = self._load_article(publication_id, article_index)
        try:
            note = build_cited_note(article, number)
        except KeyError:
            raise not_found_error("note", number) from None
        article_ref = build_article_ref(article_index, article)
        return NoteInArticle(build_publication_ref(summary), article_ref, note)

    def get_passage(self, passage_id: str) -> Citation:
        """Return a passage by its id, as a citation without evidence.

        Raises:
            RequestError: If there is no such passage.
        """
        located = self.find_passage(passage_id)
        if located is None:
            raise not_found_error("passage", passage_id)
        return located.citation

    def find_passage(self, passage_id: str) -> LocatedPassage | None:
        """Return a passage by its id, with its article; None if there is no such passage."""
        try:
            (loaded,) = self._passage_loader.load([self._library.row(passage_id)])
        except KeyError:
            return None
        passage = loaded.passage
        article = self._passage_loader.load_article(passage.publication_id, passage.article_index)
        summary = self._library.summary(passage.publication_id)
        citation = build_citation(loaded, article, summary, (), ())
        return LocatedPassage(passage, article, citation)

    def find_marked_pages(
        self, passage_id: str, spans: Sequence[Span] = (), note: str | None = None
    ) -> tuple[str, tuple[MarkedPage, ...]]:
        """Return the pages of a sentence, with the places of all sentences that are given.

        Args:
            passage_id: The passage.
            spans: The sentences in its text, or in that of a note, best first; the pages are those
                of the first one. The whole passage if empty.
            note: The number of the note.

        Returns:
            The id of the publication, and the pages.

        Raises:
            RequestError: If there is no such passage or note, or nothing is known of its place.
        """
        located = self.find_passage(passage_id)
        if located is None:
            raise not_found_error("passage", passage_id)
        passage, article = located.passage, located.article
        try:
            places = [
                find_places_in_passage(article, passage, span, note)
                for span in spans or (Span(0, len(passage.text)),)
            ]
        except KeyError:
            raise not_found_error("note", note) from None
        pages = [page for page, _ in group_by_page(places[0])][: limits.MAX_DRAWN_PAGES]
        if not pages:
            raise not_found_error("page_place", passage_id)
        marked = group_by_page(chain.from_iterable(places))
        return passage.publication_id, tuple(page for page in marked if page.page in pages)

    @cached_property
    def works(self) -> tuple[Work, ...]:
        """All works that notes of the library cite, in the order of their first citations."""
        return self._collect_works()

    def list_works(self, filters: Filters, text: str = "") -> tuple[Work, ...]:
        """Return the works that have all words of a text, the most cited first.

        Args:
            filters: Which publications and articles to look at, by what they are.
            text: Words of titles, authors or outlets; a blank text matches every work.
        """
        works = self.works if filters == Filters() else collect_works(self._library, filters)
        return find_works(works, text)

    def list_article_items(self, filters: Filters) -> Items:
        """Return the articles that meet filters as items that a text can cite."""
        return list_article_items(self._library, filters)

    def get_article_item(self, publication_id: str, article_index: int) -> tuple[str, Reference]:
        """Return an article as an item that a text can cite.

        Raises:
            RequestError: If there is no such publication or article.
        """
        return build_article_item(
            *self._load_article(publication_id, article_index), index=article_index
        )

    def list_article_works(self, publication_id: str, article_index: int) -> tuple[Work, ...]:
        """Return the works that the notes of an article cite, in their order.

        Raises:
            RequestError: If there is no such publication or article.
        """
        return self._join_cached(publication_id, article_index)

    def find_work(self, work_id: str) -> Work:
        """Return a work by an id that it has in the library or had in one of its articles.

        Raises:
            RequestError: If there is no such work.
        """
        work = self._works_by_id.get(work_id)
        if work is None:
            raise not_found_error("work", work_id)
        return work

    def get_work(self, work_id: str) -> WorkInLibrary:
        """Return a work with all places that cite it, and the sentences that rest on it.

        Raises:
            RequestError: If there is no such work.
        """
        work = self.find_work(work_id)
        sentences = tuple(list_resting_sentences(self._library, work))
        citations = tuple(map(self._build_citation_view, work.citations))
        return WorkInLibrary(build_work_view(work), citations, sentences)

    @cached_property
    def _works_by_id(self) -> dict[str, Work]:
        """All works by each id of theirs; where two share one, by that of their own."""
        by_id = {work_id: work for work in self.works for work_id in list_ids(work)}
        return by_id | {work.id: work for work in self.works}

    def _join_article_works(self, publication_id: str, article_index: int) -> tuple[Work, ...]:
        """Return the works that the notes of an article cite, without reading the whole library."""
        _, article = self._load_article(publication_id, article_index)
        references = list_article_references(publication_id, article_index, article)
        return join_references(references, self._synonyms)

    def _build_citation_view(self, cited: CitedReference) -> WorkCitationView:
        summary, article = self._load_article(cited.publication_id, cited.article_index)
        return WorkCitationView(
            build_publication_ref(summary),
            build_article_ref(cited.article_index, article),
            cited.note,
            cited.repeats,
            cited.reference.text,
            cited.reference.locator,
            cited.is_quoted,
        )

    @cached_property
    def _synonyms(self) -> Synonyms:
        return build_synonyms(stored.gloss for stored in self.glosses)

    @cached_property
    def _word_explainer(self) -> WordExplainer:
        return WordExplainer(stored.gloss for stored in self.glosses)

    @cached_property
    def _passage_loader(self) -> PassageLoader:
        return PassageLoader(self._library)

    @cached_property
    def _search(self) -> CatalogueSearch:
        return CatalogueSearch(
            self.publications, self._library.article_headers, self.authors, self.topics
        )

    def _load_articles(self, publication_id: str) -> tuple[Article, ...]:
        return self._library.publication(publication_id).articles

    def _load_article(self, publication_id: str, article_index: int) -> tuple[Summary, Article]:
        summary = self.get_summary(publication_id)
        try:
            if not 0 <= article_index <= limits.MAX_INDEX:
                raise KeyError(article_index)
            return summary, self._library.article(publication_id, article_index)
        except KeyError:
            raise not_found_error("article", article_index) from None
