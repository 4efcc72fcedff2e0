"""Find the references to sources in the text of a note."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from index.document import Source
from index.text.characters import BASIC_HAN, REFERENCE_BRACKETS
from index.text.patterns import load_patterns
from index.text.word_lists import abbreviation_expression

_URL = re.compile(r"https?://[^\s<>〈〉《》「」『』，。；、！？（）“”\"]+", re.IGNORECASE)
_OPENING_BRACKETS = {right: left for left, right in REFERENCE_BRACKETS.items()}
_ABBREVIATION = re.compile(
    rf"(?:^|[\s(\[“\"'*,.])(?:[A-Z]|{abbreviation_expression('note')})\*?\.\*?$"
)

# A reference has a title within brackets or quotation marks, and at its end a date or a page.
_TITLE = re.compile(r"〈[^〉]+〉|《[^》]+》|“[^”]+”|\"[^\"]+\"|\*[^*]+\*|<(?!http)[^>]+>")
_LOCATOR = re.compile(
    r"(?:(?:1[5-9]|20)\d\d|[:,]\s?\d[\d\-–]*|[（(][^（()）]*(?:1[5-9]|20)\d\d[^（()）]*[)）])\*?$"
)
_PATTERNS = load_patterns("index.readers")


def split_note_sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a note's paragraph; none ends inside brackets or quotation marks.

    Args:
        text: The paragraph.
    """
    return _split_at_boundaries(text, _find_sentence_ends)


def split_clauses(sentence: str) -> Iterator[str]:
    """Yield the parts of a sentence between semicolons.

    Args:
        sentence: A sentence of a note.
    """
    return _split_at_boundaries(sentence, _find_semicolons)


def strip_introductory_signal(clause: str) -> str:
    """Return a clause without words such as 詳見 or *See also* before a reference.

    Args:
        clause: A clause of a note.
    """
    match = _PATTERNS["introductory-signal"].match(clause)
    return clause[match.end() :] if match else clause


def parse_source(clause: str) -> Source:
    """Return the source that a clause is, without the punctuation that ends its sentence.

    Args:
        clause: One for which `is_citation` is true.
    """
    return Source(_strip_final_punctuation(clause), extract_urls(clause))


def is_citation(clause: str) -> bool:
    """Return whether a clause is a reference.

    A reference has an address, or a title and, at its end, a date or page.

    Args:
        clause: Without an introductory signal.
    """
    if _URL.search(clause):
        return True
    tail = clause.rstrip("。.；;，, ")[-160:]
    if _TITLE.search(clause) and (_LOCATOR.search(tail) or _PATTERNS["locator"].search(tail)):
        return True
    comma_count = clause.count(",") + clause.count("，")
    return comma_count >= 2 and bool(_PATTERNS["final-page"].search(tail))


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
    text = reference.strip().rstrip("。；;， ")
    if text.endswith(".") and not re.search(r"\b[A-Z]\.$", text[-3:]):
        text = text[:-1]
    return text


_BoundaryFinder = Callable[[str, Sequence[bool]], Iterator[int]]


def _split_at_boundaries(text: str, find_boundaries: _BoundaryFinder) -> Iterator[str]:
    """Yield the parts of a text between boundaries, which depend on a mask of brackets."""
    start = 0
    for end in find_boundaries(text, _compute_bracket_mask(text)):
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]


def _compute_bracket_mask(text: str) -> list[bool]:
    """Return for each character whether it stands inside brackets or quotation marks that close.

    A closing bracket closes one of the last four open ones, so that stray ones do little harm.
    """
    depth_changes = [0] * (len(text) + 1)
    stack: list[tuple[str, int]] = []
    for index, char in enumerate(text):
        opening_index = None
        if char == '"':
            opening_index = _close(char, stack, 2)
        elif char in _OPENING_BRACKETS:
            opening_index = _close(_OPENING_BRACKETS[char], stack, 4)
        if opening_index is not None:
            depth_changes[opening_index] += 1
            depth_changes[index] -= 1
        elif char == '"' or char in REFERENCE_BRACKETS:
            stack.append((char, index))
    return [depth > 0 for depth in accumulate(depth_changes)]


def _close(bracket: str, stack: list[tuple[str, int]], reach: int) -> int | None:
    """Take an opening bracket and all after it from the stack; return where it stands, if it is."""
    for position in range(len(stack) - 1, max(len(stack) - reach, 0) - 1, -1):
        if stack[position][0] == bracket:
            opening_index = stack[position][1]
            del stack[position:]
            return opening_index
    return None


def _find_semicolons(text: str, is_bracketed: Sequence[bool]) -> Iterator[int]:
    for match in re.finditer(r"；|;(?=\s)", text):
        if not is_bracketed[match.start()]:
            yield match.end()


def _find_sentence_ends(text: str, is_bracketed: Sequence[bool]) -> Iterator[int]:
    for match in re.finditer(rf"[。！？]|[.!?](?=\s+[A-Z〈《“\"*<{BASIC_HAN}])", text):
        position = match.start()
        if is_bracketed[position]:
            continue
        if match[0] == "." and _ABBREVIATION.search(text[max(0, position - 12) : position + 1]):
            continue
        yield match.end()
