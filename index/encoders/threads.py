"""Threads of the native libraries: without busy waiting, and safe in forked processes.

An idle OpenMP thread spins by default. Where other programs compete for the processors, a query
then takes many times as long, for each step of the computation waits for a thread that is not
running while another one spins.

OpenBLAS, which NumPy uses, always lets its threads spin for a while. For the small matrices of a
query a second thread saves almost no time, and takes a processor from encoding and search.

A forked process has none of its parent's threads, but OpenMP waits for them forever. A process
forked from one that has imported this module therefore computes in a single thread.
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
    """Let idle threads of a native library that is loaded within the context sleep.

    `OMP_WAIT_POLICY` of the user takes precedence.

    Yields:
        Nothing.
    """
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
    from threadpoolctl import ThreadpoolController  # finds only libraries that are loaded

    return ThreadpoolController().select(user_api="blas")


@contextmanager
def single_threaded_blas() -> Iterator[None]:
    """Limit NumPy to one thread within the context.

    The limit holds for the whole process, and only the thread that has set it removes it; other
    threads that enter meanwhile profit from it until then.

    Yields:
        Nothing.
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
    from threadpoolctl import threadpool_limits  # rarely needed

    threadpool_limits(limits=1, user_api="openmp")


if hasattr(os, "register_at_fork"):  # there is no fork on Windows
    os.register_at_fork(after_in_child=_limit_openmp_after_fork)
