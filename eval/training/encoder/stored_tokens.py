"""Gives tokens in training the precision that a library stores them in."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from eval.training.encoder.network import EncodedTexts
from index.encoders.bundled import BundledEncoder
from index.storage.quantization import dot_products, quantize


@lru_cache(maxsize=4)
def draw_rotation(dimension: int) -> Tensor:
    """Return a random rotation, always the same, [dimension, dimension].

    Args:
        dimension: The numbers of a stored token.
    """
    generator = torch.Generator().manual_seed(0)
    rotation: Tensor = torch.linalg.qr(torch.randn(dimension, dimension, generator=generator))[0]
    return rotation


def simulate_storage(texts: EncodedTexts) -> EncodedTexts:
    """Return texts with their tokens as a library stores them: rotated, in few bits, and back.

    The gradient passes as if nothing had been rounded (Bengio et al., "Estimating or Propagating
    Gradients Through Stochastic Neurons for Conditional Computation", 2013).

    Args:
        texts: Encoded passages.
    """
    dimension = texts.tokens.shape[-1]
    rotation = draw_rotation(dimension)
    bits = BundledEncoder.token_bits
    with torch.no_grad():
        rotated = (texts.tokens @ rotation.T).reshape(-1, dimension).numpy()
        identity = np.eye(dimension, dtype=np.float32)
        stored = torch.from_numpy(dot_products(quantize(rotated, bits), identity, bits))
        error = (stored @ rotation).view_as(texts.tokens) - texts.tokens
    return EncodedTexts(texts.tokens + error, texts.segments)
