"""A question word by word in the other language, to be compared with passages token by token.

No translation that anyone would read: each word becomes one that the dictionary or the library's
own glossary has for it and that the library's texts use. Set beside the question itself, its tokens
rank passages of the other language much better than those alone, for tokens of one language find
each other more surely than across.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from index.text.dictionary import LONGEST_WORD, Lexicon, Translation, Translations, segments
from index.text.scripts import Language, fold
from index.text.terms import words
from rag.query.glossary import Meant
from rag.query.translation import IDLE, signs

_LONGEST_PHRASE = 4  # English words
_SIGN = 2  # ranks that a single sign is behind a word of several: it says too many things

_ENGLISH = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")
_CHINESE = re.compile(r"(?P<han>[\u3400-\u9fff\U00020000-\U0003ffff]+)|[^\W_]+")
_INTO_CHINESE = {
    "who": "谁", "whom": "谁", "whose": "谁的", "when": "何时", "where": "哪里", "why": "为什么",
    "which": "哪个", "what": "什么", "how": "如何", "how many": "多少", "how much": "多少",
    "how long": "多久",
}  # fmt: skip
_INTO_ENGLISH = {
    "谁": "who", "何人": "who", "哪位": "who", "何时": "when", "什么时候": "when", "哪里": "where",
    "何地": "where", "为什么": "why", "为何": "why", "多少": "how many", "几": "how many",
    "哪个": "which", "哪些": "which", "哪": "which", "什么": "what", "如何": "how", "怎么": "how",
    "怎样": "how", "多久": "how long",
}  # fmt: skip


class Rarity(NamedTuple):
    """How rare terms are in a library.

    Attributes:
        of: What a term weighs.
        most: What one weighs that no text has.
    """

    of: Callable[[str], float]
    most: float


def worded(
    question: str, language: Language, lexicon: Lexicon, meant: Sequence[Meant], rarity: Rarity
) -> str:
    """The question in the words of the other language, in the order of its own.

    Names and whatever the dictionary does not know stay as they are; words without a meaning of
    their own are left out.

    Args:
        question: As asked.
        language: What it is in.
        lexicon: The dictionary.
        meant: What the library's glossary says of the question.
        rarity: Of terms in the library.
    """
    glossed = {each.folded: each for each in meant} | {" ".join(m.terms): m for m in meant}
    if language == "en":
        return "".join(_into_chinese(question, lexicon.chinese, glossed, rarity))
    return " ".join(_into_english(question, lexicon.english, glossed, rarity))


def _into_chinese(
    question: str,
    chinese: Callable[[list[str]], Translations],
    glossed: dict[str, Meant],
    rarity: Rarity,
) -> Iterator[str]:
    said = _ENGLISH.findall(question)
    stems = [words(word) for word in said]
    spans = {
        (at, end): " ".join(term for own in stems[at:end] for term in own)
        for at in range(len(said))
        for end in range(at + 1, min(at + _LONGEST_PHRASE, len(said)) + 1)
        if stems[at] and stems[end - 1]
    }
    known = chinese(list(dict.fromkeys(spans.values())))
    at = 0
    while at < len(said):
        for end in range(min(at + _LONGEST_PHRASE, len(said)), at, -1):
            asked = _INTO_CHINESE.get(" ".join(said[at:end]).lower())
            found = asked or _chosen(spans.get((at, end), ""), known, glossed, rarity)
            if found:
                yield found
                at = end
                break
        else:
            if stems[at]:
                yield said[at]
            at += 1


def _into_english(
    question: str,
    english: Callable[[list[str]], Translations],
    glossed: dict[str, Meant],
    rarity: Rarity,
) -> Iterator[str]:
    for run in _CHINESE.finditer(fold(question)):
        if not run["han"]:
            yield run[0]
            continue
        parts = {
            run[0][at:end]
            for at in range(len(run[0]))
            for end in range(at + 1, min(at + LONGEST_WORD, len(run[0])) + 1)
        }
        known = english(list(parts))
        for word in segments(run[0], known.keys() | IDLE | glossed.keys() | _INTO_ENGLISH.keys()):
            found = _INTO_ENGLISH.get(word)
            if found is None and word not in IDLE:
                found = _chosen(word, known, glossed, rarity)
            if found:
                yield found.removeprefix("to ")


def _chosen(
    word: str, known: Translations, glossed: dict[str, Meant], rarity: Rarity
) -> str | None:
    """What the library says for a word; None where it says nothing that stands for it."""
    for way in glossed[word].ways if word in glossed else ():
        if way.terms[0].isascii() != word.isascii():
            return _printed(way.terms)
    weighed = [(_rarest(each, rarity), each) for each in known.get(word, ())]
    held = [(weight, each) for weight, each in weighed if weight < rarity.most]
    if not held:
        return None
    return min(held, key=lambda pair: (_rank(pair[1]), pair[0]))[1].text


def _rank(translation: Translation) -> int:
    single = len(translation.text) == 1
    return translation.rank + (_SIGN if single else 0)


def _rarest(translation: Translation, rarity: Rarity) -> float:
    """What its rarest term weighs."""
    (first, *_) = translation.terms
    return max(map(rarity.of, translation.terms if first.isascii() else signs(first)))


def _printed(terms: tuple[str, ...]) -> str:
    """A form of the glossary as text: pairs of signs overlap, words do not."""
    if terms[0].isascii():
        return " ".join(terms)
    return terms[0] + "".join(term[-1] for term in terms[1:])
