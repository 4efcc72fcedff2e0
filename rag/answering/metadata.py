"""Questions about articles and publications, answered from what is printed over and around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from index.storage.engine import Rows
from index.storage.library import Library
from index.storage.records import Head
from index.text.scripts import fold
from rag.answer.build import cite
from rag.answer.model import Citation, Field, Part, Statement
from rag.answering.statements import of_article, of_articles, of_publication, offices
from rag.query.entities import Heads, Named
from rag.query.metadata_query import (
    OF_PUBLICATIONS,
    Request,
    continued,
    might_ask,
    request,
    speaks_of_article,
)
from rag.ranking.passages import Read, Reader

_NAMED = 3.5
"""The log-odds that a statement answers which rests on a name: of an author, a topic, an issue."""

_HEADING = 4.0
"""What the share of a question that titles say counts in telling which article it means."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage as ordinary ranking has it.

    Attributes:
        read: The passage.
        parts: What its score is made of.
        heading: The share of the question that the titles and headings above it say.
        sure: The log-odds that it answers, part by part.
    """

    read: Read
    parts: tuple[Part, ...]
    heading: float
    sure: tuple[Part, ...]

    @property
    def score(self) -> float:
        """What the parts add up to."""
        return sum(part.value for part in self.parts)

    @property
    def place(self) -> tuple[str, int]:
        """Publication and article."""
        return self.read.passage.publication, self.read.passage.article


@dataclass(frozen=True, slots=True)
class Told:
    """What the metadata answer: citations with statements, and the log-odds that they do."""

    citations: tuple[Citation, ...]
    parts: tuple[Part, ...]


class Metadata:
    """Answers from the metadata of one library. Thread-safe.

    Args:
        library: Open to be read.
        reader: Of the library.
        rank: Passages that may answer a text, best first, among rows or all.
    """

    def __init__(
        self,
        library: Library,
        reader: Reader,
        rank: Callable[[str, Rows | None], list[Ranked]],
    ) -> None:
        self._library = library
        self._reader = reader
        self._rank = rank
        self._heads = Heads(library)

    def tell(
        self,
        question: str,
        earlier: str,
        rows: Rows | None,
        before: Callable[[], Citation | None],
    ) -> Told | None:
        """What the metadata answer; None if the text has to answer.

        Args:
            question: As asked.
            earlier: The question before it, or "".
            rows: The passages that may be cited; None for all.
            before: Gives the first citation of the question before this one, if there was one.
        """
        text = fold(question).strip()
        leads = bool(earlier) and might_ask(fold(earlier))
        if not might_ask(text) and not leads:
            return None
        named = self._heads.named(text)
        asked = request(question, named.words, named.institutes)
        if asked is None and leads:
            last = request(earlier, self._heads.named(fold(earlier)).words)
            asked = continued(question, last, named.words) if last else None
        if asked is None:
            return None
        heads = self._heads.of(named.publications, rows)
        if not heads:
            return Told((), (Part("metadata", -_NAMED),)) if named.one else None
        asked = replace(asked, author=asked.author or speaks_of_article(earlier))
        found = self._find(asked, named, heads, rows, before)
        return None if found is None else self._told(asked, *found)

    def _find(
        self,
        asked: Request,
        named: Named,
        heads: list[Head],
        rows: Rows | None,
        before: Callable[[], Citation | None],
    ) -> tuple[list[Head], bool, list[Ranked]] | None:
        """The articles that are meant, whether all of a publication, and how they were found."""
        if not asked.subject and (meant := _named(asked, named, heads)) is not None:
            return meant, False, []
        if asked.subject and not asked.of_publication:
            if not asked.article and not asked.titled(heads):
                return None
            ranked = self._articles(asked.subject, heads, rows)
            return ([], False, ranked) if ranked else None
        if not asked.whole and asked.fields[0] not in ("publisher", "imprint", "articles"):
            cited = before()
            if cited is None and not (asked.article or asked.author or asked.free):
                return None  # what "it" is cannot be told
            if cited is not None:
                if not (asked.article or asked.author or cited.statements):
                    return None
                place = (cited.publication.id, cited.article.index)
                same = [head for head in heads if (head.publication, head.article) == place]
                return same, False, []
        return heads, asked.whole or len(heads) > 1, []

    def _articles(self, subject: str, heads: Sequence[Head], rows: Rows | None) -> list[Ranked]:
        """The best passage of each article, best article first."""
        known = {(head.publication, head.article) for head in heads}
        best: dict[tuple[str, int], Ranked] = {}
        for one in self._rank(subject, rows):
            held = best.get(one.place)
            if one.place in known and (held is None or _worth(one) > _worth(held)):
                best[one.place] = one
        return sorted(best.values(), key=lambda one: (-_worth(one), one.read.row))

    def _told(
        self, asked: Request, heads: list[Head], whole: bool, ranked: list[Ranked]
    ) -> Told | None:
        if ranked:
            said = tuple(self._of_article(asked.fields, *ranked[0].place, asked.text))
            if not said:
                return None
            best, *rest = [
                self._cited(one.read, (*one.parts, Part("titles", _HEADING * one.heading)))
                for one in ranked
            ]
            sure = (*ranked[0].sure, Part("titles", _HEADING * ranked[0].heading))
            return Told((replace(best, statements=said), *rest), sure)
        if not heads:
            return None
        citations = tuple(
            replace(each, score=_NAMED - at, parts=(Part("metadata", _NAMED - at),))
            for at, each in enumerate(self._of_each(asked, heads, whole))
        )
        return Told(citations, (Part("metadata", _NAMED),)) if citations else None

    def _of_each(self, asked: Request, heads: list[Head], whole: bool) -> Iterator[Citation]:
        """A citation for each article or, of whole publications, one for each of these."""
        publications = dict.fromkeys(head.publication for head in heads)
        listed = asked.fields == ("articles",)
        for publication in publications:
            own = [head for head in heads if head.publication == publication]
            if whole and not listed:
                said = tuple(self._of_publication(asked.fields, own, asked.text))
                if said:
                    yield replace(self._first(own[0]), statements=said)
                continue
            for at, head in enumerate(own):
                said = tuple(self._of_article(asked.fields, publication, head.article, asked.text))
                if (
                    len(own) > 1
                    and at == 0
                    and (listed or asked.fields in (("title",), ("author",)))
                ):
                    articles = [self._reader.article(publication, each.article) for each in own]
                    kind: Field = "author" if asked.fields == ("author",) else "articles"
                    every = of_articles(kind, articles)
                    said = (every,) if every else ()
                yield replace(self._first(head), statements=said)

    def _of_article(
        self, fields: Sequence[Field], publication: str, article: int, text: str
    ) -> Iterator[Statement]:
        printed = self._reader.article(publication, article)
        front = self._library.front(publication)
        for field in fields:
            if field == "imprint":
                yield from offices(front.imprint, text)
                continue
            made = (
                of_publication(field, front)
                if field in OF_PUBLICATIONS
                else of_article("title" if field == "articles" else field, printed)
            )
            if made is not None:
                yield made

    def _of_publication(
        self, fields: Sequence[Field], heads: Sequence[Head], text: str
    ) -> Iterator[Statement]:
        front = self._library.front(heads[0].publication)
        articles = [self._reader.article(front.id, head.article) for head in heads]
        for field in fields:
            if field == "imprint":
                yield from offices(front.imprint, text)
                continue
            made = (
                of_publication(field, front)
                if field in OF_PUBLICATIONS or field == "title"
                else of_articles(field, articles)
            )
            if made is not None:
                yield made

    def _first(self, head: Head) -> Citation:
        """The article's first passage."""
        (read,) = self._reader.read([self._library.first_row(head)])
        return self._cited(read, ())

    def _cited(self, read: Read, parts: Sequence[Part]) -> Citation:
        passage = read.passage
        return cite(
            read,
            self._reader.article(passage.publication, passage.article),
            self._reader.summary(passage.publication),
            (),
            parts,
        )


def _worth(one: Ranked) -> float:
    return one.score + _HEADING * one.heading


def _named(asked: Request, named: Named, heads: list[Head]) -> list[Head] | None:
    """The articles that are meant by their place, author, institute or topic; None if by none."""
    if asked.nth is not None:
        own = [head for head in heads if head.publication == heads[0].publication]
        return own[asked.nth :][:1] if -len(own) <= asked.nth < len(own) else []
    if named.authors:
        return [head for head in heads if named.authors & set(head.authors)]
    if named.institutes and asked.fields[0] in ("author", "title", "articles"):
        return [head for head in heads if named.institutes & set(head.institutes)]
    if named.topics and asked.fields in (("title",), ("articles",), ("author",)):
        return [head for head in heads if named.topics & set(head.topics)]
    return None
