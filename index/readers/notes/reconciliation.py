"""Decide between the references that labels of tokens find in a note and those that signs find.

Labels are trusted to say where a reference of which there are signs begins and ends. Where there
is none by the signs, a reference by the labels alone has to have more of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from index.readers.notes.back_references import is_locator, parse_author_and_pages
from index.readers.notes.evidence import COMPLETE, find_evidence
from index.readers.notes.labelling import Span
from index.readers.notes.masking import MaskedText
from index.readers.notes.units import split_units
from index.text.characters import BASIC_HAN, CAPITAL_LETTERS
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers.notes")
_PLACING = frozenset(("pages", "page", "part", "year", "date"))
_MARKED_TITLES = frozenset(("title-in-brackets", "title-italic", "title-quoted", "address"))
_TITLES = _MARKED_TITLES | {"title-in-capitals"}
_HAN_SIGNS = COMPLETE | {"author-before-title", "official-title"}
_LEAST_SCORE = 3.0  # of signs, less the words of prose
_LEAST_SCORE_WITHIN = 0.0  # the same, of a part of what the signs found
_LEAST_GAIN = 9.0  # of labels without signs; set by hand on notes that were left out of the fit
_MAX_PROSE = 4.0
_SHORT = 4  # characters
_MAX_LEFT = 24  # characters that such labels may add before what the signs found
_HAN = re.compile(f"[{BASIC_HAN}]{{2}}")
_BEFORE_REFERENCE = frozenset("见参看据阅引如于自在由按以对即载详了括")
_BETWEEN_REFERENCES = re.compile(r"[页号条款项卷期版年章节》〉」』)\d][及与和或同]$")
_LAST_HAN = frozenset("页号条款项卷期版年月日章节书文案释叶表本刊报")
_NUMBER = re.compile(r"\d|[一二三四五六七八九十元][年月日卷条页叶]|n\.d\b")
_ITEM_NUMBER = re.compile(r"\(\d{1,2}\)")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)|n\.d\b")
_NO_BEGINNING = frozenset("看见阅照考")
_NO_REFERENCE = re.compile(
    rf"^(?:[Ss]ec(?:tion|\.)|[Cc]h(?:apter|ap\.|\.)|[Pp]ara(?:graph|\.)|[Ff]ig(?:ure|\.)|[Tt]able)\s|"
    rf"\b(?:[Ii]bid\b|[Ii]d\.)|^ISBN\b|^[IVXL]{{2,}}[.,]|:\s?[{BASIC_HAN}]{{10,}}$"
    r"|\d\d (?:BC|AD|CE)$|^[A-Z][a-z]+, [“\"][a-z]"
)
_PARTING = " ,.;、。("
_QUOTED_SENTENCE = re.compile(r"[“\"][a-z\[][^”\"]{0,400}[”\"][.,]?\s")
_BEFORE_ADDRESS = re.compile(r"[^\d“”\"*《<]{1,40}?(?=https?://)")
_HAN_CHARACTER = re.compile(f"[{BASIC_HAN}]")
_SENTENCE_END = re.compile(r"[。!?]|[.]\s")
_BEFORE_NUMBERS = "页第卷册期号"
_REST_OF_NUMBERS = re.compile(r"[\d〇零一二三四五六七八九十百廿卅至~–—\-、,. ]+[上中下]?[。.]?")
_AUTHOR = re.compile(  # whose name has parentheses
    rf"(?:[{BASIC_HAN}·]{{2,8}}\s?\([A-Z][^()]{{2,40}}\)|\([{BASIC_HAN}]{{1,3}}\)\s?[{BASIC_HAN}·]{{2,8}})"
    r"(?:著|撰|编|主编)?[,:]\s?"
)
_SURNAME = re.compile(rf"[{CAPITAL_LETTERS}][\w’'-]{{1,30}},? ")
_INITIALS = re.compile(rf"[{CAPITAL_LETTERS}]{{1,3}}[.,]")
_DOCUMENT_TYPE = re.compile(r"\[[A-Z]{1,2}(?:/[A-Z]{2})?\]")
_EXPLAINING_PARENTHESES = re.compile(r"\s?\([a-z]+ing\b[^()]{1,300}\)")
_QUESTION_END = re.compile(r"[!?]\s*$")
_REST_OF_SENTENCE = re.compile(
    r"(?!(?:van|von|de[rnl]?|d[iau]|l[ae]|el|al|ibn|bint?|ter|ten|zu)\b)[a-z][^.!?]{1,200}[.!?]\s"
)
_NEXT_SENTENCE = re.compile(r"[.。]\s+\S")
_HAN_SENTENCE_END = re.compile(f"[{BASIC_HAN}][。!?](?=.)")
_SENTENCE = 6  # characters
_JOINING = re.compile(r"[\w;；]")
_LATIN = re.compile(rf"[^\W\d_a-z][^{BASIC_HAN}]*")
_SEPARATE = re.compile(r"\d\s?[条项号页期卷判호쪽조]")


def reconcile_spans(
    content: MaskedText,
    labelled: Mapping[Span, float],
    chosen: Sequence[Span],
    sentence_starts: Iterable[int],
) -> list[Span]:
    """Return where the references of a text are, in order.

    Args:
        content: The text.
        labelled: Where they are by the labels of its tokens, with what speaks for each.
        chosen: Where they are by their signs.
        sentence_starts: Where sentences begin.
    """
    parts = {part: gain for span, gain in labelled.items() for part in _cut(content, span, chosen)}
    kept = [
        span
        for span, gain in parts.items()
        if span in chosen
        or (
            not _adds_sentence(content, span, chosen)
            and (
                _is_plausible(content, span, chosen, sentence_starts)
                or (gain >= _LEAST_GAIN and _is_likely(content, span, chosen))
            )
        )
    ]
    rejected = [span for span in parts if span not in kept]
    completed = _join_addresses(content, [_complete(content, span, chosen) for span in kept])
    lost = [
        span
        for span in chosen
        if not _overlapping(span, completed) and _overlapping(span, [*labelled])
    ]
    return _restore(content, completed, [*rejected, *lost], chosen)


def _restore(
    content: MaskedText, kept: Sequence[Span], rejected: Sequence[Span], chosen: Sequence[Span]
) -> list[Span]:
    """Return the spans that are kept, and the chosen ones in whose place others were rejected."""
    restored = [
        span
        for span in chosen
        if _overlapping(span, rejected)
        or (not _overlapping(span, kept) and "http" in content.text[slice(*span)])
    ]
    return sorted([*(span for span in kept if not _overlapping(span, restored)), *restored])


def _complete(content: MaskedText, span: Span, chosen: Sequence[Span]) -> Span:
    """Return a span with the author before it and up to where a chosen one ends, if little is left.

    That is few characters or what a judgment holds in parentheses, where both begin together, or
    the numbers of pages.
    """
    for start, end in chosen:
        if start < span[0] < end and _is_cut_before(content, start, span[0]):
            span = start, span[1]
        rest = content.folded[span[1] : end]
        is_rest = 0 < len(rest) <= _SHORT or _EXPLAINING_PARENTHESES.fullmatch(rest)
        if start == span[0] and is_rest:
            return start, end
        is_cut = start <= span[0] and content.folded[span[1] - 1] in _BEFORE_NUMBERS
        if is_cut and _REST_OF_NUMBERS.fullmatch(rest):
            return span[0], end
    return span


def _is_cut_before(content: MaskedText, start: int, position: int) -> bool:
    """Return whether a text from a start to a position is the rest of a reference's beginning.

    It is the author's name, or all that stands before the type of a document.
    """
    before, folded = content.folded[start:position], content.folded
    return bool(
        _AUTHOR.fullmatch(before)
        or (_SURNAME.fullmatch(before) and _INITIALS.match(folded, position))
        or _DOCUMENT_TYPE.match(folded, position)
    )


def _join_addresses(content: MaskedText, spans: Sequence[Span]) -> list[Span]:
    """Return spans, each joined with the address of the same work that follows it."""
    joined: list[Span] = []
    for span in spans:
        previous = joined[-1] if joined else None
        if (
            previous is not None
            and content.text.startswith("http", span[0])
            and "http" not in content.text[slice(*previous)]
            and _PATTERNS["before-address"].fullmatch(content.folded[previous[1] : span[0]])
        ):
            joined[-1] = previous[0], span[1]
        else:
            joined.append(span)
    return joined


def _cut(content: MaskedText, span: Span, chosen: Sequence[Span]) -> Iterator[Span]:
    """Yield the parts of a span: none leaves the brackets that it begins in or has a signal."""
    start, end = span if span in chosen else _trim(content, *span)
    for match in _PATTERNS["signal-within"].finditer(content.masked, start, end):
        before = content.masked[start : match.start()]
        if match.start() > start and not _count_open(before) and match.end() < end:
            yield start, start + len(before.rstrip(_PARTING))
            start = match.end()
    yield start, end


def _trim(content: MaskedText, start: int, end: int) -> Span:
    """Return a span without a sentence that it quotes before, and within its brackets."""
    start, end = _stay_in_brackets(content.masked, start, end)
    for pattern in (_QUOTED_SENTENCE, _BEFORE_ADDRESS):
        if opening := pattern.match(content.folded, start, end):
            start = opening.end()
    is_closed = content.folded[end - 1] == ")" and _count_open(content.folded[start:end]) < 0
    return start, end - is_closed


def _stay_in_brackets(masked: str, start: int, end: int) -> Span:
    """Return the longer part of a span that leaves the brackets that it begins in."""
    if _count_open(masked[:start]) <= 0:
        return start, end
    depth = 0
    for index in range(start, end):
        depth += (masked[index] in "([") - (masked[index] in ")]")
        if depth < 0:
            rest = masked[index + 1 : end]
            opening = max(rest.rfind("("), rest.rfind("[")) if _count_open(rest) > 0 else -1
            following = rest[opening + 1 :].lstrip(_PARTING + "!?)]")
            return (end - len(following), end) if len(following) > index - start else (start, index)
    return start, end


def _count_open(text: str) -> int:
    return sum(map(text.count, "([")) - sum(map(text.count, ")]"))


def _adds_sentence(content: MaskedText, span: Span, chosen: Sequence[Span]) -> bool:
    """Return whether a span has a sentence besides what the signs found in it."""
    others = _overlapping(span, chosen)
    if not others:
        return False
    left, right = content.folded[span[0] : others[0][0]], content.folded[others[-1][1] : span[1]]
    after = content.cut(others[-1][1], span[1])
    if _NEXT_SENTENCE.match(right) and not find_evidence(after).weights:
        return True
    return bool(_QUESTION_END.search(left) or _REST_OF_SENTENCE.match(left)) or any(
        len(_HAN_CHARACTER.findall(part)) >= _SENTENCE and _SENTENCE_END.search(part)
        for part in (left, right)
    )


def _is_likely(content: MaskedText, span: Span, chosen: Sequence[Span]) -> bool:
    """Return whether a text that the labels are sure of may be a reference at all."""
    start, end = span
    part, folded = content.cut(start, end), content.folded
    begins = (
        _may_begin(content, start)
        or folded[start - 1] in _BEFORE_REFERENCE
        or bool(_BETWEEN_REFERENCES.search(folded, max(start - 2, 0), start))
    )
    ends = not _HAN.fullmatch(folded[end - 1 : end + 1]) or folded[end - 1] in _LAST_HAN
    left = folded[start : min((other[0] for other in _overlapping(span, chosen)), default=start)]
    return (
        begins
        and ends
        and (len(left) <= _MAX_LEFT and "。" not in left)
        and folded[start] not in _NO_BEGINNING
        and _has_some_sign(part)
    )


def _has_some_sign(part: MaskedText) -> bool:
    """Return whether a text has a number, a sign of a reference and little prose."""
    evidence = find_evidence(part)
    names = evidence.weights.keys()
    is_complete = not _HAN.search(part.folded) or bool(_SEPARATE.search(part.folded))
    return (
        evidence.prose <= _MAX_PROSE
        and (is_complete or bool(names & (_HAN_SIGNS | _MARKED_TITLES)))
        and bool(_NUMBER.search(_ITEM_NUMBER.sub("", part.folded)))
        and not _HAN_SENTENCE_END.search(part.masked)
        and bool(names - {"address"})
        and not _NO_REFERENCE.search(part.folded)
        and not (_repeats_work(part) and not _YEAR.search(part.folded))
    )


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
