"""Prints a model of one article as Markdown, with notes in the forms that Markdown files have."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace

from index.document import Article, Note, NoteMark, Paragraph, Publication, Section
from tests.helpers.note_forms import CERTAIN_FORMS, MARK_FORMS, choose_label, fill
from tests.helpers.printer import NOTES_HEADINGS, add_headings, label_notes

OWN_FORMS = {  # of Markdown, in the text and before the note; # stands for the label
    "reference": ("[^#]", "[^#]: "),
    "reference by name": ("[^#]", "[^#]: "),
    "reference in a quotation": ("[^#]", "> [^#]: "),
    "reference in a list": ("[^#]", "- [^#]: "),
    "inline": ("^[#]", ""),
}
FORMS = (*OWN_FORMS, *sorted(CERTAIN_FORMS))
NAMES = (
    "Note A",
    "On tides",
    "b2",
    "註甲",
    "Herald 1702",
    "x",
    "Q",
    "a-b",
    "lamp",
    "III",
    "π",
    "Z z",
)


@dataclass(frozen=True)
class MarkdownShape:
    """How a model is printed."""

    seed: int = 0
    form: str = "reference"
    placement: str = "end"  # of the notes: of the article, or of each chapter
    nested: bool = False  # some notes are marked in other notes


class MarkdownPrinter:
    """Prints one model."""

    def __init__(self, publication: Publication, shape: MarkdownShape) -> None:
        self.publication = publication
        self.shape = shape
        self.random = random.Random(shape.seed)
        self._labels: dict[str, str] = {}
        self._label_count = 0
        self._headings: dict[int, str] = {}

    def text(self) -> str:
        """The text; from then on `publication` has the labels that are printed."""
        article = self.publication.articles[0]
        if self.shape.nested and self.shape.form in OWN_FORMS and self.shape.form != "inline":
            article = self.nest(article)
        body = self.body(article)
        article = add_headings(label_notes(article, self._labels), self._headings)
        self.publication = replace(self.publication, articles=(article,))
        return "\n\n".join([self.front(article), *body]) + "\n"

    def front(self, article: Article) -> str:
        publication = self.publication
        values = {
            "publication": publication.title,
            "number": publication.number,
            "date": publication.date_printed,
            "publisher": publication.publisher,
            "publisher_translated": publication.publisher_translated,
            "title": article.title,
            "authors": [author.name for author in article.authors],
            "institute": article.institute,
            "topics": list(article.topics),
        }
        lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
        return "\n".join(["---", *lines, "---"])

    def body(self, article: Article) -> list[str]:
        notes = {note.number: note for note in article.notes}
        parts: list[str] = []
        waiting: list[Note] = []
        for index, section in enumerate(article.sections):
            if len(section.path) == 1 and index and self.shape.placement == "chapter":
                parts += self.print_notes(waiting, index - 1)
                waiting = []
                self._label_count *= self.shape.form == "inline"
            if section.path:
                heading = self.marked(section.heading, section.marks, notes, waiting)
                parts.append(f"{'#' * (len(section.path) + 1)} {heading}")
            parts += [
                self.marked(block.text, block.marks, notes, waiting) for block in section.paragraphs
            ]
        return parts + self.print_notes(waiting, len(article.sections) - 1)

    def marked(
        self, text: str, marks: tuple[NoteMark, ...], notes: dict[str, Note], waiting: list[Note]
    ) -> str:
        """A text with its marks; the notes that it marks first wait to be printed."""
        parts, position = [], 0
        for mark in marks:
            if mark.note not in self._labels:
                self._label_count += 1
                self._labels[mark.note] = self.label(self._label_count)
                waiting.append(notes[mark.note])
            parts += [text[position : mark.offset], self.mark(notes[mark.note])]
            position = mark.offset
            for inner in notes[mark.note].marks:
                if inner.note not in self._labels:
                    self._label_count += 1
                    self._labels[inner.note] = self.label(self._label_count)
                    waiting.append(notes[inner.note])
        return "".join([*parts, text[position:]])

    def label(self, number: int) -> str:
        if self.shape.form == "reference by name":
            return NAMES[number - 1]
        return (
            str(number) if self.shape.form in OWN_FORMS else choose_label(self.shape.form, number)
        )

    def mark(self, note: Note) -> str:
        if self.shape.form == "inline":
            return f"^[{note.text}]"
        label = self._labels[note.number]
        if self.shape.form in OWN_FORMS:
            return f"[^{label}]"
        return fill(MARK_FORMS[self.shape.form][0], label)

    def print_notes(self, notes: list[Note], section: int) -> list[str]:
        """The notes, under a heading where they are not Markdown's own."""
        if not notes or self.shape.form == "inline":
            return []
        printed = [self.print_note(note) for note in notes]
        if self.shape.form in OWN_FORMS:
            return printed
        self._headings[section] = self.random.choice(NOTES_HEADINGS)
        return [f"## {self._headings[section]}", *printed]

    def print_note(self, note: Note) -> str:
        label = self._labels[note.number]
        if self.shape.form in OWN_FORMS:
            opening = OWN_FORMS[self.shape.form][1].replace("#", label)
        else:
            opening = fill(MARK_FORMS[self.shape.form][1], label)
        text = note.text
        for inner in note.marks:
            text += f"[^{self._labels[inner.note]}]"
        first, *more = text.split("\n")
        return "\n\n".join([opening + first, *(f"    {paragraph}" for paragraph in more)])

    def nest(self, article: Article) -> Article:
        """The article with some marks moved from the text to the note before theirs."""
        moved: dict[str, str] = {}  # the note that holds the mark, by the note that is marked
        for before, note in zip(article.notes, article.notes[1:], strict=False):
            if (
                before.number not in moved
                and "\n" not in before.text
                and self.random.random() < 0.3
            ):
                moved[note.number] = before.number
        holders = {holder: note for note, holder in moved.items()}

        def keep(marks: tuple[NoteMark, ...]) -> tuple[NoteMark, ...]:
            return tuple(mark for mark in marks if mark.note not in moved)

        return replace(
            article,
            notes=tuple(
                replace(note, marks=(NoteMark(len(note.text), holders[note.number]),))
                if note.number in holders
                else note
                for note in article.notes
            ),
            sections=tuple(
                Section(
                    section.path,
                    tuple(
                        Paragraph(block.text, keep(block.marks), block.kind)
                        for block in section.paragraphs
                    ),
                    keep(section.marks),
                )
                for section in article.sections
            ),
        )
