"""`tongzhu inspect`: show how a file is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from index.errors import ReadError
from index.messages import Language
from index.passages import split_publication
from index.sandbox.client import SandboxedReader
from rag.answer.serialization import safe_json
from ui.cli.folders import collect_paths
from ui.cli.outline import InspectedFile, format_outline, outline_to_dict
from ui.cli.output import print_error, print_line


def inspect_files(
    paths: Sequence[Path],
    language: Language,
    *,
    as_json: bool,
    with_text: bool = False,
    ocr: bool = False,
) -> int:
    """Print what is read from each file; return 1 if one of them cannot be read."""
    inspected_files: list[InspectedFile] = []
    collected = collect_paths(paths, language)
    status = 1 if collected.problems else 0
    with SandboxedReader(ocr=ocr) as reader:
        for file in collected.files:
            try:
                publication, audit = reader.read(file)
            except ReadError as error:
                print_error(error.message, language)
                status = 1
                continue
            passages = tuple(split_publication(publication))
            inspected_files.append(InspectedFile(str(file), publication, passages, audit))
    if as_json:
        print_line(
            safe_json(
                {
                    "version": 1,
                    "files": [
                        outline_to_dict(item, with_text=with_text) for item in inspected_files
                    ],
                }
            )
        )
        return status
    for position, inspected in enumerate(inspected_files):
        if position:
            print_line()
        for line in format_outline(inspected, language):
            print_line(line)
    return status
