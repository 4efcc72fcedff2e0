"""An Answer as JSON, and back.

The form has a version and is described by `answer.schema.json` beside this file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

import msgspec

from index.document import PageRef
from rag.answer.model import Answer, Citation, CitedNote, ScoreComponent
from rag.render.rich_text import CONTROL_CHARACTERS
from rag.works.shared import find_shared_works

VERSION = 2


def to_dict(answer: Answer) -> dict[str, Any]:
    """Return an answer as plain values, in the form that `answer.schema.json` describes.

    Args:
        answer: The answer.

    >>> to_dict(Answer("Who?", (), confidence=0.0, threshold=0.5))["version"]
    2
    """
    return {
        "version": VERSION,
        "question": answer.question,
        "answered": answer.is_answered,
        "confidence": answer.confidence,
        "threshold": answer.threshold,
        "citations": [citation_to_dict(citation) for citation in answer.citations],
        "translations": [
            {"term": term, "variants": list(variants)} for term, variants in answer.translations
        ],
        "shared_works": _shared_works_to_dicts(answer),
        "confidence_parts": _components_to_dicts(answer.confidence_parts),
        "filters_match_nothing": answer.filters_match_nothing,
        "listing": msgspec.json.decode(msgspec.json.encode(answer.listing)),  # tuples to lists
    }


def schema() -> dict[str, Any]:
    """Return the JSON schema (2020-12) of what `to_dict` returns."""
    text = files("rag.answer").joinpath("answer.schema.json").read_text(encoding="utf-8")
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def to_json(answer: Answer) -> str:
    """Return an answer as JSON text, indented, in Unicode, safe to print.

    Args:
        answer: The answer.

    >>> to_json(Answer("Who?", (), confidence=0.0, threshold=0.5)).splitlines()[1]
    '  "version": 2,'
    """
    return safe_json(to_dict(answer))


def safe_json(values: object) -> str:
    """Return JSON text in which every control character is escaped.

    Args:
        values: Plain values.
    """
    text = json.dumps(values, ensure_ascii=False, indent=2)
    return CONTROL_CHARACTERS.sub(lambda match: json.dumps(match.group())[1:-1], text)


def from_dict(values: Mapping[str, Any]) -> Answer:
    """Return the answer that `to_dict` made values from.

    Args:
        values: The values.

    Raises:
        ValueError: If they are of another version, or not an answer.

    >>> answer = Answer("Who?", (), confidence=0.0, threshold=0.5)
    >>> from_dict(to_dict(answer)) == answer
    True
    """
    if not isinstance(values, Mapping):
        raise ValueError(f"not an answer: {type(values).__name__}")
    if values.get("version") != VERSION:
        raise ValueError(f"answer version {values.get('version')!r}: this release reads {VERSION}")
    try:
        return msgspec.convert(
            {
                **values,
                "citations": [_citation_values(citation) for citation in values["citations"]],
                "translations": [
                    (entry["term"], entry["variants"]) for entry in values["translations"]
                ],
            },
            Answer,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not an answer: {error!r}") from error


def citation_to_dict(citation: Citation) -> dict[str, Any]:
    """Return a citation as plain values, as `to_dict` has it.

    Args:
        citation: The citation.
    """
    publication, article = citation.publication, citation.article
    return {
        "passage_id": citation.passage_id,
        "publication": {
            "id": publication.id,
            "title": publication.title,
            "number": publication.number,
            "date": publication.date.isoformat() if publication.date else None,
            "publisher": publication.publisher,
        },
        "article": {
            "index": article.index,
            "title": article.title,
            "title_translated": article.title_translated,
            "authors": [{"name": a.name, "romanised": a.romanised} for a in article.authors],
            "institute": article.institute,
            "topics": list(article.topics),
            "page": article.page,
        },
        "section": citation.section,
        "path": list(citation.path),
        "text": citation.text,
        "marks": [{"offset": mark.offset, "note": mark.note} for mark in citation.marks],
        "notes": [_note_to_dict(note) for note in citation.notes],
        "evidence": [
            {
                "text": citation.get_evidence_text(evidence),
                "start": evidence.span.start,
                "end": evidence.span.end,
                "note": evidence.note,
                "score": evidence.score,
            }
            for evidence in citation.evidence
        ],
        "score": citation.score,
        "score_parts": _components_to_dicts(citation.score_parts),
        "page": _page_to_dict(citation.page),
        "statements": [
            {
                "field": statement.field,
                "values": list(statement.values),
                "translated": list(statement.translated),
                "label": statement.label,
                "of_publication": statement.of_publication,
            }
            for statement in citation.statements
        ],
    }


def _shared_works_to_dicts(answer: Answer) -> list[dict[str, Any]]:
    shared_works = () if answer.listing else find_shared_works(answer.citations)
    if not shared_works:
        return []
    from rag.works.formats.csl import reference_to_csl  # needed by few answers

    return [
        {"item": reference_to_csl(work.id, work.reference), "citations": list(work.citations)}
        for work in shared_works
    ]


def _note_to_dict(note: CitedNote) -> dict[str, Any]:
    return {
        "number": note.number,
        "text": note.text,
        "sources": [{"text": source.text, "urls": list(source.urls)} for source in note.sources],
        "explanation": note.explanation,
        "resolves_to": _note_to_dict(note.resolves_to) if note.resolves_to else None,
        "see_also": list(note.see_also),
        "is_unresolved": note.is_unresolved,
    }


def _page_to_dict(page: PageRef | None) -> dict[str, Any] | None:
    if page is None:
        return None
    return {
        "index": page.index,
        "label": page.label,
        "boxes": [list(box) for box in page.boxes],
        "is_recognized": page.is_recognized,
    }


def _components_to_dicts(components: Iterable[ScoreComponent]) -> list[dict[str, Any]]:
    return [{"name": component.name, "value": component.value} for component in components]


def _citation_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a citation under the names of the fields of `Citation`."""
    evidence = [
        {"span": (item["start"], item["end"]), "note": item["note"], "score": item["score"]}
        for item in values["evidence"]
    ]
    return {**values, "evidence": evidence}
