"""Ctrl-C while the command line is still loading."""

from __future__ import annotations

import signal
import subprocess
import sys

_INTERRUPTED_IMPORT = """
import sys

class Interrupter:
    def find_spec(self, name, path=None, target=None):
        if name == "ui.cli.main":
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Interrupter())
from ui.cli.entry import main
sys.argv = ["tongzhu", "--version"]
sys.exit(main())
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_ctrl_c_while_loading_ends_without_a_traceback() -> None:
    result = run(
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
        + _INTERRUPTED_IMPORT
    )
    assert (result.returncode, result.stdout, result.stderr) == (-signal.SIGINT, "", "")


def test_an_ignored_interrupt_stays_ignored() -> None:
    ignored = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
    result = run(ignored + _INTERRUPTED_IMPORT)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout
