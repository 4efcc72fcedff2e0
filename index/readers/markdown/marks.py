"""Assign the marks in the texts of a Markdown file to its notes, and take them out of the texts."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import count

from index.document import Note, NoteMark
from index.messages import MessageCatalogue
from index.readers.markdown.blocks import MarkdownBlock
from index.readers.markdown.footnotes import (
    MARKDOWN_FORM,
    NoteDefinition,
    NoteReference,
    fold_label,
    remove_references,
)
from index.readers.markdown.footnotes import find_references as find_markdown_references
from index.readers.notes.assignment import MarkPlace, NotePlace, assign_notes
from index.readers.notes.conventions import UNPRINTED_FORMS, find_marks, names_by_evidence
from index.readers.notes.numbering import (
    find_labels_without_notes,
    find_series,
    number_uniquely,
    prints_any_label,
)
from index.readers.notes.resolve import finalize_notes, report_unmarked_notes
from index.readers.report import Report

_MESSAGES = MessageCatalogue("index", "readers")
_CODE_SPAN = re.compile(r"`[^`\n]{1,200}`")


@dataclass(slots=True)
class MarkedArticle:
    """The texts and notes of an article.

    Attributes:
        texts: For each block its text without marks, and the marks.
        notes: Its notes.
    """

    texts: list[tuple[str, tuple[NoteMark, ...]]] = field(default_factory=list)
    notes: tuple[Note, ...] = ()


@dataclass(slots=True)
class _Reference:
    """What stands in a text and leads to notes, or may do so.

    Attributes:
        article: The index of the article.
        block: The index of the block.
        reference: Its place.
        notes: The indexes of its notes; a number below 0 for a note that stands in it.
    """

    article: int
    block: int
    reference: NoteReference
    notes: list[int] = field(default_factory=list)


def place_marks(
    articles: Sequence[Sequence[MarkdownBlock]],
    definitions: Sequence[NoteDefinition],
    mark_forms: Mapping[str, frozenset[str]],
    report: Report,
) -> list[MarkedArticle]:
    """Return the texts of all articles without the marks of notes, and the notes.

    A note belongs to the first article that marks it, else to the one in which it stands.

    Args:
        articles: The blocks of each article, its title first.
        definitions: The notes of the file, in order.
        mark_forms: The conventions of the marks, by the conventions of the notes.
        report: Receives marks without a note, notes without a mark, and markup.
    """
    layout = _Layout(articles, definitions)
    names = {fold_label(note.name) for note in definitions if note.form == MARKDOWN_FORM}
    references = list(_find_references(articles, mark_forms, names))
    _assign(references, layout, articles, definitions, mark_forms)
    inner = _find_inner_references(definitions)
    owners = _find_owners(references, inner)
    for reference in references:
        reference.notes = [
            note
            for note in reference.notes
            if owners.get(note, reference.article) == reference.article
        ]
    starts = [blocks[0].line for blocks in articles]
    notes_by_article: list[list[int]] = [[] for _ in articles]
    for index, definition in enumerate(definitions):
        nearest = max(bisect_right(starts, definition.line) - 1, 0)
        notes_by_article[owners.get(index, nearest)].append(index)
    labels = {definition.name for definition in definitions}
    return [
        _ArticleBuilder(
            blocks,
            [reference for reference in references if reference.article == index],
            notes_by_article[index],
            definitions,
            inner,
            labels,
        ).build(report)
        for index, blocks in enumerate(articles)
    ]


def strip_marks(text: str, mark_forms: Mapping[str, frozenset[str]]) -> tuple[str, tuple[str, ...]]:
    """Return a text without all that may mark notes in it, and what was printed there.

    Args:
        text: A line, such as that of the authors.
        mark_forms: The conventions of the marks, by the conventions of the notes.
    """
    blocks = [[MarkdownBlock(text, 0)]]
    marks = [item.reference for item in _find_references(blocks, mark_forms, frozenset())]
    printed = [text[mark.start : mark.end] for mark in marks]
    for mark in reversed(marks):
        text = text[: mark.start] + text[mark.end :]
    return text, tuple(printed)


def _find_owners(
    references: Sequence[_Reference],
    inner: Mapping[int, Sequence[tuple[NoteReference, int | None]]],
) -> dict[int, int]:
    """Return the first article that marks each note."""
    owners: dict[int, int] = {}
    for reference in references:
        for note in reference.notes:
            if note >= 0:
                owners.setdefault(note, reference.article)
    for index, inner_references in inner.items():
        for _, inner_note in inner_references:
            if inner_note is not None and index in owners:
                owners.setdefault(inner_note, owners[index])
    return owners


class _Layout:
    """The places of texts and notes of a file: chapters, and the groups in which notes stand."""

    def __init__(
        self, articles: Sequence[Sequence[MarkdownBlock]], definitions: Sequence[NoteDefinition]
    ) -> None:
        blocks = [block for article in articles for block in article]
        levels = Counter(block.heading_level for block in blocks if block.heading_level)
        chapter_level = min((level for level, number in levels.items() if number > 1), default=0)
        self._chapters = [
            block.line for block in blocks if chapter_level and block.heading_level == chapter_level
        ]
        lines = sorted(block.line for block in blocks)
        blocks_before = [bisect_left(lines, definition.line) for definition in definitions]
        self._group_ends = [
            definition.line
            for index, definition in enumerate(definitions)
            if blocks_before[index : index + 2].count(blocks_before[index]) < 2
        ]

    def find_group(self, line: int) -> int:
        """Return the number of groups of notes that end before a line."""
        return bisect_left(self._group_ends, line)

    def find_chapter(self, line: int) -> int:
        """Return the number of chapters that begin before a line."""
        return bisect_right(self._chapters, line)


def _find_references(
    articles: Sequence[Sequence[MarkdownBlock]],
    mark_forms: Mapping[str, frozenset[str]],
    names: Set[str],
) -> Iterator[_Reference]:
    """Yield what may mark notes, in the order of the texts; nothing in code does.

    A reference of Markdown's form to no name of a definition may lead to a printed note.
    """
    forms = sorted(frozenset().union(*mark_forms.values()) - {MARKDOWN_FORM})
    for article, blocks in enumerate(articles):
        for index, block in enumerate(blocks):
            if block.is_code:
                continue
            end = 0
            for reference in sorted(
                [*_find_own(block.text, names, forms), *_find_printed(block.text, forms)],
                key=lambda reference: (reference.start, -reference.end),
            ):
                if reference.start >= end:
                    end = reference.end
                    yield _Reference(article, index, reference)


def _find_own(text: str, names: Set[str], forms: Sequence[str]) -> Iterator[NoteReference]:
    """Yield Markdown's references but those to no definition, where these may be printed marks."""
    for reference in find_markdown_references(text):
        is_known = not names.isdisjoint(map(fold_label, reference.labels))
        if is_known or reference.inline_text or "caret" not in forms:
            yield reference


