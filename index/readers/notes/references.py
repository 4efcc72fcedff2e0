"""Find the references to sources in the text of a note."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from index.document import Source
from index.readers.notes.completion import complete_references
from index.readers.notes.evidence import Evidence, find_evidence, join_evidence
from index.readers.notes.labelling import find_spans
from index.readers.notes.masking import MaskedText, fold_widths, mask
from index.readers.notes.reconciliation import reconcile_spans
from index.readers.notes.separation import separate_references
from index.readers.notes.units import Boundary, Unit
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers.notes")
_URL = re.compile(r"https?://[^\s<>〈〉《》「」『』，。；、！？（）“”\"]+", re.IGNORECASE)
_PARENTHESIS = re.compile(r"[（(]((?:[^（()）]|[（(][^（()）]{0,80}+[)）]){12,300}+)[）)]")
_JOINING_WORD = re.compile(
    r"(?<![,，、;；\s])[,，、;；\s]*+"
    r"(?:\b(?:and|as well as|with|(?:expanded|discussed|developed|revised)? ?in)"
    r"|以及|及|和|與|与|並|并)?[,，;；\s]*$"
)

_PARTING = " ,，、;；。"
_NAMING = frozenset(
    ("title-italic", "title-quoted", "title-in-brackets", "title-in-capitals", "address",
     "document-type", "law-report", "neutral-citation", "statute", "european-law", "case-number",
     "article-of-law", "author-and-year", "united-nations")
)  # fmt: skip
_MAX_UNITS = 12  # of a reference
_JOINING_COSTS: Mapping[Boundary, float] = {
    "stop": -0.6,  # a sentence goes on with a reference rather than being another one
    "semicolon": 8.0,
    "comma": 0.0,
    "signal": 0.3,
    "prose": 3.0,
}
_PARTED_GAIN = 4.0  # of what follows a semicolon inside a reference
_CONTINUATION_COST = 3.0  # of a reference that begins in the middle of one
_LEAST_INNER_SCORE = 1.0  # of a reference in parentheses
_FRAGMENT_COST = 0.5  # of a few words without a verb that stand outside references


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a note that is one reference, or that explains.

    Attributes:
        text: As printed, without the words that introduce a reference.
        is_reference: Whether it is a reference.
        inner_references: The references in parentheses of a part that explains.
    """

    text: str
    is_reference: bool
    inner_references: tuple[str, ...] = ()


def find_references(units: Sequence[Unit]) -> Iterator[Segment]:
    """Yield the parts of a text that are references and those that explain, in order.

    Of all ways to join consecutive units to references, the signs of styles choose the one whose
    references have the highest sum of scores (see `index.readers.notes.evidence`), in linear time.
    Then the tokens of the text are labelled (`index.readers.notes.labelling`), which agrees with
    that choice unless much in them speaks against it.

    Args:
        units: The units of a paragraph, or some of them.
    """
    if not units:
        return
    segments = list(_choose_segments(units))
    content = _join_units(units)
    starts = [*accumulate((len(unit.content.text) for unit in units[:-1]), initial=0)]
    sentence_starts = frozenset(
        start
        for start, unit in zip(starts, units, strict=True)
        if unit.boundary in ("stop", "semicolon")
    )
    chosen = list(_locate_references(content.text, segments))
    parted = frozenset(
        start
        for index, (start, unit) in enumerate(zip(starts, units, strict=True))
        if index and unit.boundary == "semicolon" and not _is_parted_inside(units, index)
    )
    labelled = find_spans(content, sentence_starts, chosen, parted)
    reconciled = reconcile_spans(content, labelled, chosen, sentence_starts)
    spans = complete_references(content, separate_references(content, reconciled))
    yield from segments if spans == chosen else _cut_segments(content, spans)


def _join_units(units: Sequence[Unit]) -> MaskedText:
    contents = [unit.content for unit in units]
    return MaskedText(
        "".join(content.text for content in contents),
        "".join(content.folded for content in contents),
        "".join(content.masked for content in contents),
    )


