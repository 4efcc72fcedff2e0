"""What a note says: the sources it cites, what it explains, and what 同註 or Ibid. stands for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.document import Note, Source
from index.readers.notes import references

_NOTE_NUMBER = r"([0-9０-９]{1,4}|[一二三四五六七八九十]{1,3})"
_CONJUNCTION = r"(?:、|及|與|和|，|,|and|&|至|-|–)"
_MORE_NUMBERS = (
    rf"((?:\s?{_CONJUNCTION}\s?(?:[註注]|notes?|nn?\.)?\s?{_NOTE_NUMBER}(?!\s?[年月日頁]))*)"
)
_SAME_NOTE = re.compile(rf"同(?:前揭|前|上|本文)?[註注]釋?\s?{_NOTE_NUMBER}{_MORE_NUMBERS}")
_IBID = re.compile(
    r"同[前上](?:揭|引)?[註注註書文]?(?=[，。,.；;：\s、]|$)|"
    r"\*?(?:Ibid|ibid|IBID|Idem|idem|Id|Loc\. ?[Cc]it|loc\. ?cit)\b\.?\*?\.?(?=[\s,.;，。；]|$)"
)
_SUPRA = re.compile(
    rf"(?:[^;；。]{{0,120}}?[，,]\s?)?"
    rf"(?:前揭[註注]\s?{_NOTE_NUMBER}|\*?[Ss]upra\*?,? (?:note|n\.) ([0-9]{{1,4}}))"
)
_OP_CIT = re.compile(
    r"([^;；。]{1,120}?)[，,]?\s?(?:同?前[揭引](?:書|文|[註注](?!\s?\d))|"
    r"\*?[Oo]p\. ?[Cc]it\b\.?\*?)(?=[\s,.;，。；]|$)"
)
_SEE_NOTE = re.compile(
    rf"(?:參見|參閱|參照|參考|詳見|請見|另見|並見|見|參|参见|参阅|详见|见)(?:本文|前揭|前|上|後|后)?[註注]\s?{_NOTE_NUMBER}{_MORE_NUMBERS}"
)
_SEE_NOTE_ENGLISH = re.compile(
    r"\b(?:[Ss]ee|[Cc]f\.)(?: also)?,? (?:\*?(?:supra|infra|above|below)\*?,? )?"
    rf"(?:notes?|nn?\.) {_NOTE_NUMBER}{_MORE_NUMBERS}(?: (?:above|below))?"
)
_LOCATOR_ONLY = re.compile(
    r"[，,、\s]*(?:(?:第|頁|页|pp?\.|at|art\.|para\.|§)?\s?[\d０-９一二三四五六七八九十ivxl]+"
    r"(?:\s?[-–—至~]\s?[\d０-９]+)?\s?[章節頁条條]?[，,、\s]*)*[。.；;\s*]*$"
)
_HAN_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")}
_FULLWIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True, slots=True)
class ResolvedNotes:
    """The notes of an article, understood, and those of them that point where nothing is."""

    notes: tuple[Note, ...]
    unresolved: tuple[Note, ...] = ()


@dataclass(slots=True)
class _ParsedNote:
    """One note as read by itself: what it cites, explains, and in which words it points."""

    sources: list[Source] = field(default_factory=list)
    explanation: list[str] = field(default_factory=list)
    same_note: str = ""  # a number
    is_ibid: bool = False
    cited_name: str = ""  # a name
    see_also: list[str] = field(default_factory=list)

    @property
    def is_back_reference(self) -> bool:
        return bool(self.same_note or self.is_ibid or self.cited_name)


def resolve_notes(notes: Sequence[Note]) -> ResolvedNotes:
    """Fill in what the notes of one article say: sources, explanation, stands_for and see.

    Args:
        notes: In order, with number, text and line.

    Returns:
        The same notes with the rest of their fields, and those whose 同註, *Ibid.*, *op. cit.* or
        參見註 leads to no note.
    """
    parsed_notes = [_parse_note(note.text) for note in notes]
    index_by_number = {note.number: index for index, note in enumerate(notes)}
    direct_targets = [
        _find_target(index, notes, parsed_notes, index_by_number) for index in range(len(notes))
    ]
    result: list[Note] = []
    unresolved: list[Note] = []
    # A chain ends at a note that cites something itself: what it adds must not be lost.
    final_targets = _resolve_chains(
        direct_targets, [bool(parsed.sources) for parsed in parsed_notes]
    )
    for index, (note, parsed) in enumerate(zip(notes, parsed_notes, strict=True)):
        final_target = final_targets[index]
        see_also = [
            number for number in dict.fromkeys(parsed.see_also) if number in index_by_number
        ]
        see_also = [number for number in see_also if number != note.number]
        resolved = replace(
            note,
            sources=tuple(parsed.sources),
            explanation=_join_sentences(parsed.explanation),
            resolves_to=notes[final_target].number if final_target is not None else None,
            see_also=tuple(see_also),
        )
        result.append(resolved)
        if (parsed.is_back_reference and final_target is None) or len(see_also) < len(
            set(parsed.see_also)
        ):
            unresolved.append(resolved)
    return ResolvedNotes(tuple(result), tuple(unresolved))


def _parse_note(text: str) -> _ParsedNote:
    parsed = _ParsedNote()
    for paragraph in text.split("\n"):
        for sentence in references.split_note_sentences(paragraph):
            clauses = [clause for clause in references.split_clauses(sentence) if clause.strip()]
            explanations: list[str] = []
            for clause in clauses:
                explanations += _parse_clause(clause.strip(), parsed)
            if explanations:
                is_unchanged = len(explanations) == len(clauses) and all(
                    explanation == clause.strip()
                    for explanation, clause in zip(explanations, clauses, strict=True)
                )
                parsed.explanation.append(
                    sentence.strip() if is_unchanged else _join_sentences(explanations)
                )
    return parsed


def _parse_clause(clause: str, parsed: _ParsedNote) -> list[str]:
    """Read one piece of a sentence into `reading`; returns what of it explains."""
    see_match = _SEE_NOTE.match(clause) or _SEE_NOTE_ENGLISH.match(clause)
    if see_match:
        parsed.see_also += _parse_numbers(see_match)
        return _extract_explanation(clause[see_match.end() :])
    unprefixed = references.strip_introductory_signal(clause)
    remainder = _parse_back_reference(unprefixed, parsed, has_see_signal=unprefixed != clause)
    if remainder is not None:
        return _extract_explanation(remainder)
    for match in (*_SEE_NOTE.finditer(clause), *_SEE_NOTE_ENGLISH.finditer(clause)):
        parsed.see_also += _parse_numbers(match)
    if references.is_citation(unprefixed):
        parsed.sources.append(references.parse_source(unprefixed))
        return []
    return [clause]


def _parse_back_reference(clause: str, parsed: _ParsedNote, *, has_see_signal: bool) -> str | None:
    """Read a pointer to another note at the start of a piece; what follows it, None if none."""
    same_match = _SAME_NOTE.match(clause)
    if same_match:
        first_number, *other_numbers = _parse_numbers(same_match)
        parsed.same_note = parsed.same_note or first_number
        parsed.see_also += other_numbers
        return clause[same_match.end() :]
    ibid_match = _IBID.match(clause)
    if ibid_match:
        parsed.is_ibid = True
        return clause[ibid_match.end() :]
    supra_match = _SUPRA.match(clause)
    if supra_match:
        number = _parse_number(supra_match[1] or supra_match[2])
        if has_see_signal:
            parsed.see_also.append(number)
        else:
            parsed.same_note = parsed.same_note or number
        return clause[supra_match.end() :]
    op_cit_match = _OP_CIT.match(clause)
    if op_cit_match and not has_see_signal:
        parsed.cited_name = parsed.cited_name or op_cit_match[1]
        return clause[op_cit_match.end() :]
    return None


def _extract_explanation(remainder: str) -> list[str]:
    """What a pointer is followed by, if it says more than a page."""
    if _LOCATOR_ONLY.match(remainder):
        return []
    return [remainder.lstrip("，,、；;。. ").strip()]


def _join_sentences(parts: Sequence[str]) -> str:
    """Sentences put together again: a space only between those of an alphabet."""
    text = ""
    for part in parts:
        needs_no_space = not text or ord(text[-1]) > 0x2E80 or ord(part[0]) > 0x2E80
        text += part if needs_no_space else f" {part}"
    return text


def _parse_numbers(match: re.Match[str]) -> list[str]:
    return [
        _parse_number(match[1]),
        *(_parse_number(number_text) for number_text in re.findall(_NOTE_NUMBER, match[2])),
    ]


def _parse_number(text: str) -> str:
    """A note's number in ASCII digits."""
    text = text.translate(_FULLWIDTH_DIGITS)
    if text.isdecimal():
        return text.lstrip("0") or "0"
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return str(_HAN_DIGITS.get(text[-1], 0))
    return str(
        (_HAN_DIGITS.get(tens, 1) if tens else 1) * 10 + (_HAN_DIGITS.get(ones, 0) if ones else 0)
    )


