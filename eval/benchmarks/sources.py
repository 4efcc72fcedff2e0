"""How many sources and references to other notes are read rightly, by style of citation.

Run `python -m eval.benchmarks.sources` in the project's folder. It reads labelled notes: real
references, sentences that explain, and sequences of notes with *Ibid.*, 同註 and the like. The
reader was made on the half `development`; the figures to report are those of the halves `test` and
`unseen`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from rich.console import Console
from rich.table import Table

from index.document import Note
from index.readers.notes.resolve import resolve_notes

_FOLDER = Path("tests", "index", "readers", "notes", "labelled")
_FINAL_PUNCTUATION = re.compile(r"[\s。.．;；,，、]+$")
_Labelled = TypeVar("_Labelled", bound="LabelledReference | LabelledSequence")


class LabelledParts(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The parts of a reference as printed; empty where it has none, or where they are not labelled.

    Attributes:
        authors: Who wrote it.
        title: What it is called.
        container: The journal, newspaper, book or collection that it is in.
        date: When it came out.
        pages: The pages or paragraphs cited.
        publisher: Who published it.
        address: Its address on the web.
    """

    authors: str = ""
    title: str = ""
    container: str = ""
    date: str = ""
    pages: str = ""
    publisher: str = ""
    address: str = ""


class LabelledReference(msgspec.Struct, forbid_unknown_fields=True):
    """A note with the sources that it cites.

    Attributes:
        style: The style of citation; of sentences without sources one that begins "explanation".
        half: "development", "test", "prose" (most references stand in sentences), or "unseen" (the
            same, but neither the signs nor the labels of tokens are made on it).
        text: The note.
        sources: The references in it, each without its final punctuation.
        parts: The parts of each, or nothing where none are labelled.
    """

    style: str
    half: str
    text: str
    sources: list[str]
    parts: list[LabelledParts] = []


class LabelledNote(msgspec.Struct, forbid_unknown_fields=True):
    """A note of a sequence.

    Attributes:
        text: The note.
        resolves_to: The number of the note that it repeats in the end, or None.
        see_also: The numbers of the notes that it points to; looked at where it repeats none.
        is_unresolved: Whether what it refers to is not there or cannot be known.
    """

    text: str
    resolves_to: str | None = None
    see_also: list[str] = []
    is_unresolved: bool = False

    @property
    def refers(self) -> bool:
        """Whether it refers to another note."""
        return self.is_unresolved or bool(self.see_also) or self.resolves_to is not None


class LabelledSequence(msgspec.Struct, forbid_unknown_fields=True):
    """The notes of an article, numbered from 1.

    Attributes:
        style: The style of citation.
        half: "development" or "test".
        notes: The notes.
    """

    style: str
    half: str
    notes: list[LabelledNote]


class SourceCounts(msgspec.Struct):
    """How references were read.

    Attributes:
        notes: The notes that were read.
        sources: The sources that they cite.
        read: The sources that were found, word for word.
        false: What was taken for a source and is none.
    """

    notes: int = 0
    sources: int = 0
    read: int = 0
    false: int = 0


class BackReferenceCounts(msgspec.Struct):
    """How references to other notes were read.

    Attributes:
        references: The notes that refer to others.
        right: Those that were read as labelled.
        wrong: Those for which another note was named.
    """

    references: int = 0
    right: int = 0
    wrong: int = 0


def load_labelled(path: Path, kind: type[_Labelled], half: str) -> list[_Labelled]:
    """Return the labelled notes of one half of a file.

    Args:
        path: A file of JSON lines.
        kind: What its lines are.
        half: "development" or "test".
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    records = [msgspec.json.decode(line, type=kind) for line in lines]
    return [record for record in records if record.half == half]


def count_sources(references: Iterable[LabelledReference]) -> SourceCounts:
    """Return how many sources of notes are read word for word, and what is none.

    Args:
        references: The labelled notes.
    """
    counts = SourceCounts()
    for reference in references:
        (note,) = resolve_notes([Note("1", reference.text)]).notes
        expected = {_strip(text) for text in reference.sources}
        sources = {_strip(source.text) for source in note.sources}
        counts.notes += 1
        counts.sources += len(expected)
        counts.read += len(expected & sources)
        counts.false += len(sources - expected)
    return counts


def count_back_references(sequences: Iterable[LabelledSequence]) -> BackReferenceCounts:
    """Return how many references to other notes are read rightly.

    Args:
        sequences: The labelled notes.
    """
    counts = BackReferenceCounts()
    for sequence in sequences:
        notes = [Note(str(number), note.text) for number, note in enumerate(sequence.notes, 1)]
        for note, expected in zip(resolve_notes(notes).notes, sequence.notes, strict=True):
            is_right = _is_as_labelled(note, expected)
            names_another = note.resolves_to not in (None, expected.resolves_to)
            counts.references += expected.refers
            counts.right += expected.refers and is_right
            counts.wrong += names_another
    return counts


def _is_as_labelled(note: Note, expected: LabelledNote) -> bool:
    points_rightly = bool(expected.resolves_to) or set(note.see_also) == set(expected.see_also)
    return (
        note.resolves_to == expected.resolves_to
        and note.is_unresolved == expected.is_unresolved
        and points_rightly
    )


def _strip(text: str) -> str:
    return _FINAL_PUNCTUATION.sub("", text.strip())


def _print_table(
    title: str,
    labelled: Sequence[_Labelled],
    count: Callable[[Iterable[_Labelled]], SourceCounts | BackReferenceCounts],
) -> None:
    styles = list(dict.fromkeys(item.style for item in labelled))
    rows = {style: count(item for item in labelled if item.style == style) for style in styles}
    rows["all"] = count(labelled)
    columns = rows["all"].__struct_fields__
    table = Table(title=title)
    table.add_column("style")
    for column in columns:
        table.add_column(column, justify="right")
    for style, counts in rows.items():
        table.add_row(style, *(str(getattr(counts, column)) for column in columns))
    Console(width=100).print(table)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of both halves by style, and return the exit status.

    Args:
        arguments: Those of the command line.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=_FOLDER, help="of the labelled notes")
    folder: Path = parser.parse_args(arguments).folder
    for half in ("development", "test", "prose", "unseen"):
        references = load_labelled(folder / "references.jsonl", LabelledReference, half)
        sequences = load_labelled(folder / "back_references.jsonl", LabelledSequence, half)
        _print_table(f"Sources, {half}", references, count_sources)
        if sequences:
            _print_table(f"References to other notes, {half}", sequences, count_back_references)
    return 0


if __name__ == "__main__":
    sys.exit(main())