def _locate_references(text: str, segments: Iterable[Segment]) -> Iterator[tuple[int, int]]:
    """Yield where the references of segments begin and end in the text that they are cut of."""
    position = 0
    for segment in segments:
        references = [segment.text] if segment.is_reference else segment.inner_references
        for reference in (parse_source(reference).text for reference in references):
            start = text.find(reference, position)
            if start >= 0:
                position = start + len(reference)
                yield start, position


def _cut_segments(content: MaskedText, spans: Sequence[tuple[int, int]]) -> Iterator[Segment]:
    """Yield a text as the references in spans of it and what stands between them.

    References in parentheses are part of the sentence that has the parentheses.
    """
    outer = [span for span in spans if not _is_in_parentheses(content.masked, span[0])]
    position = 0
    for start, end in (*outer, (len(content.text), len(content.text))):
        between = content.text[position:start].strip(_PARTING)
        inner = [content.text[slice(*span)] for span in spans if position <= span[0] < start]
        cited_text = "".join(inner)
        inner += [url for url in extract_urls(between) if url not in cited_text]
        if inner or not _is_linking(between):
            yield Segment(between, is_reference=False, inner_references=tuple(inner))
        if start < end:
            yield _build_segment(content.text[start:end], is_reference=True)
        position = end


def _choose_segments(units: Sequence[Unit]) -> Iterator[Segment]:
    lengths = _choose_lengths(units)
    start = 0
    while start < len(units):
        end = start + (lengths[start] or 1)
        is_reference = lengths[start] > 0
        while not is_reference and end < len(units) and not lengths[end]:
            end += 1
        text = "".join(unit.content.text for unit in units[start:end])
        yield _build_segment(text, is_reference=is_reference)
        start = end


def _is_linking(text: str) -> bool:
    """Return whether a text only introduces a reference or joins two, or has no word at all."""
    folded = f"{fold_widths(text).strip(_PARTING)} "
    signal = _PATTERNS["introductory-signal"].match(f"{folded}X")
    return not any(map(str.isalnum, folded)) or bool(
        (signal and signal.end() == len(folded)) or _JOINING_WORD.fullmatch(folded)
    )


def _is_in_parentheses(masked: str, position: int) -> bool:
    """Return whether a parenthesis is open before a position."""
    before = masked[:position]
    return sum(map(before.count, "([")) > sum(map(before.count, ")]"))


def _choose_lengths(units: Sequence[Unit]) -> list[int]:
    """Return for each unit how many units the reference has that begins with it; 0 if none does."""
    evidence_by_unit = [_find_unit_evidence(unit.content) for unit in units]
    best = [0.0] * (len(units) + 1)
    lengths = [0] * len(units)
    for start in range(len(units) - 1, -1, -1):
        leads = start + 1 < len(units) and units[start + 1].boundary in ("signal", "prose")
        is_fragment = not leads and not evidence_by_unit[start].prose
        best[start] = best[start + 1] - (_FRAGMENT_COST if is_fragment else 0)
        for length, evidence in enumerate(_join(units, evidence_by_unit, start), 1):
            total = evidence.score + best[start + length]
            if evidence.score > 0 and total >= best[start]:
                best[start], lengths[start] = total, length
    return lengths


def _join(
    units: Sequence[Unit], evidence_by_unit: Sequence[Evidence], start: int
) -> list[Evidence]:
    """Return the evidence of one unit, of that and the next one, and so on."""
    first = evidence_by_unit[start]
    unit = units[start]
    if start and unit.boundary == "stop" and _PATTERNS["continuation"].match(unit.content.folded):
        first = replace(first, prose=first.prose + _CONTINUATION_COST)
    joined = [first]
    for index in range(start + 1, min(start + _MAX_UNITS, len(units))):
        cost = _JOINING_COSTS[units[index].boundary]
        if units[index].boundary == "semicolon" and _is_parted_inside(units, index):
            cost = -_PARTED_GAIN
        joined.append(join_evidence(joined[-1], evidence_by_unit[index], cost))
    return joined


