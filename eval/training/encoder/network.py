"""The network that is trained: the bundled model's layers and a projection of its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence
from transformers import BertModel

from eval.training.encoder.tokens import NO_SEGMENT, TokenizedText
from index.arrays import BoolArray, Vectors

_PADDING_BLOCK = -1  # padding attends to itself alone
_GROUP_SIZE = 6  # texts that are padded to one length


@dataclass(frozen=True, slots=True)
class EncodedTexts:
    """The tokens of texts, padded to one length.

    Attributes:
        tokens: Projected tokens of unit length, [texts, tokens, dimension].
        segments: As of `TokenizedText`; padding has -2, [texts, tokens].
    """

    tokens: Tensor
    segments: Tensor

    @property
    def is_content(self) -> Tensor:
        """Whether each token is compared, [texts, tokens]."""
        return self.segments > NO_SEGMENT

    def pool(self, weights: Tensor) -> Tensor:
        """Return the mean of some tokens of each text, of unit length.

        Args:
            weights: Whether each token counts, [texts, tokens] or [texts, spans, tokens].
        """
        weights = weights.to(self.tokens.dtype)
        pooled = (
            weights @ self.tokens
            if weights.dim() == 3
            else (weights.unsqueeze(1) @ self.tokens).squeeze(1)
        )
        return functional.normalize(pooled, dim=-1)


class EncoderNetwork(nn.Module):
    """BERT with frozen embeddings and a projection of its last hidden states."""

    def __init__(self, checkpoint: Path, dimension: int, frozen_layers: int = 0) -> None:
        """Load the layers.

        Args:
            checkpoint: The folder of the checkpoint to begin from.
            dimension: The numbers of a projected token.
            frozen_layers: How many of the lowest layers are not trained.
        """
        super().__init__()
        self.bert = BertModel.from_pretrained(str(checkpoint), add_pooling_layer=False)
        self.frozen_layers = frozen_layers
        self.projection = nn.Linear(self.bert.config.hidden_size, dimension)
        for module in (self.bert.embeddings, *self.bert.encoder.layer[:frozen_layers]):
            module.requires_grad_(False)

    def hidden_states(self, texts: Sequence[TokenizedText]) -> tuple[Tensor, Tensor]:
        """Return the last hidden states of texts and their segments, [texts, tokens, …].

        Args:
            texts: The texts.
        """
        length = max(len(text.window.ids) for text in texts)
        shape = (len(texts), length)
        ids = torch.full(shape, int(self.bert.config.pad_token_id or 0))
        positions = torch.zeros(shape, dtype=torch.long)
        segments, blocks = torch.full(shape, NO_SEGMENT), torch.full(shape, _PADDING_BLOCK)
        for row, text in enumerate(texts):
            for values, own in (
                (ids, text.window.ids),
                (positions, text.window.positions),
                (blocks, text.window.blocks),
                (segments, text.segments),
            ):
                values[row, : len(own)] = torch.from_numpy(own)
        can_attend = blocks.unsqueeze(1) == blocks.unsqueeze(2)
        states = self.bert(
            input_ids=ids, position_ids=positions, attention_mask=can_attend.unsqueeze(1)
        ).last_hidden_state
        return states, segments

    def forward(self, texts: Sequence[TokenizedText]) -> EncodedTexts:
        """Return the projected tokens of texts, which are read in groups of about one length.

        Args:
            texts: The texts.
        """
        order = sorted(range(len(texts)), key=lambda index: len(texts[index].window.ids))
        tokens: list[Tensor] = [torch.empty(0)] * len(texts)
        segments: list[Tensor] = [torch.empty(0)] * len(texts)
        for start in range(0, len(order), _GROUP_SIZE):
            indexes = order[start : start + _GROUP_SIZE]
            states, group_segments = self.hidden_states([texts[index] for index in indexes])
            projected = functional.normalize(self.projection(states).float(), dim=-1)
            for row, index in enumerate(indexes):
                tokens[index], segments[index] = projected[row], group_segments[row]
        return EncodedTexts(
            pad_sequence(tokens, batch_first=True),
            pad_sequence(segments, batch_first=True, padding_value=NO_SEGMENT),
        )

    @torch.no_grad()
    def initialize_projection(self, states: Vectors, languages: BoolArray) -> dict[bool, Tensor]:
        """Set the projection to the principal components of tokens less their language's mean.

        Returns the mean of each language.

        Args:
            states: Hidden states of tokens, [tokens, hidden size].
            languages: The language of each token, [tokens].
        """
        means = {
            bool(language): states[languages == language].mean(0)
            for language in np.unique(languages)
        }
        centered = states - np.stack([means[bool(language)] for language in languages])
        _, components = np.linalg.eigh(centered.T @ centered)
        weight = components[:, ::-1][:, : self.projection.out_features].T.copy()
        mean = np.mean(list(means.values()), axis=0)
        self.projection.weight.copy_(torch.from_numpy(weight))
        self.projection.bias.copy_(torch.from_numpy(-weight @ mean))
        return {language: torch.from_numpy(mean) for language, mean in means.items()}
