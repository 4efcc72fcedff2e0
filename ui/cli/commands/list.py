"""`tongzhu list`: what is in the library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from index.storage.library import Library
from index.storage.records import Summary
from rag.answer.serialization import safe_json
from rag.render.labels import written_date
from ui.cli.output import print_line
from ui.cli.paths import library_path
from ui.messages import cli
from ui.messages.cli import Language, say


def list_publications(library: Path | None, language: Language, *, as_json: bool) -> int:
    """Prints the publications of the library, and how much is in them."""
    path = library_path(library)
    with Library.open(path) as opened:
        publications = opened.publications()
    if as_json:
        values = {"library": str(path), "publications": [_values(each) for each in publications]}
        print_line(safe_json(values))
        return 0
    for each in publications:
        name = " ".join(part for part in (each.title, each.number) if part)
        print_line(f"{each.id}  {name or say(cli.NO_TITLE, language)}")
        print_line(f"{'':14}{_facts(each, language)}")
        print_line(f"{'':14}{each.path}")
    if not publications:
        print_line(say(cli.LIBRARY_EMPTY, language))
    print_line(say(cli.LIBRARY_AT, language, path=path), stderr=True)
    return 0


def _facts(summary: Summary, language: Language) -> str:
    counts = summary.counts
    day = written_date(summary.date, language) if summary.date else summary.date_printed
    facts = (
        day,
        cli.ARTICLES.count(counts.articles, language),
        cli.PASSAGES.count(counts.passages, language),
        cli.NOTES.count(counts.notes, language),
    )
    return " · ".join(part for part in facts if part)


def _values(summary: Summary) -> dict[str, Any]:
    counts = summary.counts
    return {
        "id": summary.id,
        "title": summary.title,
        "title_translated": summary.title_translated,
        "number": summary.number,
        "date": summary.date.isoformat() if summary.date else None,
        "publisher": summary.publisher,
        "file": summary.path,
        "articles": counts.articles,
        "sections": counts.sections,
        "passages": counts.passages,
        "notes": counts.notes,
    }
