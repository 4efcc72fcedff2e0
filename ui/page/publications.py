"""The publications of a library as the page lists them."""

from __future__ import annotations

from index.messages import Language, MessageCatalogue
from index.storage.records import Summary
from rag.answer.build import build_article_ref
from rag.answer.model import ArticleRef
from ui.page.render import PublicationLine, PublicationListing
from ui.service.catalogue import Catalogue
from ui.service.catalogue_search import CatalogueMatches
from ui.service.labels import format_counts, format_publication_date, format_publication_name

_NOUNS = MessageCatalogue("ui", "nouns")
_OUTLINE_MESSAGES = MessageCatalogue("ui", "outline")
_PAGE_MESSAGES = MessageCatalogue("ui", "page")

_MAX_LISTED = 6  # publications on the first screen


def get_publication_name(catalogue: Catalogue, publication_id: str, language: Language) -> str:
    """Return what a publication is called; its id where the library does not have it."""
    summary = next((item for item in catalogue.publications if item.id == publication_id), None)
    return _format_name(catalogue, summary, language) if summary else publication_id


def summarize_publications(catalogue: Catalogue, language: Language) -> tuple[PublicationLine, ...]:
    """Return the first publications of a library, in a few words each."""
    return tuple(
        _summarize(catalogue, summary, language) for summary in catalogue.publications[:_MAX_LISTED]
    )


def format_remaining(catalogue: Catalogue, language: Language) -> str:
    """Return how many publications `summarize_publications` leaves out; "" for none."""
    remaining = len(catalogue.publications) - _MAX_LISTED
    if remaining <= 0:
        return ""
    remaining_text = _NOUNS.count("publications", remaining).in_language(language)
    return _PAGE_MESSAGES["and_more"].in_language(language, publications=remaining_text)


def build_listings(
    catalogue: Catalogue,
    matches: CatalogueMatches,
    language: Language,
    *,
    has_all_articles: bool = False,
) -> tuple[PublicationListing, ...]:
    """Return publications that were found, each with the articles that matched, or with all."""
    listings = []
    for summary, article_indices in matches.publications:
        line = _summarize(catalogue, summary, language)
        is_open = has_all_articles or article_indices
        articles = list_articles(catalogue, summary.id) if is_open else ()
        if not has_all_articles:
            articles = tuple(article for article in articles if article.index in article_indices)
        listings.append(PublicationListing(summary, line.name, line.facts, articles))
    return tuple(listings)


def list_articles(catalogue: Catalogue, publication_id: str) -> tuple[ArticleRef, ...]:
    """Return the articles of a publication, in order."""
    articles = catalogue.get_articles(publication_id)
    return tuple(build_article_ref(index, article) for index, article in enumerate(articles))


def _summarize(catalogue: Catalogue, summary: Summary, language: Language) -> PublicationLine:
    counts = (("articles", summary.counts.articles), ("notes", summary.counts.notes))
    facts = (format_publication_date(summary, language), format_counts(counts, language))
    return PublicationLine(
        summary.id, _format_name(catalogue, summary, language), " · ".join(filter(None, facts))
    )


def _format_name(catalogue: Catalogue, summary: Summary, language: Language) -> str:
    """Return its title and number; where there are none, the title of its first article."""
    if name := format_publication_name(summary):
        return name
    titles = (article.title for article in catalogue.get_articles(summary.id) if article.title)
    return next(titles, _OUTLINE_MESSAGES["no_title"].in_language(language))
