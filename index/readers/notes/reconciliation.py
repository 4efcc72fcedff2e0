"""Decide between the references that labels of tokens find in a note and those that signs find.

Labels are trusted to say where a reference of which there are signs begins and ends. Where there
is none by the signs, a reference by the labels alone has to have more of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from index.readers.notes.back_references import is_locator, parse_author_and_pages
from index.readers.notes.evidence import COMPLETE, find_evidence
from index.readers.notes.labelling import Span
from index.readers.notes.masking import MaskedText
from index.readers.notes.units import split_units
from index.text.characters import BASIC_HAN
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers.notes")
_PLACING = frozenset(("pages", "page", "part", "year", "date"))
_MARKED_TITLES = frozenset(("title-in-brackets", "title-italic", "title-quoted", "address"))
_TITLES = _MARKED_TITLES | {"title-in-capitals"}
_HAN_SIGNS = COMPLETE | {"author-before-title", "official-title"}
_LEAST_SCORE = 3.0  # of signs, less the words of prose
_LEAST_SCORE_WITHIN = 0.0  # the same, of a part of what the signs found
_HAN = re.compile(f"[{BASIC_HAN}]{{2}}")
_NO_REFERENCE = re.compile(
    rf"\b(?:[Ii]bid\b|[Ii]d\.)|^[IVXL]+[.,]|:\s?[{BASIC_HAN}]{{10,}}$|\d\d (?:BC|AD|CE)$"
)
_JOINING = re.compile(r"[\w;；]")
_LATIN = re.compile(rf"[^\W\d_a-z][^{BASIC_HAN}]*")
_SEPARATE = re.compile(r"\d\s?[条项号页期卷判호쪽조]")


def reconcile_spans(
    content: MaskedText,
    labelled: Sequence[Span],
    chosen: Sequence[Span],
    sentence_starts: Iterable[int],
) -> list[Span]:
    """Return where the references of a text are, in order.

    Args:
        content: The text.
        labelled: Where they are by the labels of its tokens.
        chosen: Where they are by their signs.
        sentence_starts: Where sentences begin.
    """
    kept = [
        span
        for span in labelled
        if span in chosen or _is_plausible(content, span, chosen, sentence_starts)
    ]
    rejected = [span for span in labelled if span not in kept]
    restored = [
        span
        for span in chosen
        if _overlapping(span, rejected)
        or (not _overlapping(span, kept) and "http" in content.text[slice(*span)])
    ]
    return sorted([*(span for span in kept if not _overlapping(span, restored)), *restored])


def _is_plausible(
    content: MaskedText, span: Span, chosen: Sequence[Span], sentence_starts: Iterable[int]
) -> bool:
    others = _overlapping(span, chosen)
    if not others:
        part = content.cut(*span)
        is_complete = not _HAN.search(part.folded) or bool(_SEPARATE.search(part.folded))
        is_complete = is_complete or bool(find_evidence(part).weights.keys() & _HAN_SIGNS)
        is_bounded = is_complete and _may_begin(content, span[0])
        least = _LEAST_SCORE
    else:
        first, last = others[0][0], others[-1][1]
        left, right = content.cut(span[0], first), content.cut(last, span[1])
        is_bounded = not (find_evidence(left).prose or find_evidence(right).prose) and (
            span[0] >= first or _may_begin(content, span[0])
        )
        least = _LEAST_SCORE_WITHIN if first <= span[0] and span[1] <= last else _LEAST_SCORE
    return (
        is_bounded
        and not any(_JOINING.search(content.text[a[1] : b[0]]) for a, b in pairwise(others))
        and _may_end(content, span, sentence_starts)
        and _has_signs(content, span, least)
    )


def _overlapping(span: Span, others: Iterable[Span]) -> list[Span]:
    return [other for other in others if other[0] < span[1] and span[0] < other[1]]


def _may_begin(content: MaskedText, start: int) -> bool:
    """Return whether a reference may begin at a place: not inside a run of Han, but for names."""
    is_inside = _HAN.fullmatch(content.folded[max(start - 1, 0) : start + 1])
    return not is_inside or bool(_PATTERNS["person-name"].match(content.folded, start))


def _may_end(content: MaskedText, span: Span, sentence_starts: Iterable[int]) -> bool:
    """Return whether the last sentence of a text that is labelled as a reference has any sign."""
    last = max((start for start in sentence_starts if span[0] < start < span[1]), default=None)
    if last is None:
        return True
    ending = content.cut(last, span[1])
    names = find_evidence(ending).weights.keys()
    has_number = any(map(str.isdigit, ending.folded))
    if _HAN.search(ending.folded):
        return has_number and bool(names & _HAN_SIGNS)
    return has_number or bool(names)


def _has_signs(content: MaskedText, span: Span, least: float) -> bool:
    """Return whether a text that is labelled as a reference has signs of one.

    Pages alone are none, nor is an author with pages, which repeats a work; and it does not begin
    with a sentence of prose. What is all of a text needs no more than a number.
    """
    part = content.cut(*span)
    evidence = find_evidence(part)
    names = evidence.weights.keys()
    if _NO_REFERENCE.search(part.folded) or (not names & _TITLES and _repeats_work(part)):
        return False
    first = find_evidence(next(split_units(part.text)).content)
    score = min(sum(item.weights.values()) - item.prose for item in (evidence, first))
    has_number = any(map(str.isdigit, part.folded))
    if names - _PLACING and score >= least and (has_number or names & _MARKED_TITLES):
        return True
    is_numbered = has_number and bool(names and _LATIN.fullmatch(part.folded))
    is_numbered = is_numbered or bool(_SEPARATE.search(part.folded))
    return is_numbered and score >= 0 and not evidence.prose and _is_alone(content, span)


def _repeats_work(content: MaskedText) -> bool:
    return is_locator(content) or parse_author_and_pages(content) is not None


def _is_alone(content: MaskedText, span: Span) -> bool:
    """Return whether a span is nearly all of a text."""
    rest = content.text[: span[0]] + content.text[span[1] :]
    return len(rest.strip(" ,.;:，。；：、()（）")) < (span[1] - span[0]) / 4
