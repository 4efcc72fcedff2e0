"""Prints a model as the text of pages: body first, notes at the foot, cut wherever a page ends.

It cuts only where a reader can know what it sees: in the middle of a sentence, by at least a line
where nothing else shows that a page ends; a note only where its end is open, and its rest stands
before the next notes.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from index.document import Article, Note, NoteMark, Publication, Section
from tests.helpers.generator import Shape
from tests.helpers.note_forms import (
    MARK_FORMS,
    MIXED_FORMS,
    PLAIN_FORMS,
    ROUND_FORMS,
    SIGN_FORMS,
    SUPERSCRIPT_FORMS,
    choose_label,
    fill,
)
from tests.helpers.vocabulary import COUNT, FORMAL, HAN

LEAST = 42  # columns: a printed line's least width, and a little
NOTES_HEADINGS = ("註釋", "註 釋", "參考文獻", "Notes", "NOTES", "Endnotes", "References")
NOTES_LABELS = ("註解", "附註：", "Notes and References", "FOOTNOTES:")  # which are no headings
SHORT = 16  # what may be left of a paragraph where a page's end is seen


@dataclass
class Page:
    """One page: its body, the rest of the last page's note, its own notes."""

    body: list[str] = field(default_factory=list)
    rest: str = ""
    notes: list[str] = field(default_factory=list)


