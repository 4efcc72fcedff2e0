"""`tongzhu list`: what is in the library, and what room it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.cells import cell_len, set_cell_size

from index.messages import Language, MessageCatalogue
from index.storage.library import Library
from index.storage.records import Filters, Summary
from index.storage.size import LibrarySize, measure_library
from rag.answer.serialization import safe_json
from rag.works.articles import list_article_items
from rag.works.formats import export
from ui.cli.commands.works import find_publications, parse_format, print_export
from ui.cli.output import format_path, print_line
from ui.cli.paths import resolve_library_path
from ui.service.labels import (
    format_bytes,
    format_counts,
    format_publication_date,
    format_publication_name,
)

_CLI_MESSAGES = MessageCatalogue("ui", "cli")
_NOUNS = MessageCatalogue("ui", "nouns")
_OUTLINE_MESSAGES = MessageCatalogue("ui", "outline")


def list_publications(
    library: Path | None,
    language: Language,
    *,
    filters: Filters,
    format_name: str = "",
    as_json: bool = False,
) -> int:
    """Print the publications of the library with counts, or its articles as items to cite.

    Raises:
        OptionError: If there is no such format.
        QuestionError: If no article meets the filters.
        LibraryError: If there is no library, or it is damaged.
    """
    path = resolve_library_path(library)
    work_format = parse_format(format_name) if format_name else None
    with Library.open(path) as opened:
        publications = find_publications(opened, filters)
        if work_format:
            print_export(export(list_article_items(opened, filters), work_format))
            return 0
    if as_json:
        values = {
            "library": str(path),
            "publications": [_summary_to_dict(summary) for summary in publications],
        }
        print_line(safe_json(values))
        return 0
    for summary in publications:
        no_title = _OUTLINE_MESSAGES["no_title"].in_language(language)
        print_line(f"{summary.id}  {format_publication_name(summary) or no_title}")
        print_line(f"{'':14}{_format_facts(summary, language)}")
        print_line(f"{'':14}{format_path(summary.path)}")
    if not publications:
        print_line(_CLI_MESSAGES["library_empty"].in_language(language))
    print_line(_CLI_MESSAGES["library_path"].in_language(language, path=path), stderr=True)
    return 0


def show_size(library: Path | None, language: Language, *, as_json: bool = False) -> int:
    """Print what room each part of the library takes, and what compacting would save.

    Raises:
        LibraryError: If there is no library, or it is damaged.
    """
    path = resolve_library_path(library)
    with Library.open(path) as opened:
        size = measure_library(opened)
    if as_json:
        print_line(safe_json({"library": str(path), **_size_to_dict(size)}))
        return 0
    rows = [*size.parts.items(), ("superseded", size.superseded_bytes), ("total", size.total)]
    labels = [_CLI_MESSAGES[f"part.{name}"].in_language(language) for name, _ in rows]
    width = max(map(cell_len, labels))
    for label, (_, count) in zip(labels, rows, strict=True):
        per_passage = _CLI_MESSAGES["bytes_per_passage"].in_language(
            language, size=format_bytes(round(count / max(size.passages, 1)))
        )
        print_line(f"{set_cell_size(label, width)}  {format_bytes(count):>9}  {per_passage}")
    counts = (
        _NOUNS.count("passages", size.passages),
        _NOUNS.count("segments", size.segments),
    )
    print_line(" · ".join(count.in_language(language) for count in counts))
    savings = format_bytes(size.savings)
    print_line(_CLI_MESSAGES["compacting_saves"].in_language(language, size=savings))
    return 0


def _size_to_dict(size: LibrarySize) -> dict[str, Any]:
    return {
        "passages": size.passages,
        "dropped_passages": size.dropped_passages,
        "segments": size.segments,
        "bytes": {**size.parts, "superseded": size.superseded_bytes, "total": size.total},
        "compacting_saves": size.savings,
    }


def _format_facts(summary: Summary, language: Language) -> str:
    counts = summary.counts
    noun_counts = (
        ("articles", counts.articles),
        ("passages", counts.passages),
        ("notes", counts.notes),
    )
    facts = (format_publication_date(summary, language), format_counts(noun_counts, language))
    return " · ".join(filter(None, facts))


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
