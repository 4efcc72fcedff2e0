"""How the native libraries use threads: nicely on a busy machine, and safely in forked processes.

By default an idle OpenMP thread spins. Where other programs want the processor too, a question
then takes many times as long, for every step of the computation waits for a thread that is not
running while another one burns the time that it needs.

OpenBLAS, which NumPy multiplies with, always lets its threads spin for a while. For the small
matrices of a question a second thread gains next to nothing, and takes a processor from the engines
that encode and search meanwhile.

A forked process has none of its parent's threads, yet OpenMP waits for them there, for ever. A
process that was forked by one that had imported this module computes in a single thread.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_WAIT_POLICY_VARIABLE = "OMP_WAIT_POLICY"
_blas_limit_lock = threading.Lock()


@contextmanager
def passive_omp_threads() -> Iterator[None]:
    """Idle threads of a native library that is loaded within sleep, unless the user says else."""
    if _WAIT_POLICY_VARIABLE in os.environ:
        yield
        return
    os.environ[_WAIT_POLICY_VARIABLE] = "PASSIVE"
    try:
        yield
    finally:
        os.environ.pop(_WAIT_POLICY_VARIABLE, None)


@cache
def _blas_controller() -> Any:
    from threadpoolctl import ThreadpoolController  # only now have the libraries been loaded

    return ThreadpoolController().select(user_api="blas")


@contextmanager
def single_threaded_blas() -> Iterator[None]:
    """NumPy multiplies in one thread within it, and behind it in as many as before.

    The limit is the whole process's, and only who has set it can take it back: threads that come
    while another one is within have the good of it until that one leaves.
    """
    if not _blas_limit_lock.acquire(blocking=False):
        yield
        return
    try:
        with _blas_controller().limit(limits=1):
            yield
    finally:
        _blas_limit_lock.release()


def _limit_openmp_after_fork() -> None:
    from threadpoolctl import threadpool_limits  # most processes are never forked

    threadpool_limits(limits=1, user_api="openmp")


if hasattr(os, "register_at_fork"):  # there is no fork on Windows
    os.register_at_fork(after_in_child=_limit_openmp_after_fork)