class Printer:
    """Prints one model."""

    def __init__(self, publication: Publication, shape: Shape) -> None:
        self.publication = publication
        self.shape = shape
        self.random = random.Random(shape.seed + 1)
        self._page_number = 200
        self._form = shape.form  # of the article
        self._labels: dict[str, str] = {}  # of the article's notes, by number
        self._label_count = 0  # since numbers began anew

    def text(self) -> str:
        """The text; from then on `publication` has the labels that are printed."""
        parts = self.cover()
        if self.shape.contents:
            parts += self.contents()
        articles = []
        for index, article in enumerate(self.publication.articles):
            self._form, self._labels = self.shape.form_of(index), {}
            parts += self.head(article)
            parts += self.pages(article)
            articles.append(label_notes(article, self._labels))
        self.publication = replace(self.publication, articles=tuple(articles))
        if self.publication.imprint:
            parts += self.publication.imprint.split("\n")
        if not self.shape.tight:
            return "\n\n".join(parts) + "\n"
        text = parts[0]
        for before, after in pairwise(parts):
            head = before[0] in FORMAL + COUNT or (before[0] == "（" and before[1] in COUNT)
            head = head and before[-1] in HAN and len(before) < LEAST // 2
            text += ("\n" if head else "\n \n\n") + after
        return text

    def cover(self) -> list[str]:
        publication = self.publication
        issued = (
            f"{publication.date_printed}發行"
            if self.random.random() < 0.3
            else publication.date_printed
        )
        return [
            publication.title,
            publication.number,
            "汐望市燈塔路 8 號\n電話 (000) 0000-0012",
            issued,
            f"{publication.publisher}\n{publication.publisher_translated}",
        ]

    def contents(self) -> list[str]:
        rows, others = [], []
        for article in self.publication.articles:
            names = "、".join(author.name for author in article.authors)
            other = article.title_translated or article.title
            romanised = ", ".join(a.romanised or a.name for a in article.authors)
            english = article.title.isascii()
            first = (other if english else article.title, names)
            second = (article.title if english else other, romanised)
            rows.append((*first, article.page))
            others.append((*second, article.page))
        form = self.random.randint(0, 2)
        if form == 0:
            table = ["- | | | |", "|-----|----|---|", *(f"| {t} | {n} | {p} |" for t, n, p in rows)]
            parts = ["目錄", "\n".join(table)]
        elif form == 1:
            parts = ["\n".join(f"{t}\t{n}\t{p}" for t, n, p in rows)]
            parts.insert(0, "目 次")
        else:
            parts = ["目錄", *(f"{t} …… {n} …… {p}" for t, n, p in rows)]
        if self.shape.contents_translated:
            parts += ["Contents", "\n".join(f"{t} <i>{n}</i>\t{p}" for t, n, p in others)]
        return parts

    def head(self, article: Article) -> list[str]:
        title = article.title
        if self.random.random() < 0.4:
            cut = title.find(" ", 12) if " " in title else len(title) // 2
            if cut > 0:
                title = title[:cut] + "\n" + title[cut:].lstrip()
        latin = article.title.isascii()
        names = (", " if latin else "、").join(author.name for author in article.authors)
        if len(article.authors) == 2:
            names = (" and " if latin else "與").join(author.name for author in article.authors)
        label = "Topics: " if latin and self.random.random() < 0.5 else "焦點類別："
        if article.marks:
            names += "*"
        return [title, names, article.institute, label + "、".join(article.topics)]

    # Pages

    def pages(self, article: Article) -> list[str]:
        """The pages of an article, each as the blocks that it prints."""
        pages = self.fill(article)
        out: list[str] = []
        for index, page in enumerate(pages):
            blocks = [*page.body]
            if page.rest:
                blocks.append(page.rest)
            is_starred = bool(article.marks and index == 0)
            stars = page.notes[:is_starred]
            notes = page.notes[len(stars) :]
            blocks += stars + (["\n".join(notes)] if self.shape.packed and notes else notes)
            if self.shape.furniture:
                self._page_number += 1
                head = [f"{self.publication.title}　{self.publication.number}"] if index else []
                blocks = [*head, *blocks, f"- {self._page_number} -"]
            if self.shape.form_feeds and index and blocks:
                blocks[0] = "\f" + blocks[0]
            out += blocks
        return out

    def fill(self, article: Article) -> list[Page]:
        """Deal the body out to pages, and to each page the notes whose marks stand on it."""
        notes = {note.number: note for note in article.notes}
        pages = [Page()]
        numbers: list[list[str]] = [[]]
        self._label_count = 0

        def turn_page() -> None:
            pages.append(Page())
            numbers.append([])
            if self.shape.placement == "foot" and (self.shape.restarts or self._form in SIGN_FORMS):
                self._label_count = 0

        chapters = []  # the last page of each
        for section in article.sections:
            if len(section.path) == 1 and pages[-1].body and self.shape.placement == "chapter":
                chapters.append(len(pages) - 1)
                turn_page()
                self._label_count = 0
            for text, marks, kind in list_blocks(section):
                has_notes = bool(numbers[-1]) and self.shape.placement == "foot"
                for piece in self.pieces(text, marks, kind, has_notes):
                    if piece is None:
                        turn_page()
                        continue
                    printed, carried = piece
                    pages[-1].body.append(printed)
                    numbers[-1] += carried
                may_turn = self.shape.placement == "foot" and kind != "heading"
                if may_turn and self.random.random() < 0.15:
                    turn_page()
        chapters.append(len(pages) - 1)
        headings = {} if self.shape.placement == "foot" else self.gather(numbers, chapters)
        self.notes(pages, numbers, notes, headings)
        return pages

    def gather(self, numbers: list[list[str]], chapters: list[int]) -> dict[int, str]:
        """Move the notes of each chapter to its last page; the headings over them, by page."""
        headings: dict[int, str] = {}
        start = 0
        for last_page in chapters:
            gathered = [number for listed in numbers[start : last_page + 1] for number in listed]
            numbers[start : last_page + 1] = [*([] for _ in range(start, last_page)), gathered]
            start = last_page + 1
            if gathered and (self.shape.placement == "end" or self.random.random() < 0.5):
                headings[last_page] = self.random.choice((*NOTES_HEADINGS, *NOTES_LABELS))
        return headings

    def pieces(
        self, text: str, marks: tuple[NoteMark, ...], kind: str, noted: bool
    ) -> Iterator[tuple[str, list[str]] | None]:
        """A block in the pieces that pages cut it into; None is a page's end."""
        has_foot = self.shape.placement == "foot"
        first_marks = {mark.note: mark.offset for mark in reversed(marks)}.items()
        new_marks = [offset for note, offset in first_marks if note not in self._labels]
        cuts: list[int] = []
        if kind == "text" and self.shape.cut:
            start = 0
            for _ in range(2):
                if self.random.random() < 0.5:
                    seen = noted or self.shape.form_feeds or self.shape.furniture
                    offsets = [
                        offset
                        for offset in places(text, start, marks)
                        if printed_width(text[start:offset])
                        >= (
                            SHORT
                            if seen or (has_foot and any(start < m < offset for m in new_marks))
                            else LEAST
                        )
                    ]
                    if offsets:
                        start = self.random.choice(offsets)
                        cuts.append(start)
                        noted = False
        for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
            if start:
                yield None
            start += text[start] == " "  # noqa: PLW2901
            inside = [
                NoteMark(mark.offset - start, mark.note)
                for mark in marks
                if start < mark.offset <= end or (mark.offset == start == 0)
            ]
            pieces = self.printed(text[start:end], inside, kind, last=end == len(text))
            for index, (printed, new) in enumerate(pieces):
                begins = start == 0 and index == 0 and kind == "text"
                yield indent(printed) if begins and self.shape.indented else printed, new

    def printed(
        self, text: str, marks: list[NoteMark], kind: str, *, last: bool
    ) -> Iterator[tuple[str, list[str]]]:
        """A piece with its marks; a mark at its very end may come loose, onto its own line."""
        loose = None
        new = list(dict.fromkeys(mark.note for mark in marks if mark.note not in self._labels))
        for number in new:
            self._label_count += 1
            self._labels[number] = choose_label(self._form, self._label_count)
        if self.may_be_loose(text, marks, kind, new) and last and self.random.random() < 0.7:
            loose = marks[-1]
        parts, position = [], 0
        for offset, group in groupby(marks, key=lambda mark: mark.offset):
            labels = [self._labels[mark.note] for mark in group if mark is not loose]
            if not labels:
                continue
            parts += [text[position:offset], self.mark(labels)]
            position = offset
            after = text[position : position + 1]
            if self.shape.stray and text[position - 1] in "，。！？" and after not in ("", " "):
                parts.append(" ")
        parts.append(text[position:])
        printed = "".join(parts)
        if self.shape.wrapped and kind == "text" and printed_width(printed) >= LEAST:
            printed = self.wrapped(printed)
        yield printed, new
        if loose:
            yield self._labels[loose.note], []

    def may_be_loose(self, text: str, marks: list[NoteMark], kind: str, new: list[str]) -> bool:
        """Whether the last mark of a text may stand below it: a number, its note at the foot."""
        is_marked_again = self.shape.repeats  # then the other mark is the likelier one
        if is_marked_again or not (
            self.shape.loose and marks and kind == "text" and self.shape.placement == "foot"
        ):
            return False
        last = marks[-1]
        is_single = [mark.offset for mark in marks].count(len(text)) == 1
        # Below these a number alone is rather a page's.
        is_plain = (PLAIN_FORMS | ROUND_FORMS) & {self.shape.form, self.shape.other_form}
        is_mixed = self._form in MIXED_FORMS
        is_digit = not is_plain and not is_mixed and self._labels[last.note].isdecimal()
        return last.offset == len(text) and is_single and is_digit and last.note in new

    def mark(self, labels: list[str]) -> str:
        """The labels of notes as printed in the text."""
        template = MARK_FORMS[self._form][0]
        if len(labels) == 1:
            return fill(template, labels[0])
        numbers = [int(label) for label in labels]
        is_range = numbers == list(range(numbers[0], numbers[-1] + 1))
        if is_range and (len(labels) > 2 or self.random.random() < 0.5):
            return fill(template, f"{labels[0]}{self.random.choice('-–')}{labels[-1]}")
        return fill(template, self.random.choice((",", ", ")).join(labels))

    def wrapped(self, text: str) -> str:
        """Line ends where the text is glued together again without a doubt."""
        cut = len(text) // 2
        while cut < len(text) - 1:
            if text[cut - 1] in HAN and text[cut] in HAN:
                return text[:cut] + "\n" + text[cut:]
            if text[cut] == " " and text[cut - 1].isalpha() and text[cut + 1].islower():
                return text[:cut] + "\n" + text[cut + 1 :]
            cut += 1
        return text

    # Notes

    def notes(
        self,
        pages: list[Page],
        numbers: list[list[str]],
        notes: dict[str, Note],
        headings: dict[int, str],
    ) -> None:
        if "*" in notes:
            pages[0].notes.append(f"* {notes['*'].text}")
        for index, page in enumerate(pages):
            if index in headings:
                page.notes.append(headings[index])
            for place, number in enumerate(numbers[index]):
                note = notes[number]
                is_last = place == len(numbers[index]) - 1
                first, *more = note.text.split("\n")
                rest = ""
                may_be_cut = self.shape.run_on and not self.shape.styles
                may_be_cut = may_be_cut and self.shape.placement == "foot"
                may_be_cut = may_be_cut and self._form != "plain on a line of its own"
                if is_last and not more and may_be_cut and index + 1 < len(pages):
                    following = pages[index + 1]
                    shown = bool(numbers[index + 1]) or index + 2 == len(pages)
                    shown = shown or self.shape.form_feeds or self.shape.furniture
                    if shown and following.body:
                        first, rest = self.split_note(first)
                first = fill(MARK_FORMS[self._form][1], self._labels[number]) + first
                # A single line that begins with blanks and 1、 is rather an item of a list.
                is_indented = self.shape.indented_notes and not self._form.endswith("comma")
                page.notes.append(indent(first) if is_indented else first)
                is_plain = self._form in PLAIN_FORMS
                is_list = self.shape.placement != "foot" and self._form in SUPERSCRIPT_FORMS
                if is_last or is_plain or is_list:
                    page.notes += [f"    {paragraph}" for paragraph in more]
                else:
                    page.notes += more
                if rest:
                    pages[index + 1].rest = rest

    def split_note(self, text: str) -> tuple[str, str]:
        """A note cut after a comma or inside a title: its end is open."""
        offsets = [offset for offset in range(4, len(text) - 3) if text[offset - 1] == "，"]
        for opener, closer in ("〈〉", "《》", "（）"):
            start, end = text.find(opener), text.find(closer)
            offsets += [
                offset
                for offset in range(start + 2, end)
                if start >= 0 and text[offset - 1] in HAN and text[offset] in HAN
            ]
        offsets += [
            offset
            for offset in range(4, len(text) - 3)
            if text[offset - 1] == " " and text[offset - 2] == ","
        ]
        if not offsets or self.random.random() < 0.3:
            return text, ""
        offset = self.random.choice(offsets)
        return text[:offset].rstrip(), text[offset:]


