"""The files of a command, those in folders included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from index.messages import Language, MessageCatalogue, is_chinese
from index.readers.folders import CollectedFiles, collect_files
from ui.cli.output import print_error, print_line

_MESSAGES = MessageCatalogue("ui", "cli")
_MAX_NAMES = 3  # of each kind


def collect_paths(paths: Iterable[Path], language: Language) -> CollectedFiles:
    """Return the files to read; print what is passed over in folders, and what is wrong there."""
    collected = collect_files(paths)
    for folder, files in collected.passed_over.items():
        kinds = _describe_kinds(folder, files, language)
        message = _MESSAGES["passed_over"].format(path=folder, kinds=kinds)
        print_line(message.in_language(language), stderr=True)
    for _, problem in collected.problems:
        print_error(problem, language)
    return collected


def _describe_kinds(folder: Path, files: Sequence[Path], language: Language) -> str:
    names: dict[str, list[str]] = defaultdict(list)
    for file in files:
        names[file.suffix.lower()].append(str(file.relative_to(folder)))
    separator = "、" if is_chinese(language) else ", "
    return separator.join(
        _MESSAGES["passed_kind"].in_language(
            language,
            number=len(named),
            suffix=suffix or _MESSAGES["no_suffix"],
            names=", ".join(named[:_MAX_NAMES]) + (", …" if len(named) > _MAX_NAMES else ""),
        )
        for suffix, named in sorted(names.items())
    )
