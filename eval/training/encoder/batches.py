"""Batches of questions with their passages: up to four of each article, as hard negatives."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from eval.training.encoder.corpus import TrainingCorpus, TrainingQuestion
from eval.training.encoder.tokens import TokenizedText, tokenize_passage, tokenize_query

_SENTENCES_BEFORE = 3  # that stay before an answer where a passage is too long
_QUESTIONS_PER_ARTICLE = 4


@dataclass(frozen=True, slots=True)
class TrainingBatch:
    """Questions with passages, as `losses.compute_loss` takes them.

    Attributes:
        questions: The questions' tokens.
        passages: The passages' tokens.
        own_passage: The index of each question's passage, [questions].
        is_positive: Whether each passage answers each question, [questions, passages].
        is_answer: Whether each sentence of its own passage answers, [questions, sentences].
    """

    questions: tuple[TokenizedText, ...]
    passages: tuple[TokenizedText, ...]
    own_passage: Tensor
    is_positive: Tensor
    is_answer: Tensor


def build_batch(
    corpus: TrainingCorpus, questions: Sequence[TrainingQuestion], *, is_whole: bool
) -> TrainingBatch:
    """Return a batch of answered questions.

    Args:
        corpus: The corpus that they belong to.
        questions: The questions.
        is_whole: As of `tokenize_passage`.
    """
    windows: dict[tuple[int, int], int] = {}
    tokenized: list[TokenizedText] = []
    own = []
    for question in questions:
        window = (question.passage, find_first_sentence(corpus, question, is_whole=is_whole))
        if window not in windows:
            windows[window] = len(tokenized)
            tokenized.append(
                tokenize_passage(corpus.passages[window[0]], window[1], is_whole=is_whole)
            )
        own.append(windows[window])
    contents = [corpus.passages[passage].content for passage, _ in windows]
    sentence_count = max(max(question.answers) for question in questions) + 1
    return TrainingBatch(
        tuple(tokenize_query(question.text) for question in questions),
        tuple(tokenized),
        torch.tensor(own),
        torch.tensor([[contents[index] == content for content in contents] for index in own]),
        torch.tensor(
            [
                [index in question.answers for index in range(sentence_count)]
                for question in questions
            ]
        ),
    )


def find_first_sentence(
    corpus: TrainingCorpus, question: TrainingQuestion, *, is_whole: bool
) -> int:
    """Return the sentence that its passage is read from, so that the answer is within the limit.

    Args:
        corpus: The corpus of the question.
        question: An answered question.
        is_whole: As of `tokenize_passage`.
    """
    whole = tokenize_passage(corpus.passages[question.passage], is_whole=is_whole)
    if int(whole.segments.max()) > question.answers[0]:
        return 0
    return max(0, question.answers[0] - _SENTENCES_BEFORE)


def shuffle_into_batches(
    questions: Sequence[TrainingQuestion], corpus: TrainingCorpus, size: int, seed: int
) -> Iterator[list[TrainingQuestion]]:
    """Yield every question once, in batches that mix groups.

    Args:
        questions: Answered questions.
        corpus: Their corpus.
        size: The questions in a batch.
        seed: Of the order.
    """
    shuffler = random.Random(seed)  # noqa: S311
    by_article: dict[tuple[str, str], list[TrainingQuestion]] = defaultdict(list)
    for question in questions:
        by_article[question.group, corpus.passages[question.passage].article].append(question)
    chunks = []
    for members in by_article.values():
        shuffler.shuffle(members)
        chunks += [
            members[start : start + _QUESTIONS_PER_ARTICLE]
            for start in range(0, len(members), _QUESTIONS_PER_ARTICLE)
        ]
    shuffler.shuffle(chunks)
    batch: list[TrainingQuestion] = []
    for chunk in chunks:
        batch += chunk
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
