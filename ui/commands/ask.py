"""`tongzhu ask`: a question, answered with cited passages."""

from __future__ import annotations

from pathlib import Path

from index.library import Library
from rag.citation import to_json
from rag.retriever import Retriever
from ui.output import print_line
from ui.place import library_path
from ui.strings import Language
from ui.terminal import print_answer


def ask(question: str, library: Path | None, language: Language, *, k: int, as_json: bool) -> int:
    """Prints the answer; 0 also where the library does not have it, which is an answer too."""
    with Library.open(library_path(library)) as opened:
        answer = Retriever(opened).retrieve(question, k)
    if as_json:
        print_line(to_json(answer))
    else:
        print_answer(answer, language)
    return 0
