"""An Answer as other frameworks want it: texts with plain metadata."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from index.text.scripts import detect_language
from rag.answer.model import Answer, Citation
from rag.answer.serialization import to_dict
from rag.render.labels import format_header_lines
from rag.retriever import Retriever

LibraryOrRetriever: TypeAlias = Retriever | Path | str
"""A library's folder, or a retriever that has one open."""

WhenNotFound = Literal["nearest", "nothing"]
"""What to give where the library has no answer: the nearest passages all the same, or nothing."""

WHEN_NOT_FOUND_CHOICES: tuple[WhenNotFound, ...] = ("nearest", "nothing")


@dataclass(frozen=True, slots=True)
class CitedDocument:
    """A citation for other frameworks.

    Attributes:
        id: The id of the passage: the same as long as the same text is at the same place.
        text: The passage as printed; offsets in the metadata count its characters.
        score: Comparable within one answer only.
        metadata: Plain JSON values: a citation as in `answer.schema.json`, without its text, with
            `rank` from 1, `citation` (its place on one line), `sources` (all works that its notes
            cite, each once) and the answer's `answered`, `confidence` and `threshold`.
    """

    id: str
    text: str
    score: float
    metadata: dict[str, Any]


def open_retriever(library: LibraryOrRetriever) -> Retriever:
    """Return a retriever as it is, or a new one for the library in a folder.

    Args:
        library: The folder or the retriever.

    Raises:
        LibraryError: If there is no library, or it cannot be opened.
        ModelError: If the model that made it cannot be loaded.
        TypeError: If it is neither.
    """
    if isinstance(library, Retriever):
        return library
    if isinstance(library, (str, Path)):
        return Retriever.open(library)
    raise TypeError(f"library is a folder or a Retriever, not {type(library).__name__}")


def validate_when_not_found(when_not_found: str) -> None:
    """Raise an error for what is not one of the choices.

    Args:
        when_not_found: The choice.

    Raises:
        ValueError: If it is none of `WHEN_NOT_FOUND_CHOICES`.
    """
    if when_not_found not in WHEN_NOT_FOUND_CHOICES:
        raise ValueError(
            f"when_not_found is one of {', '.join(WHEN_NOT_FOUND_CHOICES)}, not {when_not_found!r}"
        )


def build_cited_documents(answer: Answer, when_not_found: WhenNotFound) -> list[CitedDocument]:
    """Return the citations of an answer as documents, best first.

    Args:
        answer: The answer.
        when_not_found: Whether the nearest passages are returned where the answer is not found.
    """
    if not answer.is_answered and when_not_found == "nothing":
        return []
    values = to_dict(answer)
    answer_values = {name: values[name] for name in ("answered", "confidence", "threshold")}
    return [
        CitedDocument(
            citation.passage_id,
            citation.text,
            citation.score,
            {
                "rank": rank,
                "citation": format_citation_line(citation),
                "sources": collect_sources(citation),
                **answer_values,
            }
            | {name: value for name, value in citation_values.items() if name != "text"},
        )
        for rank, (citation, citation_values) in enumerate(
            zip(answer.citations, values["citations"], strict=True), 1
        )
    ]


def format_citation_line(citation: Citation) -> str:
    """Return title, author, institute, publication, date, page and path on one line.

    Args:
        citation: The citation.
    """
    return " · ".join(format_header_lines(citation, detect_language(citation.article.title)))


def collect_sources(citation: Citation) -> list[dict[str, Any]]:
    """Return all works that the notes of a citation cite, each once, with the first note.

    Args:
        citation: The citation.
    """
    sources_by_text: dict[str, dict[str, Any]] = {}
    for note in citation.notes:
        for source in note.all_sources:
            values = {"note": note.number, "text": source.text, "urls": list(source.urls)}
            sources_by_text.setdefault(source.text, values)
    return list(sources_by_text.values())
