"""A question held against a library: what speaks for which passage, before it is weighed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder
from index.engine import Rows, Vectors
from index.language import Language, script
from index.library import Library
from rag.bridge import bridged_clues
from rag.candidates import candidates
from rag.centre import across, mean_questions
from rag.clues import Clue, own_clues
from rag.coverage import Floats, Matches, match, rarity
from rag.fusion import Legs
from rag.lexicon import load_lexicon
from rag.reading import Read, Reader

_KEPT_TERMS = 20_000
_MOST_TERMS = 64  # of a question; the rest of an overlong one is read by the encoder alone
_SOURCE_SHARE = 0.6  # what words in a note that only cites count


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, ready to be held against passages.

    Attributes:
        text: As asked.
        language: What it is in.
        same: Its vector as it is compared with texts of its language, [d].
        across: As it is compared with texts of the other one, [d].
        own: Its words.
        bridged: Its words as the other language says them.
    """

    text: str
    language: Language
    same: Vectors
    across: Vectors
    own: tuple[Clue, ...]
    bridged: tuple[Clue, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage, and what speaks for each of its sentences.

    Attributes:
        read: The passage.
        similarity: Of the question and each sentence.
        matches: The question's clues against each sentence.
    """

    read: Read
    similarity: Floats
    matches: Matches


@dataclass(frozen=True, slots=True)
class Assessment:
    """All candidates of a question: `legs` in the order of `candidates`."""

    asked: Asked
    candidates: tuple[Candidate, ...]
    legs: Legs


class Assessor:
    """Holds questions against one library. Thread-safe."""

    def __init__(self, library: Library, encoder: Encoder) -> None:
        self.reader = Reader(library)
        self._engine = library.engine
        self._encoder = encoder
        self._lexicon = load_lexicon()
        self._means = mean_questions(encoder)
        self._weigh = lru_cache(_KEPT_TERMS)(self._weigh_one)

    def ask(self, questions: Sequence[str]) -> list[Asked]:
        """Questions, ready to be held against passages; encoded together."""
        vectors = self._encoder.encode_questions(questions)
        return [self._asked(*each) for each in zip(questions, vectors, strict=True)]

    def _asked(self, question: str, vector: Vectors) -> Asked:
        language = script(question)
        return Asked(
            question,
            language,
            vector,
            across(vector, self._means[language]),
            own_clues(question)[:_MOST_TERMS],
            bridged_clues(question, language, self._lexicon)[:_MOST_TERMS],
        )

    def assess(self, asked: Asked, rows: Rows | None = None) -> Assessment:
        """What speaks for which passage, among these rows or, with None, all of them."""
        found = candidates(
            self._engine, (asked.same, asked.across), (asked.own, asked.bridged), self._weigh, rows
        )
        return self.weigh(asked, self.reader.read(found))

    def weigh(self, asked: Asked, reads: Sequence[Read]) -> Assessment:
        """What speaks for each of these passages."""
        foreign = np.array([read.language != asked.language for read in reads], dtype=bool)
        held: dict[int, tuple[Candidate, tuple[float, float, float, float]]] = {}
        for away, vector, clues in (
            (False, asked.same, asked.own),
            (True, asked.across, asked.bridged),
        ):
            chosen = [read for read, other in zip(reads, foreign, strict=True) if other == away]
            if chosen:
                held.update(self._hold(vector, clues, chosen))
        table = np.array([held[read.row][1] for read in reads], dtype=np.float64).reshape(-1, 4)
        vector, sentence, whole, best = table.T
        legs = Legs(vector, sentence, whole, best, foreign.astype(float))
        return Assessment(asked, tuple(held[read.row][0] for read in reads), legs)

    def _hold(
        self, vector: Vectors, clues: Sequence[Clue], reads: Sequence[Read]
    ) -> dict[int, tuple[Candidate, tuple[float, float, float, float]]]:
        rows = np.array([read.row for read in reads], dtype=np.int64)
        near = {hit.row: hit.score for hit in self._engine.nearest(vector, len(rows), rows)}
        similar = self._engine.sentence_scores(vector, rows.tolist())
        terms = [sentence.terms for read in reads for sentence in read.sentences]
        matches = match(clues, terms, self._weigh, rarity(self._engine.size, 0))
        sizes = np.array([len(read.sentences) for read in reads])
        starts: NDArray[np.int64] = np.cumsum(sizes) - sizes
        share = matches.coverage()
        whole = matches.grouped(starts).coverage()
        held = {}
        for at, (read, start, size) in enumerate(zip(reads, starts, sizes, strict=True)):
            part = slice(int(start), int(start + size))
            similarity = similar[at].astype(np.float64)
            one = Candidate(read, similarity, Matches(matches.strength[:, part], matches.weight))
            held[read.row] = (
                one,
                (
                    near[read.row],
                    float(similarity.max()),
                    float(whole[at]),
                    float(share[part].max()),
                ),
            )
        return held

    def _weigh_one(self, term: str) -> float:
        return rarity(self._engine.size, self._engine.document_frequency(term))
