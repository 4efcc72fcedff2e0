"""Where words stand: all their mentions, and where the publications themselves explain them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from index.glossary.gloss import Gloss
from index.storage.library import Library
from index.storage.records import ArticleHeader
from index.text.characters import contains_han
from index.text.dictionary import load_dictionary
from index.text.patterns import load_patterns
from index.text.scripts import fold
from index.text.terms import analyze
from rag.answer.model import ListedItem, Listing, ListingGroup, ListingRemark
from rag.query import limits
from rag.ranking.parameters import load_parameters
from rag.ranking.passages import LoadedPassage, PassageLoader, Sentence
from rag.structured.items import ItemCollector
from rag.structured.parse import find_as_written
from rag.structured.sources import compile_words
from rag.structured.word_search import WordSearcher

_OR = re.compile("或者?| or ")
_ARTICLE = re.compile(r"^(?:the|an?) ")
_NOT_LETTERS = re.compile(r"[\s\-'’.·‧]+")


_PATTERNS = load_patterns("rag.structured")


class _Mention(NamedTuple):
    """A sentence with a word, how often it has it, and whether it states such a count itself."""

    passage: LoadedPassage
    sentence: Sentence
    occurrences: int
    states_count: bool


@dataclass(frozen=True)
class TermFinder:
    """Finds words in a library, in the forms that its glossary and the dictionary have for them.

    Attributes:
        library: The library.
        loader: Reads its passages.
        searcher: Finds those that may have a word.
    """

    library: Library
    loader: PassageLoader
    searcher: WordSearcher

    @cached_property
    def glosses(self) -> tuple[Gloss, ...]:
        """The glosses of the library, but for those of titles."""
        return tuple(
            stored.gloss for stored in self.library.glosses() if stored.gloss.kind != "title"
        )

    def find_glosses(self, subject: str) -> list[Gloss]:
        """Return the glosses that explain a term, those of the same forms once.

        Args:
            subject: The term, folded.
        """
        key = _compact(subject)
        matching = {
            gloss.key: gloss
            for gloss in reversed(self.glosses)
            if gloss.kind != "name" and any(_compact(fold(form)) == key for form in gloss.forms)
        }
        return list(matching.values())

    def list_forms(self, subject: str) -> tuple[str, ...]:
        """Return words with the other forms that the glossary has for them, folded.

        Args:
            subject: A word, or several with 或 or "or" between them, folded.
        """
        words = [_ARTICLE.sub("", word.strip()) for word in _OR.split(subject)]
        keys = set(map(_compact, words))
        forms = (fold(form) for gloss in self.glosses for form in _others(gloss, keys))
        return tuple(dict.fromkeys((*words, *forms)))

    def translate(self, subject: str) -> tuple[str, ...]:
        """Return what the dictionary has for a word in the other language, folded.

        Args:
            subject: The word, folded.
        """
        dictionary = load_dictionary()
        if contains_han(subject):
            by_word = dictionary.translate_to_english([subject])
        else:
            by_word = dictionary.translate_to_chinese([" ".join(analyze(subject))])
        return tuple(
            dict.fromkeys(
                " ".join(translation.terms)
                for translations in by_word.values()
                for translation in translations
            )
        )

    def list_mentions(
        self,
        headers: Sequence[ArticleHeader],
        subject: str,
        words: Sequence[str],
        collector: ItemCollector,
    ) -> Listing:
        """Return the sentences that have one of some words, by article; the words are counted.

        Of a word in more passages than are read for one question, those with most of it are, which
        the remark says.

        Args:
            headers: The articles.
            subject: What is looked for, as asked.
            words: The forms of it, folded.
            collector: Collects the items.
        """
        pattern = compile_words(words, with_plural=True)
        searched = self.searcher.find_passages(headers, words)
        groups = []
        sentences: list[str] = []
        left = limits.MAX_LISTED_ITEMS
        states_count = False
        for key, passages in searched.by_article.items():
            counted = list(self._count(passages, pattern))
            counted.sort(key=lambda mention: not mention.states_count)
            items = [collector.add(item.passage, item.sentence.ref.span) for item in counted[:left]]
            left -= len(items)
            sentences += [mention.sentence.text for mention in counted]
            if counted:
                states_count = states_count or counted[0].states_count
                title = self.loader.load_article(*key).title
                count = sum(mention.occurrences for mention in counted)
                groups.append(ListingGroup(title, count, tuple(items)))
        total = sum(group.count for group in groups)
        remark: ListingRemark = "stated-count" if states_count else ""
        if not searched.is_complete:
            remark = "not-all"
        printed = _list_printed(pattern, sentences)
        return Listing("mentions", subject, total, tuple(groups), printed, remark)

    def list_definitions(
        self,
        headers: Sequence[ArticleHeader],
        subject: str,
        glosses: Iterable[Gloss],
        collector: ItemCollector,
    ) -> Listing:
        """Return the forms of terms, each with the sentences that explain it.

        Args:
            headers: The articles.
            subject: The term, as asked.
            glosses: The glosses that explain it.
            collector: Collects the items.
        """
        groups = []
        for gloss in glosses:
            items = self._list_explanations(headers, gloss, collector)
            groups.append(ListingGroup(" = ".join(gloss.forms), len(items), tuple(items)))
        shown = tuple(group for group in groups if group.items)
        return Listing("definition", subject, len(shown), shown)

    def find_rows(self, headers: Sequence[ArticleHeader], words: Sequence[str]) -> frozenset[int]:
        """Return the passages of articles whose text has one of some words.

        Args:
            headers: The articles.
            words: The words, folded.
        """
        pattern = compile_words(words, with_plural=True)
        passages = self.searcher.find_passages(headers, words).by_article.values()
        return frozenset(
            loaded.row
            for article_passages in passages
            for loaded in article_passages
            if pattern.search(fold(loaded.passage.text))
        )

    def _list_explanations(
        self, headers: Sequence[ArticleHeader], gloss: Gloss, collector: ItemCollector
    ) -> list[ListedItem]:
        """Return the sentences that have two forms of a gloss; else the first that has one."""
        words = [fold(form) for form in gloss.forms]
        patterns = [compile_words([word]) for word in words]
        passages = self.searcher.find_passages(headers, words).by_article
        sentences = [
            (
                loaded,
                sentence.ref,
                sum(pattern.search(sentence.folded) is not None for pattern in patterns),
            )
            for loaded in chain.from_iterable(passages.values())
            for sentence in self.loader.load_sentences(loaded)
            if sentence.kind != "source"
        ]
        having = [item for item in sentences if item[2]]
        explaining = [item for item in having if item[2] > 1]
        return [
            collector.add(loaded, ref.span, ref.note) for loaded, ref, _ in explaining or having[:1]
        ]

    def _count(
        self, passages: Iterable[LoadedPassage], pattern: re.Pattern[str]
    ) -> Iterator[_Mention]:
        for loaded in passages:
            for sentence in self.loader.load_sentences(loaded):
                if sentence.kind == "text" and sentence.ref.note is None:
                    matches = list(pattern.finditer(sentence.folded))
                    if matches:
                        yield _Mention(loaded, sentence, len(matches), _states_count(matches))


def _list_printed(pattern: re.Pattern[str], sentences: Iterable[str]) -> tuple[str, ...]:
    """Return the words that sentences have, as printed, those that fold to the same once."""
    printed: dict[str, str] = {}
    for sentence in sentences:
        for word in pattern.findall(fold(sentence)):
            if word not in printed:
                printed[word] = find_as_written(sentence, word)
    return tuple(printed.values())


def _states_count(matches: Sequence[re.Match[str]]) -> bool:
    """Return whether a sentence states how often a word is used: 出現 54 次「和平」."""
    text = matches[0].string
    distance = load_parameters().structure.max_count_distance
    return any(
        abs(count.start() - match.start()) <= distance
        for match in matches
        for count in _PATTERNS["stated-count"].finditer(text)
    )


def _others(gloss: Gloss, keys: set[str]) -> tuple[str, ...]:
    return gloss.forms if any(_compact(fold(form)) in keys for form in gloss.forms) else ()


def _compact(text: str) -> str:
    return _NOT_LETTERS.sub("", _ARTICLE.sub("", text))
