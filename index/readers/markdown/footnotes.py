"""Notes in Markdown: `[^1]: …` definitions, `[^1]` references and `^[…]` inline notes.

Definitions and inline notes are parsed by the footnote plugin of markdown-it; the rules here add
the positions that the plugin does not give, so that every character can be accounted for.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote.index import footnote_def, footnote_inline

from index.document import NoteMark
from index.readers.line_joining import join_lines
from index.readers.report import Report
from index.text.characters import is_fullwidth

MARKDOWN_FORM = "markdown"
"""The convention of Markdown's own notes."""

_LABEL = r"\[\^(?P<name>[^\]\[\s′](?:[^\]\[\n′]{0,58}[^\]\[\s′])?)\]"
_REFERENCE = re.compile(_LABEL)
_DEFINITION = re.compile(
    rf"(?P<prefix>\s{{0,3}}(?:(?:>|[-*+]\s){{1,3}}\s{{0,3}}){{0,4}}){_LABEL}:[ \t]*"
)
_LABEL_WITH_BLANKS = re.compile(r"\[\^[^\]\[\n]{1,60}\]:")
_COMMA = re.compile(r"\^?[,、;]\s?\^?|<sup>\s?[,、;]\s?</sup>")  # between two marks
_QUOTE_PREFIX = re.compile(r"\s{0,3}(?:>\s?){1,9}")
_BACK_LINK = re.compile(
    r"(?:\[(?:↩|⏎|↑|\^|\\\^)[^\]\n]{0,4}\]\(#[^()\s]{1,80}\)|<a\s[^<>\n]{1,120}>[↩⏎↑^]\ufe0e?</a>"
    r"|[↩⏎]\ufe0e?|&#(?:8617|x21[aA]9);)\s*$"
)


@dataclass(frozen=True, slots=True)
class NoteDefinition:
    """A note as defined.

    Attributes:
        name: The label between `[^` and `]`, or as printed.
        text: Its text, a line for each paragraph.
        line: Where it begins in the file.
        form: The convention of its label.
        repeats_previous: Whether it is a further label of the note before, and has no text.
    """

    name: str
    text: str
    line: int
    form: str = MARKDOWN_FORM
    repeats_previous: bool = False


@dataclass(frozen=True, slots=True)
class NoteReference:
    """A place in a text that leads to a note.

    Attributes:
        start: Where its markup begins.
        end: Where its markup ends.
        labels: The labels of the notes; none for an inline note.
        inline_text: The text of an inline note; "" for a reference.
        form: The convention of the labels.
        is_doubtful: Whether it may be something else.
        markup: What is printed there besides the labels.
    """

    start: int
    end: int
    labels: tuple[str, ...]
    inline_text: str = ""
    form: str = MARKDOWN_FORM
    is_doubtful: bool = False
    markup: str = "[^ ]"


def fold_label(label: str) -> str:
    """Return a label as it is compared: without regard to case and number of blanks.

    Args:
        label: The label of a note or a mark.
    """
    return " ".join(label.split()).casefold()


def blank_references(line: str, labels: Container[str]) -> str:
    """Return a line with blanks in place of references with some labels.

    Args:
        line: A line of the file.
        labels: The labels as `fold_label` returns them.
    """
    if "[^" not in line:
        return line
    return _REFERENCE.sub(
        lambda match: " " * len(match[0]) if fold_label(match["name"]) in labels else match[0], line
    )


def join_labels(line: str) -> str:
    """Return a line with the blanks in a label replaced, so that the plugin reads its definition.

    Args:
        line: A line of the file.
    """
    return _LABEL_WITH_BLANKS.sub(lambda match: match[0].replace(" ", "_"), line)


