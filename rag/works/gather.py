"""The works that a library's notes cite."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from itertools import islice

from index.document import Article, Note, Publication
from index.references.model import Person, Reference
from index.references.parse import introduces_place_of_quotation, parse_reference
from index.storage.library import Library
from index.storage.records import Filters, Summary
from rag.works.identity import (
    Synonyms,
    build_synonyms,
    fold_letters,
    is_same_work,
    list_keys,
)
from rag.works.model import CitedReference, Work

_MAX_CANDIDATES = 100  # works with a key in common that a reference is compared with
_NOT_OF_THE_WORK = frozenset(("text", "locator", "quoted_in", "unsure", "rest", "language", "type"))

_parse = lru_cache(maxsize=65_536)(parse_reference)


@dataclass(slots=True)
class _Cluster:
    reference: Reference
    citations: list[tuple[int, CitedReference]] = field(default_factory=list)


def collect_works(library: Library, filters: Filters | None = None) -> tuple[Work, ...]:
    """Return the works that the notes of a library cite, in the order of their first citations.

    Args:
        library: The library.
        filters: Which publications and articles to read; those of authors and topics are of the
            articles, not of the works.
    """
    synonyms = build_synonyms(stored.gloss for stored in library.glosses())
    return join_references(read_references(library, filters or Filters()), synonyms)


def read_references(library: Library, filters: Filters) -> Iterator[CitedReference]:
    """Yield the references of a library's notes, in order.

    Args:
        library: The library.
        filters: Which publications and articles to read.
    """
    for summary in library.publications():
        if is_chosen_publication(summary, filters):
            yield from list_references(library.publication(summary.id), filters)


def list_references(
    publication: Publication, filters: Filters | None = None
) -> Iterator[CitedReference]:
    """Yield the references of a publication's notes, in order.

    Args:
        publication: The publication.
        filters: Which articles to read; what it says of publications is not looked at.
    """
    filters = filters or Filters()
    for index, article in enumerate(publication.articles):
        if is_chosen_article(article, filters):
            yield from list_article_references(publication.id, index, article)


def list_article_references(
    publication_id: str, article_index: int, article: Article
) -> Iterator[CitedReference]:
    """Yield the references of an article's notes, those of 同註 and *Ibid.* included.

    Args:
        publication_id: The id of its publication.
        article_index: Its index there.
        article: The article.
    """
    notes = {note.number: note for note in article.notes}
    for note in article.notes:
        cited = CitedReference(publication_id, article_index, note.number, Reference(""))
        yield from _list_note_references(note, cited)
        repeated = notes.get(note.resolves_to or "")
        if repeated:
            cited = replace(cited, repeats=repeated.number)
            yield from _list_note_references(repeated, cited)


def list_source_references(texts: Iterable[str]) -> Iterator[Reference]:
    """Yield the references of sources, with those that they are quoted in.

    Args:
        texts: The sources, as printed.
    """
    for text in texts:
        reference = _parse(text)
        yield reference
        if reference.quoted_in:
            yield reference.quoted_in


def join_references(references: Iterable[CitedReference], synonyms: Synonyms) -> tuple[Work, ...]:
    """Return the works that references mean, in the order of their first citations.

    References are taken from the fullest to the shortest, and each is compared with the works that
    have a key in common with it. A short reference that several works fit is a work of its own.

    Args:
        references: The references.
        synonyms: The forms that mean the same.
    """
    numbered = sorted(enumerate(references), key=lambda item: (-_fullness(item[1]), item[0]))
    by_key: dict[str, dict[int, _Cluster]] = defaultdict(dict)
    clusters: list[_Cluster] = []
    for number, cited in numbered:
        keys = list_keys(cited.reference, synonyms)
        cluster = _find_cluster(cited, keys, by_key, synonyms)
        if cluster is None:
            cluster = _Cluster(cited.reference)
            clusters.append(cluster)
        else:
            cluster.reference = merge(cluster.reference, cited.reference)
        cluster.citations.append((number, cited))
        for key in keys:
            by_key[key].setdefault(id(cluster), cluster)
    works = [_build_work(cluster, synonyms) for cluster in clusters]
    first = {
        id(work): min(cluster.citations)[0] for work, cluster in zip(works, clusters, strict=True)
    }
    return tuple(sorted(works, key=lambda work: first[id(work)]))


def list_ids(work: Work) -> frozenset[str]:
    """Return the ids of a work: its own, and those that the notes of one article alone give it.

    Args:
        work: The work.
    """
    by_article: dict[tuple[str, int], Reference] = {}
    for cited in sorted(work.citations, key=lambda cited: -_fullness(cited)):
        place = (cited.publication_id, cited.article_index)
        by_article[place] = merge(by_article.get(place, cited.reference), cited.reference)
    return frozenset((work.id, *map(_identify, by_article.values())))


def merge(full: Reference, other: Reference) -> Reference:
    """Return a reference with the fields of a work that only another reference to it has.

    Args:
        full: The fuller reference.
        other: The other one.
    """
    missing = {
        item.name: getattr(other, item.name)
        for item in fields(Reference)
        if item.name not in _NOT_OF_THE_WORK
        and not getattr(full, item.name)
        and getattr(other, item.name)
    }
    if not full.title and "title" in missing:
        missing["type"] = other.type
    return replace(full, **missing) if missing else full


def _list_note_references(note: Note, cited: CitedReference) -> Iterator[CitedReference]:
    references = [_parse(source.text) for source in note.sources]
    are_quoted = [*_find_quoted(note), False]
    for index, reference in enumerate(references):
        is_followed = are_quoted[index + 1] and not reference.quoted_in
        main = replace(reference, quoted_in=references[index + 1]) if is_followed else reference
        yield replace(cited, reference=main, is_quoted=are_quoted[index])
        if reference.quoted_in:
            yield replace(cited, reference=reference.quoted_in, is_quoted=True)


def _find_quoted(note: Note) -> Iterator[bool]:
    """Yield for each source of a note whether it is named as the place of a quotation (轉引自)."""
    end = 0
    for source in note.sources:
        start = note.text.find(source.text, end)
        yield start >= 0 and introduces_place_of_quotation(note.text[end:start])
        end = max(end, start + len(source.text))


def _find_cluster(
    cited: CitedReference,
    keys: Sequence[str],
    by_key: dict[str, dict[int, _Cluster]],
    synonyms: Synonyms,
) -> _Cluster | None:
    matching: dict[int, _Cluster] = {}
    for key in keys:
        newest = [*islice(reversed(by_key.get(key, {}).values()), _MAX_CANDIDATES)]
        matching |= {
            id(cluster): cluster
            for cluster in reversed(newest)
            if is_same_work(cluster.reference, cited.reference, synonyms)
        }
    if len(matching) > 1 and _is_short(cited.reference):
        near = [cluster for cluster in matching.values() if _cites_from(cluster, cited)]
        return near[0] if len(near) == 1 else None
    return next(iter(matching.values()), None)


def _is_short(reference: Reference) -> bool:
    """Return whether a reference leaves out what tells works of one author and title apart."""
    return not (reference.title and (reference.date or reference.container or reference.url))


def _cites_from(cluster: _Cluster, cited: CitedReference) -> bool:
    return any(
        item.publication_id == cited.publication_id and item.article_index == cited.article_index
        for _, item in cluster.citations
    )


def _fullness(cited: CitedReference) -> int:
    reference = cited.reference
    names = ("title", "authors", "container", "date", "publisher", "place", "volume", "doi", "url")
    full_date = reference.date.month if reference.date else 0
    return sum(bool(getattr(reference, name)) for name in names) + bool(full_date)


def _build_work(cluster: _Cluster, synonyms: Synonyms) -> Work:
    reference = cluster.reference
    reference = replace(
        reference,
        authors=tuple(_add_other_name(person, synonyms) for person in reference.authors),
        locator="",
    )
    citations = tuple(cited for _, cited in sorted(cluster.citations, key=lambda item: item[0]))
    return Work(_identify(reference), reference, citations)


def _add_other_name(person: Person, synonyms: Synonyms) -> Person:
    if person.other_name:
        return person
    return replace(person, other_name=synonyms.find_other_name(person.name))


def _identify(reference: Reference) -> str:
    parts = (
        reference.title or reference.text,
        reference.container,
        reference.authors[0].name if reference.authors else "",
        str(reference.date.year) if reference.date else "",
        str((reference.date.month, reference.date.day)) if reference.date else "",
        reference.volume,
    )
    return hashlib.sha256("\n".join(map(fold_letters, parts)).encode()).hexdigest()[:12]


def is_chosen_publication(summary: Summary, filters: Filters) -> bool:
    """Return whether a publication meets the filters of publications.

    Args:
        summary: The publication.
        filters: The filters.
    """
    day = summary.date
    if (filters.after or filters.before) and day is None:
        return False
    is_within = day is None or ((filters.after or day) <= day <= (filters.before or day))
    names = (summary.title, summary.title_translated, summary.number)
    is_named = filters.publication == summary.id or _matches(filters.publication, *names)
    return is_within and is_named


def is_chosen_article(article: Article, filters: Filters) -> bool:
    """Return whether an article meets the filters of articles.

    Args:
        article: The article.
        filters: The filters.
    """
    return (
        _matches(filters.article, article.title, article.title_translated)
        and _matches(
            filters.author,
            *(name for author in article.authors for name in (author.name, author.romanised)),
        )
        and _matches(filters.topic, *article.topics)
    )


def _matches(part: str | None, *names: str) -> bool:
    return part is None or any(fold_letters(part) in fold_letters(name) for name in names)
