"""Random publications in every form of marks, notes and citations, printed and read back.

`python -m tests.helpers.round_trips --count 1000` prints for each form how many are read back
equal, and of the others the numbers and the first difference; `--form NAME` tries one form.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import defaultdict
from dataclasses import fields, replace
from itertools import islice

from index.document import Publication
from index.readers import markdown, paged
from index.readers.accounting import audit_characters
from index.text.scripts import convert_to_simplified
from tests.helpers import markdown_printer
from tests.helpers.generator import PLACEMENTS, Generator, Shape
from tests.helpers.markdown_printer import MarkdownPrinter, MarkdownShape
from tests.helpers.note_forms import MARK_FORMS
from tests.helpers.printer import Printer
from tests.helpers.twins import compare, simplify

_MARKDOWN = "Markdown: "
FORMS = (*MARK_FORMS, *(f"{_MARKDOWN}{form}" for form in markdown_printer.FORMS))


def draw_shape(number: int, form: str) -> Shape:
    """A random shape that is the same for the same number."""
    drawn = random.Random(number)
    flags = {f.name: drawn.random() < 0.4 for f in fields(Shape) if f.type == "bool"}
    other_form = drawn.choice(tuple(MARK_FORMS)) if drawn.random() < 0.2 else ""
    # A single line that begins with 1、 is rather an item of a list.
    fewest_notes = 2 if form.endswith("comma") else 1
    return Shape(
        seed=number,
        articles=drawn.randint(1, 3),
        sections=drawn.randint(1, 4),
        notes=max(drawn.randint(1, 12), fewest_notes),
        levels=drawn.randint(1, 4),
        placement=drawn.choice(PLACEMENTS),
        form=form,
        other_form=other_form,
        **flags,
    )


def build_printer(number: int, form: str) -> Printer | MarkdownPrinter:
    """The printer of a random publication."""
    name = form.removeprefix(_MARKDOWN)
    if name == form:
        shape = draw_shape(number, form)
        return Printer(Generator(shape).publication(), shape)
    drawn = random.Random(number)
    shape = replace(
        draw_shape(number, name if name in MARK_FORMS else "tortoise"),
        articles=1,
        contents=False,
        imprint=False,
        starred=False,
        tables=False,
        lists=False,
        other_form="",
        restarts=name == "reference by name",
        repeats=name != "inline" and drawn.random() < 0.4,
        packed=name == "inline",  # notes of one paragraph
        placement=drawn.choice(("chapter", "end")),
    )
    markdown_shape = MarkdownShape(number, name, shape.placement, nested=drawn.random() < 0.5)
    return MarkdownPrinter(Generator(shape).publication(), markdown_shape)


def print_publication(number: int, form: str) -> tuple[str, Publication]:
    """A random publication as text, and as it should be read; every other one is simplified."""
    printer = build_printer(number, form)
    text = printer.text()
    if number % 2:
        return convert_to_simplified(text), simplify(printer.publication)
    return text, printer.publication


def list_differences(number: int, form: str) -> list[str]:
    """Where a publication that is read back differs from the one that was printed."""
    text, expected = print_publication(number, form)
    reading = markdown.read(text, "a.md") if form.startswith(_MARKDOWN) else paged.read(text)
    audit = audit_characters(text, reading)
    if not audit.is_balanced:
        return [f"characters not read: {audit.missing}, read twice: {audit.extra}"]
    if reading == expected:
        return []
    return list(islice(compare("", expected, reading), 3)) or ["id"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--start", type=int, default=0, help="the number of the first")
    parser.add_argument("--form", action="append", choices=FORMS)
    parser.add_argument("--show", type=int, metavar="NUMBER", help="print this one instead")
    arguments = parser.parse_args()
    forms = arguments.form or FORMS
    if arguments.show is not None:
        form = forms[arguments.show % len(forms)]
        sys.stdout.write(f"{build_printer(arguments.show, form).shape}\n")
        sys.stdout.write(print_publication(arguments.show, form)[0])
        return
    counts: defaultdict[str, int] = defaultdict(int)
    differing: defaultdict[str, list[int]] = defaultdict(list)
    for number in range(arguments.start, arguments.start + arguments.count):
        form = forms[number % len(forms)]
        counts[form] += 1
        if differences := list_differences(number, form):
            differing[form].append(number)
            sys.stdout.write(f"{number} ({form})\n")
            sys.stdout.writelines(f"    {line[:400]}\n" for line in differences)
    for form in counts:
        listed = " ".join(map(str, differing[form]))
        sys.stdout.write(
            f"{counts[form] - len(differing[form]):5} of {counts[form]:4} {form}  {listed}\n"
        )
    total = sum(map(len, differing.values()))
    sys.stdout.write(f"{arguments.count} publications, {total} read back otherwise\n")
    sys.exit(total > 0)


if __name__ == "__main__":
    main()
