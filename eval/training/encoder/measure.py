"""Measures an encoder on the questions that are held out, by group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn.utils.rnn import pad_sequence

from eval.training.encoder.batches import build_batch
from eval.training.encoder.corpus import TrainingCorpus, TrainingQuestion
from eval.training.encoder.losses import compute_maxsim, compute_sentence_maxsim, sentence_masks
from eval.training.encoder.network import EncodedTexts, EncoderNetwork
from eval.training.encoder.tokens import TokenizedText

_BATCH = 16  # texts


@dataclass(frozen=True, slots=True)
class HeldOutFigures:
    """The figures of one group.

    Attributes:
        count: The questions.
        maxsim_first: Share whose passage comes first by MaxSim.
        vector_first: Share whose passage comes first by vectors.
        sentence_first: Share whose first sentence in the passage by MaxSim answers.
    """

    count: int
    maxsim_first: float
    vector_first: float
    sentence_first: float


@torch.no_grad()
def measure_held_out(
    network: EncoderNetwork, corpus: TrainingCorpus, questions: Sequence[TrainingQuestion]
) -> dict[str, HeldOutFigures]:
    """Return the figures of each group of questions, asked of the passages of their group.

    Args:
        network: The encoder.
        corpus: The corpus of the questions.
        questions: Answered questions that are held out.
    """
    groups: dict[str, list[TrainingQuestion]] = defaultdict(list)
    for question in questions:
        groups[question.group].append(question)
    return {
        group: _measure_group(network, corpus, members) for group, members in sorted(groups.items())
    }


def _measure_group(
    network: EncoderNetwork, corpus: TrainingCorpus, questions: Sequence[TrainingQuestion]
) -> HeldOutFigures:
    batch = build_batch(corpus, questions, is_whole=False)
    queries = _encode(network, batch.questions)
    passages = _encode(network, batch.passages)
    maxsim = torch.cat(
        [
            compute_maxsim(_rows(queries, start), passages)
            for start in range(0, len(questions), _BATCH)
        ]
    )
    vectors = queries.pool(queries.is_content) @ passages.pool(passages.is_content).T
    rows = torch.arange(len(questions))
    own = EncodedTexts(passages.tokens[batch.own_passage], passages.segments[batch.own_passage])
    masks = sentence_masks(own)
    sentences = compute_sentence_maxsim(queries, own, masks)
    best = sentences.masked_fill(~masks.any(-1), -1.0).argmax(-1)
    has_answer = best < batch.is_answer.shape[1]
    is_right = has_answer & batch.is_answer[rows, best.clamp(max=batch.is_answer.shape[1] - 1)]
    return HeldOutFigures(
        len(questions),
        batch.is_positive[rows, maxsim.argmax(-1)].float().mean().item(),
        batch.is_positive[rows, vectors.argmax(-1)].float().mean().item(),
        is_right.float().mean().item(),
    )


def _rows(texts: EncodedTexts, start: int) -> EncodedTexts:
    return EncodedTexts(
        texts.tokens[start : start + _BATCH], texts.segments[start : start + _BATCH]
    )


def _encode(network: EncoderNetwork, texts: Sequence[TokenizedText]) -> EncodedTexts:
    """Return texts in their order, encoded in batches of about the same length."""
    order = sorted(range(len(texts)), key=lambda index: len(texts[index].window.ids))
    tokens: list[torch.Tensor] = [torch.empty(0)] * len(texts)
    segments: list[torch.Tensor] = [torch.empty(0)] * len(texts)
    for start in range(0, len(order), _BATCH):
        indexes = order[start : start + _BATCH]
        encoded = network([texts[index] for index in indexes])
        for row, index in enumerate(indexes):
            size = len(texts[index].window.ids)
            tokens[index], segments[index] = (
                encoded.tokens[row, :size],
                encoded.segments[row, :size],
            )
    return EncodedTexts(
        pad_sequence(tokens, batch_first=True),
        pad_sequence(segments, batch_first=True, padding_value=-2),
    )
