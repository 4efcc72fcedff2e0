"""Which words of a question stand in a passage, for people to read: as asked, and as printed."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate

from index.text.scripts import fold, script
from index.text.terms import words
from rag.answer.model import Answer, Citation

_LATIN = re.compile(r"[^\W\d_\u3005-\uffff]+(?:['’][^\W\d_\u3005-\uffff]+)*")
_ADDRESS = re.compile(r"https?://\S+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_MOST_SIGNS = 200  # of a question; the rest of an overlong one is not looked for
_SHORTEST = 2  # Chinese signs; a single one stands in almost every passage


class _Text:
    """A text that can be looked into by its folded form, and gives back what is printed there."""

    def __init__(self, text: str) -> None:
        signs = [_fold_sign(sign) for sign in text]
        self.folded = "".join(signs)
        # For each folded character, the place of the sign that it comes from.
        self._places = [at for at, sign in enumerate(signs) for _ in sign]
        self._text = text
        self._latin = {
            term: found.group()
            for found in reversed(list(_LATIN.finditer(text)))
            for term in words(found.group())
        }

    def printed(self, folded: str) -> str | None:
        """What is printed where this folded text first stands; None where it does not."""
        at = self.folded.find(folded)
        if at < 0 or not folded:
            return None
        return self._text[self._places[at] : self._places[at + len(folded) - 1] + 1]

    def spelled(self, terms: list[str]) -> str | None:
        """English words as printed that have all of these terms; None where one is missing."""
        found = [self._latin.get(term) for term in terms]
        return " ".join(filter(None, found)) if found and all(found) else None


def shared(answer: Answer, citation: Citation) -> tuple[str, ...]:
    """The words of the question that the passage has too, as they are printed there, in order.

    Of a passage in the other language, those that it says by `bridged` are left out.
    """
    asked, text = _question(answer.question), _text(citation)
    looked_up = {term for word, _ in bridged(answer, citation) for term in words(word)}
    found = [text.printed(run) for run in _common(asked.folded[:_MOST_SIGNS], text.folded)]
    for word in _LATIN.findall(answer.question):
        terms = words(word)
        if not looked_up.intersection(terms):
            found.append(text.spelled(terms))
    return tuple(dict.fromkeys(filter(None, found)))


def bridged(answer: Answer, citation: Citation) -> tuple[tuple[str, str], ...]:
    """Words of the question and what the passage says for them in the other language.

    Empty for a passage in the question's language.
    """
    if script(citation.text) == script(answer.question):
        return ()
    asked, text = _question(answer.question), _text(citation)
    pairs = (
        (asked.spelled([word]) or asked.printed(word) or word, _said(word, ways, text))
        for word, ways in answer.bridged
    )
    return tuple((word, said) for word, said in pairs if said)


def _said(word: str, ways: tuple[str, ...], text: _Text) -> str | None:
    """The first of some ways to say a word that a text has, as printed; None if it has none."""
    for way in ways:
        if way == word:
            continue  # a name or a number that both languages write
        terms = way.split()
        if found := text.spelled(terms) if way.isascii() else text.printed(_joined(terms)):
            return found
    return None


def _joined(pairs: list[str]) -> str:
    """The word that neighbouring pairs of signs come from (`index.language.words`)."""
    return pairs[0] + "".join(pair[-1] for pair in pairs[1:])


def _common(asked: str, text: str) -> list[str]:
    """The longest runs of Chinese signs that stand in both, in the order of the first."""
    found = []
    for run in _HAN.findall(asked):
        at = 0
        while at < len(run):
            reaches = accumulate(run[at:])
            longest = next((n for n, part in enumerate(reaches) if part not in text), len(run) - at)
            word = _bare(run[at : at + longest])
            if len(word) >= _SHORTEST:
                found.append(word)
            at += max(longest, 1)
    return found


def _bare(run: str) -> str:
    """A run of signs without those at its ends that say nothing by themselves: 的, 是."""
    return run.strip("".join(sign for sign in set(run) if not words(sign)))


@lru_cache(maxsize=20_000)
def _fold_sign(sign: str) -> str:
    return fold(sign)


@lru_cache(maxsize=256)
def _question(question: str) -> _Text:
    return _Text(question)


@lru_cache(maxsize=512)
def _text(citation: Citation) -> _Text:
    """All that a question is held against: the passage, its headings and titles, its notes."""
    article = citation.article
    parts = [citation.text, *(note.text for note in citation.notes), *citation.path]
    whole = "\n".join([*parts, article.title, article.title_translated])
    return _Text(_ADDRESS.sub(" ", whole))
