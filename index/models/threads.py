"""How the native libraries use threads: nicely on a busy machine, and safely in forked processes.

By default an idle OpenMP thread spins. Where other programs want the processor too, a question
then takes many times as long, for every step of the computation waits for a thread that is not
running while another one burns the time that it needs.

A forked process has none of its parent's threads, yet OpenMP waits for them there, for ever. A
process that was forked by one that had imported this module computes in a single thread.
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


def _single_threaded() -> None:
    from threadpoolctl import threadpool_limits  # most processes are never forked

    threadpool_limits(limits=1, user_api="openmp")


if hasattr(os, "register_at_fork"):  # there is no fork on Windows
    os.register_at_fork(after_in_child=_single_threaded)
