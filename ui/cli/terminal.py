"""An Answer set for a terminal; plain text where the output is no terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.style import Style
from rich.text import Text

from index.document import Span
from rag.answer.model import Answer, Citation, CitedNote
from rag.render.explanation import explanation_to_text
from rag.render.labels import (
    byline,
    evidence_spans,
    note_urls,
    printed_in,
    stands_for,
    stated,
    title_translated,
)
from rag.render.rich_text import Run, detached, paragraphs, superscript, visible
from rag.render.text import shown_citations, to_text
from ui.cli.explanation import print_explanation
from ui.cli.line_breaks import line_breaks
from ui.cli.output import MEASURE, print_line
from ui.messages import cli
from ui.messages.cli import Language, say

# The terminal's own colours only, so that a light and a dark one both show what they are made for.
TITLE = Style(bold=True)
QUIET = Style(dim=True)
RED = Style(color="red")
EVIDENCE = Style(bold=True, underline=True)
EMPHASIS = Style(italic=True)
INDENT = 4


def console(*, stderr: bool = False) -> Console:
    """A console that takes what it prints as it is: no markup, no emoji, no guessing of colours."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def print_answer(answer: Answer, language: Language, *, explained: bool = False) -> None:
    """Prints an answer: set for reading in a terminal, as plain text anywhere else.

    Args:
        answer: What a question got back.
        language: Of the reader.
        explained: Whether to say too why it is what it is.
    """
    screen = console()
    if not screen.is_terminal:
        why = "\n" + explanation_to_text(answer, language) if explained else ""
        print_line((to_text(answer, language) + why).rstrip("\n"))
        return
    screen.print()
    if not answer.found:
        _print(screen, Text(say(cli.NOT_FOUND, language), TITLE), 0)
        if answer.citations:
            _print(screen, Text(say(cli.NEAREST, language), QUIET), 0)
        screen.print()
    for rank, citation in enumerate(shown_citations(answer), 1):
        _print_citation(screen, rank, citation, language)
    if explained:
        print_explanation(screen, answer, language)


def _print_citation(screen: Console, rank: int, citation: Citation, language: Language) -> None:
    article = citation.article
    title = Text.assemble((f"{rank}", RED + TITLE), " " * (INDENT - len(str(rank))))
    _print(screen, Text(visible(article.title), TITLE), INDENT, lead=title)
    if translated := title_translated(article, language):
        _print(screen, Text(visible(translated), QUIET), INDENT)
    lines = byline(article, language), printed_in(citation, language), " › ".join(citation.path)
    for line in filter(None, lines):
        _print(screen, Text(visible(line), QUIET), INDENT)
    for statement in citation.statements:
        for said in stated(citation, statement, language):
            _print(screen, Text(visible(said), EVIDENCE), INDENT)
    screen.print()
    for runs in paragraphs(citation.text, citation.marks, evidence_spans(citation)):
        _print(screen, _text(runs), INDENT)
    if citation.notes:
        screen.print()
    for note in citation.notes:
        _print_note(screen, citation, note, language)
    screen.print()


def _print_note(screen: Console, citation: Citation, note: CitedNote, language: Language) -> None:
    number = superscript(note.number)
    lead = Text.assemble(" " * INDENT, (number, RED), " " * max(1, INDENT - len(number)))
    body = _note_text(note, evidence_spans(citation, note.number))
    _print(screen, body, 2 * INDENT, lead=lead)
    if note.stands_for:
        other = Text(f"→ {stands_for(note.stands_for, language)}", QUIET)
        _print(screen, other + _note_text(note.stands_for), 2 * INDENT)


def _note_text(note: CitedNote, spans: tuple[Span, ...] = ()) -> Text:
    urls = note_urls(note)
    set_text = Text(" ").join(map(_text, paragraphs(note.text, (), spans, urls)))
    for url in detached(note.text, urls):
        set_text += Text.assemble(" ", (visible(url), _link(url)))
    return set_text


def _text(runs: Iterable[Run]) -> Text:
    """Runs as one line of a terminal, still to be broken."""
    line = Text()
    for run in runs:
        style = EVIDENCE if run.evidence else Style()
        if run.note is not None:
            line.append(superscript(run.note), RED)
        elif run.url is not None:
            line.append(visible(run.text), style + _link(run.url))
        else:
            line.append(visible(run.text), style + EMPHASIS if run.emphasis else style)
    return line


def _link(url: str) -> Style:
    """A link that a terminal can follow (OSC 8), unless there is anything odd in the address."""
    return Style(link=url) if url.isascii() and url.isprintable() else Style()


def _print(screen: Console, text: Text, indent: int, *, lead: Text | None = None) -> None:
    """Prints one paragraph, indented; `lead` stands in the indent of its first line."""
    width = min(screen.width, MEASURE + indent) - indent
    lines = text.divide(line_breaks(text.plain, max(width, 8))) if text.plain else [text]
    for at, line in enumerate(lines):
        line.rstrip()
        margin = lead if lead is not None and at == 0 else Text(" " * indent)
        screen.print(margin + line, soft_wrap=True)
