"""`tongzhu ask`: a question, answered with cited passages."""

from __future__ import annotations

from pathlib import Path

from index.library import Library
from rag.citation import safe_json, to_dict
from rag.explanation import explain, explanation_to_dict
from rag.retriever import Retriever
from ui.output import print_line
from ui.place import library_path
from ui.strings import Language
from ui.terminal import print_answer


def ask(
    question: str,
    library: Path | None,
    language: Language,
    *,
    k: int,
    as_json: bool,
    explained: bool = False,
) -> int:
    """Prints the answer; 0 also where the library does not have it, which is an answer too."""
    with Library.open(library_path(library)) as opened:
        answer = Retriever(opened).retrieve(question, k)
    if as_json:
        why = {"explanation": explanation_to_dict(explain(answer))} if explained else {}
        print_line(safe_json(to_dict(answer) | why))
    else:
        print_answer(answer, language, explained=explained)
    return 0
