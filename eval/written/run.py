"""The run of a question set on a language model. A run that was interrupted goes on."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from eval.questions.format import QuestionSetError
from eval.questions.sets import QuestionSet, find_publication
from eval.written.judge import WrittenResult, judge_written
from index.encoders.protocol import load_encoder
from index.input_files import get_mode, read_file
from index.messages import MessageCatalogue
from index.storage.library import Library
from rag.ranking.reading import is_reader_on, load_reader
from rag.retriever import Retriever
from rag.written.endpoint import Endpoint
from rag.written.names import LibraryNames
from rag.written.verification import Verifier
from rag.written.write import write_answer

RESULTS_FILE = "written.jsonl"

_MESSAGES = MessageCatalogue("eval", "errors")


class WrittenRun(msgspec.Struct, frozen=True):
    """What a run was of: one that differs in any of it cannot be gone on with.

    Attributes:
        title: The question set.
        questions: The number of its questions.
        digest: Of the questions.
        model: The language model.
        host: The host that it runs on.
        encoder: The model of the library.
        generation: The generation of the library.
    """

    title: str
    questions: int
    digest: str
    model: str
    host: str
    encoder: str
    generation: int


def run_written(
    question_set: QuestionSet,
    library: Path,
    endpoint: Endpoint,
    folder: Path | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[WrittenRun, list[WrittenResult]]:
    """Return the judged written answers to a question set, in its order.

    Args:
        question_set: The questions.
        library: The folder of the library that they are asked of.
        endpoint: Where the language model is asked.
        folder: Where results are kept as they come; a run that is there is gone on with.
        progress: Called with the name of the model, the number of questions done, and of all.

    Raises:
        QuestionSetError: If the library is not what the questions are about, or the folder has
            another run, or cannot be written.
        LibraryError: If the library is missing or damaged.
        WritingError: If the model is away or answers nonsense; what was done is kept.
    """
    questions = question_set.questions
    with Library.open(library) as opened:
        publication = find_publication(opened, questions)
        encoder = load_encoder(opened.model.name)
        reader = load_reader() if is_reader_on() else None
        retriever, verifier = Retriever(opened, encoder), Verifier(encoder, reader)
        run = WrittenRun(
            question_set.name,
            len(questions),
            hashlib.sha256(repr(questions).encode()).hexdigest()[:12],
            endpoint.model,
            endpoint.host,
            opened.model.name,
            opened.generation,
        )
        names = LibraryNames(opened.glosses())
        results = {result.question: result for result in _open_results(folder, run)}
        for question in questions:
            if question.id not in results:
                start = time.perf_counter()
                answer = retriever.retrieve(question.question, history=question.history)
                written = write_answer(answer, endpoint, verifier, names=names)
                seconds = time.perf_counter() - start
                result = judge_written(question, publication, answer, written, verifier, seconds)
                _keep_result(folder, result)
                results[question.id] = result
            if progress:
                progress(endpoint.model, len(results), len(questions))
    return run, [results[question.id] for question in questions]


def _open_results(folder: Path | None, run: WrittenRun) -> Sequence[WrittenResult]:
    """Return the results that a folder has of a run; begin the file if there is none."""
    if folder is None:
        return ()
    path = folder / RESULTS_FILE
    try:
        if not get_mode(path):
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(msgspec.json.encode(run) + b"\n")
            return ()
        # A line that an interruption cut is done again.
        head, *lines = read_file(path).split(b"\n")[:-1]
        if msgspec.json.decode(head, type=WrittenRun) != run:
            raise QuestionSetError(_MESSAGES["another_run"].format(path=path))
        path.write_bytes(b"".join(line + b"\n" for line in (head, *lines)))
        return [msgspec.json.decode(line, type=WrittenResult) for line in lines]
    except (msgspec.DecodeError, ValueError) as error:
        raise QuestionSetError(_MESSAGES["another_run"].format(path=path)) from error
    except OSError as error:
        raise _describe_unwritable(folder, error) from error


def _keep_result(folder: Path | None, result: WrittenResult) -> None:
    if folder is None:
        return
    try:
        with (folder / RESULTS_FILE).open("ab") as file:
            file.write(msgspec.json.encode(result) + b"\n")
    except OSError as error:
        raise _describe_unwritable(folder, error) from error


def _describe_unwritable(folder: Path, error: OSError) -> QuestionSetError:
    return QuestionSetError(_MESSAGES["unwritable_report"].format(folder=folder, error=error))
