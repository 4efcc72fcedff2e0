"""Question sets, and the libraries that they are asked of."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from pathlib import Path

from filelock import FileLock

from eval.questions import squad
from eval.questions.format import Question, QuestionSetError, Split, load_questions
from eval.questions.gold import check_gold
from index import readers, sample
from index.document import Publication
from index.encoders.protocol import Encoder
from index.errors import LibraryError, unwritable_cache_error
from index.files import cache_folder
from index.input_files import get_mode, read_file
from index.messages import MessageCatalogue
from index.storage.library import Library
from index.storage.manifest import find_pointer
from index.update.progress import ProgressCallback
from index.update.update import update_library

_MESSAGES = MessageCatalogue("eval", "errors")


@dataclass(frozen=True, slots=True)
class SetSource:
    """The files that a set is asked of, and the function that reads one."""

    files: tuple[Path, ...]
    read: Callable[[Path], Publication]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions and the file that they are asked of.

    Attributes:
        name: The name in the title of a report.
        questions: The questions, at least one.
        source: The files that are indexed if no library is given; None if a library must be given.
    """

    name: str
    questions: tuple[Question, ...]
    source: SetSource | None


def list_set_names() -> list[str]:
    """Return the names of the project's own sets."""
    folder = files("eval").joinpath("questions")
    return sorted(file.name[:-6] for file in folder.iterdir() if file.name.endswith(".jsonl"))


def find_set(name: str, paragraphs: Path | None = None, split: Split | None = None) -> QuestionSet:
    """Return a question set.

    Args:
        name: The path of a JSON Lines or SQuAD file, or the name of one of the project's sets.
        paragraphs: For a SQuAD file, the SQuAD file whose paragraphs are searched.
        split: The half whose questions are returned; None for all.

    Raises:
        QuestionSetError: If there is no such set, or it has no question of that half.
    """
    question_set = (
        _load_project_set(name)
        if name in list_set_names() and not get_mode(Path(name))
        else _load_file_set(name, paragraphs)
    )
    if paragraphs and not (question_set.source and question_set.source.files == (paragraphs,)):
        raise QuestionSetError(_MESSAGES["not_squad_for_paragraphs"].format(name=name))
    selected = tuple(q for q in question_set.questions if split in (None, q.split))
    if not selected:
        raise QuestionSetError(_MESSAGES["empty_split"].format(name=name, split=split))
    return replace(question_set, questions=selected)


def sample_questions(question_set: QuestionSet, number: int) -> QuestionSet:
    """Return a question set with some of its questions, evenly spread; all if it has no more.

    Args:
        question_set: The set.
        number: How many, at least one.
    """
    questions = question_set.questions
    count = min(number, len(questions))
    chosen = tuple(questions[index * len(questions) // count] for index in range(count))
    return replace(question_set, questions=chosen)


def prepare_library(
    source: SetSource, encoder: Encoder, progress: ProgressCallback | None = None
) -> Path:
    """Return the folder of the library of a set's own files, in the user's cache.

    It is built if it is missing or the indexing code has changed; embeddings of unchanged texts are
    kept. Each model has its own.

    Args:
        source: The files.
        encoder: The encoder of the library.
        progress: Called at every step.

    Raises:
        LibraryError: If it cannot be written.
        QuestionSetError: If one of the files cannot be read.
    """
    contents = encoder.fingerprint.encode() + b"".join(map(read_file, source.files))
    digest = hashlib.sha256(contents).hexdigest()[:12]
    stem = re.sub(r"[^\w-]+", "-", source.files[0].stem)
    folder = cache_folder() / "evaluation" / f"{stem}-{digest}"
    library, stamp_file = folder / "library", folder / "made-by"
    build_digest = _compute_build_digest(encoder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            if not stamp_file.is_file() or stamp_file.read_text(encoding="utf-8") != build_digest:
                stamp_file.unlink(missing_ok=True)
                _index_source(library, source, encoder, progress)
                stamp_file.write_text(build_digest, encoding="utf-8")
    except OSError as error:
        raise unwritable_cache_error(folder, error) from error
    return library


def find_publication(library: Library, questions: Sequence[Question]) -> Publication:
    """Return the publication of a library that has the gold of all questions.

    Args:
        library: An open library.
        questions: The questions.

    Raises:
        QuestionSetError: If there is none; the message names the first fault of the closest one.
    """
    fewest_faults: list[str] | None = None
    for summary in library.publications():
        publication = library.publication(summary.id)
        faults = [fault for question in questions for fault in check_gold(question, publication)]
        if not faults:
            return publication
        if fewest_faults is None or len(faults) < len(fewest_faults):
            fewest_faults = faults
    count, first_fault = (len(fewest_faults), fewest_faults[0]) if fewest_faults else (0, "–")
    raise QuestionSetError(
        _MESSAGES["wrong_library"].format(path=library.path, count=count, first_fault=first_fault)
    )


def _load_project_set(name: str) -> QuestionSet:
    with as_file(files("eval").joinpath("questions", f"{name}.jsonl")) as file:
        questions = load_questions(file)
    source = SetSource((sample.get_path(),), readers.read) if name.startswith("sample") else None
    return QuestionSet(name, questions, source)


def _load_file_set(name: str, paragraphs: Path | None) -> QuestionSet:
    path = Path(name)
    if not get_mode(path):
        available = ", ".join(list_set_names())
        raise QuestionSetError(_MESSAGES["unknown_set"].format(name=name, available=available))
    if not _is_squad(path):
        return QuestionSet(path.stem, load_questions(path), None)
    title = f"{path.stem} → {paragraphs.stem}" if paragraphs else path.stem
    source = SetSource((paragraphs or path,), squad.read_publication)
    return QuestionSet(title, squad.load_squad(path, paragraphs), source)


def _is_squad(path: Path) -> bool:
    """Return whether a file is one JSON object with "data", as those of SQuAD are."""
    try:
        record = json.loads(read_file(path))
    except ValueError:
        return False
    return isinstance(record, dict) and "data" in record


def _index_source(
    library: Path, source: SetSource, encoder: Encoder, progress: ProgressCallback | None
) -> None:
    existing_ids: list[str] = []
    try:
        if find_pointer(library):
            with Library.open(library) as opened:
                opened.check_encoder(encoder)
                existing_ids = [summary.id for summary in opened.publications()]
    except LibraryError:  # of another format, or damaged; it is only a cache
        shutil.rmtree(library)
    report = update_library(
        library, source.files, existing_ids, encoder=encoder, progress=progress, read=source.read
    )
    for failure in report.failed:
        raise QuestionSetError(failure.message)


def _compute_build_digest(encoder: Encoder) -> str:
    """Return a digest of the indexing code and the model."""
    digest = hashlib.sha256(encoder.fingerprint.encode())
    for file in sorted(Path(readers.__file__).parents[1].rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