def _parse_definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a definition that stands at the start of its line, not in a quotation or another."""
    position = state.bMarks[start] + state.tShift[start]
    line_start = state.src.rfind("\n", 0, position) + 1
    match = _DEFINITION.match(state.src, line_start)
    if not match or match.start("name") != position + len("[^"):
        return False
    return footnote_def(state, start, end, silent)


def _parse_inline_note(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if not footnote_inline(state, True):
        return False
    content = state.src[start + len("^[") : state.pos - 1].strip()
    is_superscript = state.src[state.pos : state.pos + 1] == "^" and len(content.split()) == 1
    follows_comma = state.src[start - 2 : start] in ("^,", "^;") and content.startswith("^")
    if not content or is_superscript or follows_comma:
        state.pos = start
        return False
    if not silent:
        token = state.push("note_reference", "", 0)
        token.meta["reference"] = NoteReference(start, state.pos, (), content)
    return True


def _parse_reference(state: StateInline, silent: bool) -> bool:
    match = _REFERENCE.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        token = state.push("note_reference", "", 0)
        token.meta["reference"] = NoteReference(match.start(), match.end(), (match["name"],))
    state.pos = match.end()
    return True


_INLINE_PARSER = MarkdownIt("zero").enable(["backticks", "escape"])
_INLINE_PARSER.inline.ruler.push("inline_note", _parse_inline_note)
_INLINE_PARSER.inline.ruler.push("note_reference", _parse_reference)


def definition_plugin(parser: MarkdownIt) -> None:
    """Make a parser of Markdown recognise the definitions of notes.

    Args:
        parser: Changed in place.
    """
    parser.block.ruler.before(
        "reference",
        "footnote_def",
        _parse_definition,
        {"alt": ["paragraph", "reference", "blockquote"]},
    )


def find_references(text: str) -> list[NoteReference]:
    """Return the references and inline notes in a text, in order; code holds none.

    Args:
        text: A heading or a paragraph.
    """
    if "[^" not in text and "^[" not in text:
        return []
    tokens: list[Token] = []
    _INLINE_PARSER.inline.parse(text, _INLINE_PARSER, {}, tokens)
    references = [token.meta["reference"] for token in tokens if token.type == "note_reference"]
    for index, (reference, following) in enumerate(pairwise(references)):
        between = text[reference.end : following.start]
        if _COMMA.fullmatch(between):
            markup = f"{reference.markup} {between}"
            references[index] = replace(reference, end=following.start, markup=markup)
    return references


def extract_definitions(
    tokens: Sequence[Token], lines: Sequence[str], report: Report
) -> tuple[list[NoteDefinition], list[str]]:
    """Take the definitions of notes out of a file.

    Args:
        tokens: What a parser with `definition_plugin` makes of the lines.
        lines: The lines of the file.
        report: Receives the markup.

    Returns:
        The definitions in order, and the lines with those of definitions blanked out.
    """
    remaining_lines = list(lines)
    definitions: list[NoteDefinition] = []
    for start, end in _find_definition_lines(tokens, lines):
        match = _DEFINITION.match(lines[start])
        if match:
            report.set_aside(start + 1, f"{match['prefix']}[^ ]:", "markup")
            text_lines = [lines[start][match.end() :], *lines[start + 1 : end]]
            if ">" in match["prefix"]:
                text_lines = [_unquote(line, start + 1, report) for line in text_lines]
            text = take_back_link(join_paragraphs(text_lines), start + 1, report)
            definitions.append(NoteDefinition(match["name"], text, start + 1))
            remaining_lines[start:end] = [""] * (end - start)
    return definitions, remaining_lines


def _find_definition_lines(
    tokens: Sequence[Token], lines: Sequence[str]
) -> Sequence[tuple[int, int]]:
    """Return the half-open ranges of lines that definitions take."""
    ranges: list[tuple[int, int]] = []
    level = 0  # of the last definition: 2 in a list, where its paragraphs are in the same item
    for token in tokens:
        if token.map is None:
            continue
        start, end = token.map
        if token.type == "footnote_reference_open":
            ranges.append((start, end))
            level = token.level
        elif (
            ranges and token.level in (0, level) and _continues_definition(token, ranges[-1], lines)
        ):
            ranges[-1] = ranges[-1][0], end
    return ranges


def _continues_definition(
    token: Token, definition_lines: tuple[int, int], lines: Sequence[str]
) -> bool:
    """Return whether a block belongs to the definition before it, though Markdown parts them.

    Indented by two blanks, it is a further paragraph; right below a label, it is the note's text.
    """
    start, end = definition_lines
    block_start = token.map[0] if token.map else 0
    if any(line.strip() for line in lines[end:block_start]):
        return False
    is_first_paragraph = token.type == "paragraph_open" and block_start == start + 1
    return lines[block_start].startswith("  ") or (
        is_first_paragraph and _DEFINITION.fullmatch(lines[start].rstrip()) is not None
    )


def _unquote(line: str, number: int, report: Report) -> str:
    """Return a line of a quotation without what marks it as quoted."""
    match = _QUOTE_PREFIX.match(line)
    report.set_aside(number, match[0] if match else "", "markup")
    return line[match.end() :] if match else line


def take_back_link(text: str, line: int, report: Report) -> str:
    """Return the text of a note without the link at its end that leads back to its mark.

    Args:
        text: The text.
        line: Where the note begins in the file.
        report: Receives the link.
    """
    tail = text[-200:]
    match = _BACK_LINK.search(tail)
    if not match:
        return text
    report.set_aside(line, match[0], "markup")
    return text[: len(text) - len(tail) + match.start()].rstrip()


def join_paragraphs(lines: Sequence[str]) -> str:
    """Return the text of a note, a line for each paragraph.

    Args:
        lines: Its lines; blank ones part its paragraphs.
    """
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            paragraphs[-1].append(line.strip())
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n".join(join_lines(paragraph) for paragraph in paragraphs if paragraph)


def remove_references(
    text: str, references: Sequence[tuple[NoteReference, tuple[str, ...]]]
) -> tuple[str, tuple[NoteMark, ...]]:
    """Return a text without these references, and the marks that stand in their places.

    A blank before a reference goes with it where no letter or digit follows, or a full-width
    character stands before.

    Args:
        text: The text that holds them.
        references: In order, each with the numbers of its notes.
    """
    parts: list[str] = []
    marks: list[NoteMark] = []
    length = position = 0
    for reference, numbers in references:
        preceding = text[position : reference.start]
        trimmed = preceding.rstrip(" ")
        following = text[reference.end : reference.end + 1]
        if not following.isalnum() or is_fullwidth(trimmed[-1:] or " "):
            preceding = trimmed
        parts.append(preceding)
        length += len(preceding)
        marks += [NoteMark(length, number) for number in numbers]
        position = reference.end
    parts.append(text[position:])
    return "".join(parts), tuple(marks)
