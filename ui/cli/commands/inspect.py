"""`tongzhu inspect`: how a file is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from index.errors import ReadError
from index.passages import split
from index.readers import read
from index.readers.accounting import account
from index.readers.decoding import load
from rag.answer.serialization import safe_json
from ui.cli.outline import Reading, outline, values
from ui.cli.output import complain, print_line
from ui.messages.cli import Language


def inspect(files: Sequence[Path], language: Language, *, as_json: bool) -> int:
    """Prints what is read out of each file; 1 if one of them cannot be read."""
    readings: list[Reading] = []
    status = 0
    for file in files:
        try:
            publication = read(file)
            accounted = account(load(file), publication)
        except ReadError as error:
            complain(error.message, language)
            status = 1
            continue
        readings.append(Reading(str(file), publication, tuple(split(publication)), accounted))
    if as_json:
        print_line(safe_json({"version": 1, "files": [values(each) for each in readings]}))
        return status
    for at, reading in enumerate(readings):
        if at:
            print_line()
        for line in outline(reading, language):
            print_line(line)
    return status
