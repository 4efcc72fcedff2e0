"""`tongzhu index` and `tongzhu remove`: add publications to the library, and remove them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.encoders.protocol import DEFAULT_MODEL, Encoder, load_encoder
from index.errors import OptionError
from index.messages import Language, MessageCatalogue
from index.metadata.items import read_items
from index.metadata.matching import MetadataMatcher
from index.metadata.zotero import fetch_items
from index.sandbox.parallel import ParallelReader
from index.storage.library import Library
from index.storage.manifest import find_pointer
from index.storage.records import SourceFile, Summary
from index.update.merged_segment import merge_segments
from index.update.update import (
    Update,
    UpdateReport,
    choose_model,
    make_update,
    update_library,
)
from ui.cli.batches import split_batches
from ui.cli.folders import collect_paths
from ui.cli.output import format_path, print_error, print_line
from ui.cli.paths import resolve_library_path
from ui.cli.progress import ProgressBars
from ui.service.labels import format_counts, format_publication_name

_CLI_MESSAGES = MessageCatalogue("ui", "cli")
_NOUNS = MessageCatalogue("ui", "nouns")

_INTERRUPTED = 130
_SURVEYED_FILES = 20  # so many are seen at once; of more, those with faults are counted


_ENGINES = ("local", "qdrant")
_HAS_SCHEME = re.compile(r"[\w+.-]*://|[\w.-]+:\d+(?:/|$)")


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """How files are indexed.

    Attributes:
        model: The model of a new library; None for the bundled one.
        ocr: Whether the text of pictures is recognised.
        metadata: Where metadata are taken from; "" for nowhere.
        engine: "local" or "qdrant"; None for the engine that the library has.
        url: The address of Qdrant, or a folder for one.
    """

    model: str | None = None
    ocr: bool = False
    metadata: str = ""
    engine: str | None = None
    url: str | None = None


def index_files(
    paths: Sequence[Path],
    library: Path | None,
    language: Language,
    options: IndexOptions,
) -> int:
    """Add files and folders of files; return 1 if one of them could not be read.

    Raises:
        ReadError: If there is no metadata where it should be.
        OptionError: If the options name no engine.
    """
    folder = resolve_library_path(library)
    matcher = load_metadata(options.metadata) if options.metadata else None
    collected = collect_paths(paths, language)
    if not collected.files:
        return 1
    reports: list[UpdateReport] = []
    is_interrupted = False
    try:
        for report in _add_batches(folder, collected.files, language, options, matcher):
            reports.append(report)  # noqa: PERF402 - what was done before an error is kept
    except KeyboardInterrupt:
        is_interrupted = True
    finally:
        for report in reports:
            _print_changes(report, language)
    if is_interrupted:
        is_partly_done = any(report.added or report.replaced for report in reports)
        message = _CLI_MESSAGES["partly_indexed" if is_partly_done else "library_unchanged"]
        print_line(message.in_language(language), stderr=True)
        return _INTERRUPTED
    _print_counts(folder, language)
    if len(collected.files) > _SURVEYED_FILES:
        _print_faults(reports, language)
    if matcher:
        _print_matches(matcher, language)
    _merge_segments(folder, language)
    return 1 if any(report.failed for report in reports) or collected.problems else 0


def _locate_engine(options: IndexOptions) -> str | None:
    """Return where the engine is to be: "" for the local one, None for the one of before."""
    if options.engine is None and options.url is None:
        return None
    if options.engine not in (None, *_ENGINES):
        raise OptionError(_CLI_MESSAGES["unknown_engine"].format(name=options.engine))
    if options.engine != "qdrant" and options.url is not None:
        raise OptionError(_CLI_MESSAGES["url_without_engine"].format(url=options.url))
    if options.engine == "local":
        return ""
    if not options.url:
        raise OptionError(_CLI_MESSAGES["no_url"].format())
    if options.url.startswith(("http://", "https://")):
        return options.url.rstrip("/")
    if _HAS_SCHEME.match(options.url):
        raise OptionError(_CLI_MESSAGES["invalid_url"].format(url=options.url))
    return str(Path(options.url).resolve())


def load_metadata(source: str) -> MetadataMatcher:
    """Return what gives publications the metadata of a citation manager.

    Args:
        source: A file, or "zotero" for the Zotero that runs on this machine.

    Raises:
        ReadError: If there is none.
    """
    is_local = source.casefold() == "zotero" and not Path(source).exists()
    return MetadataMatcher(fetch_items() if is_local else read_items(Path(source)))


def _print_matches(matcher: MetadataMatcher, language: Language) -> None:
    matched, items = len(matcher.matched), len(matcher.items)
    files = matched + len(matcher.unmatched)
    if files:
        message = _CLI_MESSAGES["metadata_matched"]
        print_line(message.in_language(language, matched=matched, files=files, items=items))
    for path in matcher.unmatched:
        print_line(_CLI_MESSAGES["metadata_unmatched"].in_language(language, file=path))


def add_files(
    folder: Path,
    files: Sequence[Path],
    language: Language,
) -> UpdateReport:
    """Add files to a library, in one update, with progress bars."""
    with ProgressBars(language) as bars, ParallelReader() as reader:
        update = Update(
            files,
            encoder=_select_encoder(folder, None),
            progress=bars.show_progress,
            read=reader.read_publication,
            prepare=reader.prepare,
        )
        return make_update(folder, update)


def _add_batches(
    folder: Path,
    files: Sequence[Path],
    language: Language,
    options: IndexOptions,
    matcher: MetadataMatcher | None,
) -> Iterator[UpdateReport]:
    """Add files to a library, in an update for each batch, with progress bars."""
    engine = _locate_engine(options)
    with ProgressBars(language) as bars, ParallelReader(ocr=options.ocr) as reader:
        encoder = _select_encoder(folder, options.model)
        for number, batch in enumerate(split_batches(files)):
            if number and find_pointer(folder):
                merge_segments(folder, bars.show_progress)  # what the batches before have left
            update = Update(
                batch,
                encoder=encoder,
                progress=bars.show_progress,
                read=matcher.wrap(reader.read_publication) if matcher else reader.read_publication,
                prepare=reader.prepare,
                ocr=options.ocr,
                metadata_digest=matcher.digest if matcher else "",
                engine=engine,
            )
            yield make_update(folder, update)


def remove_publications(
    publications: Sequence[str], library: Path | None, language: Language
) -> int:
    """Remove publications, by id or by file; return 1 if one of them is not in the library."""
    folder = resolve_library_path(library)
    with Library.open(folder, allow_outdated=True, for_writing=True) as opened:
        source_files = opened.source_files()
    ids_by_name = _find_publications(publications, source_files)
    for name in (name for name, publication_id in ids_by_name.items() if publication_id is None):
        print_error(_CLI_MESSAGES["not_in_library"].format(name=name), language)
    publication_ids = [
        publication_id for publication_id in ids_by_name.values() if publication_id is not None
    ]
    if publication_ids:
        try:
            with ProgressBars(language) as bars:
                report = update_library(folder, remove=publication_ids, progress=bars.show_progress)
        except KeyboardInterrupt:
            print_line(_CLI_MESSAGES["library_unchanged"].in_language(language), stderr=True)
            return _INTERRUPTED
        _print_changes(report, language)
        _print_counts(folder, language)
        _merge_segments(folder, language)
    return 0 if len(publication_ids) == len(ids_by_name) else 1


def _merge_segments(folder: Path, language: Language) -> None:
    """Merge what updates have left, once all is published and said."""
    if not find_pointer(folder):
        return
    try:
        with ProgressBars(language) as bars:
            merge_segments(folder, bars.show_progress)
    except KeyboardInterrupt:
        print_line(_CLI_MESSAGES["merging_stopped"].in_language(language), stderr=True)


def _select_encoder(folder: Path, model: str | None) -> Encoder:
    """Return the model that was named, else that of the library, else the bundled one."""
    if model is None and find_pointer(folder, allow_outdated=True):
        with Library.open(folder, allow_outdated=True, for_writing=True) as opened:
            model = choose_model(opened)
    return load_encoder(model or DEFAULT_MODEL)


def _find_publications(
    names: Iterable[str], source_files: Mapping[str, SourceFile]
) -> dict[str, str | None]:
    """Return the id of the publication of each name: its id, or the file it was read from."""
    ids_by_path = {
        Path(source_file.path).absolute(): publication_id
        for publication_id, source_file in source_files.items()
    }
    return {
        name: name if name in source_files else ids_by_path.get(Path(name).absolute())
        for name in names
    }


def _print_changes(report: UpdateReport, language: Language) -> None:
    changes = (
        (_CLI_MESSAGES["added"], report.added),
        (_CLI_MESSAGES["replaced"], report.replaced),
        (_CLI_MESSAGES["removed"], report.removed),
    )
    for message, summaries in changes:
        for summary in summaries:
            print_line(f"{message.in_language(language)}  {_format_summary(summary, language)}")
    for file in report.unchanged:
        print_line(f"{_CLI_MESSAGES['unchanged'].in_language(language)}  {format_path(file)}")
    for warning in report.warnings:
        item = format_path(warning.item)
        message = _CLI_MESSAGES["warning"].format(file=item, message=warning.message)
        print_line(message.in_language(language), stderr=True)
    for failure in report.failed:
        print_error(failure.message, language)


def _print_faults(reports: Iterable[UpdateReport], language: Language) -> None:
    """Print how many files were not read or have warnings, if any: their lines are far above."""
    failed: set[str] = set()
    warned: set[str] = set()
    for report in reports:
        failed.update(failure.item for failure in report.failed)
        warned.update(warning.item for warning in report.warnings)
    if failed or warned:
        message = _CLI_MESSAGES["faulty_files"]
        print_line(
            message.in_language(language, failed=len(failed), warned=len(warned)), stderr=True
        )


def _print_counts(folder: Path, language: Language) -> None:
    """Print how much a library has, if there is one."""
    if not find_pointer(folder):
        return
    with Library.open(folder, for_writing=True) as opened:
        counts = opened.counts
    library_counts = ("publications", counts.publications), ("passages", counts.passages)
    publications, passages = (
        _NOUNS.count(noun, number).in_language(language) for noun, number in library_counts
    )
    print_line(
        _CLI_MESSAGES["library_counts"].in_language(
            language, publications=publications, passages=passages
        )
    )


def _format_summary(summary: Summary, language: Language) -> str:
    noun_counts = (
        ("articles", summary.counts.articles),
        ("passages", summary.counts.passages),
        ("notes", summary.counts.notes),
    )
    name = format_publication_name(summary) or Path(summary.path).name
    return f"{name}  ({format_counts(noun_counts, language)})"
