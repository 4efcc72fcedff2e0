"""Names and terms in both languages, as the publications of a library write them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from index.glossary.brackets import contains_chinese
from index.glossary.gloss import StoredGloss
from index.text.scripts import fold
from rag.answer.model import Answer
from rag.written.model import NumberedSentence

_KEY_LENGTH = 2  # characters by which forms are looked up


class LibraryNames:
    """Finds names in sentences, with what their publications declare to mean the same. Thread-safe.

    Args:
        glosses: The glosses of a library; those of titles are left out.
    """

    def __init__(self, glosses: Iterable[StoredGloss] = ()) -> None:
        self._by_key: dict[str, list[tuple[str, StoredGloss]]] = defaultdict(list)
        for stored in glosses:
            if stored.gloss.kind != "title":
                for form in stored.gloss.forms:
                    folded = fold(form)
                    self._by_key[folded[:_KEY_LENGTH]].append((folded, stored))

    def add_to(
        self, sentences: Sequence[NumberedSentence], answer: Answer
    ) -> tuple[NumberedSentence, ...]:
        """Return sentences with the names that stand in them.

        Args:
            sentences: The sentences.
            answer: The answer that they are of.
        """
        return tuple(
            replace(
                sentence,
                names=self._find(sentence.text, answer.citations[sentence.citation].publication.id),
            )
            for sentence in sentences
        )

    def _find(self, text: str, publication_id: str) -> tuple[tuple[str, str], ...]:
        """Return the names in a text, each with the other one, the longest names first."""
        pairs = dict.fromkeys(
            pair
            for folded, stored in self._list_forms(fold(text))
            if stored.publication_id in ("", publication_id)
            for pair in _pair_forms(folded, stored.gloss.forms)
        )
        return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))

    def _list_forms(self, folded_text: str) -> Iterator[tuple[str, StoredGloss]]:
        """Yield the folded forms that stand in a text, with their glosses."""
        for start in range(len(folded_text)):
            for folded, stored in self._by_key.get(folded_text[start : start + _KEY_LENGTH], ()):
                if folded_text.startswith(folded, start) and _is_whole(folded_text, start, folded):
                    yield folded, stored


NO_NAMES = LibraryNames()


def list_names(sentences: Iterable[NumberedSentence], *, in_chinese: bool) -> Mapping[str, str]:
    """Return the names of sentences, with what to write for each in one of the languages.

    Args:
        sentences: The sentences.
        in_chinese: Whether that is Chinese.
    """
    names: dict[str, str] = {}
    for sentence in sentences:
        for name, other in sentence.names:
            if contains_chinese(other) == in_chinese:
                names.setdefault(name, other)
    return names


def _pair_forms(folded: str, forms: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield a form that was found, as printed, with those in the other language."""
    name = next(form for form in forms if fold(form) == folded)
    for other in forms:
        if contains_chinese(other) != contains_chinese(name):
            yield name, other


def _is_whole(text: str, start: int, form: str) -> bool:
    """Return whether a form in Latin letters is not part of a longer word."""
    if contains_chinese(form):
        return True
    around = text[max(start - 1, 0) : start] + text[start + len(form) : start + len(form) + 1]
    return not any(character.isascii() and character.isalnum() for character in around)