def indent(text: str) -> str:
    """A paragraph with the blanks before it that its script has."""
    return f"{'    ' if text.isascii() else '　　'}{text}"


def list_blocks(section: Section) -> list[tuple[str, tuple[NoteMark, ...], str]]:
    """The heading and the paragraphs of a section, with their marks and kinds."""
    heading = [(section.heading, section.marks, "heading")] if section.path else []
    return [*heading, *((block.text, block.marks, block.kind) for block in section.paragraphs)]


def add_headings(article: Article, headings: dict[int, str]) -> Article:
    """The article with the headings over its notes, by the section before them."""
    sections: list[Section] = []
    for index, section in enumerate(article.sections):
        sections.append(section)
        if index in headings:
            sections.append(Section((headings[index],)))
    return replace(article, sections=tuple(sections))


def label_notes(article: Article, labels: dict[str, str]) -> Article:
    """The article with its notes numbered as the labels say, each number once."""
    counts: Counter[str] = Counter()
    numbers = {"*": "*"} if article.marks else {}
    counts.update(numbers.keys())
    for note in article.notes:
        label = labels.get(note.number)
        if label:
            counts[label] += 1
            count = counts[label]
            numbers[note.number] = label + ("" if count == 1 else "′" + str(count) * (count > 2))

    def rename(marks: tuple[NoteMark, ...]) -> tuple[NoteMark, ...]:
        return tuple(NoteMark(mark.offset, numbers[mark.note]) for mark in marks)

    return replace(
        article,
        notes=tuple(
            replace(
                note,
                number=numbers[note.number],
                resolves_to=note.resolves_to and numbers[note.resolves_to],
                see_also=tuple(numbers[number] for number in note.see_also),
                marks=rename(note.marks),
            )
            for note in article.notes
        ),
        sections=tuple(
            replace(
                section,
                marks=rename(section.marks),
                paragraphs=tuple(
                    replace(paragraph, marks=rename(paragraph.marks))
                    for paragraph in section.paragraphs
                ),
            )
            for section in article.sections
        ),
    )


def printed_width(text: str) -> int:
    return sum(1 if char.isascii() else 2 for char in text)


def places(text: str, start: int, marks: tuple[NoteMark, ...]) -> list[int]:
    """Where a page may cut a paragraph: inside a sentence, with nothing but words around."""
    marked = {mark.offset for mark in marks}
    offsets = []
    for offset in range(start + 2, len(text) - 1):
        if offset in marked:
            continue
        inside = text[offset - 1] in HAN and text[offset] in HAN
        pause = text[offset - 1] == "，" and text[offset] in HAN
        word = text[offset] == " " and text[offset - 1].islower() and text[offset + 1].islower()
        if inside or pause or word:
            offsets.append(offset)
    return offsets
