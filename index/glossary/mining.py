"""Extraction of glosses from a publication."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.document import Article, Author, Publication
from index.glossary.acronyms import find_long_form
from index.glossary.brackets import Bracket, contains_chinese, find_brackets, is_acronym
from index.glossary.gloss import Gloss
from index.glossary.phonetics import is_romanisation
from index.glossary.term_boundary import MiningContext, fold_characters
from index.glossary.term_spans import ends_with_chinese, find_chinese_term, find_latin_term
from index.text.characters import HAN
from index.text.dictionary import Dictionary
from index.text.scripts import fold
from index.text.terms import analyze

_ROMANISED_NAME = re.compile(
    r"[A-Z][a-z'’]+(?:-[A-Za-z][a-z'’]+)*(?: [A-Z][a-z'’]+(?:-[A-Za-z][a-z'’]+)+)?"
)


def mine_glosses(publication: Publication, dictionary: Dictionary) -> tuple[Gloss, ...]:
    """Return the glosses of a publication, each once, in the order of the file.

    Their sources are brackets in text, headings and notes; titles with their translations; authors
    with their romanised names; and names that a translated title romanises.

    Args:
        publication: As a reader returned it.
        dictionary: The dictionary, by which the start of a glossed term is found.
    """
    context = MiningContext(
        dictionary, fold_characters("\n".join(_iter_publication_texts(publication)))
    )
    glosses: dict[frozenset[str], Gloss] = {}
    for gloss in _iter_glosses(publication, context):
        if len(gloss.key) > 1:
            glosses.setdefault(gloss.key, gloss)
    return tuple(glosses.values())


def _iter_glosses(publication: Publication, context: MiningContext) -> Iterator[Gloss]:
    for name, translated in (
        (publication.title, publication.title_translated),
        (publication.publisher, publication.publisher_translated),
    ):
        yield from _iter_title_glosses(name, translated, None, 0, context)
    for article_index, article in enumerate(publication.articles):
        yield from _iter_title_glosses(
            article.title, article.title_translated, article_index, article.line, context
        )
        for author in article.authors:
            if author.romanised:
                yield Gloss(_name_forms(author), "name", article_index, article.line)
        for text, line in _iter_article_texts(article):
            for forms in extract_bracket_glosses(text, context):
                yield Gloss(forms, "bracket", article_index, line)


def _iter_title_glosses(
    title: str, translated: str, article_index: int | None, line: int, context: MiningContext
) -> Iterator[Gloss]:
    if not title or not translated:
        return
    yield Gloss((title, translated), "title", article_index, line)
    if contains_chinese(title):
        for pair in _find_romanised_names(title, translated, context.dictionary):
            yield Gloss(pair, "name", article_index, line)


def extract_bracket_glosses(text: str, context: MiningContext) -> Iterator[tuple[str, ...]]:
    """Yield the forms that each bracket declares to mean the same, the one before it first.

    Args:
        text: The text of a paragraph, a heading or a note.
        context: The evidence of the publication.
    """
    for bracket in find_brackets(text):
        before = text[: bracket.start].rstrip(" *")
        term = _find_glossed_term(before, bracket, context)
        forms = tuple(dict.fromkeys(filter(None, (term, bracket.full_form, *bracket.short_forms))))
        if term and len(forms) > 1:
            yield forms


def _find_glossed_term(before: str, bracket: Bracket, context: MiningContext) -> str:
    """Return the term before a bracket that it glosses; "" if unclear."""
    if ends_with_chinese(before):
        if acronym := _find_expanded_acronym(before, bracket.full_form):
            return acronym
        if bracket.is_alias or not contains_chinese(bracket.full_form):
            return find_chinese_term(before, bracket.full_form or bracket.short_forms[0], context)
        return ""
    for short in filter(is_acronym, bracket.short_forms):
        if expansion := find_long_form(before, short):
            return expansion
    if contains_chinese(bracket.full_form):
        return find_latin_term(before, bracket.full_form, context)
    return _find_expanded_acronym(before, bracket.full_form)


def _find_expanded_acronym(before: str, full_form: str) -> str:
    """Return the acronym at the end of a text that the bracket after it expands; "" if none."""
    last_word = re.search(r"[A-Za-z\d&.-]+$", before)
    if (
        not last_word
        or not is_acronym(last_word[0])
        or find_long_form(full_form, last_word[0]) != full_form
    ):
        return ""
    return last_word[0] if len(analyze(full_form)) <= len(last_word[0]) else ""


def _name_forms(author: Author) -> tuple[str, ...]:
    """Return a name, its romanisation, and that with the family name first."""
    parts = author.romanised.split()
    family_name_first = (f"{parts[1]} {parts[0]}",) if len(parts) == 2 else ()
    return (author.name, author.romanised, *family_name_first)


def _find_romanised_names(
    title: str, translated: str, dictionary: Dictionary
) -> Iterator[tuple[str, str]]:
    """Yield the names of a Chinese title that its translation romanises: 雲背 Yunpei."""
    readings = dictionary.readings(set(fold(title)))
    runs = re.findall(f"[{HAN}]+", title)
    for name in _ROMANISED_NAME.findall(translated):
        for run in runs:
            character_readings = [readings.get(fold(character), frozenset()) for character in run]
            spans = [(i, i + n) for n in (4, 3, 2) for i in range(len(run) - n + 1)]
            span = next(
                ((i, j) for i, j in spans if is_romanisation(name, character_readings[i:j])), None
            )
            if span:
                yield run[slice(*span)], name
                break


def _iter_article_texts(article: Article) -> Iterator[tuple[str, int]]:
    """Yield the texts of an article with the lines at which they start."""
    yield article.title, article.line
    for section in article.sections:
        yield section.heading, section.line
        for paragraph in section.paragraphs:
            yield paragraph.text, paragraph.line
    for note in article.notes:
        yield note.text, note.line


def _iter_publication_texts(publication: Publication) -> Iterator[str]:
    for article in publication.articles:
        yield from (text for text, _ in _iter_article_texts(article))