def _is_parted_inside(units: Sequence[Unit], index: int) -> bool:
    """Return whether a semicolon stands between authors or pages of one reference."""
    left, right = units[index - 1].content.folded, units[index].content.folded
    is_title = right.lstrip()[:1].islower() and any(
        _PATTERNS["author-with-initials"].search(unit.content.folded.strip())
        for unit in units[max(index - 2, 0) : index]
    )
    return bool(
        is_title
        or _PATTERNS["names-only"].match(left)
        or _PATTERNS["reference-fragment"].match(right)
        or _PATTERNS["publisher-after-semicolon"].match(right)
    )


def _find_unit_evidence(content: MaskedText) -> Evidence:
    stripped = _strip_signal(content)
    evidence = find_evidence(stripped)
    is_sentence = bool(evidence.prose) or bool(_PATTERNS["quotation"].match(stripped.masked))
    if is_sentence and any(True for _ in _find_in_parentheses(content.text)):
        return Evidence({}, evidence.prose)
    return evidence


def _strip_signal(content: MaskedText) -> MaskedText:
    leading = len(content.text) - len(content.text.lstrip())
    joining = _JOINING_WORD.search(content.folded.rstrip(" ,;、"))
    end = joining.start() if joining and joining.start() else len(content.folded)
    match = _PATTERNS["introductory-signal"].match(content.folded, leading, end)
    return content.cut(match.end() if match else leading, end)


def _build_segment(text: str, *, is_reference: bool) -> Segment:
    if is_reference:
        return Segment(strip_introductory_signal(text.strip()), is_reference=True)
    return Segment(text.strip(), is_reference=False, inner_references=_find_inner_references(text))


def _find_inner_references(text: str) -> tuple[str, ...]:
    """Return the references in the parentheses of a sentence, and the addresses in it."""
    references = tuple(_find_in_parentheses(text))
    cited_text = "".join(references)
    return (*references, *(url for url in extract_urls(text) if url not in cited_text))


def _find_in_parentheses(text: str) -> Iterator[str]:
    for match in _PARENTHESIS.finditer(text):
        content = strip_introductory_signal(match[1])
        evidence = find_evidence(content)
        is_imprint = not evidence.weights.keys() & _NAMING
        if evidence.score > _LEAST_INNER_SCORE and not is_imprint:
            yield content


def strip_introductory_signal(clause: str) -> str:
    """Return a clause without words such as 詳見 or *See also* before a reference.

    Args:
        clause: A clause of a note.
    """
    match = _PATTERNS["introductory-signal"].match(fold_widths(clause))
    return clause[match.end() :].lstrip() if match else clause


def parse_source(reference: str) -> Source:
    """Return the source that a reference is, without the punctuation that ends its sentence.

    Args:
        reference: A reference without an introductory signal.
    """
    return Source(_strip_final_punctuation(reference), extract_urls(reference))


def is_citation(clause: str) -> bool:
    """Return whether a clause is a reference.

    Args:
        clause: Without an introductory signal.
    """
    return find_evidence(mask(clause)).score > 0


def extract_urls(text: str) -> tuple[str, ...]:
    """Return the http and https addresses in a text, without the punctuation after them.

    Args:
        text: A note or a part of one.
    """
    urls = []
    for match in _URL.finditer(text):
        url = match[0].rstrip(".,;:!?'*")
        while url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1].rstrip(".,;:!?'*")
        urls.append(url)
    return tuple(urls)


def _strip_final_punctuation(reference: str) -> str:
    text = reference.strip().rstrip("。．；;，,、 ")
    if text.endswith(".") and not re.search(r"\b[A-Z]\.$", text[-3:]):
        text = text[:-1]
    return _JOINING_WORD.sub("", text)
