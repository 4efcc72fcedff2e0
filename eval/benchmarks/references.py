"""How many fields of references are read exactly, by field and by style of citation.

Run `python -m eval.benchmarks.references` in the project's folder. It reads three sets of
references: those whose parts are labelled with the notes that cite them, of some fifty styles and
many kinds of law and archives; a set of the eleven commonest styles; and, where it is there, the
real issue, whose fields were read by eye and are kept as digests (`--errors` prints what differs).
Authors, titles, containers and publishers are compared by their letters and digits.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from eval.benchmarks.sources import LabelledParts, LabelledReference
from index import readers
from index.readers.notes.masking import fold_widths
from index.references.dates import find_date
from index.references.model import Reference
from index.references.parse import parse_reference, parse_source

_NOTES_FILE = Path("tests", "index", "readers", "notes", "labelled", "references.jsonl")
_FOLDER = Path("tests", "index", "references", "labelled")
_ISSUE = Path("..", "shared", "corpus")
_ROLES = re.compile(
    r"\bet al\b\.?|\b(?:and|und|e|et|y|ve)\b|\(?\beds?\b\.?\)?|[(（]?主[編编][)）]?|[編编]著?|等$"
    r"| 외$| 편$|[著撰译譯]|^(?:隋|唐|宋|明|清)[．.·]|^[（(〔\[［].[)）〕\]］]|’s$"
)
Fields = Mapping[str, str]


class LabelledFields(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A reference with its fields, as printed but for names and dates.

    Attributes:
        style: The style of citation.
        text: The reference.
        authors: "family|given" each; a body or a name in parts of unknown order without "|".
        title, container, volume, issue, publisher, place: As printed.
        date: As in ISO 8601.
        pages: Those of the work or, where others are printed too, either.
        address: The address or the DOI.
    """

    style: str
    text: str
    authors: list[str] = []
    title: str = ""
    container: str = ""
    volume: str = ""
    issue: str = ""
    date: str = ""
    pages: str = ""
    publisher: str = ""
    place: str = ""
    address: str = ""


@dataclass(slots=True)
class FieldCounts:
    """How often a field is labelled, read, and read as labelled."""

    labelled: int = 0
    read: int = 0
    right: int = 0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.labelled + self.read
        return 2 * self.right / total if total else 1.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """A reference with the fields that it should have and those that were read.

    Attributes:
        style: The style of citation.
        text: The reference.
        expected: The labelled fields; a field that is not labelled is missing.
        fields: The fields that were read.
    """

    style: str
    text: str
    expected: Fields
    fields: Fields

    def list_errors(self) -> list[str]:
        """Return the names of the fields that differ."""
        return [name for name, value in self.expected.items() if value != self.fields[name]]


def compare_labelled_parts(path: Path) -> Iterator[Comparison]:
    """Yield the references whose parts are labelled with their notes.

    Args:
        path: A file of `LabelledReference` lines.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        labelled = msgspec.json.decode(line, type=LabelledReference)
        for text, parts in zip(labelled.sources, labelled.parts, strict=False):
            if parts != LabelledParts():
                reference = parse_reference(text)
                expected = _list_parts(parts, reference)
                yield Comparison(labelled.style, text, expected, _list_fields(reference, expected))


def compare_labelled_fields(path: Path) -> Iterator[Comparison]:
    """Yield the references of a file of `LabelledFields` lines.

    Args:
        path: The file.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        labelled = msgspec.json.decode(line, type=LabelledFields)
        reference = parse_reference(labelled.text)
        expected = {
            "authors": ";".join(map(fold_letters, labelled.authors)),
            **{
                name: fold_letters(getattr(labelled, name))
                for name in ("title", "container", "volume", "issue", "pages", "publisher", "place")
            },
            "date": labelled.date,
            "address": fold_letters(labelled.address),
        }
        names = (
            f"{person.family}|{person.given}" if person.family else person.name
            for person in reference.authors
        )
        fields = {
            **_list_fields(reference, expected),
            "authors": ";".join(map(fold_letters, names)),
            "volume": fold_letters(reference.volume),
            "issue": fold_letters(reference.issue),
            "place": fold_letters(reference.place),
        }
        yield Comparison(labelled.style, labelled.text, expected, fields)


def compare_issue(path: Path, digests: Path) -> Iterator[Comparison]:
    """Yield the references of a publication whose fields are kept as digests.

    Args:
        path: The publication.
        digests: A file of digests of the fields, by the digest of the source's text.
    """
    known: dict[str, dict[str, str]] = msgspec.json.decode(digests.read_bytes())
    for reference in list_references(path):
        fields = {name: digest(value) for name, value in _list_all_fields(reference).items()}
        expected = known.get(digest(reference.text))
        if expected:  # else no source, and counted as such by `eval.benchmarks.sources`
            yield Comparison("real issue", reference.text, expected, fields)


def list_references(path: Path) -> Iterator[Reference]:
    """Yield the references of a publication.

    Args:
        path: The publication.
    """
    for article in readers.read(path).articles:
        for note in article.notes:
            yield from map(parse_source, note.sources)


