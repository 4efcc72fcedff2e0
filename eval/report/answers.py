"""Complete answers of two versions compared, to show that a change of the code changes none.

    python -m eval.report.answers collect OLD.jsonl sample fortnightly-87 --library DIR
    python -m eval.report.answers compare OLD.jsonl NEW.jsonl [--renamed OLD=NEW ...]

`collect` writes every answer as JSON, a line each; run it in both versions. `compare` prints for
each set how many answers are the same, and where others first differ. Keys and names of score parts
that were renamed on purpose are given with `--renamed`; numbers may differ by rounding.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.questions.sets import QuestionSet, find_set, prepare_library
from index.encoders.protocol import load_encoder
from index.errors import QuestionError, TongzhuError
from rag.retriever import Retriever

_TOLERANCE = 1e-5
_MAX_SHOWN = 80  # characters of a value

AnswerKey = tuple[str, str]
"""A question: the name of its set, and its id there."""


@dataclass(frozen=True, slots=True)
class AnswerComparison:
    """The differences between two collections of answers.

    Attributes:
        same: The number of equal answers of each set.
        different: Of each answer that differs, where it first does.
        missing: The questions of which only one collection has an answer.
    """

    same: Counter[str]
    different: dict[AnswerKey, str]
    missing: tuple[AnswerKey, ...]

    @property
    def is_equal(self) -> bool:
        """Whether all answers are the same."""
        return not self.different and not self.missing

    def format_lines(self) -> list[str]:
        """Return a line for each set, each different answer and each missing one."""
        different = Counter(name for name, _ in self.different)
        lines = [
            f"{name}: {self.same[name]} same, {different[name]} different"
            for name in sorted(self.same | different)
        ]
        lines += [f"{name} {id_}: {where}" for (name, id_), where in self.different.items()]
        return lines + [f"{name} {id_}: only in one file" for name, id_ in self.missing]


def collect_answers(question_set: QuestionSet, retriever: Retriever) -> Iterator[str]:
    """Yield the answer to each question of a set, as a line of JSON.

    Args:
        question_set: The questions.
        retriever: The retriever of the library that they are asked of.
    """
    for question in question_set.questions:
        answer: object
        try:
            answer = retriever.retrieve(question.question, history=question.history).to_dict()
        except QuestionError as error:
            answer = {"error": str(error)}
        record = {"set": question_set.name, "id": question.id, "answer": answer}
        yield json.dumps(record, ensure_ascii=False)


def compare_answers(
    old: Path, new: Path, renamed: Mapping[str, str] | None = None
) -> AnswerComparison:
    """Return the differences between two files of answers.

    Args:
        old: A file that `collect` wrote.
        new: Another one.
        renamed: Keys and names of parts in the old file, and what they are called in the new one.

    Raises:
        OSError: If a file cannot be read.
        ValueError: If one does not hold answers.
    """
    old_answers, new_answers = _load_answers(old, renamed or {}), _load_answers(new, {})
    same: Counter[str] = Counter()
    different: dict[AnswerKey, str] = {}
    for key in old_answers.keys() & new_answers.keys():
        where = _find_difference(old_answers[key], new_answers[key])
        if where is None:
            same[key[0]] += 1
        else:
            different[key] = where
    missing = sorted(old_answers.keys() ^ new_answers.keys())
    return AnswerComparison(same, dict(sorted(different.items())), tuple(missing))


def _load_answers(path: Path, renamed: Mapping[str, str]) -> dict[AnswerKey, object]:
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    try:
        return {
            (record["set"], record["id"]): _rename(record["answer"], renamed) for record in records
        }
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path}: does not hold answers ({error!r})") from error


def _rename(value: object, renamed: Mapping[str, str]) -> object:
    """Return a JSON value with its keys, and the values of "name", renamed; "version" left out."""
    if isinstance(value, list):
        return [_rename(item, renamed) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        renamed.get(key, key): renamed.get(item, item)
        if key == "name" and isinstance(item, str)
        else _rename(item, renamed)
        for key, item in value.items()
        if key != "version"
    }


def _find_difference(old: object, new: object, path: str = "") -> str | None:
    """Return where two JSON values first differ, with both values; None if they are equal."""
    if isinstance(old, dict) and isinstance(new, dict):
        return _find_item_difference(old, new, path)
    if isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            return f"{path}: {len(old)} items, then {len(new)}"
        pairs = enumerate(zip(old, new, strict=True))
        differences = (_find_difference(a, b, f"{path}[{index}]") for index, (a, b) in pairs)
        return next((difference for difference in differences if difference is not None), None)
    if _is_equal_value(old, new):
        return None
    return f"{path}: {str(old)[:_MAX_SHOWN]}, then {str(new)[:_MAX_SHOWN]}"


def _find_item_difference(old: dict[str, object], new: dict[str, object], path: str) -> str | None:
    """Return where two JSON objects first differ; None if they are equal."""
    for key in sorted(old.keys() | new.keys()):
        where = f"{path}.{key}" if path else key
        if key not in old or key not in new:
            return f"{where}: only in the {'new' if key in new else 'old'} answer"
        if (difference := _find_difference(old[key], new[key], where)) is not None:
            return difference
    return None


def _is_equal_value(old: object, new: object) -> bool:
    """Return whether two JSON scalars are equal, numbers up to rounding."""
    if _is_number(old) and _is_number(new):
        first, second = float(str(old)), float(str(new))
        return math.isclose(first, second, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
    return old == new and isinstance(old, bool) == isinstance(new, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _write_answers(
    file: Path, names: Sequence[str], library: Path | None, paragraphs: Path | None
) -> None:
    encoder = load_encoder()
    with file.open("w", encoding="utf-8") as output:
        for name in names:
            question_set = find_set(name, paragraphs)
            if question_set.source is not None:
                folder = prepare_library(question_set.source, encoder)
            elif library is not None:
                folder = library
            else:
                raise SystemExit(f"{name}: name its library with --library")
            retriever = Retriever.open(folder)
            output.writelines(f"{line}\n" for line in collect_answers(question_set, retriever))


def main(arguments: Sequence[str] | None = None) -> int:
    """Collect or compare answers; return 1 if they differ.

    Args:
        arguments: The command line; None for that of the process.
    """
    parser = argparse.ArgumentParser(description="Compare the answers of two versions.")
    commands = parser.add_subparsers(dest="command", required=True)
    collect = commands.add_parser("collect", help="write all answers to question sets")
    collect.add_argument("file", type=Path, help="the file to write")
    collect.add_argument("sets", nargs="+", help="names of sets, or JSON Lines or SQuAD files")
    collect.add_argument("--library", type=Path, help="for sets that have no file of their own")
    collect.add_argument("--paragraphs", type=Path, help="for SQuAD files: whose paragraphs")
    compare = commands.add_parser("compare", help="compare two files of answers")
    compare.add_argument("old", type=Path)
    compare.add_argument("new", type=Path)
    compare.add_argument("--renamed", nargs="*", default=[], metavar="OLD=NEW")
    options = parser.parse_args(arguments)
    try:
        if options.command == "collect":
            _write_answers(options.file, options.sets, options.library, options.paragraphs)
            return 0
        pairs = (pair.partition("=") for pair in options.renamed)
        renamed = {old: new for old, _, new in pairs}
        comparison = compare_answers(options.old, options.new, renamed)
    except (TongzhuError, OSError, ValueError) as error:
        parser.exit(2, f"{error}\n")
    print("\n".join(comparison.format_lines()))  # noqa: T201
    return 0 if comparison.is_equal else 1


if __name__ == "__main__":
    sys.exit(main())
