"""An Answer as other tools want it: texts with plain metadata."""

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
    """A citation for other tools.

    Attributes:
        id: The passage's id, the same as long as the same text stands in the same place.
        text: The passage as printed; the offsets in the metadata count its characters.
        score: Comparable within one answer only.
        metadata: Plain JSON values: what `answer.schema.json` says of a citation, but for its text,
            with `rank` from 1, `citation` (its place on one line), `sources` (all works that its
            notes rest on, each once) and the answer's `found`, `confidence` and `threshold`.
    """

    id: str
    text: str
    score: float
    metadata: dict[str, Any]


def open_retriever(library: LibraryOrRetriever) -> Retriever:
    """The retriever, or one for the library in that folder.

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
    """Makes sure that it is one of the choices.

    Raises:
        ValueError: If it is not.
    """
    if when_not_found not in WHEN_NOT_FOUND_CHOICES:
        raise ValueError(
            f"when_not_found is one of {', '.join(WHEN_NOT_FOUND_CHOICES)}, not {when_not_found!r}"
        )


def build_cited_documents(answer: Answer, when_not_found: WhenNotFound) -> list[CitedDocument]:
    """The citations of an answer, best first; where nothing was found, as the caller chose."""
    if not answer.found and when_not_found == "nothing":
        return []
    values = to_dict(answer)
    answer_values = {name: values[name] for name in ("found", "confidence", "threshold")}
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
    """Title, author, institute, publication, date, page and section path on one line."""
    return " · ".join(format_header_lines(citation, detect_language(citation.article.title)))


def collect_sources(citation: Citation) -> list[dict[str, Any]]:
    """All works that the notes of a citation rest on, each once, with the first note that does."""
    sources_by_text: dict[str, dict[str, Any]] = {}
    for note in citation.notes:
        for source in note.all_sources:
            values = {"note": note.number, "text": source.text, "urls": list(source.urls)}
            sources_by_text.setdefault(source.text, values)
    return list(sources_by_text.values())
