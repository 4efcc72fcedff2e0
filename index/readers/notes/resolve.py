"""Parse the notes of an article and resolve their references to one another.

A note cites sources, explains, or refers to another note (同註 3, *Ibid.*, *op. cit.*, 參見註 3).
Chains of such references are followed to the note that cites the source itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from index.document import Note, Source
from index.messages import MessageCatalogue
from index.readers.notes import references
from index.readers.notes.numbering import number_uniquely
from index.readers.report import Report
from index.text.characters import parse_number
from index.text.patterns import load_patterns

_MESSAGES = MessageCatalogue("index", "readers")

_PATTERNS = load_patterns("index.readers")
_PATTERNS_ZH = load_patterns("index.readers", "zh")
_PATTERNS_EN = load_patterns("index.readers", "en")
_NOTE_NUMBER = re.compile(r"[0-9０-９]{1,4}|[一二三四五六七八九十]{1,3}")
_LOCATOR_ONLY = re.compile(
    r"[，,、\s]*(?:(?:第|頁|页|pp?\.|at|art\.|para\.|§)?\s?[\d０-９一二三四五六七八九十ivxl]+"
    r"(?:\s?[-–—至~]\s?[\d０-９]+)?\s?[章節頁条條]?[，,、\s]*)*[。.；;\s*]*$"
)


@dataclass(frozen=True, slots=True)
class ResolvedNotes:
    """The parsed notes of an article.

    Attributes:
        notes: The notes, with all their fields.
        unresolved: Those that refer to a note which does not exist or cannot be identified.
    """

    notes: tuple[Note, ...]
    unresolved: tuple[Note, ...] = ()


@dataclass(slots=True)
class _ParsedNote:
    """The content of one note, read by itself."""

    sources: list[Source] = field(default_factory=list)
    explanation: list[str] = field(default_factory=list)
    same_note: str = ""  # the number in 同註 3 or *supra* note 3
    is_ibid: bool = False
    cited_name: str = ""  # the name before *op. cit.* or 前揭書
    see_also: list[str] = field(default_factory=list)

    @property
    def is_back_reference(self) -> bool:
        return bool(self.same_note or self.is_ibid or self.cited_name)


def finalize_notes(notes: Sequence[Note], report: Report) -> tuple[Note, ...]:
    """Return the notes of an article with unique numbers and all their fields.

    Args:
        notes: In order, with number, text and line.
        report: Receives a finding for each duplicate number and each unresolved reference.
    """
    numbers = number_uniquely([(note.number, note.line) for note in notes], report)
    numbered = [replace(note, number=number) for note, number in zip(notes, numbers, strict=True)]
    resolved = resolve_notes(numbered)
    for note in resolved.unresolved:
        report.add_finding(
            "unresolved",
            note.line,
            _MESSAGES["finding.unresolved"].format(
                line=note.line, number=note.number, text=note.text[:24]
            ),
        )
    return resolved.notes


def report_unmarked_notes(notes: Sequence[Note], marked_numbers: set[str], report: Report) -> None:
    """Report the notes to which no mark leads.

    Args:
        notes: The notes of one article.
        marked_numbers: The numbers of the marks in its text.
        report: Receives the findings.
    """
    for note in notes:
        if note.number not in marked_numbers:
            report.add_finding(
                "missing-mark",
                note.line,
                _MESSAGES["finding.missing_mark"].format(line=note.line, number=note.number),
            )


def resolve_notes(notes: Sequence[Note]) -> ResolvedNotes:
    """Return the notes of one article with sources, explanations and references resolved.

    Args:
        notes: In order, with unique numbers, text and line.
    """
    parsed_notes = [_parse_note(note.text) for note in notes]
    index_by_number = {note.number: index for index, note in enumerate(notes)}
    direct_targets = [
        _find_target(index, notes, parsed_notes, index_by_number) for index in range(len(notes))
    ]
    # A chain ends at a note that cites something itself: what it adds must not be lost.
    final_targets = _resolve_chains(
        direct_targets, [bool(parsed.sources) for parsed in parsed_notes]
    )
    result: list[Note] = []
    unresolved: list[Note] = []
    for note, parsed, target in zip(notes, parsed_notes, final_targets, strict=True):
        mentioned = dict.fromkeys(parsed.see_also)
        see_also = [number for number in mentioned if number in index_by_number]
        see_also = [number for number in see_also if number != note.number]
        resolved = replace(
            note,
            sources=tuple(parsed.sources),
            explanation=_join_sentences(parsed.explanation),
            resolves_to=None if target is None else notes[target].number,
            see_also=tuple(see_also),
        )
        result.append(resolved)
        if (parsed.is_back_reference and target is None) or len(see_also) < len(mentioned):
            unresolved.append(resolved)
    return ResolvedNotes(tuple(result), tuple(unresolved))


def _parse_note(text: str) -> _ParsedNote:
    parsed = _ParsedNote()
    for paragraph in text.split("\n"):
        for sentence in references.split_note_sentences(paragraph):
            clauses = [
                clause.strip() for clause in references.split_clauses(sentence) if clause.strip()
            ]
            explanations = [
                explanation for clause in clauses for explanation in _parse_clause(clause, parsed)
            ]
            if explanations:
                # A sentence that explains as a whole keeps its own spacing.
                parsed.explanation.append(
                    sentence.strip() if explanations == clauses else _join_sentences(explanations)
                )
    return parsed


def _parse_clause(clause: str, parsed: _ParsedNote) -> list[str]:
    """Add the content of a clause to `parsed`; return the parts of it that explain."""
    see_patterns = (_PATTERNS_ZH["see-note"], _PATTERNS_EN["see-note"])
    see_match = see_patterns[0].match(clause) or see_patterns[1].match(clause)
    if see_match:
        parsed.see_also += _parse_numbers(see_match)
        return _extract_explanation(clause[see_match.end() :])
    unprefixed = references.strip_introductory_signal(clause)
    remainder = _parse_back_reference(unprefixed, parsed, has_see_signal=unprefixed != clause)
    if remainder is not None:
        return _extract_explanation(remainder)
    for pattern in see_patterns:
        for match in pattern.finditer(clause):
            parsed.see_also += _parse_numbers(match)
    if references.is_citation(unprefixed):
        parsed.sources.append(references.parse_source(unprefixed))
        return []
    return [clause]


def _parse_back_reference(clause: str, parsed: _ParsedNote, *, has_see_signal: bool) -> str | None:
    """Parse a back-reference at the start of a clause; return the rest of it, or None."""
    same_match = _PATTERNS["same-note"].match(clause)
    if same_match:
        first_number, *other_numbers = _parse_numbers(same_match)
        parsed.same_note = parsed.same_note or first_number
        parsed.see_also += other_numbers
        return clause[same_match.end() :]
    ibid_match = _PATTERNS["ibid"].match(clause)
    if ibid_match:
        parsed.is_ibid = True
        return clause[ibid_match.end() :]
    supra_match = _PATTERNS["supra"].match(clause)
    if supra_match:
        number = str(parse_number(supra_match[1] or supra_match[2]))
        if has_see_signal:
            parsed.see_also.append(number)
        else:
            parsed.same_note = parsed.same_note or number
        return clause[supra_match.end() :]
    op_cit_match = _PATTERNS["op-cit"].match(clause)
    if op_cit_match and not has_see_signal:
        parsed.cited_name = parsed.cited_name or op_cit_match[1] or op_cit_match[2]
        return clause[op_cit_match.end() :]
    return None


def _extract_explanation(remainder: str) -> list[str]:
    """Return what follows a reference to a note, if it is more than a page."""
    if _LOCATOR_ONLY.match(remainder):
        return []
    return [remainder.lstrip("，,、；;。. ").strip()]


def _join_sentences(parts: Sequence[str]) -> str:
    """Join sentences: with a space between two of an alphabet, without one next to Han."""
    text = ""
    for part in parts:
        needs_no_space = not text or ord(text[-1]) > 0x2E80 or ord(part[0]) > 0x2E80
        text += part if needs_no_space else f" {part}"
    return text


def _parse_numbers(match: re.Match[str]) -> list[str]:
    return [
        str(parse_number(match[1])),
        *(str(parse_number(number_text)) for number_text in _NOTE_NUMBER.findall(match[2])),
    ]


def _find_target(
    index: int,
    notes: Sequence[Note],
    parsed_notes: Sequence[_ParsedNote],
    index_by_number: Mapping[str, int],
) -> int | None:
    """Return the index of the note that a note refers to directly, if any."""
    parsed = parsed_notes[index]
    if parsed.same_note:
        return index_by_number.get(parsed.same_note)
    if parsed.is_ibid:
        for earlier_index in range(index - 1, -1, -1):
            earlier = parsed_notes[earlier_index]
            if earlier.sources or earlier.is_back_reference:
                return earlier_index
    elif parsed.cited_name:
        citing_indexes = [
            earlier_index
            for earlier_index in range(index - 1, -1, -1)
            if parsed_notes[earlier_index].sources
        ]
        return _find_citing(parsed.cited_name, citing_indexes, notes)
    return None


def _find_citing(cited_name: str, indexes: Sequence[int], notes: Sequence[Note]) -> int | None:
    """Return the first of the notes at these indexes that has the full name, else the surname."""
    name = _normalize_name(re.split(r"[，,]", cited_name)[0])
    for name_variant in (name, name.split(" ")[-1]):
        for index in indexes:
            if name_variant and name_variant in _normalize_name(notes[index].text):
                return index
    return None


def _normalize_name(text: str) -> str:
    return text.replace("’", "'").strip(" *").casefold()


def _resolve_chains(
    direct_targets: Sequence[int | None], has_sources: Sequence[bool]
) -> list[int | None]:
    """Return for each note the end of its chain of references, in linear time.

    It is None where a note refers to nothing, and where the chain is a ring.
    """
    is_chain_end = [
        target is None or has_sources[index] for index, target in enumerate(direct_targets)
    ]
    final_targets: list[int | None] = [None] * len(direct_targets)
    is_resolved = [False] * len(direct_targets)
    for start, first_target in enumerate(direct_targets):
        path: dict[int, None] = {}
        current = first_target
        while current is not None and not is_chain_end[current] and not is_resolved[current]:
            if current in path:
                break
            path[current] = None
            current = direct_targets[current]
        final_target = None
        if current is not None and current not in path:
            final_target = current if is_chain_end[current] else final_targets[current]
        for member in (*path, start):
            final_targets[member] = final_target if final_target != member else None
            is_resolved[member] = True
    return final_targets
