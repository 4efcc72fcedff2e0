"""Chinese ↔ English: the words of a question as a text in the other language may have them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from index.text.dictionary import LONGEST_WORD, Lexicon, Translations, segments
from index.text.numbers import COUNTED, spell
from index.text.scripts import Language, fold
from index.text.terms import words
from rag.query.glossary import Meant
from rag.query.terms import Clue, Way

_RANK = 0.25  # how much less each further translation of a word counts: 1 / (1 + 0.25 rank)
_SIGN = 0.35  # what a single Chinese sign counts, against a word of two or more
_PART = 0.5  # what the translation of a part of a word counts, times its share of the word
_PHRASE = 1.2  # what the translation of several English words together counts
_STANDS_FOR = 0.7  # what another form counts in the same language, against the one asked for
_LONGEST_PHRASE = 4  # English words
_MOST_WAYS = 24  # for one clue

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_NUMBER = re.compile(rf"第?\d[\d.年月]*[{COUNTED}]?")  # what `_shared` gives, with what it counts
_SHARED = re.compile(r"[a-z\d]")
IDLE = frozenset(
    "什么 哪 哪个 哪些 哪里 哪位 哪一 谁 何 何时 何地 多少 几 为何 "
    "怎么 怎样 如何 为什么 是 的 了 在 和 与 及 或 被 把 由 有 以 "
    "对 于 从 到 这 那 其 他 她 它 们 吗 呢 之 个 位 而 也 都 就 "
    "会 可 能 要 将 里 时候 因为 所 叫做 什么时候 多 种 某 来 去 说 "
    "请 请问 做 用 最 第 等 是否 有没有 有什么 还 又 关于 对于 一个 "
    "什 么 怎 吧 给 让 并 但 且 若 该 此 各 每 当 中".split()
)


def bridged_clues(
    question: str, language: Language, look_up: Lexicon, meant: Sequence[Meant] = ()
) -> tuple[Clue, ...]:
    """The question's words as a text in the other language may have them.

    Names, acronyms and numbers stay among the ways as they are: both languages write them.

    Args:
        question: As asked.
        language: The question's.
        look_up: The dictionary.
        meant: What the library's glossary says of the question.
    """
    if language == "zh":
        return _from_chinese(question, look_up.english, meant)
    return _with_glosses(_from_english(words(question), look_up.chinese), meant)


def _with_glosses(clues: Iterable[Clue], meant: Sequence[Meant]) -> tuple[Clue, ...]:
    """Clues, of which those that stand in a glossed form may also be said by its other forms."""
    return tuple(
        Clue(clue.word, (*others, *clue.ways))
        if (others := _others(clue.word, meant, clue.ways))
        else clue
        for clue in clues
    )


def with_synonyms(
    clues: Iterable[Clue], meant: Sequence[Meant], weigh: Callable[[str], float]
) -> tuple[Clue, ...]:
    """Own words of a question, of which those in a glossed form may also be said by other forms.

    Unlike across languages, the word itself is what is looked for. What stands for it counts a
    share of what it counts, however rare that is.

    Args:
        clues: Of one way each.
        meant: What the library's glossary says of the question.
        weigh: What a term weighs, by its rarity.
    """
    found = []
    for clue in clues:
        worth = _STANDS_FOR * _worth(clue.ways[0], weigh)
        others = (
            Way(way.terms, min(1.0, worth / max(_worth(way, weigh), 1e-9)))
            for way in _others(clue.word, meant, clue.ways)
        )
        found.append(Clue(clue.word, (*clue.ways, *others)))
    return tuple(found)


def _worth(way: Way, weigh: Callable[[str], float]) -> float:
    """As `rag.ranking.term_match` has it, without the way's weight."""
    return float(sum(map(weigh, way.terms)) / len(way.terms) ** 0.5)


def _others(word: str, meant: Iterable[Meant], ways: Iterable[Way]) -> list[Way]:
    said = {way.terms for way in ways}
    return [
        way
        for each in meant
        if word in each.terms or word == each.folded
        for way in each.ways
        if way.terms not in said
    ]


def _from_chinese(
    question: str, english: Callable[[Iterable[str]], Translations], meant: Sequence[Meant]
) -> tuple[Clue, ...]:
    glossed = {each.folded: each.ways for each in meant}
    runs = _HAN.findall(_NUMBER.sub(" ", spell(fold(question))))
    known = english(
        {
            run[i:j]
            for run in runs
            for i in range(len(run))
            for j in range(i + 1, min(i + LONGEST_WORD, len(run)) + 1)
        }
    )
    clues = []
    whole = known.keys() | IDLE | glossed.keys()
    for word in dict.fromkeys(word for run in runs for word in segments(run, whole)):
        ways = {way.terms: way.weight for way in glossed.get(word, ())}
        for part in _parts(word):
            share = 1.0 if part == word else _PART * len(part) / len(word)
            for terms, rank, _ in known.get(part, ()) if part not in IDLE else ():
                if len(part) == 1 and len(terms) > 1:
                    continue  # an explanation of the sign rather than a translation
                weight = share * (_SIGN if len(part) == 1 else 1.0) / (1 + _RANK * rank)
                ways[terms] = max(weight, ways.get(terms, 0.0))
        if ways and word not in IDLE:
            clues.append(_clue(word, ways))
    return (*clues, *_with_glosses(_shared(question), meant))


def _from_english(
    terms: list[str], chinese: Callable[[Iterable[str]], Translations]
) -> tuple[Clue, ...]:
    spans = [
        (i, j)
        for i in range(len(terms))
        for j in range(i + 1, min(i + _LONGEST_PHRASE, len(terms)) + 1)
    ]
    known = chinese({" ".join(terms[i:j]) for i, j in spans})
    ways: list[dict[tuple[str, ...], float]] = [{(term,): 1.0} for term in terms]
    for i, j in spans:
        for (word,), rank, _ in known.get(" ".join(terms[i:j]), ()):
            weight = (_SIGN if len(word) == 1 else 1.0) / (1 + _RANK * rank)
            weight *= _PHRASE if j - i > 1 else 1.0
            said = signs(word)
            for at in range(i, j):
                ways[at][said] = max(weight, ways[at].get(said, 0.0))
    merged: dict[str, dict[tuple[str, ...], float]] = {}
    for term, found in zip(terms, ways, strict=True):
        merged.setdefault(term, {}).update(found)
    return tuple(_clue(term, found) for term, found in merged.items())


def _clue(word: str, ways: dict[tuple[str, ...], float]) -> Clue:
    best = sorted(ways.items(), key=lambda way: -way[1])[:_MOST_WAYS]
    return Clue(word, tuple(Way(terms, weight) for terms, weight in best))


def signs(word: str) -> tuple[str, ...]:
    """A Chinese word as the terms that a text has which holds it."""
    return tuple(word[i : i + 2] for i in range(len(word) - 1)) or (word,)


def _shared(question: str) -> tuple[Clue, ...]:
    """The Latin words, the numbers and the dates of a Chinese question."""
    found = dict.fromkeys(term for term in words(question) if _SHARED.search(term))
    return tuple(Clue(term, (Way((term,)),)) for term in found)


def _parts(word: str) -> list[str]:
    """The word, and the words of at least two signs that may stand in it."""
    inner = [word[i:j] for i in range(len(word)) for j in range(i + 2, len(word) + 1)]
    return [word, *(part for part in inner if part != word)]
