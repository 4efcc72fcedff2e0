"""Options of the command line that the trainings share."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """Add where the data are, and where the results go.

    Args:
        parser: The parser; changed in place.
    """
    parser.add_argument(
        "--written", type=Path, action="append", default=[], help="folder of written questions"
    )
    parser.add_argument("--squad", type=Path, required=True, help="folder of CMRC, DRCD and XQuAD")
    parser.add_argument("--output", type=Path, required=True, help="folder that is written to")


def add_run_options(parser: argparse.ArgumentParser, defaults: Mapping[str, Any]) -> None:
    """Add an option for each value that determines a run.

    Args:
        parser: The parser; changed in place.
        defaults: The values by their names, which the options have with hyphens.
    """
    for name, value in defaults.items():
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=type(value), default=value, help=f"({value})")
