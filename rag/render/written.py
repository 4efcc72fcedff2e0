"""A written answer as plain text: its sentences with their verdicts, and their notes."""

from __future__ import annotations

from collections.abc import Iterator

from index.messages import Language, MessageCatalogue
from rag.answer.model import Answer, CitedNote
from rag.render.rich_text import escape_controls, format_note_mark
from rag.render.text import line_to_text
from rag.written.model import NumberedSentence, WrittenAnswer, WrittenSentence

_MESSAGES = MessageCatalogue("rag", "written")


def written_to_text(written: WrittenAnswer, answer: Answer, language: Language) -> str:
    """Return a written answer as plain text without control characters, ending in a newline.

    A line that begins with ✓ is supported by the passages whose ranks follow it, one with ✗ is not,
    and says why. Where most sentences are not supported, none is shown. What a translation has no
    supported sentence of is named.

    Args:
        written: The written answer.
        answer: The answer that it was written from.
        language: The language of everything that was not written.
    """
    head = _MESSAGES[f"head.{written.task}"]
    lines = [head.in_language(language, model=written.model, host=written.host)]
    if written.is_usable:
        lines += [_format_sentence(sentence, written, language) for sentence in written.sentences]
        if written.task == "translation":
            missing = _MESSAGES["not_translated"]
            lines += [missing.in_language(language, text=item.text) for item in written.left_out]
        lines += list(_format_notes(written, answer))
    else:
        supported, count = len(written.supported), len(written.sentences)
        lines.append(
            _MESSAGES["not_usable"].in_language(language, supported=supported, count=count)
        )
    return escape_controls("\n".join(lines)) + "\n"


def list_notes(sentence: NumberedSentence, answer: Answer) -> list[CitedNote]:
    """Return the notes whose marks stand in a sentence, or the note that it is of.

    Args:
        sentence: A sentence that was cited.
        answer: The answer that it is from.
    """
    citation = answer.citations[sentence.citation]
    if sentence.note is not None:
        return [citation.get_note(sentence.note)]
    span = sentence.span
    numbers = [mark.note for mark in citation.marks if span.start < mark.offset <= span.end]
    return [note for note in citation.notes if note.number in numbers]


def _format_sentence(sentence: WrittenSentence, written: WrittenAnswer, language: Language) -> str:
    if sentence.verdict.is_supported:
        ranks = dict.fromkeys(item.citation + 1 for item in written.get_cited(sentence))
        return f"✓ {sentence.text} " + "".join(f"[{rank}]" for rank in ranks)
    problems = (
        _MESSAGES[f"problem.{problem.kind}"].in_language(language, detail=problem.detail)
        for problem in sentence.verdict.problems
    )
    reasons = "; ".join(dict.fromkeys(problems))
    return f"✗ {sentence.text} ({reasons})"


def _format_notes(written: WrittenAnswer, answer: Answer) -> Iterator[str]:
    """Yield the notes that the supported sentences rest on, each once."""
    notes = {
        (item.citation, note.number): note
        for sentence in written.supported
        for item in written.get_cited(sentence)
        for note in list_notes(item, answer)
    }
    for (citation, number), note in notes.items():
        yield f"  [{citation + 1}] {format_note_mark(number)} {line_to_text(note.text)}"
        if note.resolves_to:
            yield f"      → {line_to_text(note.resolves_to.text)}"
