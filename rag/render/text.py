"""An Answer as plain text and as Markdown, in both languages; what is quoted stays as printed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from index.document import Span
from rag.answer.model import Answer, Citation, CitedNote
from rag.render.labels import (
    NEAREST,
    NOT_FOUND,
    Language,
    evidence_spans,
    flat,
    head_lines,
    note_urls,
    quoted,
    say,
    stands_for,
    stated,
)
from rag.render.rich_text import Run, detached, paragraphs, superscript, visible

_ANYWHERE = re.compile(r"([\\`*_\[\]<>|~$&])")
_FIRST = re.compile(r"^(\s*\d*)([-+#=.)])")


def to_text(answer: Answer, language: Language = "en") -> str:
    """An answer as plain text without control characters, ending in a newline.

    A line that begins with ▸ is a sentence that answers, or what the metadata say.
    """
    shown = shown_citations(answer)
    blocks = [_text_of(rank, each, language) for rank, each in enumerate(shown, 1)]
    return visible("\n\n".join([*_verdict(answer, language), *blocks])) + "\n"


def to_markdown(answer: Answer, language: Language = "en") -> str:
    """An answer as Markdown: evidence in bold, everything from documents escaped."""
    shown = shown_citations(answer)
    blocks = [_markdown_of(rank, each, language) for rank, each in enumerate(shown, 1)]
    return visible("\n\n".join([*_verdict(answer, language), *blocks])) + "\n"


def shown_citations(answer: Answer) -> tuple[Citation, ...]:
    """The citations as they are shown: nothing is marked in what is only nearest."""
    if answer.found:
        return answer.citations
    return tuple(replace(citation, evidence=()) for citation in answer.citations)


def sentence_to_markdown(citation: Citation, language: Language = "en") -> str:
    """What answers, as Markdown on one line: the metadata or a sentence; "" where nothing does."""
    if citation.statements:
        said = [stated(citation, statement, language) for statement in citation.statements]
        return visible(escaped(flat(" ".join(line for lines in said for line in lines))))
    return visible(line_to_markdown(citation.evidence_text))


def line_to_markdown(text: str) -> str:
    """Quoted text as Markdown on one line: its emphasis stays, everything else is escaped."""
    return " ".join(map(_marked_up, paragraphs(text)))


def line_to_text(text: str) -> str:
    """Quoted text on one line, without the signs of emphasis."""
    return " ".join(map(_plain, paragraphs(text)))


def _verdict(answer: Answer, language: Language) -> list[str]:
    if answer.found:
        return []
    nearest = [say(NEAREST, language)] if answer.citations else []
    return [" ".join([say(NOT_FOUND, language), *nearest])]


def _text_of(rank: int, citation: Citation, language: Language) -> str:
    title, *head = head_lines(citation, language)
    lines = [f"{rank}. {title}", *head]
    for statement in citation.statements:
        lines += [f"▸ {line}" for line in stated(citation, statement, language)]
    for evidence in citation.evidence:
        where = "" if evidence.note is None else f"{superscript(evidence.note)} "
        lines.append(f"▸ {where}{flat(quoted(citation, evidence))}")
    lines += ["", *map(_plain, paragraphs(citation.text, citation.marks))]
    if citation.notes:
        lines.append("")
    for note in citation.notes:
        lines.append(f"{superscript(note.number)} {_note_plain(note)}")
        if note.stands_for:
            lines.append(f"→ {stands_for(note.stands_for, language)}{_note_plain(note.stands_for)}")
    return "\n".join(f"   {line}" if line and at else line for at, line in enumerate(lines))


def _markdown_of(rank: int, citation: Citation, language: Language) -> str:
    title, *head = head_lines(citation, language)
    lines = [f"**{rank}\\. {escaped(title)}**", *map(escaped, head)]
    for statement in citation.statements:
        lines += [f"**{escaped(line)}**" for line in stated(citation, statement, language)]
    spans = evidence_spans(citation)
    quotation = [
        "> " + _marked_up(runs) for runs in paragraphs(citation.text, citation.marks, spans)
    ]
    notes: list[str] = []
    for note in citation.notes:
        body = _note_markdown(note, evidence_spans(citation, note.number))
        notes.append(f"- {escaped(superscript(note.number))} {body}")
        if note.stands_for:
            other = f"→ {stands_for(note.stands_for, language)}"
            notes.append(f"  {escaped(other)}{_note_markdown(note.stands_for)}")
    blocks = ["  \n".join(lines), "\n>\n".join(quotation), "\n".join(notes)]
    return "\n\n".join(filter(None, blocks))


def _plain(runs: Iterable[Run]) -> str:
    return "".join(run.text if run.note is None else superscript(run.note) for run in runs)


def _note_plain(note: CitedNote) -> str:
    missing = detached(note.text, note_urls(note))
    return " ".join([*map(_plain, paragraphs(note.text)), *missing])


def _note_markdown(note: CitedNote, spans: tuple[Span, ...] = ()) -> str:
    urls = note_urls(note)
    lines = map(_marked_up, paragraphs(note.text, (), spans, urls))
    return " ".join([*lines, *(f"<{url}>" for url in detached(note.text, urls))])


def _marked_up(runs: Iterable[Run]) -> str:
    """Runs as Markdown, evidence in bold."""
    found = ""
    for evidence, grouped in groupby(runs, key=lambda run: run.evidence):
        group = list(grouped)
        found += _strong(group) if evidence else "".join(map(_set, group))
    return found


def _strong(runs: list[Run]) -> str:
    before = after = ""
    if _set_plainly(runs[0]):
        before, inner, rest = _core(runs[0].text)
        runs[0] = replace(runs[0], text=inner + rest)
    if _set_plainly(runs[-1]):
        rest, inner, after = _core(runs[-1].text)
        runs[-1] = replace(runs[-1], text=rest + inner)
    body = "".join(map(_set, runs))
    return escaped(before) + (f"**{body}**" if body else "") + escaped(after)


def _set_plainly(run: Run) -> bool:
    return run.note is None and run.url is None and not run.emphasis


def _set(run: Run) -> str:
    """A run as Markdown, but for the boldness of evidence."""
    if run.note is not None:
        return escaped(superscript(run.note))
    if run.url is not None:
        return f"<{run.url}>"
    if not run.emphasis:
        return escaped(run.text)
    before, inner, after = _core(run.text)
    return escaped(before) + (f"*{escaped(inner)}*" if inner else "") + escaped(after)


def _core(text: str) -> tuple[str, str, str]:
    """The text without the punctuation at its ends, and what stands before and after it.

    Signs of emphasis count only where they touch a letter: **……。** before a Chinese character
    would be shown as asterisks (CommonMark, flanking delimiter runs).
    """
    inner = text.strip(_punctuation(text))
    if not inner:
        return text, "", ""
    before, after = text.split(inner, 1)
    return before, inner, after


def _punctuation(text: str) -> str:
    """The characters of the text that are neither letters nor digits."""
    return "".join(sign for sign in set(text) if not sign.isalnum())


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _FIRST.sub(r"\1\\\2", _ANYWHERE.sub(r"\\\1", text))
