"""An Answer for a terminal; plain text where the output is no terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.style import Style
from rich.text import Text

from index.document import Span
from index.messages import Language, MessageCatalogue
from rag.answer.model import Answer, Citation, CitedNote, ListedItem, Listing
from rag.render.common_sources import format_common_sources
from rag.render.explanation import explanation_to_text
from rag.render.labels import (
    format_byline,
    format_publication_line,
    format_resolves_to,
    format_statement,
    format_unresolved,
    get_evidence_spans,
    get_note_urls,
    get_title_translation,
)
from rag.render.listing import (
    format_group_remark,
    format_group_title,
    format_headline,
    format_location,
    get_item_text,
    list_item_notes,
    list_items,
)
from rag.render.rich_text import (
    TextRun,
    escape_controls,
    find_detached_urls,
    format_note_mark,
    split_paragraphs,
)
from rag.render.text import explain_not_found, get_shown_citations, line_to_text, to_text
from ui.cli.explanation import print_explanation
from ui.cli.line_breaks import find_line_breaks
from ui.cli.output import MAX_LINE_WIDTH, print_line

_MESSAGES = MessageCatalogue("rag", "labels")

# The terminal's own colours only, so that a light and a dark one both show what they are made for.
TITLE = Style(bold=True)
DIM = Style(dim=True)
RED = Style(color="red")
EVIDENCE = Style(bold=True, underline=True)
EMPHASIS = Style(italic=True)
INDENT = 4


def create_console(*, stderr: bool = False) -> Console:
    """Return a console that prints text as it is: no markup, no emoji, no highlighting."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def print_answer(answer: Answer, language: Language, *, with_explanation: bool = False) -> None:
    """Print an answer: formatted in a terminal, as plain text anywhere else.

    Args:
        answer: What a question got back.
        language: Of the reader.
        with_explanation: Whether to say too why it is what it is.
    """
    screen = create_console()
    if not screen.is_terminal:
        explanation = "\n" + explanation_to_text(answer, language) if with_explanation else ""
        print_line((to_text(answer, language) + explanation).rstrip("\n"))
        return
    screen.print()
    if answer.listing is not None:
        _print_listing(screen, answer, answer.listing, language)
        if answer.listing.groups:
            return
    elif not answer.is_answered:
        _print_not_found(screen, answer, language)
    for rank, citation in enumerate(get_shown_citations(answer), 1):
        _print_citation(screen, rank, citation, language)
    for line in format_common_sources(answer, language):
        _print_paragraph(screen, Text(escape_controls(line)), INDENT)
    if with_explanation:
        print_explanation(screen, answer, language)


def _print_not_found(screen: Console, answer: Answer, language: Language) -> None:
    for index, message in enumerate(explain_not_found(answer)):
        style = DIM if index else TITLE
        _print_paragraph(screen, Text(message.in_language(language), style), 0)
    screen.print()


def _print_listing(screen: Console, answer: Answer, listing: Listing, language: Language) -> None:
    """Print what an answer lists, and the places."""
    headline, *remarks = format_headline(listing, language)
    _print_paragraph(screen, Text(escape_controls(headline), TITLE), 0)
    for remark in remarks:
        _print_paragraph(screen, Text(escape_controls(remark), DIM), 0)
    screen.print()
    for group in listing.groups:
        title = escape_controls(format_group_title(listing, group))
        _print_paragraph(screen, Text(title, TITLE), INDENT)
        if remark := format_group_remark(listing, group, language):
            _print_paragraph(screen, Text(remark, DIM), INDENT)
        for citation, item in list_items(answer, group):
            _print_item(screen, listing, citation, item, language)
            location = format_location(answer, citation, item, language)
            _print_paragraph(screen, Text(escape_controls(location), DIM), INDENT)
        screen.print()


