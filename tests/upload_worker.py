"""A worker that needs no model, and waits so many seconds before it encodes: SECONDS."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from hashing_encoder import HashingEncoder

from index.encoder import Encoded
from ui.uploads.worker import main


class SlowEncoder(HashingEncoder):
    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Encoded:
        time.sleep(float(sys.argv[1]))
        return super().encode_passages(texts, progress)


if __name__ == "__main__":
    sys.exit(main(SlowEncoder()))
