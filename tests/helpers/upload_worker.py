"""A worker that needs no model, and waits so many seconds before it encodes: SECONDS."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

from index.encoders.protocol import Embeddings
from tests.helpers.hashing_encoder import HashingEncoder
from ui.page.uploads.worker import main


class SlowEncoder(HashingEncoder):
    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Embeddings:
        time.sleep(float(sys.argv[1]))
        return super().encode_passages(texts, progress)


if __name__ == "__main__":
    sys.exit(main(SlowEncoder()))
