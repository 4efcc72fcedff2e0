"""Keeps the tokens of a passage near to those of its sentences read by themselves.

The untrained model reads sentences alone better than whole passages. Its tokens, less the mean
token of their language, are what the trained network's tokens are held to, so that training on a
few thousand questions does not lose what the model knew of all others.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from eval.training.encoder.network import EncodedTexts, EncoderNetwork
from eval.training.encoder.tokens import TokenizedText, tokenize_sentence
from index.text.characters import contains_han

_BATCH = 32  # sentences


class SentenceTeacher:
    """The untrained network, reading each sentence by itself; what it has read is kept."""

    def __init__(self, network: EncoderNetwork, language_means: Mapping[bool, Tensor]) -> None:
        """Copy the network.

        Args:
            network: The network before training, with its projection.
            language_means: The mean hidden state of texts without and with Han characters.
        """
        self._network = copy.deepcopy(network).requires_grad_(False)
        self._means = language_means
        self._tokens: dict[tuple[str, bool], Tensor] = {}

    @torch.no_grad()
    def read(self, texts: Sequence[TokenizedText]) -> Tensor:
        """Return projected tokens of unit length, 0 outside sentences, [texts, tokens, dimension].

        Args:
            texts: Texts; the tokens of each sentence are those of the sentence by itself.
        """
        spans = [_find_spans(text) for text in texts]
        self._read_missing(
            {
                (text.sentences[index], text.is_query)
                for text, text_spans in zip(texts, spans, strict=True)
                for index, _ in text_spans
            }
        )
        length = max(len(text.window.ids) for text in texts)
        targets = torch.zeros(len(texts), length, self._network.projection.out_features)
        for row, (text, text_spans) in enumerate(zip(texts, spans, strict=True)):
            for index, places in text_spans:
                tokens = self._tokens[text.sentences[index], text.is_query]
                count = min(len(places), len(tokens))
                targets[row, places[:count]] = tokens[:count].float()
        return targets

    def _read_missing(self, wanted: set[tuple[str, bool]]) -> None:
        missing = sorted(wanted - self._tokens.keys(), key=lambda item: (len(item[0]), item))
        for start in range(0, len(missing), _BATCH):
            chosen = missing[start : start + _BATCH]
            texts = [tokenize_sentence(text, is_query=is_query) for text, is_query in chosen]
            states, segments = self._network.hidden_states(texts)
            for row, item in enumerate(chosen):
                own = states[row][segments[row] >= 0].float()
                centered = own - self._means[contains_han(item[0])]
                projected = centered @ self._network.projection.weight.T.float()
                self._tokens[item] = functional.normalize(projected, dim=-1).half()


def _find_spans(text: TokenizedText) -> list[tuple[int, Tensor]]:
    """Return the sentences that a text has content tokens of, each with their places."""
    segments = torch.from_numpy(text.segments)
    return [
        (int(index), torch.nonzero(segments == index).squeeze(1))
        for index in torch.unique(segments)
        if index >= 0
    ]


def compute_distillation_loss(encoded: EncodedTexts, targets: Tensor) -> Tensor:
    """Return the mean of one less the cosine between tokens and their targets.

    Args:
        encoded: Texts as the trained network reads them.
        targets: Of `SentenceTeacher.read`; tokens with 0 alone have no target.
    """
    has_target = encoded.is_content & targets.any(-1)
    return 1 - (encoded.tokens * targets).sum(-1)[has_target].mean()
