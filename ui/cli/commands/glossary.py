"""`tongzhu glossary`: show the glossary, and edit the user's own part of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from index.glossary.gloss import Gloss, StoredGloss
from index.glossary.user_file import read_glossary
from index.messages import Language, MessageCatalogue
from index.storage.library import Library
from index.storage.records import Summary
from index.text.scripts import fold
from index.update.user_glossary import update_user_glossary
from rag.answer.serialization import safe_json
from rag.render.rich_text import escape_controls
from ui.cli.output import print_error, print_line
from ui.cli.paths import resolve_library_path
from ui.cli.terminal import create_console
from ui.service.labels import format_publication_name

_MESSAGES = MessageCatalogue("ui", "glossary")


def show_glossary(
    words: Sequence[str], library: Path | None, language: Language, *, as_json: bool
) -> int:
    """Print the glossary, or the entries with one of the words; return 1 if none has."""
    path = resolve_library_path(library)
    with Library.open(path) as opened:
        matching = [stored for stored in opened.glosses() if _contains_word(stored.gloss, words)]
        sources = _GlossSources(opened, language)
        if as_json:
            values = {
                "library": str(path),
                "glosses": [sources.to_dict(stored) for stored in matching],
            }
            print_line(safe_json(values))
        elif matching:
            _print_glosses(matching, sources, language)
    if not matching and not as_json:
        message = _MESSAGES["not_in_glossary"] if words else _MESSAGES["glossary_empty"]
        print_error(message.format(words=" ".join(words)), language)
    return 0 if matching or not words else 1


def add_file(file: Path, library: Path | None, language: Language) -> int:
    """Add a file to the user's glossary, as a whole; return 1 if a line of it is wrong."""
    entries = read_glossary(file)
    for fault in entries.faults:
        print_error(fault, language)
    if entries.faults:
        print_error(_MESSAGES["glossary_unchanged"], language)
        return 1
    known_keys: set[frozenset[str]] = set()

    def add_new(existing: tuple[Gloss, ...]) -> tuple[Gloss, ...]:
        known_keys.update(gloss.key for gloss in existing)
        return (*existing, *(gloss for gloss in entries.glosses if gloss.key not in known_keys))

    update_user_glossary(resolve_library_path(library), add_new)
    added_count = sum(gloss.key not in known_keys for gloss in entries.glosses)
    existing_count = len(entries.glosses) - added_count
    print_line(
        _MESSAGES["glosses_added"].in_language(language, added=added_count, same=existing_count)
    )
    return 0


def remove_glosses(words: Sequence[str], library: Path | None, language: Language) -> int:
    """Remove the user's entries with one of the forms, or all; return 1 if a form is in none."""
    words_by_key = {fold(word): word for word in words}
    removed: list[Gloss] = []

    def keep_others(existing: tuple[Gloss, ...]) -> tuple[Gloss, ...]:
        removed[:] = [gloss for gloss in existing if not words or gloss.key & words_by_key.keys()]
        return tuple(gloss for gloss in existing if gloss not in removed)

    update_user_glossary(resolve_library_path(library), keep_others)
    missing = [
        word for key, word in words_by_key.items() if not any(key in gloss.key for gloss in removed)
    ]
    for word in missing:
        print_error(_MESSAGES["not_in_user_glossary"].format(word=word), language)
    print_line(_MESSAGES["glosses_removed"].in_language(language, removed=len(removed)))
    return 1 if missing else 0


class _GlossSources:
    """The sources of glosses, for people and for programs."""

    def __init__(self, library: Library, language: Language) -> None:
        self._library = library
        self._language = language
        self._summaries: dict[str, Summary] = {
            summary.id: summary for summary in library.publications()
        }
        self._titles: dict[tuple[str, int], str] = {}

    def format_source(self, stored: StoredGloss) -> str:
        """Return where a gloss comes from, on one line."""
        gloss = stored.gloss
        if not stored.publication_id:
            return _MESSAGES["user_glossary"].in_language(self._language)
        summary = self._summaries[stored.publication_id]
        parts = [format_publication_name(summary) or summary.id, self._get_article_title(stored)]
        if gloss.line:
            parts.append(_MESSAGES["line_number"].in_language(self._language, line=gloss.line))
        return " · ".join(part for part in parts if part)

    def to_dict(self, stored: StoredGloss) -> dict[str, Any]:
        """Return a gloss and where it comes from, as JSON."""
        gloss = stored.gloss
        summary = self._summaries.get(stored.publication_id)
        return {
            "forms": list(gloss.forms),
            "kind": gloss.kind,
            "publication": summary and summary.id,
            "publication_title": summary and summary.title,
            "publication_number": summary and summary.number,
            "article": gloss.article,
            "article_title": self._get_article_title(stored) or None,
            "line": gloss.line or None,
        }

    def _get_article_title(self, stored: StoredGloss) -> str:
        article_index = stored.gloss.article
        if article_index is None:
            return ""
        key = (stored.publication_id, article_index)
        if key not in self._titles:
            self._titles[key] = self._library.article(*key).title
        return self._titles[key]


def _contains_word(gloss: Gloss, words: Sequence[str]) -> bool:
    forms = [fold(form) for form in gloss.forms]
    return not words or any(fold(word) in form for word in words for form in forms)


def _print_glosses(
    glosses: Sequence[StoredGloss], sources: _GlossSources, language: Language
) -> None:
    """Print a table in a terminal, anywhere else lines that `--add` takes."""
    screen = create_console()
    if not screen.is_terminal:
        for stored in glosses:
            term, *other_forms = stored.gloss.forms
            print_line(f"{term} = {'; '.join(other_forms)}  # {sources.format_source(stored)}")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for heading in (
        _MESSAGES["gloss_term"],
        _MESSAGES["gloss_other_forms"],
        _MESSAGES["gloss_source"],
    ):
        table.add_column(heading.in_language(language), overflow="fold")
    for stored in glosses:
        term, *escaped_forms = (escape_controls(form) for form in stored.gloss.forms)
        table.add_row(
            term,
            "; ".join(escaped_forms),
            escape_controls(sources.format_source(stored)),
            style=None,
        )
    screen.print(table)
