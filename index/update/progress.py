"""How far a change of a library is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias


class ProgressEvent(NamedTuple):
    """How far a change is.

    Attributes:
        stage: Reading files, encoding texts, or writing: documents, vectors, then the terms of
            each publication.
        done: How many files, texts or parts are done.
        total: How many there are.
    """

    stage: Literal["reading", "encoding", "writing"]
    done: int
    total: int


ProgressCallback: TypeAlias = Callable[[ProgressEvent], None]
