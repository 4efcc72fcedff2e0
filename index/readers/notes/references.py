"""References in the text of a note: where one ends, what it is told by, its addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from index.document import Source

_URL = re.compile(r"https?://[^\s<>〈〉《》「」『』，。；、！？（）“”\"]+", re.IGNORECASE)
_PAIRS = dict(zip("「『（(《〈“[【<", "」』）)》〉”]】>", strict=True))
_OPENERS = {close: open_ for open_, close in _PAIRS.items()}
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[“\"'*,.])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|Gen|Col|Capt|Sen|Rep|Gov|St|Jr|Sr|Nos?|Vols?|"
    r"vols?|nos?|pp?|eds?|trans|vs|v|cf|Cf|al|ch|chap|sec|fig|Fig|ca|op|loc|cit|Ibid|ibid|Id|id|"
    r"Inc|Co|Ltd|rev|nn?|e\.g|i\.e)\*?\.\*?$"
)

# What a reference has: a title set off by signs, and at its end the place where it is found.
_TITLE = re.compile(r"〈[^〉]+〉|《[^》]+》|“[^”]+”|\"[^\"]+\"|\*[^*]+\*|<(?!http)[^>]+>")
_LOCATOR = re.compile(
    r"(?:(?:1[5-9]|20)\d\d|[〇○零一二三四五六七八九]{4}\s?年|[\d０-９一二三四五六七八九十]\s?[年月日頁期卷號版]|"
    r"頁\s?[\d０-９][\d０-９\s\-–—、,，~至]*|\bpp?\.\s?[\divxl][\divxl\s\-–—,]*|"
    r"\b(?:Vol\.|No\.|art\.|Art\.)\s?[\dIVXLC]+|[:,]\s?\d[\d\-–]*|"
    r"[（(][^（()）]*(?:(?:1[5-9]|20)\d\d|[檢瀏存]|accessed)[^（()）]*[)）])\*?$"
)
_PAGE_AT_END = re.compile(r"(?:頁\s?\d[\d\s\-–—、,，]*|\bpp?\.\s?\d[\d\s\-–—,]*)$")
_LEAD = re.compile(
    r"(?:(?:詳見|詳參|詳閱|參見|參閱|參考|參照|請見|請參見|請參閱|請參考|另見|另參見|另請見|另可參見|見|"
    r"轉引自|引自|资料来源|資料來源|详见|参见|参阅|见|另见)\s?[：:，,]?\s?|"
    r"(?:See|see|Cf\.|cf\.|Quoted in|quoted in|Cited in)(?: also)?(?:,? e\.g\.)?,? )"
)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a note's paragraph; none ends inside brackets or quotation marks."""
    return _parted(text, _sentence_ends)


def pieces(sentence: str) -> Iterator[str]:
    """The parts of a sentence that semicolons part."""
    return _parted(sentence, _semicolons)


def without_lead(piece: str) -> str:
    """A piece without words such as 詳見 or *See also* before what they lead to."""
    match = _LEAD.match(piece)
    return piece[match.end() :] if match else piece


def source(piece: str) -> Source:
    """The source that a piece is, without the sign that ends its sentence."""
    return Source(_trimmed(piece), addresses(piece))


def is_citation(piece: str) -> bool:
    """Whether a piece of a note is a reference.

    A reference has an address, or a title and, at its end, the date or page where it is found.
    """
    if _URL.search(piece):
        return True
    end = piece.rstrip("。.；;，, ")
    tail = end[-160:]
    if _TITLE.search(piece) and _LOCATOR.search(tail):
        return True
    return piece.count(",") + piece.count("，") >= 2 and bool(_PAGE_AT_END.search(tail))


def addresses(text: str) -> tuple[str, ...]:
    """The http and https addresses in a text, in order, without the signs that end a sentence."""
    found = []
    for match in _URL.finditer(text):
        url = match[0].rstrip(".,;:!?'*")
        while url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1].rstrip(".,;:!?'*")
        found.append(url)
    return tuple(found)


def _trimmed(source: str) -> str:
    """A reference without the sign that ends its sentence."""
    text = source.strip().rstrip("。；;， ")
    if text.endswith(".") and not re.search(r"\b[A-Z]\.$", text[-3:]):
        text = text[:-1]
    return text


_Ends = Callable[[str, Sequence[bool]], Iterator[int]]


def _parted(text: str, ends: _Ends) -> Iterator[str]:
    """The parts of a text between the places that `ends` names, brackets never cut."""
    start = 0
    for end in ends(text, _depths(text)):
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]


def _depths(text: str) -> list[bool]:
    """For each character whether it stands inside brackets or quotation marks that close."""
    inside = [False] * (len(text) + 1)
    changes = [0] * (len(text) + 1)
    stack: list[tuple[str, int]] = []
    for index, char in enumerate(text):
        if char == '"':
            opened = next((one for one in reversed(stack[-2:]) if one[0] == '"'), None)
            if opened:
                while stack.pop() != opened:
                    pass
                changes[opened[1]] += 1
                changes[index] -= 1
            else:
                stack.append((char, index))
        elif char in _PAIRS:
            stack.append((char, index))
        elif char in _OPENERS:
            wanted = _OPENERS[char]
            found = next((one for one in reversed(stack[-4:]) if one[0] == wanted), None)
            if found:
                while stack.pop() != found:
                    pass
                changes[found[1]] += 1
                changes[index] -= 1
    depth = 0
    for index, change in enumerate(changes):
        depth += change
        inside[index] = depth > 0
    return inside


def _semicolons(text: str, inside: Sequence[bool]) -> Iterator[int]:
    for match in re.finditer(r"；|;(?=\s)", text):
        if not inside[match.start()]:
            yield match.end()


def _sentence_ends(text: str, inside: Sequence[bool]) -> Iterator[int]:
    for match in re.finditer(r"[。！？]|[.!?](?=\s+[A-Z〈《“\"*<\u3400-\u9fff])", text):
        at = match.start()
        if inside[at]:
            continue
        if match[0] == "." and _ABBREVIATION.search(text[max(0, at - 12) : at + 1]):
            continue
        yield match.end()