def _print_item(
    screen: Console, listing: Listing, citation: Citation, item: ListedItem, language: Language
) -> None:
    notes = list_item_notes(citation, item)
    text = get_item_text(listing, citation, item)
    if citation.evidence[item.evidence].note is None:
        _print_paragraph(screen, Text(escape_controls(line_to_text(text)), EVIDENCE), INDENT)
    elif not text:
        _print_paragraph(screen, Text(format_note_mark(notes[0].number), RED), INDENT)
        return
    for note in notes:
        _print_note(screen, citation, note, language)


def _print_citation(screen: Console, rank: int, citation: Citation, language: Language) -> None:
    article = citation.article
    rank_margin = Text.assemble((f"{rank}", RED + TITLE), " " * (INDENT - len(str(rank))))
    _print_paragraph(
        screen, Text(escape_controls(article.title), TITLE), INDENT, first_margin=rank_margin
    )
    if translated := get_title_translation(article, language):
        _print_paragraph(screen, Text(escape_controls(translated), DIM), INDENT)
    lines = (
        format_byline(article, language),
        format_publication_line(citation, language),
        " › ".join(citation.path),
    )
    for line in filter(None, lines):
        _print_paragraph(screen, Text(escape_controls(line), DIM), INDENT)
    for statement in citation.statements:
        for statement_line in format_statement(citation, statement, language):
            _print_paragraph(screen, Text(escape_controls(statement_line), EVIDENCE), INDENT)
    screen.print()
    for runs in split_paragraphs(citation.text, citation.marks, get_evidence_spans(citation)):
        _print_paragraph(screen, _to_rich_text(runs), INDENT)
    if citation.notes:
        screen.print()
    for note in citation.notes:
        _print_note(screen, citation, note, language)
    screen.print()


def _print_note(screen: Console, citation: Citation, note: CitedNote, language: Language) -> None:
    number = format_note_mark(note.number)
    first_margin = Text.assemble(" " * INDENT, (number, RED), " " * max(1, INDENT - len(number)))
    body = _format_note(note, get_evidence_spans(citation, note.number))
    _print_paragraph(screen, body, 2 * INDENT, first_margin=first_margin)
    if note.resolves_to:
        resolved = Text(f"→ {format_resolves_to(note.resolves_to, language)}", DIM)
        _print_paragraph(screen, resolved + _format_note(note.resolves_to), 2 * INDENT)
    if note.is_unresolved:
        _print_paragraph(screen, Text(f"→ {format_unresolved(language)}", DIM), 2 * INDENT)


def _format_note(note: CitedNote, spans: tuple[Span, ...] = ()) -> Text:
    urls = get_note_urls(note)
    formatted = Text(" ").join(map(_to_rich_text, split_paragraphs(note.text, (), spans, urls)))
    for url in find_detached_urls(note.text, urls):
        formatted += Text.assemble(" ", (escape_controls(url), _link_style(url)))
    return formatted


def _to_rich_text(runs: Iterable[TextRun]) -> Text:
    """Return runs as one line for a terminal, still to be broken."""
    line = Text()
    for run in runs:
        style = EVIDENCE if run.evidence else Style()
        if run.note is not None:
            line.append(format_note_mark(run.note), RED)
        elif run.url is not None:
            line.append(escape_controls(run.text), style + _link_style(run.url))
        else:
            line.append(escape_controls(run.text), style + EMPHASIS if run.emphasis else style)
    return line


def _link_style(url: str) -> Style:
    """Return the style of a link that a terminal can follow (OSC 8), if the address is harmless."""
    return Style(link=url) if url.isascii() and url.isprintable() else Style()


def _print_paragraph(
    screen: Console, text: Text, indent: int, *, first_margin: Text | None = None
) -> None:
    """Print one indented paragraph; `first_margin` replaces the indent of its first line."""
    width = min(screen.width, MAX_LINE_WIDTH + indent) - indent
    lines = text.divide(find_line_breaks(text.plain, max(width, 8))) if text.plain else [text]
    for line_number, line in enumerate(lines):
        line.rstrip()
        margin = (
            first_margin if first_margin is not None and line_number == 0 else Text(" " * indent)
        )
        screen.print(margin + line, soft_wrap=True)
