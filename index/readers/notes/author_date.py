"""Link references by author and date or page to the list of references of an article.

Those are references such as (Merrow 2019, 14), and in the style of the MLA (Merrow 14).

An entry of the list to which such a reference leads becomes a note, and the reference its mark, in
the text and in notes that are printed beside.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from index.document import Article, Note, NoteMark, Paragraph, Publication, Section, SetAside
from index.readers.notes.masking import fold_widths
from index.readers.notes.references import parse_source
from index.readers.notes.works import find_author_words, names_author, parse_work
from index.text.characters import contains_han
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers.notes")
_YEAR = re.compile(r"(?<![\d-])(?:1[5-9]|20)\d\d[a-z]?(?!\d)")
_PAGES = re.compile(r",?\s(?:pp?\.\s?)?\d{1,4}(?:\s?[-–—]\s?\d{1,4})?(?:,\s?\d{1,4})*\s*$")
_PARENTHESES = re.compile(r"[(\[]([^()\[\]]{4,200})[)\]]")
_LIST_MARKER = re.compile(r"\s*(?:[-*+•·]\s+|\[?\d{1,3}[\].]\s*)?")
_SAME_AUTHORS = re.compile(r"(?:[-–—―]\s?){2,6}[.,，。]")  # those of the entry before
_MAX_PAGES = 60  # characters
_NARRATIVE_WIDTH = 60  # characters before a year in parentheses that may name its authors


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a list of references.

    Attributes:
        section: The index of its section.
        paragraph: The index of its paragraph there.
        year: Its year, with the letter that tells works of one year apart.
        authors: The words of each author's name.
        label: The number of its note.
    """

    section: int
    paragraph: int
    year: str
    authors: tuple[frozenset[str], ...]
    label: str


def link_author_dates(publication: Publication) -> Publication:
    """Return a publication whose references by author and date lead to notes.

    A reference leads to an entry of its article's list if no other entry has its authors and year.

    Args:
        publication: A publication with all notes.
    """
    linked = [_link_article(article) for article in publication.articles]
    markers = (item for _, items in linked for item in items)
    set_aside = sorted((*publication.set_aside, *markers), key=lambda item: item.line)
    articles = tuple(article for article, _ in linked)
    return replace(publication, articles=articles, set_aside=tuple(set_aside))


def _link_article(article: Article) -> tuple[Article, list[SetAside]]:
    """Return an article with its references linked, and the signs before the linked entries."""
    list_sections = [
        index
        for index, section in enumerate(article.sections)
        if _PATTERNS["works-heading"].fullmatch(fold_widths(section.heading.strip()))
    ]
    if not list_sections:
        return article, []
    printed = {note.number for note in article.notes}
    entries = [
        entry for entry in _parse_entries(article, list_sections) if entry.label not in printed
    ]
    by_year: defaultdict[str, list[_Entry]] = defaultdict(list)
    for entry in entries:
        by_year[entry.year].append(entry)
    marked = {
        (section_index, paragraph_index): marks
        for section_index, section in enumerate(article.sections)
        if section_index not in list_sections
        for paragraph_index, paragraph in enumerate(section.paragraphs)
        if paragraph.kind == "text" and (marks := list(_find_marks(paragraph.text, by_year)))
    }
    return _link_marked(article, entries, by_year, marked)


def _link_marked(
    article: Article,
    entries: Sequence[_Entry],
    by_year: Mapping[str, Sequence[_Entry]],
    marked: Mapping[tuple[int, int], Sequence[NoteMark]],
) -> tuple[Article, list[SetAside]]:
    """Return an article with marks in its paragraphs and notes, and the entries they lead to."""
    notes = tuple(_mark_note(note, by_year) for note in article.notes)
    cited = {mark.note for marks in marked.values() for mark in marks}
    cited |= {mark.note for note in notes for mark in note.marks}
    cited_entries = [entry for entry in entries if entry.label in cited]
    return _add_notes(replace(article, notes=notes), cited_entries, marked)


def _mark_note(note: Note, by_year: Mapping[str, Sequence[_Entry]]) -> Note:
    """Return a printed note with marks behind its references by author and date."""
    marks = tuple(_find_marks(note.text, by_year))
    return replace(note, marks=tuple(sorted((*note.marks, *marks)))) if marks else note


