"""How native libraries wait for their own threads.

By default an idle OpenMP thread spins. Where other programs want the processor too, a question
then takes many times as long, for every step of the computation waits for a thread that is not
running while another one burns the time that it needs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_POLICY = "OMP_WAIT_POLICY"


@contextmanager
def asleep() -> Iterator[None]:
    """Idle threads of a native library that is loaded within sleep, unless the user says else."""
    if _POLICY in os.environ:
        yield
        return
    os.environ[_POLICY] = "PASSIVE"
    try:
        yield
    finally:
        os.environ.pop(_POLICY, None)
