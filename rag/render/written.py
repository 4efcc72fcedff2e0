"""A written answer as text and as Markdown: its sentences with verdicts, and their notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.messages import Language, MessageCatalogue, is_chinese
from rag.answer.model import Answer, Citation, CitedNote
from rag.render.bibliography import format_footnote, quote_text
from rag.render.common_sources import format_shared_work
from rag.render.labels import (
    collapse_whitespace,
    format_resolves_to,
    format_unresolved,
)
from rag.render.markdown import escape_markdown
from rag.render.rich_text import escape_controls, format_note_mark
from rag.render.text import line_to_text
from rag.render.word import FootnotedSection
from rag.works.shared import find_shared_works
from rag.written.model import NumberedSentence, WrittenAnswer, WrittenSentence

_MESSAGES = MessageCatalogue("rag", "written")


@dataclass(frozen=True, slots=True)
class SupportingNote:
    """A note that supported sentences rest on.

    Attributes:
        rank: The rank of the citation that it is of, from 1.
        note: The note.
    """

    rank: int
    note: CitedNote


def written_to_text(
    written: WrittenAnswer, answer: Answer, language: Language, *, supported_only: bool = False
) -> str:
    """Return a written answer as plain text without control characters, ending in a newline.

    A line that begins with ✓ is supported by the passages whose ranks follow it, one with ✗ is not,
    and says why. Where most sentences are not supported, none is shown. What a translation has no
    supported sentence of is named.

    Args:
        written: The written answer.
        answer: The answer that it was written from.
        language: The language of everything that was not written.
        supported_only: Whether sentences that are not supported are left out, and only counted.
    """
    lines = [format_origin(written, language)]
    if written.is_usable:
        shown = written.supported if supported_only else written.sentences
        lines += [_format_sentence(sentence, written, language) for sentence in shown]
        lines += _count_left_out(written, shown, language)
        lines += list_untranslated(written, language)
        lines += format_shared_sources(written, answer, language)
        lines += [
            line
            for item in list_supporting_notes(written, answer)
            for line in _format_note_lines(item)
        ]
    else:
        lines.append(format_not_usable(written, language))
    return escape_controls("\n".join(lines)) + "\n"


def written_to_markdown(
    written: WrittenAnswer,
    answer: Answer,
    language: Language,
    *,
    prefix: str = "",
    supported_only: bool = False,
) -> str:
    """Return a written answer as Markdown, ending in a newline.

    Sentences that are supported have footnotes, with their sources and the notes that these rest
    on; of the others it says why they are not.

    Args:
        written: The written answer.
        answer: The answer that it was written from.
        language: The language of everything that was not written.
        prefix: What the names of the footnotes begin with, where a text has several answers.
        supported_only: Whether sentences that are not supported are left out, and only counted.
    """
    origin = f"*{escape_markdown(format_origin(written, language))}*"
    if not written.is_usable:
        return f"{origin}\n\n{escape_markdown(format_not_usable(written, language))}\n"
    names = {rank: f"{prefix}{rank}" for rank in list_cited_ranks(written)}
    sentences = []
    shown = written.supported if supported_only else written.sentences
    for sentence in shown:
        text = escape_markdown(sentence.text)
        marks = "".join(f"[^{names[rank]}]" for rank in list_ranks(sentence, written))
        reason = escape_markdown(describe_problems(sentence, language))
        sentences.append(
            f"{text}{marks}"
            if sentence.verdict.is_supported
            else f"{text} ({_MESSAGES['unsupported'].in_language(language)}: {reason})"
        )
    blocks = [origin, (" " if not is_chinese(language) else "").join(sentences)]
    lines = _count_left_out(written, shown, language)
    lines += list_untranslated(written, language) + format_shared_sources(written, answer, language)
    blocks += map(escape_markdown, lines)
    blocks += [
        f"[^{names[rank]}]: {escape_markdown(format_cited_source(written, answer, rank, language))}"
        for rank in names
    ]
    return escape_controls("\n\n".join(blocks)) + "\n"


def supported_to_markdown(written: WrittenAnswer, answer: Answer, language: Language) -> str:
    """Return the supported sentences of a written answer as Markdown, ending in a newline.

    Ranks of citations follow each of them in brackets; how many are left out is said.

    Args:
        written: The written answer.
        answer: The answer that it was written from.
        language: The language of everything that was not written.
    """
    blocks = [f"*{escape_markdown(format_origin(written, language))}*"]
    if written.is_usable:
        sentences = (
            escape_markdown(sentence.text)
            + " "
            + "".join(f"[{rank}]" for rank in list_ranks(sentence, written))
            for sentence in written.supported
        )
        blocks.append(" ".join(sentences))
        blocks += map(escape_markdown, format_shared_sources(written, answer, language))
        left_out = _count_left_out(written, written.supported, language)
        blocks += [f"*{escape_markdown(line)}*" for line in left_out]
    else:
        blocks.append(f"*{escape_markdown(format_not_usable(written, language))}*")
    return escape_controls("\n\n".join(blocks)) + "\n"


def written_to_section(
    written: WrittenAnswer, answer: Answer, language: Language, *, supported_only: bool = False
) -> FootnotedSection:
    """Return a written answer as a section of a Word file, whose footnotes are its sources.

    Args:
        written: The written answer.
        answer: The answer that it was written from.
        language: The language of everything that was not written.
        supported_only: Whether sentences that are not supported are left out, and only counted.
    """
    sources = {
        rank: format_cited_source(written, answer, rank, language)
        for rank in list_cited_ranks(written)
    }
    sentences = []
    shown = written.supported if supported_only else written.sentences
    for sentence in shown if written.is_usable else ():
        if sentence.verdict.is_supported:
            ranks = list_ranks(sentence, written)
            sentences.append((sentence.text, tuple(sources[rank] for rank in ranks)))
        else:
            unsupported = _MESSAGES["unsupported"].in_language(language)
            reason = describe_problems(sentence, language)
            sentences.append((f"{sentence.text} ({unsupported}: {reason})", ()))
    lines = [format_origin(written, language)]
    if written.is_usable:
        lines += _count_left_out(written, shown, language)
        lines += list_untranslated(written, language)
        lines += format_shared_sources(written, answer, language)
    else:
        lines.append(format_not_usable(written, language))
    heading = _MESSAGES[f"heading.{written.task}"].in_language(language)
    return FootnotedSection(heading, " ".join(lines), tuple(sentences))


def _count_left_out(
    written: WrittenAnswer, shown: Sequence[WrittenSentence], language: Language
) -> list[str]:
    """Return the line that says how many sentences are not shown; none where all are."""
    left_out = len(written.sentences) - len(shown)
    return [_MESSAGES["left_out"].in_language(language, count=left_out)] if left_out else []


def format_origin(written: WrittenAnswer, language: Language) -> str:
    """Return the line that says who wrote an answer, and that it was checked.

    Args:
        written: The written answer.
        language: The language of the line.
    """
    head = _MESSAGES[f"head.{written.task}"]
    return head.in_language(language, model=written.model, host=written.host)


def list_untranslated(written: WrittenAnswer, language: Language) -> list[str]:
    """Return a line for each sentence that a translation has no supported sentence of.

    Args:
        written: The written answer; of other tasks there are no lines.
        language: The language of the lines.
    """
    if written.task != "translation":
        return []
    missing = _MESSAGES["not_translated"]
    return [missing.in_language(language, text=item.text) for item in written.left_out]


def format_not_usable(written: WrittenAnswer, language: Language) -> str:
    """Return the line in place of an answer of which too little is supported.

    Args:
        written: The written answer.
        language: The language of the line.
    """
    supported, count = len(written.supported), len(written.sentences)
    return _MESSAGES["not_usable"].in_language(language, supported=supported, count=count)


def describe_problems(sentence: WrittenSentence, language: Language) -> str:
    """Return why a sentence is not supported; "" for one that is.

    Args:
        sentence: The sentence.
        language: The language of the reasons.
    """
    problems = (
        _MESSAGES[f"problem.{problem.kind}"].in_language(language, detail=problem.detail)
        for problem in sentence.verdict.problems
    )
    return ("；" if is_chinese(language) else "; ").join(dict.fromkeys(problems))


def list_ranks(sentence: WrittenSentence, written: WrittenAnswer) -> tuple[int, ...]:
    """Return the ranks of the citations that a sentence rests on, from 1, in order.

    Args:
        sentence: One of the sentences.
        written: The written answer.
    """
    return tuple(dict.fromkeys(item.citation + 1 for item in written.get_cited(sentence)))


def list_cited_ranks(written: WrittenAnswer) -> tuple[int, ...]:
    """Return the ranks of the citations that the supported sentences rest on, each once.

    Args:
        written: The written answer.
    """
    return tuple(
        dict.fromkeys(
            rank for sentence in written.supported for rank in list_ranks(sentence, written)
        )
    )


def list_supporting_notes(written: WrittenAnswer, answer: Answer) -> tuple[SupportingNote, ...]:
    """Return the notes that the supported sentences rest on, each once.

    Args:
        written: The written answer.
        answer: The answer that it was written from.
    """
    notes = {
        (item.citation + 1, note.number): note
        for sentence in written.supported
        for item in written.get_cited(sentence)
        for note in list_notes(item, answer)
    }
    return tuple(SupportingNote(rank, note) for (rank, _), note in notes.items())


def format_shared_sources(written: WrittenAnswer, answer: Answer, language: Language) -> list[str]:
    """Return a line for each work that two or more supported sentences rest on.

    Args:
        written: The written answer.
        answer: The answer that it was written from.
        language: The language of the lines.
    """
    resting = [_gather_notes(sentence, written, answer) for sentence in written.supported]
    shared_works = find_shared_works([citation for citation in resting if citation])
    return [
        _MESSAGES["shared_work"].in_language(
            language,
            count=len(shared.citations),
            work=format_shared_work(shared, language),
        )
        for shared in shared_works
    ]


def format_cited_source(
    written: WrittenAnswer, answer: Answer, rank: int, language: Language
) -> str:
    """Return what supported sentences rest on in one citation, on one line.

    It is the citation's source, then the cited sentences as printed, then their notes.

    Args:
        written: The written answer.
        answer: The answer that it was written from.
        rank: The rank of the citation, from 1.
        language: The language of everything that is not quoted.
    """
    items = dict.fromkeys(
        item
        for sentence in written.supported
        for item in written.get_cited(sentence)
        if item.citation + 1 == rank
    )
    quotations = [quote_text(item.text) for item in items]
    notes = [
        _format_whole_note(item.note, language)
        for item in list_supporting_notes(written, answer)
        if item.rank == rank
    ]
    source = format_footnote(answer.citations[rank - 1], language)
    return collapse_whitespace(" ".join([source, *quotations, *notes]))


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


def _gather_notes(
    sentence: WrittenSentence, written: WrittenAnswer, answer: Answer
) -> Citation | None:
    """Return a citation with the notes that a sentence rests on; None for none."""
    items = written.get_cited(sentence)
    notes = tuple(dict.fromkeys(note for item in items for note in list_notes(item, answer)))
    return replace(answer.citations[items[0].citation], notes=notes) if notes else None


def _format_sentence(sentence: WrittenSentence, written: WrittenAnswer, language: Language) -> str:
    if sentence.verdict.is_supported:
        marks = "".join(f"[{rank}]" for rank in list_ranks(sentence, written))
        return f"✓ {sentence.text} {marks}"
    return f"✗ {sentence.text} ({describe_problems(sentence, language)})"


def _format_note_lines(item: SupportingNote) -> Iterator[str]:
    note = item.note
    yield f"  [{item.rank}] {format_note_mark(note.number)} {line_to_text(note.text)}"
    if note.resolves_to:
        yield f"      → {line_to_text(note.resolves_to.text)}"


def _format_whole_note(note: CitedNote, language: Language) -> str:
    line = f"{format_note_mark(note.number)} {line_to_text(note.text)}"
    if note.resolves_to:
        resolved = line_to_text(note.resolves_to.text)
        line += f" → {format_resolves_to(note.resolves_to, language)} {resolved}"
    return f"{line} → {format_unresolved(language)}" if note.is_unresolved else line
