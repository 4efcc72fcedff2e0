"""Questions to begin with, made from a library's own names, titles and headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from index.document import Article
from index.storage.records import Summary
from ui.messages import page
from ui.messages.cli import Language, say

_NUMBERING = re.compile(
    r"^\s*(?:[壹貳參叁肆伍陸柒捌玖拾一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十\d]+[）)]"
    r"|[IVX]+\.|\d+(?:\.\d+)*[.、．]?\s)\s*"
)
_SAYS_NOTHING = re.compile(
    r"前言|緒論|引言|結論|結語|小結|背景|摘要|新聞重點|安全意涵|趨勢研判|評析"
    r"|introduction|conclusions?|background|summary|remarks",
    re.IGNORECASE,
)
_LONGEST = 40
_INNER_QUOTES = str.maketrans("「」“”", "『』‘’")


EXAMPLES = 4
"""How many questions a newcomer is shown."""


def example_questions(
    publications: Sequence[Summary], articles: Iterable[Article], language: Language
) -> Iterator[str]:
    """What could be asked: what the first publication holds, then what the headings name.

    Each question is about another article than the one before it. In English they are made of
    titles, printed or translated; in Chinese of the most special headings, else of titles.
    """
    for each in publications[:1]:
        if each.title:
            names = {"title": each.title, "number": each.number}
            asked = say(page.EXAMPLE_CONTENTS, language, **names)
            yield " ".join(asked.replace(" ?", "?").split())
    topics = [list(_topics(article, language)) for article in articles]
    rounds = zip_longest(*topics)
    chosen = dict.fromkeys(topic for each in rounds for topic in each if topic)
    quoted = (topic.translate(_INNER_QUOTES) for topic in chosen)
    for topic in quoted:
        yield say(page.EXAMPLE_QUESTION, language, topic=topic)


def _topics(article: Article, language: Language) -> Iterator[str]:
    titles = [article.title, article.title_translated]
    in_language = [title for title in titles if title and _chinese(title) == (language == "zh")]
    headings = [_bare(section.heading) for section in article.sections if len(section.path) > 1]
    special = [
        heading
        for heading in headings
        if heading
        and len(heading) <= _LONGEST
        and _chinese(heading) == (language == "zh")
        and not _SAYS_NOTHING.fullmatch(heading)
    ]
    yield from (special[:1] or in_language[:1])
    yield from _rest(special, in_language)


def _rest(special: Sequence[str], titles: Sequence[str]) -> Iterator[str]:
    if special:
        yield from titles[:1]
    yield from special[1:]


def _bare(heading: str) -> str:
    """A heading without its number and its asterisks."""
    return _NUMBERING.sub("", heading).strip().replace("*", "")


def _chinese(text: str) -> bool:
    return any("\u3400" <= sign <= "\u9fff" for sign in text)
