"""The writer: adds, replaces and removes publications, and publishes the next generation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index import faults, readers
from index.document import Publication
from index.passages import split
from index.storage.generation import drafting, publish, writing
from index.storage.library import Library
from index.storage.records import Counts, Entry, Model, Summary
from index.update.builder import Builder
from index.update.embedding_cache import EncodedTexts
from index.update.entries import make_entry
from index.update.plan import Failure, Incoming, Plan, Planner
from index.update.progress import Progress, Step

if TYPE_CHECKING:
    from index.encoders.protocol import Encoder


@dataclass(frozen=True, slots=True)
class Update:
    """What an update has done.

    Attributes:
        generation: The current generation afterwards; 0 if there is still no library.
        added: Publications that are new.
        replaced: Publications that have taken the place of an older self.
        removed: Publications that are gone.
        unchanged: Files whose very bytes the library held already.
        failed: Files that could not be taken and ids that are not there, with the reason.
        encoded: Texts that were encoded.
        reused: Texts whose vectors were known from before.
    """

    generation: int
    added: tuple[Summary, ...] = ()
    replaced: tuple[Summary, ...] = ()
    removed: tuple[Summary, ...] = ()
    unchanged: tuple[Path, ...] = ()
    failed: tuple[Failure, ...] = ()
    encoded: int = 0
    reused: int = 0


def update(
    path: Path | str,
    add: Iterable[Path | str] | Mapping[Path | str, str] = (),
    remove: Iterable[str] = (),
    *,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
    read: Callable[[Path], Publication] = readers.read,
) -> Update:
    """Changes a library, all at once or not at all; makes it if there is none.

    A file whose bytes the library holds is left alone, unless this version reads it otherwise. A
    file that was changed replaces what was read from it before; so does one with the publication id
    of another file that is gone. A file that cannot be taken is reported and does not stop the
    others. Removing comes before adding. A library of an older format is made anew on the way, from
    the publications that it holds.

    Args:
        path: The library's folder.
        add: Files; a mapping says of each what the library shall remember as its place, if that is
            not the path that it has now.
        remove: Publication ids.
        encoder: What makes the vectors; None loads the model that made the library, or the default
            one for a new library.
        progress: Called at every step.
        read: What makes a publication of a file; a `ReadError` counts the file among those that
            cannot be taken.

    Returns:
        What was done. If that is nothing, no generation is published.

    Raises:
        LibraryError: If somebody else is writing, if the library is damaged, newer or foreign, if
            it is missing and there is nothing to add, or if it cannot be written.
        ModelError: If another model made the library, or the model cannot be loaded.
        KeyboardInterrupt: If the user stops it.
        In all these cases the library is as it was. What was encoded is kept for the next attempt.
    """
    path, files = Path(path), list(dict.fromkeys(Path(file) for file in add))
    tell: Progress = progress or (lambda _: None)
    with writing(path) as pointer, ExitStack() as opened:
        if not pointer and not files:
            raise faults.missing(path)
        library = opened.enter_context(Library.open(path, older=True)) if pointer else None
        if library and encoder:
            library.check_encoder(encoder)
        places = (
            {Path(file): place for file, place in add.items()} if isinstance(add, Mapping) else {}
        )
        planner = Planner(library.origins() if library else {}, read, places)
        plan = _plan(planner, files, remove, tell)
        if library and library.older:
            _renew(plan, library)
        if plan.changes:
            return _carry_out(path, library, plan, encoder, tell)
        generation = library.generation if library else 0
        return Update(generation, unchanged=tuple(plan.unchanged), failed=tuple(plan.failed))


def _plan(planner: Planner, files: Sequence[Path], remove: Iterable[str], tell: Progress) -> Plan:
    for publication in dict.fromkeys(remove):
        planner.remove(publication)
    for done, file in enumerate(files):
        tell(Step("reading", done, len(files)))
        planner.add(file)
    tell(Step("reading", len(files), len(files)))
    return planner.finish()


def _renew(plan: Plan, library: Library) -> None:
    """Takes up what stays of a library of an older format as it was read, to be written anew."""
    dropped = set(plan.dropped)
    for identity, origin in library.origins().items():
        if identity not in dropped:
            publication = library.publication(identity)
            plan.incoming[identity] = Incoming(publication, origin, (identity,))


def _carry_out(
    path: Path, library: Library | None, plan: Plan, encoder: Encoder | None, tell: Progress
) -> Update:
    if library:
        library.verify()
    encoder = encoder or _load(library)
    entries = _entries(plan, library.end if library else 0, encoder)
    before = {summary.id: summary for summary in (library.publications() if library else ())}
    kept = [summary for identity, summary in before.items() if identity not in plan.dropped]
    counts = _sum([summary.counts for summary in (*kept, *(entry.summary for entry in entries))])
    model = library.model if library else _model(encoder)
    pointer = library.pointer if library else None
    with drafting(path, pointer) as folder:
        with EncodedTexts(path, model) as cache:
            builder = Builder(library, plan.dropped, entries, cache)
            encoded, reused = builder.encode(encoder, tell)
            builder.write(folder, model.dimension, tell)
        publish(path, pointer, model, counts)
    replaced = {identity for identity, incoming in plan.incoming.items() if incoming.replaces}
    return Update(
        generation=pointer.generation + 1 if pointer else 1,
        added=tuple(entry.summary for entry in entries if entry.summary.id not in replaced),
        replaced=tuple(entry.summary for entry in entries if entry.summary.id in replaced),
        removed=tuple(before[identity] for identity in plan.removed),
        unchanged=tuple(plan.unchanged),
        failed=tuple(plan.failed),
        encoded=encoded,
        reused=reused,
    )


def _load(library: Library | None) -> Encoder:
    from index.encoders.protocol import DEFAULT_MODEL, load_encoder

    encoder = load_encoder(library.model.name if library else DEFAULT_MODEL)
    if library:
        library.check_encoder(encoder)
    return encoder


def _model(encoder: Encoder) -> Model:
    return Model(encoder.name, encoder.fingerprint, encoder.dimension)


def _entries(plan: Plan, first: int, encoder: Encoder) -> list[Entry]:
    entries = []
    for publication, origin, _ in plan.incoming.values():
        passages = split(publication, encoder)
        entries.append(make_entry(publication, origin, first, passages))
        first += len(passages)
    return entries


def _sum(counts: Iterable[Counts]) -> Counts:
    return Counts(*(sum(column) for column in zip(*map(astuple, counts), strict=True)))
