"""Native libraries do not burn the processor while they wait."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

LOAD = """
import os
from index.encoder import load_encoder
import index.vectors
load_encoder().encode_questions(["?"])
print(os.environ.get("OMP_WAIT_POLICY"))
"""


@pytest.mark.parametrize("asked", [None, "ACTIVE"])
def test_idle_threads_sleep_unless_the_user_says_else(asked: str | None) -> None:
    env = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    env |= {"OMP_DISPLAY_ENV": "TRUE"} | ({"OMP_WAIT_POLICY": asked} if asked else {})
    done = subprocess.run(
        [sys.executable, "-c", LOAD], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(asked)
    policies = [line for line in done.stderr.splitlines() if "OMP_WAIT_POLICY" in line]
    assert len(policies) == 2  # the encoder's engine and FAISS bring a library each
    assert all((asked or "PASSIVE") in line for line in policies)
