"""A worker that needs no model, and takes so many seconds to encode a passage: SECONDS [TURN]."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

from index.encoders.protocol import PassageEmbeddings, PassageText
from tests.helpers.hashing_encoder import HashingEncoder
from ui.page.uploads.worker import main
from ui.service import limits


class SlowEncoder(HashingEncoder):
    def encode_passages(
        self, passages: Sequence[PassageText], progress: Callable[[int], None] | None = None
    ) -> list[PassageEmbeddings]:
        for done in range(len(passages)):
            time.sleep(float(sys.argv[1]))
            if progress:
                progress(done + 1)
        return super().encode_passages(passages, progress)


if __name__ == "__main__":
    turn_seconds = float(sys.argv[2]) if len(sys.argv) > 2 else limits.UPLOAD_TURN_SECONDS
    sys.exit(main(SlowEncoder(), turn_seconds))
