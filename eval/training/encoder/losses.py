"""The losses: each question nearest to its own passage, and in it to the sentence that answers."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from eval.training.encoder.network import EncodedTexts

_IMPOSSIBLE = -1e4


@dataclass(frozen=True, slots=True)
class LossWeights:
    """How the parts of the loss count.

    Attributes:
        maxsim_temperature: Of similarities by MaxSim.
        vector_temperature: Of similarities by pooled vectors.
        vector: Weight of the losses by vectors beside those by MaxSim.
        sentence: Weight of the losses over sentences beside those over passages.
    """

    maxsim_temperature: float = 0.03
    vector_temperature: float = 0.03
    vector: float = 0.5
    sentence: float = 1.0


def compute_maxsim(queries: EncodedTexts, passages: EncodedTexts) -> Tensor:
    """Return MaxSim of each query in each passage, [queries, passages].

    Args:
        queries: Encoded questions.
        passages: Encoded passages.
    """
    similarities = torch.einsum("qid,pjd->qpij", queries.tokens, passages.tokens)
    similarities = similarities.masked_fill(~passages.is_content[None, :, None, :], -1.0)
    return _mean_over_query(similarities.amax(-1), queries)


def compute_sentence_maxsim(
    queries: EncodedTexts, passages: EncodedTexts, sentences: Tensor
) -> Tensor:
    """Return MaxSim of each query in the sentences of its own passage, [queries, sentences].

    Args:
        queries: Encoded questions.
        passages: The passage of each question, in the same order.
        sentences: Whether each token belongs to each sentence, [queries, sentences, tokens].
    """
    similarities = torch.einsum("qid,qjd->qij", queries.tokens, passages.tokens)
    similarities = similarities.unsqueeze(1).masked_fill(~sentences.unsqueeze(2), -1.0)
    return _mean_over_query(similarities.amax(-1), queries)


def _mean_over_query(highest: Tensor, queries: EncodedTexts) -> Tensor:
    """Return the mean over query tokens of [queries, others, query tokens]."""
    content = queries.is_content.unsqueeze(1).to(highest.dtype)
    return (highest * content).sum(-1) / content.sum(-1).clamp(min=1)


def sentence_masks(passages: EncodedTexts) -> Tensor:
    """Return whether each token belongs to each sentence, [passages, sentences, tokens].

    Args:
        passages: Encoded passages; the number of sentences is that of the longest.
    """
    count = int(passages.segments.max()) + 1
    return passages.segments.unsqueeze(1) == torch.arange(count).view(1, -1, 1)


def cross_entropy_of_any(scores: Tensor, is_positive: Tensor, is_possible: Tensor) -> Tensor:
    """Return the mean negative log probability that one of the positives comes first.

    Args:
        scores: [rows, columns].
        is_positive: [rows, columns]; each row has one.
        is_possible: Columns that are compared, [rows, columns].
    """
    scores = scores.masked_fill(~is_possible, _IMPOSSIBLE)
    positives = scores.masked_fill(~is_positive, _IMPOSSIBLE)
    return (torch.logsumexp(scores, -1) - torch.logsumexp(positives, -1)).mean()


def compute_loss(
    queries: EncodedTexts,
    passages: EncodedTexts,
    own_passage: Tensor,
    is_positive: Tensor,
    is_answer: Tensor,
    weights: LossWeights,
) -> dict[str, Tensor]:
    """Return the parts of the loss of a batch, by name, each with its weight.

    Args:
        queries: Encoded questions.
        passages: Encoded passages: those of the questions, and others.
        own_passage: The index of each question's passage, [queries].
        is_positive: Whether each passage answers each question, [queries, passages].
        is_answer: Whether each sentence of its own passage answers, [queries, sentences].
        weights: How the parts count.
    """
    everything = torch.ones_like(is_positive)
    maxsim = compute_maxsim(queries, passages) / weights.maxsim_temperature
    query_vectors = queries.pool(queries.is_content)
    vectors = query_vectors @ passages.pool(passages.is_content).T / weights.vector_temperature
    parts = {
        "passage maxsim": cross_entropy_of_any(maxsim, is_positive, everything),
        "passage vector": weights.vector * cross_entropy_of_any(vectors, is_positive, everything),
    }
    own = EncodedTexts(passages.tokens[own_passage], passages.segments[own_passage])
    masks = sentence_masks(own)
    is_sentence = masks.any(-1)
    is_answer = functional.pad(is_answer, (0, max(0, masks.shape[1] - is_answer.shape[1])))
    is_answer = is_answer[:, : masks.shape[1]] & is_sentence
    rows = is_answer.any(-1) & (is_sentence.sum(-1) > 1)
    if rows.any():
        by_maxsim = compute_sentence_maxsim(queries, own, masks) / weights.maxsim_temperature
        by_vector = torch.einsum("qd,qsd->qs", query_vectors, own.pool(masks))
        by_vector = by_vector / weights.vector_temperature
        for name, scores, weight in (
            ("sentence maxsim", by_maxsim, weights.sentence),
            ("sentence vector", by_vector, weights.sentence * weights.vector),
        ):
            parts[name] = weight * cross_entropy_of_any(
                scores[rows], is_answer[rows], is_sentence[rows]
            )
    return parts
