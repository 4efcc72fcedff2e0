"""How long passages would take to be encoded on this machine."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_info

if TYPE_CHECKING:
    from index.encoders.protocol import Encoder, PassageText

_SAMPLE_PASSAGES = 8


def estimate_seconds(passages: Sequence[PassageText], encoder: Encoder) -> float:
    """Return the seconds that passages take to be encoded if nothing else uses the processors.

    A sample of them, of all lengths, is encoded to measure it.

    Args:
        passages: At least one passage.
        encoder: The encoder; it is loaded if it is not yet.
    """
    by_length = sorted(passages, key=_count_characters)
    step = max(1, len(by_length) // _SAMPLE_PASSAGES)
    sample = by_length[step // 2 :: step]
    encoder.encode_passages(sample[:1])  # loads the model
    started_at = time.process_time()
    encoder.encode_passages(sample)
    processor_seconds = time.process_time() - started_at
    threads = max((pool["num_threads"] for pool in threadpool_info()), default=1)
    characters = sum(map(_count_characters, passages))
    return processor_seconds / threads * characters / max(1, sum(map(_count_characters, sample)))


def _count_characters(passage: PassageText) -> int:
    return len(passage.heading) + sum(map(len, passage.sentences))
