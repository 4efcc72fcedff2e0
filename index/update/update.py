"""The writer: adds, replaces and removes publications, and publishes the next generation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index import errors, readers
from index.document import Publication
from index.passages import split_publication
from index.storage.generation import draft_generation, publish_generation, writer_lock
from index.storage.library import Library
from index.storage.records import Counts, Model, PublicationEntry, Summary
from index.update.builder import GenerationBuilder
from index.update.embedding_cache import EmbeddingCache
from index.update.entries import build_entry
from index.update.plan import Failure, IncomingPublication, Planner, UpdatePlan
from index.update.progress import ProgressCallback, ProgressEvent

if TYPE_CHECKING:
    from index.encoders.protocol import Encoder


@dataclass(frozen=True, slots=True)
class UpdateReport:
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


def update_library(
    path: Path | str,
    add: Iterable[Path | str] | Mapping[Path | str, str] = (),
    remove: Iterable[str] = (),
    *,
    encoder: Encoder | None = None,
    progress: ProgressCallback | None = None,
    read: Callable[[Path], Publication] = readers.read,
) -> UpdateReport:
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
    report_progress: ProgressCallback = progress or (lambda _: None)
    with writer_lock(path) as pointer, ExitStack() as stack:
        if not pointer and not files:
            raise errors.missing_library_error(path)
        library = stack.enter_context(Library.open(path, allow_outdated=True)) if pointer else None
        if library and encoder:
            library.check_encoder(encoder)
        recorded_paths = (
            {Path(file): recorded_path for file, recorded_path in add.items()}
            if isinstance(add, Mapping)
            else {}
        )
        planner = Planner(library.source_files() if library else {}, read, recorded_paths)
        plan = _make_plan(planner, files, remove, report_progress)
        if library and library.is_outdated:
            _migrate(plan, library)
        if plan.has_changes:
            return _apply(path, library, plan, encoder, report_progress)
        generation = library.generation if library else 0
        return UpdateReport(
            generation, unchanged=tuple(plan.unchanged), failed=tuple(plan.failures)
        )


def _make_plan(
    planner: Planner,
    files: Sequence[Path],
    remove: Iterable[str],
    report_progress: ProgressCallback,
) -> UpdatePlan:
    for publication_id in dict.fromkeys(remove):
        planner.remove(publication_id)
    for done, file in enumerate(files):
        report_progress(ProgressEvent("reading", done, len(files)))
        planner.add(file)
    report_progress(ProgressEvent("reading", len(files), len(files)))
    return planner.finish()


def _migrate(plan: UpdatePlan, library: Library) -> None:
    """Takes up what stays of a library of an older format as it was read, to be written anew."""
    dropped_ids = set(plan.dropped_ids)
    for publication_id, source_file in library.source_files().items():
        if publication_id not in dropped_ids:
            publication = library.publication(publication_id)
            plan.incoming[publication_id] = IncomingPublication(
                publication, source_file, (publication_id,)
            )


def _apply(
    path: Path,
    library: Library | None,
    plan: UpdatePlan,
    encoder: Encoder | None,
    report_progress: ProgressCallback,
) -> UpdateReport:
    if library:
        library.verify()
    encoder = encoder or _load_library_encoder(library)
    entries = _build_entries(plan, library.next_key if library else 0, encoder)
    previous_summaries = {
        summary.id: summary for summary in (library.publications() if library else ())
    }
    kept_summaries = [
        summary
        for publication_id, summary in previous_summaries.items()
        if publication_id not in plan.dropped_ids
    ]
    counts = _sum_counts(
        [summary.counts for summary in (*kept_summaries, *(entry.summary for entry in entries))]
    )
    model = library.model if library else _describe_model(encoder)
    pointer = library.pointer if library else None
    with draft_generation(path, pointer) as folder:
        with EmbeddingCache(path, model) as cache:
            builder = GenerationBuilder(library, plan.dropped_ids, entries, cache)
            encoded, reused = builder.encode(encoder, report_progress)
            builder.write(folder, model.dimension, report_progress)
        publish_generation(path, pointer, model, counts)
    replaced_ids = {
        publication_id
        for publication_id, incoming in plan.incoming.items()
        if incoming.replaced_ids
    }
    return UpdateReport(
        generation=pointer.generation + 1 if pointer else 1,
        added=tuple(entry.summary for entry in entries if entry.summary.id not in replaced_ids),
        replaced=tuple(entry.summary for entry in entries if entry.summary.id in replaced_ids),
        removed=tuple(previous_summaries[publication_id] for publication_id in plan.removed_ids),
        unchanged=tuple(plan.unchanged),
        failed=tuple(plan.failures),
        encoded=encoded,
        reused=reused,
    )


def _load_library_encoder(library: Library | None) -> Encoder:
    from index.encoders.protocol import DEFAULT_MODEL, load_encoder

    encoder = load_encoder(library.model.name if library else DEFAULT_MODEL)
    if library:
        library.check_encoder(encoder)
    return encoder


def _describe_model(encoder: Encoder) -> Model:
    return Model(encoder.name, encoder.fingerprint, encoder.dimension)


def _build_entries(plan: UpdatePlan, first_key: int, encoder: Encoder) -> list[PublicationEntry]:
    entries = []
    for publication, source_file, _ in plan.incoming.values():
        passages = split_publication(publication, encoder)
        entries.append(build_entry(publication, source_file, first_key, passages))
        first_key += len(passages)
    return entries


def _sum_counts(counts: Iterable[Counts]) -> Counts:
    return Counts(*(sum(column) for column in zip(*map(astuple, counts), strict=True)))
