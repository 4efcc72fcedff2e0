"""A worker of the sandbox that misbehaves as the name of the file says."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path

from index.messages import Message
from index.sandbox import worker


def misbehave(request: worker.ReadRequest) -> worker.ReadReply:
    kind = Path(request.path).stem
    if kind == "asleep":
        time.sleep(60)
    if kind == "busy":
        while True:
            pass
    if kind == "greedy":
        return worker.ReadReply(failure=str(len(bytearray(8 << 30))))
    if kind == "raises":
        raise AssertionError
    if kind == "dies":
        os.abort()
    return worker.ReadReply(error=Message(attempt(kind, request.path), ""))


def attempt(kind: str, path: str) -> str:
    """Do what a process without rights cannot do; return the name of the error that it gets."""
    try:
        if kind == "writes":
            Path(path).with_name("elsewhere").write_text("x")
        if kind == "deletes":
            Path(path).unlink()
        if kind == "reads":
            Path(path).read_text()
        if kind == "connects":
            socket.create_connection(("127.0.0.1", int(Path(path).suffix[1:])))
    except OSError as error:
        return type(error).__name__
    return "done"


if __name__ == "__main__":
    worker.read_request = misbehave
    sys.exit(worker.main())
