"""The progress of an update."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias


class ProgressEvent(NamedTuple):
    """How far an update is.

    Attributes:
        stage: Reading files, encoding texts, or writing: documents, vectors, then the terms of each
            publication.
        done: The number of files, texts or parts that are done.
        total: The number of files, texts or parts in this stage.
    """

    stage: Literal["reading", "encoding", "writing"]
    done: int
    total: int


ProgressCallback: TypeAlias = Callable[[ProgressEvent], None]
