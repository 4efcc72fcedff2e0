"""A question held against a library: what speaks for which passage, before it is weighed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.encoders.language_bias import centres
from index.encoders.protocol import Encoder
from index.storage.engine import Rows, Vectors
from index.storage.library import Library
from index.text.dictionary import load_lexicon
from index.text.scripts import Language, script, simplified
from rag.query.answer_type import Expected, expected, has
from rag.query.follow_up import last_line
from rag.query.glossary import Glossary, Meant
from rag.query.terms import Clue, own_clues
from rag.query.translation import bridged_clues, with_synonyms
from rag.query.word_translation import Rarity, worded
from rag.ranking.candidates import candidates
from rag.ranking.passages import Read, Reader
from rag.ranking.scoring import CLOSE, LEGS, TOKENS, WORDED, Legs, above_mean
from rag.ranking.term_match import Floats, Matches, Texts, match, rarity

_KEPT_TERMS = 20_000
_MOST_TERMS = 64  # of a question; the rest of an overlong one is read by the encoder alone
_NEAR = 4.0
"""What similarity counts against the share of the question in telling the nearest sentence."""

_USUAL = {False: (0.84, 0.85), True: (0.42, 0.45)}
"""Similarities of a question with passages and best sentences that have little to do with it, in
its language and across. They matter only where there are hardly any candidates."""

_USUAL_TOKENS = {False: (0.47, 0.38), True: (0.40, 0.32)}
"""What such a passage gets for the legs that compare token by token, in its language and across."""

_USUAL_WORDED = 0.44
"""What one gets for the leg that compares the question put into the words of its language."""

_OTHER: dict[Language, Language] = {"zh": "en", "en": "zh"}

_MOST_TOKENS = 64  # of a question that are compared one by one, the last ones

_CLOSELY = 16
"""Candidates that are compared token by token: those that a glance puts first."""

_GLANCE = np.array([25.0, 35.0, 0.0, 0.0, 0.0, 6.0, 4.0, 1.0, 0.3])
"""What the legs count in that glance."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, ready to be held against passages.

    Attributes:
        text: As asked.
        expected: The kind of answer that it asks for.
        language: What it is in.
        same: Its vector as it is compared with texts of its language, [d].
        across: As it is compared with texts of the other one, [d].
        tokens: Its tokens, as they are compared in either, [tokens, d].
        worded: As `tokens`, of the question in the words of the other language; none where the
            library holds no passage in that.
        own: Its words.
        bridged: Its words as the other language says them.
        meant: What the library's glossary says of it.
    """

    text: str
    expected: Expected
    language: Language
    same: Vectors
    across: Vectors
    tokens: Vectors
    worded: Vectors
    own: tuple[Clue, ...]
    bridged: tuple[Clue, ...]
    meant: tuple[Meant, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage, and what speaks for each of its sentences.

    Attributes:
        read: The passage.
        similarity: Of the question and each sentence.
        matches: The question's clues against each sentence.
        nearness: How near each of the question's tokens comes to the nearest one of each sentence,
            [sentences, tokens]; without tokens where it was not looked into closely.
        above: The same of the titles and headings above it, [tokens].
        worded: As `nearness`, of the tokens of the question in the words of the other language;
            without tokens where the passage is in the question's.
        worded_above: As `above`, of these.
    """

    read: Read
    similarity: Floats
    matches: Matches
    nearness: Vectors
    above: Vectors
    worded: Vectors
    worded_above: Vectors


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
        self._glossary = Glossary(held.gloss for held in library.glosses())
        self._centres = centres(encoder)
        self._weigh = lru_cache(_KEPT_TERMS)(self._weigh_one)
        self._most = rarity(self._engine.size, 0)
        self._worded: dict[Language, bool] = {
            each: library.holds(_OTHER[each]) and bool(self._centres[each].token.any())
            for each in _OTHER
        }

    def ask(self, questions: Sequence[str]) -> list[Asked]:
        """Questions, ready to be held against passages; encoded together."""
        meant = [self._glossary.meant(each) for each in questions]
        said = [self._in_other_words(*each) for each in zip(questions, meant, strict=True)]
        texts = [simplified(each) for each in (*questions, *filter(None, said))]
        made = self._encoder.encode_questions(texts)
        others = iter(made.tokens[len(questions) :])
        return [
            self._asked(question, glossed, vector, tokens, next(others) if other else tokens[:0])
            for question, glossed, other, vector, tokens in zip(
                questions, meant, said, made.vectors, made.tokens, strict=False
            )
        ]

    def _in_other_words(self, question: str, meant: Sequence[Meant]) -> str:
        """A question in the words of the other language; nothing where they are not compared."""
        language = script(question)
        if not self._worded[language]:
            return ""
        return worded(question, language, self._lexicon, meant, Rarity(self._weigh, self._most))

    def _asked(
        self,
        question: str,
        meant: tuple[Meant, ...],
        vector: Vectors,
        tokens: Vectors,
        others: Vectors,
    ) -> Asked:
        language = script(question)
        centre, other = self._centres[language], self._centres[_OTHER[language]]
        return Asked(
            question,
            expected(last_line(question)),
            language,
            vector,
            centre.across(vector),
            centre.tokens(tokens[-_MOST_TOKENS:]),
            other.tokens(others[-_MOST_TOKENS:]),
            # What is asked stands last, after its context.
            with_synonyms(own_clues(question), meant, self._weigh)[-_MOST_TERMS:],
            bridged_clues(question, language, self._lexicon, meant)[-_MOST_TERMS:],
            meant,
        )

    def assess(self, asked: Asked, rows: Rows | None = None) -> Assessment:
        """What speaks for which passage, among these rows or, with None, all of them."""
        return self.weigh(asked, self.reader.read(self.candidates(asked, rows)))

    def candidates(self, asked: Asked, rows: Rows | None = None) -> list[int]:
        """The rows of the passages that may answer, among these or, with None, all."""
        return candidates(
            self._engine, (asked.same, asked.across), (asked.own, asked.bridged), self._weigh, rows
        )

    def weigh(self, asked: Asked, reads: Sequence[Read]) -> Assessment:
        """What speaks for each of these passages."""
        foreign = np.array([read.language != asked.language for read in reads], dtype=bool)
        held: dict[int, Candidate] = {}
        table = np.zeros((len(reads), len(LEGS)))
        for away, vector, clues in (
            (False, asked.same, asked.own),
            (True, asked.across, asked.bridged),
        ):
            places = np.flatnonzero(foreign == away).tolist()
            if places:
                some, legs = self._hold(asked, vector, clues, [reads[at] for at in places])
                held.update(zip(places, some, strict=True))
                table[places] = legs
        table = _above(table, foreign)
        if asked.tokens.size:
            self._look_closely(asked, reads, held, table, foreign)
        ordered = tuple(held[at] for at in range(len(reads)))
        return Assessment(asked, ordered, Legs(table, foreign))

    def _look_closely(
        self,
        asked: Asked,
        reads: Sequence[Read],
        held: dict[int, Candidate],
        table: Floats,
        foreign: NDArray[np.bool_],
    ) -> None:
        """Compares the first passages token by token; the others get the least that was seen."""
        closely = np.sort(np.argsort(-(table @ _GLANCE), kind="stable")[:_CLOSELY])
        wording = asked.worded if foreign[closely].any() else asked.worded[:0]
        both, own = np.concatenate([asked.tokens, wording]), len(asked.tokens)
        found = self._engine.token_scores(both, [reads[at].row for at in closely])
        for at, each in zip(closely.tolist(), found, strict=True):
            above, nearness = each[0, :own], each[1:, :own]
            held[at] = replace(held[at], nearness=nearness, above=above)
            usual = _USUAL_TOKENS[bool(foreign[at])]
            table[at, TOKENS] = np.subtract(token_legs(nearness, above), usual)
            if foreign[at] and len(wording):
                above, nearness = each[0, own:], each[1:, own:]
                held[at] = replace(held[at], worded=nearness, worded_above=above)
                table[at, WORDED] = token_legs(nearness, above)[0] - _USUAL_WORDED
        for away in (False, True):
            seen = closely[foreign[closely] == away]
            rest = np.setdiff1d(np.flatnonzero(foreign == away), closely)
            if len(seen) and len(rest):
                table[rest, CLOSE] = table[seen, CLOSE].min(axis=0)

    def _hold(
        self, asked: Asked, vector: Vectors, clues: Sequence[Clue], reads: Sequence[Read]
    ) -> tuple[list[Candidate], Floats]:
        """Passages of one language: each held against the question, and the legs, [n, legs]."""
        rows = np.array([read.row for read in reads], dtype=np.int64)
        near = self._engine.scores(vector, rows)
        similar = self._engine.sentence_scores(vector, rows.tolist())
        said = [read.said for read in reads]
        sentences = Texts(
            np.concatenate([one.sentences for one in said]),
            np.concatenate([one.sizes[1:] for one in said]),
        )
        headings = Texts(
            np.concatenate([one.heading for one in said]), np.array([one.sizes[0] for one in said])
        )
        matches = match(clues, sentences, self._weigh, self._most)
        heading = match(clues, headings, self._weigh, self._most).coverage()
        sizes = np.array([len(one.sizes) - 1 for one in said])
        starts: NDArray[np.int64] = np.cumsum(sizes) - sizes
        share = matches.coverage()
        whole = matches.grouped(starts).coverage()
        held, legs = [], []
        for at, (read, start, size) in enumerate(zip(reads, starts, sizes, strict=True)):
            part = slice(int(start), int(start + size))
            similarity = similar[at].astype(np.float64)
            ours = Matches(matches.strength[:, part], matches.weight)
            held.append(Candidate(read, similarity, ours, *_unseen(int(size))))
            nearest = int(np.argmax(_NEAR * similarity + share[part]))
            fits = asked.expected != "other" and has(
                asked.expected, read.sentence(nearest), read.language, asked.text
            )
            shares = (whole[at], share[part].max(), heading[at])
            legs.append((near[at], similarity.max(), 0.0, 0.0, 0.0, *shares, fits))
        return held, np.array(legs, dtype=np.float64)

    def _weigh_one(self, term: str) -> float:
        return rarity(self._engine.size, self._engine.document_frequency(term))


def token_legs(nearness: Vectors, above: Vectors) -> tuple[float, float]:
    """The legs that compare token by token, of a passage and of its best sentence.

    What the titles and headings above it say is taken as said in every sentence: else the passages
    that repeat what their article is about come before those that answer.

    Args:
        nearness: As in `Candidate`.
        above: As in `Candidate`.
    """
    if not nearness.size:
        return 0.0, 0.0
    said = np.maximum(nearness, above)
    return float(said.max(axis=0).mean()), float(said.mean(axis=1).max())


def _unseen(sentences: int) -> tuple[Vectors, Vectors, Vectors, Vectors]:
    some, above = np.zeros((sentences, 0), np.float32), np.zeros(0, np.float32)
    return some, above, some, above


def _above(table: Floats, foreign: NDArray[np.bool_]) -> Floats:
    """Legs of which those that compare whole vectors are above the mean of their language."""
    found = table.copy()
    for away, usual in _USUAL.items():
        places = foreign == away
        for leg, value in enumerate(usual):
            found[places, leg] = above_mean(table[places, leg], value)
    return found
