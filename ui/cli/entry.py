"""The entry point of the command `tongzhu`, which loads the command line.

While that loads, Ctrl-C ends the process as it ends any program, without a traceback.
"""

from __future__ import annotations

import signal


def main() -> int:
    """Run the command line; return the exit status of the process."""
    is_python = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_python:  # else it is ignored, as in the background
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from ui.cli.main import main as run_command_line

    if is_python:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return run_command_line()