def digest(value: str) -> str:
    """Return a digest of a field, "" for an empty one.

    Args:
        value: The field.
    """
    return hashlib.sha256(value.encode()).hexdigest()[:12] if value else ""


def fold_letters(text: str) -> str:
    """Return the letters and digits of a text, in one width, script and case.

    Args:
        text: A field.
    """
    return "".join(re.findall(r"[\w|]", fold_widths(text).casefold()))


def _format_date(reference: Reference) -> str:
    date = reference.date
    if date is None:
        return ""
    parts = (f"{date.year:04}", f"{date.month:02}", f"{date.day:02}")
    return "-".join(parts[: 1 + bool(date.month) + bool(date.day)])


def _list_all_fields(reference: Reference) -> Fields:
    return {
        "authors": ";".join(
            fold_letters(f"{person.family}|{person.given}" if person.family else person.name)
            for person in reference.authors
        ),
        "title": fold_letters(reference.title),
        "container": fold_letters(reference.container),
        "date": _format_date(reference),
        "pages": fold_letters(reference.pages or reference.locator),
        "address": fold_letters(reference.url or reference.doi),
    }


def _list_fields(reference: Reference, expected: Fields) -> dict[str, str]:
    """Return the fields as the labels have them: of two kinds of pages the labelled one."""
    pages = {fold_letters(reference.pages), fold_letters(reference.locator)}
    wanted = expected.get("pages", "")
    by_number = reference.type in ("legal_case", "legislation")
    fallback = reference.locator if by_number else reference.locator or reference.pages
    address = fold_letters(reference.doi or reference.url)
    wanted_address = expected.get("address", "")
    return {
        **_list_all_fields(reference),
        "authors": _fold_names("; ".join(person.name for person in reference.authors)),
        "pages": wanted if wanted in pages else fold_letters(fallback),
        "publisher": fold_letters(reference.publisher),
        "address": wanted_address if address and wanted_address.endswith(address) else address,
    }


def _list_parts(parts: LabelledParts, reference: Reference) -> Fields:
    found_date = find_date(fold_widths(parts.date)) if parts.date else None
    date = _format_date(Reference("", date=found_date.date)) if found_date else parts.date
    if date.isdigit() and reference.date and reference.date.printed == date:
        date = _format_date(reference)  # a year of the Republic
    expected = {
        "authors": _fold_names(parts.authors),
        "date": date,
        **{
            name: fold_letters(getattr(parts, name))
            for name in ("title", "container", "pages", "publisher", "address")
        },
    }
    if reference.type in ("legal_case", "legislation"):
        del expected["container"]  # law reports are not labelled
    return expected


def _fold_names(names: str) -> str:
    return fold_letters(_ROLES.sub(" ", names)).replace("|", "")


def count_fields(comparisons: Sequence[Comparison]) -> dict[str, FieldCounts]:
    """Return the counts of each field, and of all together.

    Args:
        comparisons: The references.
    """
    counts: dict[str, FieldCounts] = defaultdict(FieldCounts)
    for comparison in comparisons:
        for name, value in comparison.expected.items():
            for count in (counts[name], counts["all"]):
                count.labelled += bool(value)
                count.read += bool(comparison.fields[name])
                count.right += bool(value) and value == comparison.fields[name]
    return counts


def load_sets(folder: Path = _FOLDER, issue_folder: Path = _ISSUE) -> dict[str, list[Comparison]]:
    """Return the references of each set by its name.

    Args:
        folder: That of the labelled references.
        issue_folder: That of the real issue; where it is missing, so is its set.
    """
    sets = {
        "labelled with notes": list(compare_labelled_parts(_NOTES_FILE)),
        "eleven styles": list(compare_labelled_fields(folder / "references.jsonl")),
    }
    issues = sorted(issue_folder.glob("*.txt"))
    if issues:
        sets["real issue"] = list(compare_issue(issues[0], folder / "issue_digests.json"))
    return sets


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures by set, field and style, and return the exit status.

    Args:
        arguments: Those of the command line.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true", help="print each field that differs")
    parser.add_argument("--styles", action="store_true", help="print the figures by style")
    options = parser.parse_args(arguments)
    console = Console(width=100, highlight=False)
    for name, comparisons in load_sets().items():
        _print_table(console, f"{name}: {len(comparisons)} references", comparisons)
        if options.styles:
            for style in dict.fromkeys(comparison.style for comparison in comparisons):
                chosen = [item for item in comparisons if item.style == style]
                console.print(f"{style:24}{count_fields(chosen)['all'].f1:.3f}", markup=False)
        for comparison in comparisons if options.errors else ():
            for field in comparison.list_errors():
                line = f"{comparison.text}\n    {field}: {comparison.expected[field]!r}"
                console.print(f"{line}, read {comparison.fields[field]!r}", markup=False)
    return 0


def _print_table(console: Console, title: str, comparisons: Sequence[Comparison]) -> None:
    table = Table(title=title)
    table.add_column("field")
    for column in ("labelled", "read", "right", "exact F1"):
        table.add_column(column, justify="right")
    for name, count in count_fields(comparisons).items():
        numbers = (count.labelled, count.read, count.right)
        table.add_row(name, *map(str, numbers), f"{count.f1:.3f}")
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