def _find_printed(text: str, forms: Sequence[str]) -> Iterator[NoteReference]:
    """Yield the marks of other conventions than Markdown's own."""
    candidates = find_marks(text, forms) if forms else []
    code = [match.span() for match in _CODE_SPAN.finditer(text)] if candidates else []
    for candidate in candidates:
        if not any(start < candidate.start < end for start, end in code):
            yield NoteReference(
                candidate.start,
                candidate.end,
                candidate.labels,
                form=candidate.form,
                is_doubtful=candidate.is_doubtful,
                markup=candidate.markup,
            )


def _assign(
    references: Sequence[_Reference],
    layout: _Layout,
    articles: Sequence[Sequence[MarkdownBlock]],
    definitions: Sequence[NoteDefinition],
    mark_forms: Mapping[str, frozenset[str]],
) -> None:
    """Set the notes of references."""
    owners: list[_Reference] = []
    places: list[MarkPlace] = []
    inline_count = 0
    for reference in references:
        line = articles[reference.article][reference.block].line
        place = reference.reference
        if place.inline_text:
            inline_count += 1
            reference.notes = [-inline_count]
        for label in place.labels:
            owners.append(reference)
            places.append(
                MarkPlace(
                    fold_label(label),
                    place.form,
                    layout.find_group(line),
                    layout.find_chapter(line),
                    place.is_doubtful,
                )
            )
    notes = [
        NotePlace(
            fold_label(definition.name),
            definition.form,
            layout.find_group(definition.line),
            layout.find_chapter(definition.line),
        )
        for definition in definitions
    ]
    assigned = assign_notes(places, notes, mark_forms)
    for reference, note in zip(owners, assigned, strict=True):
        if note is not None:
            reference.notes.append(note)
    for reference in references:
        text = articles[reference.article][reference.block].text
        printed = text[reference.reference.start : reference.reference.end]
        names = [definitions[note].name for note in reference.notes if note >= 0]
        if names and not prints_any_label(printed, reference.reference.labels, names):
            reference.notes = []


