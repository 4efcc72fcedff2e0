"""Extractive outlines: the sentences that carry an article, as printed.

The centrality of a sentence is its similarity to the vector of its passage and to the mean vector
of its article (centroid-based summarisation, Radev et al. 2004); to it are added where it stands,
and whether it has the words of its heading and of the title.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from index.arrays import Vectors
from index.document import Article
from index.storage.library import Library
from index.text.patterns import load_patterns
from index.text.terms import analyze
from rag.ranking.parameters import OutlineParameters
from rag.ranking.passages import LoadedPassage, PassageLoader, Sentence

_PATTERNS = load_patterns("rag.structured")


class ScoredSentence(NamedTuple):
    """A sentence of an article with its score.

    Attributes:
        passage: Its passage.
        sentence: The sentence.
        score: Comparable within the article.
    """

    passage: LoadedPassage
    sentence: Sentence
    score: float


class Outliner:
    """Chooses the sentences that carry articles.

    Args:
        library: An open library.
        loader: Reads its passages.
        parameters: The weights of sentences.
    """

    def __init__(
        self, library: Library, loader: PassageLoader, parameters: OutlineParameters
    ) -> None:
        self._library = library
        self._loader = loader
        self._parameters = parameters

    def outline(
        self, article: Article, passages: Sequence[LoadedPassage], *, is_brief: bool = False
    ) -> list[ScoredSentence]:
        """Return the thesis of an article and the main sentence of each section, in order.

        Args:
            article: The article.
            passages: Its passages, in order.
            is_brief: Whether only the thesis and the main sentence of the last part are wanted.
        """
        sections = [
            list(self._score_section(article, list(group), passages))
            for _, group in groupby(passages, key=lambda loaded: loaded.passage.section_index)
        ]
        sections = [section for section in sections if section]
        if not sections:
            return []
        introduction, *others = sections
        if len(others) > self._parameters.max_sections or is_brief:
            others = _merge_parts(article, others)
        if is_brief:
            others = others[-1:]
        thesis = self._choose_thesis(introduction, is_brief=is_brief)
        return [*thesis, *(max(part, key=_get_score) for part in others)]

    def _choose_thesis(
        self, introduction: Sequence[ScoredSentence], *, is_brief: bool
    ) -> list[ScoredSentence]:
        """Return what an article is about: the last sentence of its introduction that announces it.

        If none does, the best sentence and the last one, or if it is to be brief, one of them.
        """
        announcing = [
            item
            for item in introduction
            if _PATTERNS["thesis-sentence"].search(item.sentence.folded)
        ]
        if announcing:
            return announcing[-1:]
        best, last = max(introduction, key=_get_score), introduction[-1]
        if is_brief:
            boosted = last.score + self._parameters.thesis_last
            return [last if boosted > best.score else best]
        return [best] if best is last else [best, last]

    def _score_section(
        self,
        article: Article,
        section: Sequence[LoadedPassage],
        passages: Sequence[LoadedPassage],
    ) -> Iterator[ScoredSentence]:
        """Yield the sentences of a section that say something by themselves, with their scores."""
        rows = [loaded.row for loaded in section]
        engine = self._library.engine
        own = engine.sentence_similarities(self._mean_vector(rows), rows)
        whole = engine.sentence_similarities(
            self._mean_vector([loaded.row for loaded in passages]), rows
        )
        index = section[0].passage.section_index
        heading = set(analyze(" ".join((article.title, *article.sections[index].path))))
        for sentences, loaded, to_section, to_article in zip(
            self._loader.load_all_sentences(section), section, own, whole, strict=True
        ):
            texts = [item for item in sentences if item.kind == "text"]
            for place, sentence in enumerate(texts):
                if self._is_fragment(sentence):
                    continue
                score = self._score(
                    sentence,
                    float(to_section[place]),
                    float(to_article[place]),
                    heading,
                    is_first=place == 0 and loaded is section[0],
                )
                yield ScoredSentence(loaded, sentence, score)

    def _score(
        self,
        sentence: Sentence,
        to_section: float,
        to_article: float,
        heading: set[str],
        *,
        is_first: bool,
    ) -> float:
        parameters = self._parameters
        terms = set(analyze(sentence.text))
        overlap = len(terms & heading) / len(heading) if heading else 0.0
        return (
            parameters.section * to_section
            + parameters.article * to_article
            + parameters.heading * overlap
            + parameters.first * is_first
            - parameters.question * (sentence.text.rstrip()[-1:] in "?？")
            - parameters.anaphor
            * (_PATTERNS["depends-on-before"].search(sentence.folded) is not None)
        )

    def _mean_vector(self, rows: Sequence[int]) -> Vectors:
        mean = self._library.engine.read_vectors(rows).mean(axis=0, dtype=np.float32)
        return np.asarray(mean / (float(np.linalg.norm(mean)) or 1.0), dtype=np.float32)

    def _is_fragment(self, sentence: Sentence) -> bool:
        return len(set(analyze(sentence.text))) < self._parameters.min_terms


def _get_score(item: ScoredSentence) -> float:
    return item.score


def _merge_parts(
    article: Article, sections: Sequence[list[ScoredSentence]]
) -> list[list[ScoredSentence]]:
    """Return the sentences of sections by the highest headings above them."""

    def find_part(section: list[ScoredSentence]) -> str:
        path = article.sections[section[0].passage.passage.section_index].path
        return path[0] if path else ""

    return [
        [item for section in group for item in section]
        for _, group in groupby(sections, key=find_part)
    ]
