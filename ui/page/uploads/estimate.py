"""How long texts would take to be encoded on this machine."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_info

if TYPE_CHECKING:
    from index.encoders.protocol import Encoder

_SAMPLE_TEXTS = 32
_WARM_UP_CHARACTERS = 20_000  # so many make the encoder load the engine for many texts


def estimate_seconds(texts: Sequence[str], encoder: Encoder) -> float:
    """Return the seconds that texts take to be encoded if nothing else uses the processors.

    A sample of them, of all lengths, is encoded to measure it.

    Args:
        texts: At least one text.
        encoder: The encoder; it is loaded if it is not yet.
    """
    by_length = sorted(texts, key=len)
    step = max(1, len(by_length) // _SAMPLE_TEXTS)
    sample = by_length[step // 2 :: step]
    # Read only as far as the model's limit, so that loading takes most of this.
    encoder.encode_passages(["，".join(sample).ljust(_WARM_UP_CHARACTERS, "，")])
    started_at = time.process_time()
    encoder.encode_passages(sample)
    processor_seconds = time.process_time() - started_at
    threads = max((pool["num_threads"] for pool in threadpool_info()), default=1)
    share = sum(map(len, texts)) / max(1, sum(map(len, sample)))
    return processor_seconds / threads * share
