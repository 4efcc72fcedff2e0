"""Example questions, made from the names, titles and headings of a library."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, zip_longest

from index.document import Article
from index.errors import TongzhuError
from index.glossary.gloss import Gloss
from index.messages import Language, MessageCatalogue, is_chinese
from index.storage.records import Summary
from index.text.characters import contains_han
from ui.service.query import Query
from ui.service.service import Service

_MESSAGES = MessageCatalogue("ui", "page")

_NUMBERING = re.compile(
    r"^\s*(?:[壹貳參叁肆伍陸柒捌玖拾一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十\d]+[）)]"
    r"|[IVX]+\.|\d+(?:\.\d+)*[.、．]?\s)\s*"
)
_GENERIC_HEADING = re.compile(
    r"前言|緒論|引言|結論|結語|小結|背景|摘要|新聞重點|安全意涵|趨勢研判|評析"
    r"|introduction|conclusions?|background|summary|remarks",
    re.IGNORECASE,
)
_MAX_HEADING_LENGTH = 40
_INNER_QUOTES = str.maketrans("「」“”", "『』‘’")


EXAMPLE_COUNT = 4
"""How many example questions the first screen shows."""

_EXAMPLE_PUBLICATIONS = 3  # publications that examples are made of


def find_example_questions(service: Service, language: Language) -> tuple[str, ...]:
    """Return example questions that the library answers."""
    return _find_example_questions(service, service.catalogue.generation, language)


@lru_cache(maxsize=4)
def _find_example_questions(service: Service, _: int, language: Language) -> tuple[str, ...]:
    catalogue = service.catalogue
    publications = catalogue.publications[:_EXAMPLE_PUBLICATIONS]
    articles = [
        article for summary in publications for article in catalogue.get_articles(summary.id)
    ]

    def has_answer(question: str) -> bool:
        try:
            return service.ask(Query(question)).is_answered
        except TongzhuError:
            return False

    ids = {summary.id for summary in publications}
    glosses = catalogue.glosses if publications else ()
    terms = [stored.gloss for stored in glosses if stored.publication_id in ids]
    questions = generate_example_questions(
        publications, articles, language, choose_terms(terms, language)
    )
    return tuple(islice(filter(has_answer, questions), EXAMPLE_COUNT))


def choose_terms(glosses: Iterable[Gloss], language: Language) -> list[str]:
    """Return the terms that a text explains in a bracket with an abbreviation, in a language."""
    explained = (
        gloss.forms for gloss in glosses if gloss.kind == "bracket" and len(gloss.forms) > 2
    )
    return [
        form
        for forms in explained
        for form in forms[:-1]
        if contains_han(form) == is_chinese(language)
    ]


def generate_example_questions(
    publications: Sequence[Summary],
    articles: Sequence[Article],
    language: Language,
    terms: Sequence[str] = (),
) -> Iterator[str]:
    """Yield example questions: on contents, on what an article says, on a term, then on topics.

    Consecutive questions are about different articles. Topics are headings in the language, or else
    titles, as printed or translated.

    Args:
        publications: The first of them that has several articles is asked for its contents.
        articles: What the topics are taken from.
        language: The language of the questions.
        terms: Terms that the texts explain.
    """
    yield from islice(_ask_for_contents(publications, language), 1)
    titles = [title for article in articles for title in _list_titles(article, language)]
    for title in titles[:1]:
        yield _MESSAGES["example_points"].in_language(
            language, title=title.translate(_INNER_QUOTES)
        )
    for term in terms[:1]:
        yield _MESSAGES["example_term"].in_language(language, term=term)
    topics = [list(_rank_topics(article, language)) for article in articles]
    rounds = zip_longest(*topics)
    distinct_topics = dict.fromkeys(
        topic for item in rounds for topic in item if topic and topic not in titles[:1]
    )
    quoted = (topic.translate(_INNER_QUOTES) for topic in distinct_topics)
    for topic in quoted:
        yield _MESSAGES["example_question"].in_language(language, topic=topic)


def _ask_for_contents(publications: Iterable[Summary], language: Language) -> Iterator[str]:
    """Yield the question for the articles of each publication that has several."""
    for item in publications:
        if item.title and item.counts.articles > 1:
            names = {"title": item.title, "number": item.number}
            question = _MESSAGES["example_contents"].in_language(language, **names)
            yield " ".join(question.replace(" ?", "?").split())


def _rank_topics(article: Article, language: Language) -> Iterator[str]:
    in_language = _list_titles(article, language)
    headings = [
        _strip_numbering(section.heading) for section in article.sections if len(section.path) > 1
    ]
    specific = [
        heading
        for heading in headings
        if heading
        and len(heading) <= _MAX_HEADING_LENGTH
        and contains_han(heading) == is_chinese(language)
        and not _GENERIC_HEADING.fullmatch(heading)
    ]
    yield from (specific[:1] or in_language[:1])
    yield from _list_remaining_topics(specific, in_language)


def _list_titles(article: Article, language: Language) -> list[str]:
    """Return the titles of an article in a language."""
    titles = [article.title, article.title_translated]
    return [title for title in titles if title and contains_han(title) == is_chinese(language)]


def _list_remaining_topics(specific: Sequence[str], titles: Sequence[str]) -> Iterator[str]:
    if specific:
        yield from titles[:1]
    yield from specific[1:]


def _strip_numbering(heading: str) -> str:
    """Return a heading without its number and its asterisks."""
    return _NUMBERING.sub("", heading).strip().replace("*", "")
