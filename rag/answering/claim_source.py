"""Answers to questions where the sentence comes from that answered the question before."""

from __future__ import annotations

from dataclasses import replace

from index.document import Span
from rag.answer.model import Answer, Citation, Evidence, ListedItem, Listing, ListingGroup


def cite_claim_source(question: str, previous: Answer) -> Answer | None:
    """Return the answer that cites the notes of the sentence that answered the question before.

    A sentence without a mark rests on the next note of its paragraph. If there is none, the listing
    says so, and shows the sentence.

    Args:
        question: The question for the source.
        previous: The answer to the question before.

    Returns:
        None if that was not answered by a sentence.
    """
    if not previous.is_answered or not previous.citations[0].evidence:
        return None
    best = previous.citations[0]
    claim = next((item for item in best.evidence if item.note is None), None)
    score = best.evidence[0].score
    notes = tuple(
        Evidence(Span(0, len(best.get_note(number).text)), number, score)
        for number in find_claim_notes(best)
    )
    citation = replace(best, evidence=(*notes, *([claim] if claim else [])))
    return replace(
        previous,
        question=question,
        citations=(citation,),
        confidence=previous.confidence if notes else 0.0,
        confidence_parts=previous.confidence_parts if notes else (),
        translations=(),
        listing=None if notes else _list_claim(citation),
    )


def _list_claim(citation: Citation) -> Listing:
    """Return the listing which says that no note says where a sentence comes from."""
    items = (ListedItem(0, 0, citation.page.label if citation.page else ""),)
    group = ListingGroup(citation.article.title, 0, items)
    return Listing("notes", citation.evidence_text, 0, (group,), remark="claim-without-note")


def find_claim_notes(citation: Citation) -> tuple[str, ...]:
    """Return the numbers of the notes that the best sentence of a citation rests on.

    Args:
        citation: A citation with evidence.
    """
    numbers = {note.number for note in citation.notes}
    best = citation.evidence[0]
    if best.note is not None:
        return (best.note,) if best.note in numbers else ()
    start, end = best.span
    paragraph_end = citation.text.find("\n", end)
    marks = [mark for mark in citation.marks if mark.note in numbers and mark.offset > start]
    within = [mark.note for mark in marks if mark.offset <= end]
    after = [mark.note for mark in marks if paragraph_end < 0 or mark.offset <= paragraph_end]
    return tuple(dict.fromkeys(within or after[:1]))
