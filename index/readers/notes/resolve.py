"""Parse the notes of an article and resolve their references to one another.

A note cites sources, explains, or refers to another note (同註 3, *Ibid.*, *op. cit.*, 參見註 3).
Chains of such references are followed to the note that cites the source itself.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.document import Note, Source
from index.messages import MessageCatalogue
from index.readers.notes import references
from index.readers.notes.back_references import (
    BackReference,
    Form,
    find_named_works,
    find_pointers,
    is_accompanying_text,
    is_locator,
    parse_author_and_pages,
    parse_back_reference,
)
from index.readers.notes.masking import MaskedText, mask
from index.readers.notes.numbering import DUPLICATE_SUFFIX, NoteSeries, number_uniquely
from index.readers.notes.units import Unit, split_units
from index.readers.notes.works import Work, WorkIndex, may_name, parse_work
from index.readers.report import Report
from index.text.characters import parse_number

_MESSAGES = MessageCatalogue("index", "readers")

_NUMBER = re.compile(r"[0-9０-９]{1,4}|[一二三四五六七八九十百]{1,4}|[①-⑳㉑-㉟]")
_MAX_DISTANCE = 30  # notes back to an article or a book that is named by that word alone


@dataclass(frozen=True, slots=True)
class ResolvedNotes:
    """The parsed notes of an article.

    Attributes:
        notes: The notes, with all their fields.
        unresolved: Those that refer to a note which does not exist or cannot be identified.
    """

    notes: tuple[Note, ...]
    unresolved: tuple[Note, ...] = ()


@dataclass(slots=True)
class _ParsedNote:
    """The content of one note, read by itself.

    Attributes:
        parts: What it cites, repeats and explains, in order.
        pointers: The numbers of the notes that it points to.
    """

    parts: list[Source | BackReference | str] = field(default_factory=list)
    pointers: list[str] = field(default_factory=list)

    @property
    def sources(self) -> tuple[Source, ...]:
        """What it cites."""
        return tuple(part for part in self.parts if isinstance(part, Source))


@dataclass(slots=True)
class _Targets:
    """What the parts of a note mean.

    Attributes:
        indexes: Those of the notes that it repeats, in order.
        explanation: The parts that explain.
        adds_source: Whether it cites a work that no note before cites in full.
        is_complete: Whether all that it repeats is known.
    """

    indexes: list[int] = field(default_factory=list)
    explanation: list[str] = field(default_factory=list)
    adds_source: bool = False
    is_complete: bool = True


def finalize_notes(
    notes: Sequence[Note],
    report: Report,
    *,
    are_numbered: bool = True,
    series: Sequence[str] = (),
) -> tuple[Note, ...]:
    """Return the notes of an article with unique numbers and all their fields.

    Args:
        notes: In order, with number, text and line.
        report: Receives a finding for each duplicate number and each unresolved reference.
        are_numbered: See `resolve_notes`.
        series: See `resolve_notes`.
    """
    numbers = number_uniquely([(note.number, note.line) for note in notes], report, series)
    numbered = [replace(note, number=number) for note, number in zip(notes, numbers, strict=True)]
    resolved = resolve_notes(numbered, are_numbered=are_numbered, series=series)
    for note in resolved.unresolved:
        report.add_finding(
            "unresolved",
            note.line,
            _MESSAGES["finding.unresolved"].format(
                line=note.line, number=note.number, text=note.text[:24]
            ),
        )
    return resolved.notes


def report_unmarked_notes(notes: Sequence[Note], marked_numbers: set[str], report: Report) -> None:
    """Report the notes to which no mark leads.

    Args:
        notes: The notes of one article.
        marked_numbers: The numbers of the marks in its text.
        report: Receives the findings.
    """
    for note in notes:
        if note.number not in marked_numbers:
            report.add_finding(
                "missing-mark",
                note.line,
                _MESSAGES["finding.missing_mark"].format(
                    line=note.line, number=note.number, text=note.text[:24]
                ),
            )


def resolve_notes(
    notes: Sequence[Note], *, are_numbered: bool = True, series: Sequence[str] = ()
) -> ResolvedNotes:
    """Return the notes of one article with sources, explanations and references resolved.

    Args:
        notes: In order, with unique numbers, text and line; with the number of the note before
            that one repeats if it is no more than a further label of it.
        are_numbered: Whether a number that is missing is that of a note that was not read: then
            *Ibid.* after it stands for no other note.
        series: The series of each note, such as notes of the author beside numbered ones; *Ibid.*
            and 同註 3 stand for notes of their own; one for all if empty.
    """
    resolver = _Resolver(notes, series or [""] * len(notes), are_numbered=are_numbered)
    result = tuple(resolver.resolve(index) for index in range(len(notes)))
    return ResolvedNotes(result, tuple(note for note in result if note.is_unresolved))


class _Resolver:
    """Resolves the notes of an article one after the other: all that a note repeats is before it.

    A note that adds sources of its own ends a chain of references, and so does one that repeats
    nothing: what it says must not be lost.
    """

    def __init__(self, notes: Sequence[Note], series: Sequence[str], *, are_numbered: bool) -> None:
        self._notes = notes
        self._series = NoteSeries([_get_label(note.number) for note in notes], series)
        self._are_numbered = are_numbered
        self._indexes: defaultdict[str, list[int]] = defaultdict(list)
        for index, note in enumerate(notes):
            self._indexes[_get_label(note.number)].append(index)
        self._works = WorkIndex()
        self._incomplete_works = WorkIndex()  # cited without a year or the like
        self._chain_ends: list[int] = []
        self._forms: dict[int, Form] = {}  # of notes that cite one work, by index

    def resolve(self, index: int) -> Note:
        """Return a note with all its fields; to be called for each note in order."""
        note = self._notes[index]
        if note.resolves_to is not None:
            return self._resolve_label(note, note.resolves_to)
        parsed = _parse_note(note.text)
        targets = self._find_targets(parsed, index)
        self._works.add_short_forms(note.text, index)
        ends = [self._chain_ends[target] for target in targets.indexes]
        is_chain_end = len(set(ends)) != 1 or targets.adds_source
        self._chain_ends.append(index if is_chain_end else ends[0])
        pointers, are_complete = self._find_pointers(parsed, index)
        numbers = [self._notes[end].number for end in ends]
        resolves_to = numbers[0] if numbers else None
        see_also = dict.fromkeys((*numbers[1:], *pointers))
        return replace(
            note,
            sources=parsed.sources,
            explanation=_join_sentences(targets.explanation),
            resolves_to=resolves_to,
            see_also=tuple(
                number for number in see_also if number not in (note.number, resolves_to)
            ),
            is_unresolved=not (targets.is_complete and are_complete),
        )

    def _resolve_label(self, note: Note, number: str) -> Note:
        """Return a note that is a further label of one before."""
        before = range(len(self._chain_ends))
        index = next(index for index in reversed(before) if self._notes[index].number == number)
        self._chain_ends.append(self._chain_ends[index])
        return replace(note, resolves_to=self._notes[self._chain_ends[index]].number)

    def _find_targets(self, parsed: _ParsedNote, index: int) -> _Targets:
        """Return what the parts of a note mean, and add the works that it cites in full."""
        targets = _Targets()
        works = []
        for part in parsed.parts:
            if isinstance(part, Source):
                work = parse_work(part.text, index)
                target = self._find_short_source(part, work)
                targets.indexes += [] if target is None else [target]
                targets.adds_source |= target is None
                works += [work] if target is None else []
            elif isinstance(part, str):
                self._add_short_references(part, targets)
            elif not self._names_own_source(part, parsed):
                _add_target(self._find_target(part, index), targets)
        if works and len(parsed.sources) == 1:
            self._forms[index] = works[0].form
        for work in works:
            (self._works if work.is_full else self._incomplete_works).add(work)
        return targets

    def _find_short_source(self, source: Source, work: Work) -> int | None:
        """Return the index of the note that cites in full what a source shortens, if it does."""
        by_form = self._works.find_short_form(source.text)
        if by_form:
            return by_form[0]
        reference = parse_author_and_pages(mask(source.text))
        if reference:
            return self._find_by_name(reference)
        return None if work.is_full else self._works.find_cited(source.text, work)

    def _add_short_references(self, text: str, targets: _Targets) -> None:
        """Add the short references in a text, which explains if it is more than that."""
        units = [self._find_short_reference(unit.content) for unit in split_units(text)]
        is_short = all(is_reference for is_reference, _ in units)
        for is_reference, target in units:
            if is_short or (is_reference and target is not None):
                _add_target(target, targets)
        if not is_short:
            targets.explanation.append(text)
            for reference in find_named_works(mask(text)):
                _add_target(self._find_by_name(reference), targets)

    def _find_short_reference(self, content: MaskedText) -> tuple[bool, int | None]:
        """Return whether a text refers briefly to a work that is known, and the work's note.

        It is a short form, an author's name with pages, or an author and a title.
        """
        by_form = self._works.find_short_form(content.text)
        if by_form and is_locator(content.cut(by_form[1], len(content.text))):
            return True, by_form[0]
        reference = parse_author_and_pages(content)
        if reference and self._works.knows_author(parse_work(reference.name)):
            return True, self._find_by_name(reference)
        target = self._works.find_titled(references.strip_introductory_signal(content.text.strip()))
        return target is not None, target

    def _names_own_source(self, reference: BackReference, parsed: _ParsedNote) -> bool:
        """Return whether a reference names no work of the notes before, but one in its own note."""
        if reference.kind != "name" or self._find_by_name(reference) is not None:
            return False
        return any(may_name(reference.name, source.text) for source in parsed.sources)

    def _find_by_name(self, reference: BackReference) -> int | None:
        work = replace(
            parse_work(reference.name), year=reference.year, form=reference.form, is_full=False
        )
        target = self._works.find(work, is_named=True)
        if target is None and not self._works.knows_author(work):
            return self._incomplete_works.find(work, is_named=True)
        return target

    def _find_target(self, reference: BackReference, index: int) -> int | None:
        """Return the index of the note that a note repeats, if it is known."""
        if reference.kind == "number":
            target = self._find_number(reference.numbers[0], index)
            return target if target is None or self._names(reference.name, target) else None
        previous = self._series.get_previous(index)
        if reference.kind == "previous" and (not index or self._names(reference.name, previous)):
            is_known = index > 0 and not self._follows_lost(index)
            return self._find_form(reference.form, previous) if is_known else None
        return self._find_by_name(reference)

    def _find_form(self, form: Form, index: int) -> int:
        """Return the index of a note, or of the last one before that cites a work of a form.

        前引文 after a book stands for the article before that, if there is one.
        """
        for place in range(index, max(index - _MAX_DISTANCE, -1), -1):
            known = self._forms.get(self._chain_ends[place], "")
            if form == known or (place == index and not (form and known)):
                return place
        return index

    def _follows_lost(self, index: int) -> bool:
        """Return whether the number before that of a note is missing among the last notes."""
        label, previous = (_get_label(self._notes[place].number) for place in (index, index - 1))
        if not (self._are_numbered and label.isdecimal() and previous.isdecimal()):
            return False
        if int(label) <= int(previous) + 1:
            return False
        before = str(int(label) - 1)
        places = self._indexes.get(before, [])
        position = bisect_left(places, index)
        last = places[position - 1] if position else -1
        restart = self._find_number("1", index)
        return last < (restart if restart is not None else 0)

    def _names(self, name: str, index: int) -> bool:
        """Return whether a note, or one that it refers to, may have a name that stands with it.

        A name of which nothing stands in them, in the script of theirs, is of another work.
        """
        text = f"{self._notes[index].text} {self._notes[self._chain_ends[index]].text}"
        return may_name(name, text)

    def _find_number(self, number: str, index: int) -> int | None:
        """Return the index of the last note before another that has a number, if there is one.

        It is one of the other's series, if that has it since its numbering last began anew.
        """
        indexes = self._indexes.get(number, [])
        of_series = self._series.find(number, index)
        if of_series is not None:
            return of_series
        position = bisect_left(indexes, index)
        return indexes[position - 1] if position else None

    def _find_pointers(self, parsed: _ParsedNote, index: int) -> tuple[list[str], bool]:
        """Return the numbers of the notes that a note points to, and whether all are there."""
        targets: list[str] = []
        numbers = list(parsed.pointers)
        for part in parsed.parts:
            numbers += part.numbers[1:] if isinstance(part, BackReference) else ()
        for number in numbers:
            target = self._find_number(number, index)
            later = self._indexes.get(number, [])
            if target is None and later and later[-1] != index:
                target = later[-1]
            if target is not None:
                targets.append(self._notes[target].number)
        return targets, len(targets) == len(numbers)


def _add_target(target: int | None, targets: _Targets) -> None:
    if target is None:
        targets.is_complete = False
    else:
        targets.indexes.append(target)


def _get_label(number: str) -> str:
    """Return the number of a note as references to it name it."""
    label = number.split(DUPLICATE_SUFFIX, maxsplit=1)[0].strip("[]〔〕［］()（）【】")
    return str(parse_number(label)) if _NUMBER.fullmatch(label) else label


def _parse_note(text: str) -> _ParsedNote:
    parsed = _ParsedNote()
    for paragraph in text.split("\n"):
        _parse_units(list(split_units(paragraph)), parsed)
    return parsed


def _parse_units(units: Sequence[Unit], parsed: _ParsedNote) -> None:
    """Add what the units of a paragraph are: references to notes, to sources, or explanations."""
    pending: list[Unit] = []
    for unit in units:
        reference = parse_back_reference(unit.content)
        if reference is None:
            pending.append(unit)
            continue
        _parse_segments(pending, parsed)
        pending.clear()
        _add_back_reference(reference, parsed)
        if not is_locator(reference.remainder):
            _parse_remainder(reference, parsed)
    _parse_segments(pending, parsed)


def _add_back_reference(reference: BackReference, parsed: _ParsedNote) -> None:
    if reference.kind == "pointer":
        parsed.pointers += reference.numbers
    elif reference.kind != "previous" or not parsed.sources:
        parsed.parts.append(reference)


def _parse_remainder(reference: BackReference, parsed: _ParsedNote) -> None:
    """Add what follows a reference to a note other than pages."""
    text = reference.remainder.text.lstrip("，,、；;:：。. *").strip()
    if reference.kind == "pointer" and is_accompanying_text(reference.remainder):
        return
    if text:
        _parse_segments(list(split_units(text)), parsed)


def _parse_segments(units: Sequence[Unit], parsed: _ParsedNote) -> None:
    """Add the sources and the explanations in a run of units."""
    for segment in references.find_references(units):
        if segment.is_reference:
            parsed.parts.append(references.parse_source(segment.text))
            continue
        parsed.parts += map(references.parse_source, segment.inner_references)
        parsed.pointers += find_pointers(mask(segment.text))
        parsed.parts.append(segment.text)


def _join_sentences(parts: Sequence[str]) -> str:
    """Join sentences: with a space between two of an alphabet, without one next to Han."""
    text = ""
    for part in parts:
        needs_no_space = not text or ord(text[-1]) > 0x2E80 or ord(part[0]) > 0x2E80
        text += part if needs_no_space else f" {part}"
    return text
