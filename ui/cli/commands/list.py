"""`tongzhu list`: what is in the library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from index.messages import Language, MessageCatalogue
from index.storage.library import Library
from index.storage.records import Summary
from rag.answer.serialization import safe_json
from rag.render.labels import format_date
from ui.cli.output import print_line
from ui.cli.paths import resolve_library_path

_CLI_MESSAGES = MessageCatalogue("ui", "cli")
_NOUNS = MessageCatalogue("ui", "nouns")
_OUTLINE_MESSAGES = MessageCatalogue("ui", "outline")


def list_publications(library: Path | None, language: Language, *, as_json: bool) -> int:
    """Prints the publications of the library, and how much is in them."""
    path = resolve_library_path(library)
    with Library.open(path) as opened:
        publications = opened.publications()
    if as_json:
        values = {
            "library": str(path),
            "publications": [_summary_to_dict(summary) for summary in publications],
        }
        print_line(safe_json(values))
        return 0
    for summary in publications:
        name = " ".join(part for part in (summary.title, summary.number) if part)
        print_line(f"{summary.id}  {name or _OUTLINE_MESSAGES['no_title'].in_language(language)}")
        print_line(f"{'':14}{_format_facts(summary, language)}")
        print_line(f"{'':14}{summary.path}")
    if not publications:
        print_line(_CLI_MESSAGES["library_empty"].in_language(language))
    print_line(_CLI_MESSAGES["library_path"].in_language(language, path=path), stderr=True)
    return 0


def _format_facts(summary: Summary, language: Language) -> str:
    counts = summary.counts
    date_text = format_date(summary.date, language) if summary.date else summary.date_printed
    facts = (
        date_text,
        _NOUNS.count("articles", counts.articles).in_language(language),
        _NOUNS.count("passages", counts.passages).in_language(language),
        _NOUNS.count("notes", counts.notes).in_language(language),
    )
    return " · ".join(part for part in facts if part)


def _summary_to_dict(summary: Summary) -> dict[str, Any]:
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
