"""`tongzhu index` and `tongzhu remove`: what goes into the library, and out of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from index.encoders.protocol import DEFAULT_MODEL, Encoder, load_encoder
from index.readers import KINDS
from index.storage.library import Library
from index.storage.manifest import POINTER
from index.storage.records import Summary
from index.update.update import Update, update
from ui.cli.output import complain, print_line
from ui.cli.paths import library_path
from ui.cli.progress import Bars
from ui.messages import cli
from ui.messages.cli import Language, Noun, filled, say

_INTERRUPTED = 130


def index(
    paths: Sequence[Path], library: Path | None, language: Language, *, model: str | None
) -> int:
    """Adds files and folders of files; 1 if one of them could not be read."""
    folder = library_path(library)
    files, empty = _files(paths)
    for path in empty:
        kinds = ", ".join(KINDS)
        complain(filled(cli.FOUND_NO_FILES, path=path, kinds=kinds), language)
    if not files:
        return 1
    try:
        report = add(folder, files, language, model=model)
    except KeyboardInterrupt:
        print_line(say(cli.LEFT_AS_IT_WAS, language), stderr=True)
        return _INTERRUPTED
    _print_report(folder, report, language)
    return 1 if report.failed or empty else 0


def add(
    folder: Path, files: Sequence[Path], language: Language, *, model: str | None = None
) -> Update:
    """Adds files to a library, showing how far it is; raises what `update` does."""
    with Bars(language) as bars:
        encoder = _encoder(folder, model, bars)
        return update(folder, add=files, encoder=encoder, progress=bars.show)


def remove(publications: Sequence[str], library: Path | None, language: Language) -> int:
    """Removes publications, by id or by file; 1 if one of them is not in the library."""
    folder = library_path(library)
    with Library.open(folder, older=True) as opened:
        held = opened.publications()
    known = {name: _find(name, held) for name in publications}
    for name in (name for name, identity in known.items() if identity is None):
        complain(filled(cli.NOT_IN_LIBRARY, name=name), language)
    wanted = [identity for identity in known.values() if identity is not None]
    if wanted:
        try:
            with Bars(language) as bars:
                report = update(folder, remove=wanted, progress=bars.show)
        except KeyboardInterrupt:
            print_line(say(cli.LEFT_AS_IT_WAS, language), stderr=True)
            return _INTERRUPTED
        _print_report(folder, report, language)
    return 0 if len(wanted) == len(known) else 1


def _files(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """The files to read, folders searched for those of the right kinds; and folders without any."""
    files: list[Path] = []
    empty: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        found = [
            file
            for file in sorted(path.rglob("*"))
            if file.suffix.lower() in KINDS and file.is_file() and not _hidden(file, path)
        ]
        files += found
        if not found:
            empty.append(path)
    return files, empty


def _hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


def _encoder(folder: Path, model: str | None, bars: Bars) -> Encoder:
    """The model that was named, else that of the library, else the bundled one."""
    name = model or DEFAULT_MODEL
    if model is None and (folder / POINTER).exists():
        with Library.open(folder, older=True) as opened:
            name = opened.model.name
    return load_encoder(name, unpacking=bars.show_unpacking)


def _find(name: str, held: Iterable[Summary]) -> str | None:
    for summary in held:
        if name == summary.id or Path(name).absolute() == Path(summary.path).absolute():
            return summary.id
    return None


def _print_report(folder: Path, report: Update, language: Language) -> None:
    done = (
        (cli.ADDED, report.added),
        (cli.REPLACED, report.replaced),
        (cli.REMOVED, report.removed),
    )
    for message, summaries in done:
        for summary in summaries:
            print_line(f"{say(message, language)}  {_described(summary, language)}")
    for file in report.unchanged:
        print_line(f"{say(cli.UNCHANGED, language)}  {file}")
    for failure in report.failed:
        complain(failure.message, language)
    if report.generation:
        with Library.open(folder) as opened:
            counts = opened.counts
        held = (cli.PUBLICATIONS, counts.publications), (cli.PASSAGES, counts.passages)
        publications, passages = (noun.count(number, language) for noun, number in held)
        print_line(say(cli.LIBRARY_NOW, language, publications=publications, passages=passages))


def _described(summary: Summary, language: Language) -> str:
    counted: tuple[tuple[Noun, int], ...] = (
        (cli.ARTICLES, summary.counts.articles),
        (cli.PASSAGES, summary.counts.passages),
        (cli.NOTES, summary.counts.notes),
    )
    name = " ".join(part for part in (summary.title, summary.number) if part)
    counts = " · ".join(noun.count(number, language) for noun, number in counted)
    return f"{name or say(cli.NO_TITLE, language)}  ({counts})"
