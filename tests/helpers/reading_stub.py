"""A reader that misbehaves as the name of its file says: NAME SECONDS BYTES."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from ui.page.uploads.read_one import OUT_OF_MEMORY_STATUS, limit_process

name, seconds, memory = sys.argv[1:]
limit_process(int(seconds), int(memory))
if "asleep" in name:
    time.sleep(60)
if "busy" in name:
    while True:
        pass
if "greedy" in name:
    try:
        reserved_memory = bytearray(2 * int(memory))
    except MemoryError:
        sys.exit(OUT_OF_MEMORY_STATUS)
if "writes" in name:
    Path("elsewhere").write_text("x" * 10_000)
os.abort()
