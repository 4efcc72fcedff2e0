"""The progress of an update."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias


class ProgressEvent(NamedTuple):
    """How far an update is.

    Attributes:
        stage: Reading files, encoding texts, writing (the documents, vectors, then terms of each
            passage), sending passages to the engine, if that is elsewhere, or merging what was
            written before.
        done: The number of files, texts, steps or passages that are done.
        total: The number of files, texts, steps or passages in this stage.
    """

    stage: Literal["reading", "encoding", "writing", "sending", "merging"]
    done: int
    total: int


ProgressCallback: TypeAlias = Callable[[ProgressEvent], None]