def _parse_entries(article: Article, list_sections: Sequence[int]) -> Iterator[_Entry]:
    """Yield the entries that have an author and a year, each with a label of its own."""
    taken: set[str] = set()
    last_name: str = ""
    last_authors: tuple[frozenset[str], ...] = ()
    for section_index in list_sections:
        for index, paragraph in enumerate(article.sections[section_index].paragraphs):
            text = _LIST_MARKER.sub("", paragraph.text, count=1)
            year = _YEAR.search(fold_widths(text))
            repeats = _SAME_AUTHORS.match(text)
            authors = last_authors if repeats else parse_work(text).authors
            if year is None or not authors or year.start() > _NARRATIVE_WIDTH * 5:
                continue
            name = last_name if repeats else find_author_words(text)
            last_name, last_authors = name, authors
            label = f"{name} {year[0]}"
            if name and label not in taken:
                taken.add(label)
                yield _Entry(section_index, index, year[0], authors, label)


def _find_marks(text: str, by_year: Mapping[str, Sequence[_Entry]]) -> Iterator[NoteMark]:
    """Yield a mark behind each reference by author and date that leads to one entry."""
    folded = fold_widths(text)
    for match in _PARENTHESES.finditer(folded):
        before = folded[max(match.start() - _NARRATIVE_WIDTH, 0) : match.start()]
        start, authors = match.start(1), ""
        for part in re.split(r"(?<=;)", match[1]):
            end = start + len(part.rstrip("; "))
            year = _YEAR.search(part)
            if year:
                is_narrative = not part[: year.start()].strip()
                names = _take_last_names(before) if is_narrative else part[: year.start()]
                authors = authors if is_narrative and authors else names
                entry = _find_entry(authors, by_year.get(year[0], ()))
            else:
                entry = _find_undated_entry(part[: end - start], by_year)
            if entry:
                yield NoteMark(end, entry.label)
            start += len(part)


def _find_undated_entry(part: str, by_year: Mapping[str, Sequence[_Entry]]) -> _Entry | None:
    """Return the only entry of the authors that a text names without a year (Merrow 14).

    A word in capitals without pages may be an abbreviation.
    """
    pages = _PAGES.search(part, max(len(part) - _MAX_PAGES, 0))
    names = (part[: pages.start()] if pages else part).strip()
    if (names.isupper() and not pages) or not _PATTERNS["last-names"].fullmatch(names):
        return None
    entries = [entry for of_year in by_year.values() for entry in of_year]
    return _find_entry(names, entries)


def _take_last_names(before: str) -> str:
    match = _PATTERNS["names-before-year"].search(before)
    return match[0] if match else ""


def _find_entry(names: str, entries: Sequence[_Entry]) -> _Entry | None:
    """Return the only one of some entries with these authors, if there is one."""
    names = _PATTERNS["author-date-signal"].sub("", names.strip(" ,:")).strip(" ,:")
    matching = [entry for entry in entries if _is_named(entry, names)]
    return matching[0] if len(matching) == 1 else None


def _is_named(entry: _Entry, names: str) -> bool:
    if names_author(names, entry.authors):
        return True
    first = "".join(entry.authors[0])
    return contains_han(first) and len(first) > 1 and names.endswith(first)


def _add_notes(
    article: Article,
    entries: Sequence[_Entry],
    marked: Mapping[tuple[int, int], Sequence[NoteMark]],
) -> tuple[Article, list[SetAside]]:
    """Return an article with entries as notes and with their marks, and the entries' signs."""
    notes = list(article.notes)
    markers = []
    removed: defaultdict[int, set[int]] = defaultdict(set)
    for entry in entries:
        paragraph = article.sections[entry.section].paragraphs[entry.paragraph]
        removed[entry.section].add(entry.paragraph)
        marker = _LIST_MARKER.match(paragraph.text)
        start = marker.end() if marker else 0
        text = paragraph.text[start:]
        if paragraph.text[:start].strip():
            markers.append(SetAside(paragraph.line, paragraph.text[:start].strip(), "markup"))
        notes.append(
            Note(
                entry.label,
                text,
                (parse_source(text),),
                line=paragraph.line,
                is_inline=True,
                regions=paragraph.regions,
            )
        )
    sections = [
        _replace_paragraphs(section, index, removed[index], marked)
        for index, section in enumerate(article.sections)
    ]
    linked = replace(article, sections=tuple(sections), notes=tuple(notes))
    return linked, markers


def _replace_paragraphs(
    section: Section,
    section_index: int,
    removed: set[int],
    marked: Mapping[tuple[int, int], Sequence[NoteMark]],
) -> Section:
    paragraphs: list[Paragraph] = []
    for index, paragraph in enumerate(section.paragraphs):
        marks = marked.get((section_index, index), ())
        if index not in removed:
            all_marks = tuple(sorted((*paragraph.marks, *marks)))
            paragraphs.append(replace(paragraph, marks=all_marks) if marks else paragraph)
    return replace(section, paragraphs=tuple(paragraphs)) if removed or paragraphs else section
