"""`tongzhu works`: what the notes of a library cite, and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from index.errors import OptionError, QuestionError
from index.messages import Language, MessageCatalogue, is_chinese
from index.storage.library import Library
from index.storage.records import Filters, Summary
from rag.answer.serialization import safe_json
from rag.works.articles import list_chosen_publications
from rag.works.counts import COUNTED_FIELDS, CountedField, count_citations
from rag.works.formats import FORMATS, WorkFormat, chicago, export, taiwan
from rag.works.gather import collect_works
from rag.works.model import Work
from rag.works.search import find_works
from ui.cli.output import print_error, print_line
from ui.cli.paths import resolve_library_path
from ui.service.labels import format_counts, format_publication_name
from ui.service.views import build_work_view

_MESSAGES = MessageCatalogue("ui", "works")
_CLI_MESSAGES = MessageCatalogue("ui", "cli")
_NOUNS = MessageCatalogue("ui", "nouns")


@dataclass(frozen=True, slots=True)
class WorksOptions:
    """What to show of the works of a library.

    Attributes:
        words: Words of the works' titles, authors or outlets, or the id of one; all works if empty.
        filters: Which publications and articles to look at.
        counted: "work", "outlet", "author" or "year": counts instead of works; "" for works.
        format_name: A format of `rag.works.formats`; "" for a list to read.
        as_json: Whether to print JSON.
    """

    words: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    counted: str = ""
    format_name: str = ""
    as_json: bool = False


def show_works(options: WorksOptions, library: Path | None, language: Language) -> int:
    """Print the works, or counts of them; return 1 if words were given that no work has.

    Raises:
        OptionError: If there is no such format, or nothing that is counted so.
        QuestionError: If no article meets the filters.
        LibraryError: If there is no library, or it is damaged.
    """
    counted = _parse_counted(options.counted)
    format_name = parse_format(options.format_name) if options.format_name else None
    with Library.open(resolve_library_path(library)) as opened:
        find_publications(opened, options.filters)
        works = find_works(collect_works(opened, options.filters), " ".join(options.words))
        if counted:
            _print_counts(works, counted, language, as_json=options.as_json)
        elif format_name:
            items = [(work.id, work.reference) for work in works]
            print_export(export(items, format_name))
        elif options.as_json:
            print_line(safe_json({"works": [_work_to_dict(work) for work in works]}))
        else:
            _print_works(works, opened, language, with_places=bool(options.words))
    if not works and not options.as_json:
        _report_no_works(options.words, language)
    return 1 if options.words and not works else 0


def _report_no_works(words: Sequence[str], language: Language) -> None:
    """Say on stderr that there are no works: an error if some were looked for."""
    if words:
        print_error(_MESSAGES["no_such_work"].format(words=" ".join(words)), language)
    else:
        print_line(_MESSAGES["no_works"].in_language(language), stderr=True)


def find_publications(library: Library, filters: Filters) -> tuple[Summary, ...]:
    """Return the publications of a library that meet filters, in its order.

    Raises:
        QuestionError: If there are filters, and no article meets them.
    """
    publications = list_chosen_publications(library, filters)
    if not publications and filters != Filters():
        raise QuestionError(_CLI_MESSAGES["no_matching_articles"])
    return publications


def print_export(text: str) -> None:
    """Print a file for a citation manager, or a list in a style; nothing if it is empty."""
    if text.strip():
        print_line(text.rstrip("\n"))


def _parse_counted(name: str) -> CountedField | None:
    for counted in COUNTED_FIELDS:
        if counted == name:
            return counted
    if name:
        known = ", ".join(COUNTED_FIELDS)
        raise OptionError(_MESSAGES["unknown_count"].format(name=name, known=known))
    return None


def parse_format(name: str) -> WorkFormat:
    """Return the format of a name.

    Raises:
        OptionError: If there is none of that name.
    """
    for format_name in FORMATS:
        if format_name == name:
            return format_name
    raise OptionError(_MESSAGES["unknown_format"].format(name=name, known=", ".join(FORMATS)))


def _print_counts(
    works: Sequence[Work], counted: CountedField, language: Language, *, as_json: bool
) -> None:
    counts = count_citations(works, counted)
    if as_json:
        print_line(safe_json({"counts": [asdict(count) for count in counts]}))
        return
    for count in counts:
        works_count = _NOUNS.count("works", count.works).in_language(language)
        cited = format_counts((("notes", count.notes), ("articles", count.articles)), language)
        print_line(f"{count.name}  {works_count} · {cited}")


def _print_works(
    works: Sequence[Work], library: Library, language: Language, *, with_places: bool
) -> None:
    format_item = taiwan.format_item if is_chinese(language) else chicago.format_item
    for work in works:
        print_line(f"{work.id}  {format_item(work.reference).replace('*', '')}")
        nouns = (("notes", len(work.notes)), ("articles", len(work.articles)))
        print_line(f"{'':14}{format_counts(nouns, language)}")
        if with_places:
            _print_places(work, library, language)


def _print_places(work: Work, library: Library, language: Language) -> None:
    """Print the articles that cite a work, with their notes."""
    notes: dict[tuple[str, int], list[str]] = defaultdict(list)
    for item in work.citations:
        place = item.publication_id, item.article_index
        label = f"{item.note} (= {item.repeats})" if item.repeats else item.note
        notes[place] += [label] if label not in notes[place] else []
    for (publication_id, article_index), labels in notes.items():
        name = format_publication_name(library.summary(publication_id))
        title = library.article(publication_id, article_index).title
        line = _MESSAGES["place"].in_language(
            language, publication=name, article=title, notes=", ".join(labels)
        )
        print_line(f"{'':14}{line}")


def _work_to_dict(work: Work) -> dict[str, Any]:
    return asdict(build_work_view(work)) | {
        "citations": [
            {
                "publication": item.publication_id,
                "article": item.article_index,
                "note": item.note,
                "repeats": item.repeats,
                "text": item.reference.text,
                "locator": item.reference.locator,
                "is_quoted": item.is_quoted,
            }
            for item in work.citations
        ],
    }
