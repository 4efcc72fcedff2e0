"""`tongzhu glossary`: what stands for what, and the user's own part of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from index.glossary.gloss import Gloss, Held
from index.glossary.user_file import read_glossary
from index.storage.library import Library
from index.storage.records import Summary
from index.text.scripts import fold
from index.update.user_glossary import change_glossary
from rag.answer.serialization import safe_json
from rag.render.rich_text import visible
from ui.cli.output import complain, print_line
from ui.cli.paths import library_path
from ui.cli.terminal import console
from ui.messages import cli_glossary as strings
from ui.messages.cli import Language, filled, say


def show(words: Sequence[str], library: Path | None, language: Language, *, as_json: bool) -> int:
    """Prints the glossary, or the part that has one of the words; 1 if nothing has."""
    path = library_path(library)
    with Library.open(path) as opened:
        found = [held for held in opened.glosses() if _has(held.gloss, words)]
        places = _Places(opened, language)
        if as_json:
            values = {"library": str(path), "glosses": [places.values(held) for held in found]}
            print_line(safe_json(values))
        elif found:
            _print(found, places, language)
    if not found and not as_json:
        message = strings.NO_GLOSS if words else strings.NO_GLOSSES
        complain(filled(message, words=" ".join(words)), language)
    return 0 if found or not words else 1


def add(file: Path, library: Path | None, language: Language) -> int:
    """Adds a file to the user's glossary, as a whole; 1 if a line of it is wrong."""
    entries = read_glossary(file)
    for fault in entries.faults:
        complain(fault, language)
    if entries.faults:
        complain(strings.GLOSSARY_AS_IT_WAS, language)
        return 1
    known: set[frozenset[str]] = set()

    def added(before: tuple[Gloss, ...]) -> tuple[Gloss, ...]:
        known.update(gloss.key for gloss in before)
        return (*before, *(gloss for gloss in entries.glosses if gloss.key not in known))

    change_glossary(library_path(library), added)
    fresh = sum(gloss.key not in known for gloss in entries.glosses)
    same = len(entries.glosses) - fresh
    print_line(say(strings.GLOSSES_ADDED, language, added=fresh, same=same))
    return 0


def remove(words: Sequence[str], library: Path | None, language: Language) -> int:
    """Removes the user's entries that have one of the forms, or all; 1 if one is in none."""
    wanted = {fold(word): word for word in words}
    gone: list[Gloss] = []

    def left(before: tuple[Gloss, ...]) -> tuple[Gloss, ...]:
        gone[:] = [gloss for gloss in before if not words or gloss.key & wanted.keys()]
        return tuple(gloss for gloss in before if gloss not in gone)

    change_glossary(library_path(library), left)
    missing = [word for key, word in wanted.items() if not any(key in gloss.key for gloss in gone)]
    for word in missing:
        complain(filled(strings.NOT_OWN_GLOSS, word=word), language)
    print_line(say(strings.GLOSSES_REMOVED, language, removed=len(gone)))
    return 1 if missing else 0


class _Places:
    """Where glosses come from, for people and for programs."""

    def __init__(self, library: Library, language: Language) -> None:
        self._library = library
        self._language = language
        self._summaries: dict[str, Summary] = {
            summary.id: summary for summary in library.publications()
        }
        self._titles: dict[tuple[str, int], str] = {}

    def line(self, held: Held) -> str:
        """Where a gloss comes from, on one line."""
        gloss = held.gloss
        if not held.publication:
            return say(strings.OWN_GLOSS, self._language)
        summary = self._summaries[held.publication]
        name = " ".join(part for part in (summary.title, summary.number) if part)
        parts = [name or summary.id, self._title(held)]
        if gloss.line:
            parts.append(say(strings.AT_LINE, self._language, line=gloss.line))
        return " · ".join(part for part in parts if part)

    def values(self, held: Held) -> dict[str, Any]:
        """A gloss and where it comes from, as JSON."""
        gloss = held.gloss
        summary = self._summaries.get(held.publication)
        return {
            "forms": list(gloss.forms),
            "kind": gloss.kind,
            "publication": summary and summary.id,
            "publication_title": summary and summary.title,
            "publication_number": summary and summary.number,
            "article": gloss.article,
            "article_title": self._title(held) or None,
            "line": gloss.line or None,
        }

    def _title(self, held: Held) -> str:
        number = held.gloss.article
        if number is None:
            return ""
        key = (held.publication, number)
        if key not in self._titles:
            self._titles[key] = self._library.article(*key).title
        return self._titles[key]


def _has(gloss: Gloss, words: Sequence[str]) -> bool:
    forms = [fold(form) for form in gloss.forms]
    return not words or any(fold(word) in form for word in words for form in forms)


def _print(found: Sequence[Held], places: _Places, language: Language) -> None:
    """A table in a terminal; anywhere else lines that `--add` takes."""
    screen = console()
    if not screen.is_terminal:
        for held in found:
            term, *rest = held.gloss.forms
            print_line(f"{term} = {'; '.join(rest)}  # {places.line(held)}")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for heading in (strings.GLOSS_TERM, strings.GLOSS_OTHERS, strings.GLOSS_WHERE):
        table.add_column(say(heading, language), overflow="fold")
    for held in found:
        term, *others = (visible(form) for form in held.gloss.forms)
        table.add_row(term, "; ".join(others), visible(places.line(held)), style=None)
    screen.print(table)
