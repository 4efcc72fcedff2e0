"""Questions held against libraries: what the retriever sees, beside what is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from eval.judge import is_relevant
from eval.questions.format import Question, SectionRef
from eval.questions.gold import find_gold_sections
from eval.system import RetrievedText
from index.arrays import BoolArray, FloatArray, Rows
from index.document import Publication
from rag.answer.build import build_cited_notes
from rag.answering.confidence import ConfidenceFeatures
from rag.answering.confidence_features import (
    lacks_article_number,
    match_quantities,
    summarize_maxsim,
)
from rag.answering.evidence import sentence_features
from rag.ranking.features import (
    FEATURES,
    MAXSIM,
    TRANSLATED_MAXSIM,
    Candidate,
    CandidateFeatures,
    FeatureExtractor,
    maxsim_features,
)

_ALL_SENTENCES = slice(None)


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """A question with its candidates.

    Attributes:
        question: The question.
        features: What each leg gave each candidate, [candidates, legs].
        cross_lingual: Whether each candidate is in the other language.
        relevant: Whether each candidate is.
        sentence_features: Of each candidate, the figures of its sentences, [sentences, figures].
        contains_answer: Of each candidate, whether each of its sentences holds an answer.
        sentence_similarity: Of each candidate, that of its best sentence.
        maxsim: Of each candidate, what `confidence_features.nearness` is, [candidates, 2].
        lacks_quantity: Whether each candidate lacks the quantity that the question asks for.
        lacks_article_number: Of each candidate, what `rag.answering.confidence_features.lacks_part` says.
        without_answer: The same of the right candidates without the sentences that answer, as an
            `Observation` of its own; None where nothing would be left, or nothing be cut.
    """

    question: Question
    features: FloatArray
    cross_lingual: BoolArray
    relevant: BoolArray
    sentence_features: tuple[FloatArray, ...]
    contains_answer: tuple[BoolArray, ...]
    sentence_similarity: FloatArray
    maxsim: FloatArray
    lacks_quantity: BoolArray
    lacks_article_number: BoolArray
    without_answer: TrainingExample | None = None

    def select_candidates(self, mask: BoolArray) -> TrainingExample:
        """With those candidates only."""
        indices = np.flatnonzero(mask).tolist()
        return replace(
            self,
            sentence_features=tuple(self.sentence_features[index] for index in indices),
            contains_answer=tuple(self.contains_answer[index] for index in indices),
            **{
                field.name: getattr(self, field.name)[mask]
                for field in fields(self)
                if isinstance(getattr(self, field.name), np.ndarray)
            },
            without_answer=None,
        )

    def compute_confidence_features(self, scores: FloatArray) -> ConfidenceFeatures:
        """Those of the first candidate, by these scores of all; there must be one."""
        top, *others = np.argsort(-scores, kind="stable").tolist()
        return ConfidenceFeatures(
            score=float(scores[top]),
            margin=float(scores[top] - (scores[others[0]] if others else 0.0)),
            sentence_similarity=float(self.sentence_similarity[top]),
            maxsim_mean=float(self.maxsim[top, 0]),
            maxsim_low=float(self.maxsim[top, 1]),
            term_coverage=float(self.features[top, FEATURES.index("term-coverage")]),
            lacks_quantity=bool(self.lacks_quantity[top]),
            lacks_article_number=bool(self.lacks_article_number[top]),
            cross_lingual=bool(self.cross_lingual[top]),
        )


def build_examples(
    extractor: FeatureExtractor,
    questions: Sequence[Question],
    publication: Publication,
    select_rows: Callable[[Question], Rows | None] = lambda _: None,
) -> Iterator[TrainingExample]:
    """What the retriever sees of each question but those that may lean on others.

    Where the library holds the publication in two languages, its parallel passages are right too.

    Args:
        extractor: Of the library.
        questions: To be asked of it.
        publication: What they are about.
        select_rows: The passages that each is asked of; None for all.
    """
    for question in questions:
        if question.history:
            continue
        (encoded_query,) = extractor.encode_queries([question.question])
        candidate_features = extractor.extract(encoded_query, select_rows(question))
        gold = find_gold_sections(question, publication)
        relevant = [
            _is_relevant_candidate(extractor, candidate, question, gold)
            for candidate in candidate_features.candidates
        ]
        yield _build_example(question, candidate_features, np.array(relevant, dtype=np.bool_))


def _build_example(
    question: Question, candidate_features: CandidateFeatures, relevant: BoolArray
) -> TrainingExample:
    candidates, cross_lingual = (
        candidate_features.candidates,
        candidate_features.features.cross_lingual.tolist(),
    )
    quantity_matches = [
        match_quantities(candidate_features.query, candidate) for candidate in candidates
    ]
    contains_answer = [_find_answer_sentences(question, candidate) for candidate in candidates]
    example = TrainingExample(
        question,
        candidate_features.features.values,
        candidate_features.features.cross_lingual,
        relevant,
        tuple(sentence_features(candidate, candidate_features.query) for candidate in candidates),
        tuple(contains_answer),
        np.array([candidate.sentence_similarity.max() for candidate in candidates]),
        np.array(
            [
                _summarize_maxsim(candidate, is_cross_lingual)
                for candidate, is_cross_lingual in zip(candidates, cross_lingual, strict=True)
            ]
        ).reshape(-1, 2),
        np.array([not matches.any() for matches in quantity_matches], dtype=np.bool_),
        np.array(
            [
                lacks_article_number(candidate_features.query, candidate.loaded_passage)
                for candidate in candidates
            ],
            dtype=np.bool_,
        ),
    )
    ablated_indices = [
        index
        for index in np.flatnonzero(relevant).tolist()
        if contains_answer[index].any() and not contains_answer[index].all()
    ]
    if not ablated_indices or len(ablated_indices) < relevant.sum():
        return example
    features, sentence_similarity, lacks_quantity = (
        example.features.copy(),
        example.sentence_similarity.copy(),
        example.lacks_quantity.copy(),
    )
    maxsim = example.maxsim.copy()
    for index in ablated_indices:
        kept_sentences = ~contains_answer[index]
        features[index] = _ablate_sentences(candidates[index], features[index], kept_sentences)
        sentence_similarity[index] = candidates[index].sentence_similarity[kept_sentences].max()
        maxsim[index] = _summarize_maxsim(candidates[index], cross_lingual[index], kept_sentences)
        lacks_quantity[index] = not quantity_matches[index][kept_sentences].any()
    ablated_example = replace(
        example,
        features=features,
        sentence_similarity=sentence_similarity,
        maxsim=maxsim,
        lacks_quantity=lacks_quantity,
        relevant=np.zeros_like(relevant),
    )
    return replace(example, without_answer=ablated_example)


def _summarize_maxsim(
    candidate: Candidate, cross_lingual: bool, kept_sentences: BoolArray | slice = _ALL_SENTENCES
) -> tuple[float, float]:
    return summarize_maxsim(
        candidate.token_similarity[kept_sentences],
        candidate.heading_token_similarity,
        is_cross_lingual=cross_lingual,
    )


def _find_answer_sentences(question: Question, candidate: Candidate) -> BoolArray:
    return np.array(
        [
            any(answer in sentence.text for answer in question.answers)
            for sentence in candidate.loaded_passage.sentences
        ],
        dtype=np.bool_,
    )


def _ablate_sentences(
    candidate: Candidate, features: FloatArray, kept_sentences: BoolArray
) -> FloatArray:
    """The legs of a passage of which only some sentences are left; its vector stays as it is."""
    ablated = features.copy()
    ablated[FEATURES.index("sentence")] -= (
        candidate.sentence_similarity.max() - candidate.sentence_similarity[kept_sentences].max()
    )
    ablated[MAXSIM] -= np.subtract(
        maxsim_features(candidate.token_similarity, candidate.heading_token_similarity),
        maxsim_features(
            candidate.token_similarity[kept_sentences], candidate.heading_token_similarity
        ),
    )
    ablated[TRANSLATED_MAXSIM] -= (
        maxsim_features(
            candidate.translated_token_similarity, candidate.translated_heading_token_similarity
        )[0]
        - maxsim_features(
            candidate.translated_token_similarity[kept_sentences],
            candidate.translated_heading_token_similarity,
        )[0]
    )
    matches = replace(
        candidate.term_matches, degree=candidate.term_matches.degree[:, kept_sentences]
    )
    ablated[FEATURES.index("term-coverage")] = matches.by_passage(
        np.zeros(1, dtype=np.int64)
    ).coverage()[0]
    ablated[FEATURES.index("sentence-term-coverage")] = matches.coverage().max()
    return ablated


def _is_relevant_candidate(
    extractor: FeatureExtractor,
    candidate: Candidate,
    question: Question,
    gold: frozenset[SectionRef],
) -> bool:
    passage = candidate.loaded_passage.passage
    article = extractor.passage_loader.load_article(passage.publication_id, passage.article_index)
    retrieved = RetrievedText(
        text=passage.text,
        sections=frozenset({SectionRef(passage.article_index, passage.section_index)}),
        score=0.0,
        notes=tuple(note.text for note in build_cited_notes(article, passage)),
    )
    return question.is_answerable and is_relevant(retrieved, question, gold)