def _find_inner_references(
    definitions: Sequence[NoteDefinition],
) -> dict[int, list[tuple[NoteReference, int | None]]]:
    """Return for each note the references in its text, and the notes to which they lead."""
    by_label: defaultdict[str, list[int]] = defaultdict(list)
    for index, definition in enumerate(definitions):
        by_label[fold_label(definition.name)].append(index)
    result: dict[int, list[tuple[NoteReference, int | None]]] = {}
    for index, definition in enumerate(definitions):
        references = [
            reference for reference in find_markdown_references(definition.text) if reference.labels
        ]
        result[index] = [
            (reference, _find_nearest(by_label[fold_label(reference.labels[0])], index))
            for reference in references
        ]
    return result


def _find_nearest(possible: Sequence[int], index: int) -> int | None:
    """Return the note of a label that is next to a note, other than itself; after it if it may."""
    position = bisect_left(possible, index)
    near = [other for other in possible[max(position - 1, 0) : position + 2] if other != index]
    return min(near, key=lambda other: (abs(other - index), other < index), default=None)


class _ArticleBuilder:
    """Numbers the notes of an article, and takes the marks out of its texts."""

    def __init__(
        self,
        blocks: Sequence[MarkdownBlock],
        references: Sequence[_Reference],
        notes: Sequence[int],
        definitions: Sequence[NoteDefinition],
        inner: Mapping[int, Sequence[tuple[NoteReference, int | None]]],
        labels: set[str],
    ) -> None:
        self._blocks = blocks
        self._references = references
        self._definitions = definitions
        self._inner = inner
        self._free_numbers = (str(number) for number in count(1) if str(number) not in labels)
        self._inline_references = {
            note: reference for reference in references for note in reference.notes if note < 0
        }
        self._order = self._sort(notes)
        self._numbers: dict[int, str] = {}

    def build(self, report: Report) -> MarkedArticle:
        """Return the texts without marks, and the notes.

        Args:
            report: Receives marks without a note, notes without a mark, and markup.
        """
        raw_notes = [self._read_note(key) for key in self._order]
        series = self._find_series(raw_notes)
        labels = [(note.number, note.line) for note in raw_notes]
        numbers = number_uniquely(labels, report, series)
        self._numbers = dict(zip(self._order, numbers, strict=True))
        result = MarkedArticle()
        by_block: defaultdict[int, list[_Reference]] = defaultdict(list)
        for reference in self._references:
            by_block[reference.block].append(reference)
        for index, block in enumerate(self._blocks):
            result.texts.append(self._unmark(block, by_block[index], report))
        marked = {mark.note for _, marks in result.texts for mark in marks}
        notes: list[Note] = []
        for key, note, number in zip(self._order, raw_notes, numbers, strict=True):
            text, marks = self._unmark_note(key, note, report)
            repeats = key >= 0 and self._definitions[key].repeats_previous
            repeated = self._numbers.get(key - 1) if repeats else None
            notes.append(replace(note, number=number, text=text, resolves_to=repeated, marks=marks))
            marked |= {mark.note for mark in marks}
        report_unmarked_notes(notes, marked, report)
        are_named = any(
            key < 0 or self._definitions[key].form == MARKDOWN_FORM for key in self._order
        )
        result.notes = finalize_notes(notes, report, are_numbered=not are_named, series=series)
        return result

    def _sort(self, notes: Sequence[int]) -> list[int]:
        """Return the keys of the notes in order: the first marks of Markdown's notes, the rest.

        The key of a note that stands in a text itself is below 0.
        """
        order: dict[int, None] = {}

        def add(note: int) -> None:
            if note in own_notes and note not in order:
                order[note] = None
                for _, inner_note in self._inner.get(note, ()):
                    if inner_note is not None:
                        add(inner_note)

        own_notes = {note for note in notes if self._definitions[note].form == MARKDOWN_FORM}
        for reference in self._references:
            for note in reference.notes:
                if note < 0:
                    order[note] = None
                else:
                    add(note)
        return list(dict.fromkeys((*order, *notes)))

    def _find_series(self, notes: Sequence[Note]) -> list[str]:
        """Return the series of each note, in order."""
        forms = [self._definitions[key].form if key >= 0 else MARKDOWN_FORM for key in self._order]
        return find_series([note.number for note in notes], forms)

    def _read_note(self, key: int) -> Note:
        if key >= 0:
            definition = self._definitions[key]
            is_inline = definition.form in UNPRINTED_FORMS
            return Note(definition.name, definition.text, line=definition.line, is_inline=is_inline)
        reference = self._inline_references[key]
        line = self._blocks[reference.block].line
        number = next(self._free_numbers)
        return Note(number, reference.reference.inline_text, line=line, is_inline=True)

    def _unmark(
        self, block: MarkdownBlock, references: Sequence[_Reference], report: Report
    ) -> tuple[str, tuple[NoteMark, ...]]:
        """Return a text without its marks, and where they stand; marks without a note stay."""
        certain_forms = names_by_evidence("opening", "marks")
        accepted = []
        for reference in references:
            place = reference.reference
            if reference.notes:
                numbers = tuple(self._numbers[note] for note in reference.notes)
                accepted.append((place, numbers))
                printed = block.text[place.start : place.end]
                if self._are_unprinted(reference.notes):
                    report.set_aside(block.line, " ".join(place.labels), "markup")
                others = find_labels_without_notes(printed, place.labels, numbers)
                report.set_aside(block.line, " ".join(others), "markup")
            if len(reference.notes) < len(place.labels) and (
                place.form == MARKDOWN_FORM or place.form in certain_forms
            ):
                _report_missing(place, block.line, report)
        report.set_aside(block.line, " ".join(place.markup for place, _ in accepted), "markup")
        return remove_references(block.text, accepted)

    def _are_unprinted(self, notes: Sequence[int]) -> bool:
        """Return whether notes print no labels, so that those of their marks are markup."""
        return any(note >= 0 and self._definitions[note].form in UNPRINTED_FORMS for note in notes)

    def _unmark_note(
        self, key: int, note: Note, report: Report
    ) -> tuple[str, tuple[NoteMark, ...]]:
        """Return the text of a note without the marks of other notes, and these."""
        accepted = []
        for reference, inner_note in self._inner.get(key, ()):
            if inner_note in self._numbers:
                accepted.append((reference, (self._numbers[inner_note],)))
                report.set_aside(note.line, reference.markup, "markup")
            else:
                _report_missing(reference, note.line, report)
        return remove_references(note.text, accepted)


def _report_missing(reference: NoteReference, line: int, report: Report) -> None:
    report.add_finding(
        "missing-note",
        line,
        _MESSAGES["finding.missing_note"].format(line=line, number=", ".join(reference.labels)),
    )