def _find_target(
    index: int,
    notes: Sequence[Note],
    parsed_notes: Sequence[_ParsedNote],
    index_by_number: dict[str, int],
) -> int | None:
    """The index of the note that a note points to directly; None if it points to none."""
    parsed = parsed_notes[index]
    if parsed.same_note:
        return index_by_number.get(parsed.same_note)
    earlier_indexes = range(index - 1, -1, -1)
    if parsed.is_ibid:
        return next(
            (
                earlier_index
                for earlier_index in earlier_indexes
                if parsed_notes[earlier_index].sources
                or parsed_notes[earlier_index].is_back_reference
            ),
            None,
        )
    if parsed.cited_name:
        name = _normalize_name(re.split(r"[，,]", parsed.cited_name)[0])
        citing_indexes = [
            earlier_index
            for earlier_index in earlier_indexes
            if parsed_notes[earlier_index].sources
        ]
        for name_variant in (name, name.split(" ")[-1]):
            for earlier_index in citing_indexes:
                if name_variant and name_variant in _normalize_name(notes[earlier_index].text):
                    return earlier_index
    return None


def _normalize_name(text: str) -> str:
    return text.replace("’", "'").strip(" *").casefold()


def _resolve_chains(
    direct_targets: Sequence[int | None], has_sources: Sequence[bool]
) -> list[int | None]:
    """Where each chain of pointers ends; None for no pointer and for chains that run in a ring."""
    is_chain_end = [
        target is None or has_sources[index] for index, target in enumerate(direct_targets)
    ]
    final_targets: list[int | None] = [None] * len(direct_targets)
    is_resolved = [False] * len(direct_targets)
    for start, first_target in enumerate(direct_targets):
        path: list[int] = []
        on_path: set[int] = set()
        current = first_target
        while current is not None and not is_chain_end[current] and not is_resolved[current]:
            if current in on_path:
                break
            path.append(current)
            on_path.add(current)
            current = direct_targets[current]
        if current is None or current in on_path:
            final_target = None
        else:
            final_target = current if is_chain_end[current] else final_targets[current]
        for member in (*path, start):
            final_targets[member] = final_target if final_target != member else None
            is_resolved[member] = True
    return final_targets
