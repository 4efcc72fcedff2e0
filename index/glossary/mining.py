"""The glosses that a publication gives itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.document import Article, Author, Publication
from index.glossary.acronyms import long_form
from index.glossary.brackets import HAN, Bracket, brackets, is_chinese, is_short
from index.glossary.gloss import Gloss
from index.glossary.phonetics import spells
from index.glossary.term_boundary import Surroundings, folded_by_sign
from index.glossary.term_spans import chinese_before, ends_chinese, latin_before
from index.text.dictionary import Lexicon
from index.text.scripts import fold
from index.text.terms import words

_SPELLED = re.compile(
    r"[A-Z][a-z'’]+(?:-[A-Za-z][a-z'’]+)*(?: [A-Z][a-z'’]+(?:-[A-Za-z][a-z'’]+)+)?"
)


def mine(publication: Publication, lexicon: Lexicon) -> tuple[Gloss, ...]:
    """What a publication says stands for what, each once, in the order of the file.

    That is: what brackets gloss, in the text, in headings and in notes; titles and what they are
    translated by; authors and how they are romanised; names that a translated title romanises.

    Args:
        publication: As it was read.
        lexicon: The dictionary, which helps to tell where a glossed term begins.
    """
    around = Surroundings(lexicon, folded_by_sign("\n".join(_everything(publication))))
    found: dict[frozenset[str], Gloss] = {}
    for gloss in _all(publication, around):
        if len(gloss.key) > 1:
            found.setdefault(gloss.key, gloss)
    return tuple(found.values())


def _all(publication: Publication, around: Surroundings) -> Iterator[Gloss]:
    for name, translated in (
        (publication.title, publication.title_translated),
        (publication.publisher, publication.publisher_translated),
    ):
        yield from _paired(name, translated, None, 0, around)
    for number, article in enumerate(publication.articles):
        yield from _paired(article.title, article.title_translated, number, article.line, around)
        for author in article.authors:
            if author.romanised:
                yield Gloss(_names(author), "name", number, article.line)
        for text, line in _texts(article):
            for forms in glossed(text, around):
                yield Gloss(forms, "bracket", number, line)


def _paired(
    title: str, translated: str, article: int | None, line: int, around: Surroundings
) -> Iterator[Gloss]:
    if not title or not translated:
        return
    yield Gloss((title, translated), "title", article, line)
    if is_chinese(title):
        for pair in _romanised(title, translated, around.lexicon):
            yield Gloss(pair, "name", article, line)


def glossed(text: str, around: Surroundings) -> Iterator[tuple[str, ...]]:
    """The forms that the brackets of a text gloss each other by, the one before it first."""
    for bracket in brackets(text):
        before = text[: bracket.start].rstrip(" *")
        term = _term(before, bracket, around)
        forms = tuple(dict.fromkeys(filter(None, (term, bracket.full, *bracket.short))))
        if term and len(forms) > 1:
            yield forms


def _term(before: str, bracket: Bracket, around: Surroundings) -> str:
    """What stands before a bracket and is glossed by it; "" if that cannot be told."""
    if ends_chinese(before):
        if acronym := _spelled_out(before, bracket.full):
            return acronym
        if bracket.renamed or not is_chinese(bracket.full):
            return chinese_before(before, bracket.full or bracket.short[0], around)
        return ""
    for short in filter(is_short, bracket.short):
        if found := long_form(before, short):
            return found
    if is_chinese(bracket.full):
        return latin_before(before, bracket.full, around)
    return _spelled_out(before, bracket.full)


def _spelled_out(before: str, full: str) -> str:
    """The acronym at the end of a text that a bracket after it spells out; "" if there is none."""
    last = re.search(r"[A-Za-z\d&.-]+$", before)
    if not last or not is_short(last[0]) or long_form(full, last[0]) != full:
        return ""
    return last[0] if len(words(full)) <= len(last[0]) else ""


def _names(author: Author) -> tuple[str, ...]:
    """A name, how it is romanised, and the same with the family name first."""
    parts = author.romanised.split()
    turned = (f"{parts[1]} {parts[0]}",) if len(parts) == 2 else ()
    return (author.name, author.romanised, *turned)


def _romanised(title: str, translated: str, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """The names of a Chinese title that its translation spells: 雲背 Yunpei."""
    readings = lexicon.readings(set(fold(title)))
    runs = re.findall(f"[{HAN}]+", title)
    for name in _SPELLED.findall(translated):
        for run in runs:
            signs = [readings.get(fold(sign), frozenset()) for sign in run]
            places = [(i, i + n) for n in (4, 3, 2) for i in range(len(run) - n + 1)]
            place = next(((i, j) for i, j in places if spells(name, signs[i:j])), None)
            if place:
                yield run[slice(*place)], name
                break


def _texts(article: Article) -> Iterator[tuple[str, int]]:
    """The texts of an article, and the lines at which they begin."""
    yield article.title, article.line
    for section in article.sections:
        yield section.heading, section.line
        for paragraph in section.paragraphs:
            yield paragraph.text, paragraph.line
    for note in article.notes:
        yield note.text, note.line


def _everything(publication: Publication) -> Iterator[str]:
    for article in publication.articles:
        yield from (text for text, _ in _texts(article))
