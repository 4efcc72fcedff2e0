"""Publications with random damage, and the search for those of which the reader loses account.

`python -m tests.helpers.mutations --count 20000` prints each text that is read twice or not at all,
shortened to the lines that matter. Its texts are those of the generator, the sample, and the files
that are named.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path

from index import sample
from index.readers import paged
from index.readers.accounting import audit_characters
from index.readers.decoding import load_text
from tests.helpers.generator import Generator, Shape
from tests.helpers.printer import Printer

LEADERS = (" | ", "……", "......", "\t", "    ", "\u3000\u3000", " ", "")
PIECES = (
    "目錄\n", "Contents\n", "風與雨……3\n風與雲……7\n", "| 風 | 3 |\n| 雨 | 7 |\n",
    "焦點類別：海事\n", "發行人 / 王小明\n", "發行人：王小明\n", "第 8 期\n",
    "2025 年 5 月 22 日\n", "國安研究所\n", "王小明\n", "Petra Quayle\n",
    "壹、前言\n", "一、風\n", "1. 雨\n", "（一）雲\n",
    "表 1、風\n", "¹ 風。\n", "[1] 雨。\n", "① 雲。\n", "* 海。\n", "¹", "[1]", "①", "*", "**",
    "# ", "> ", "| ", " |", "  ", "\u3000\u3000", "\f", "7\n", "- 7 -\n", "---\n", "|---|---|\n",
    "。", "，", "「", "（", "<sup>2</sup>",
)  # fmt: skip


def _duplicate(lines: list[str], first: int, second: int) -> None:
    lines.insert(second, lines[first])


def _duplicate_range(lines: list[str], first: int, second: int) -> None:
    lines[second:second] = lines[first : first + 1 + second % 9]


def _delete(lines: list[str], first: int, second: int) -> None:
    del lines[first : first + 1 + second % 3]


def _swap(lines: list[str], first: int, second: int) -> None:
    lines[first], lines[second] = lines[second], lines[first]


def _move_range(lines: list[str], first: int, second: int) -> None:
    moved = lines[first : first + 1 + second % 9]
    del lines[first : first + len(moved)]
    lines[second:second] = moved


def _insert_blank(lines: list[str], first: int, second: int) -> None:
    lines.insert(first, "")


def _delete_blank(lines: list[str], first: int, second: int) -> None:
    blank = next((index for index in range(first, len(lines)) if not lines[index].strip()), None)
    if blank is not None:
        del lines[blank]


def _delete_blanks(lines: list[str], first: int, second: int) -> None:
    end = first + 1 + second % 30
    lines[first:end] = [line for line in lines[first:end] if line.strip()]


def _break_page(lines: list[str], first: int, second: int) -> None:
    middle = second % (len(lines[first]) + 1)
    lines[first] = f"{lines[first][:middle]}\f{lines[first][middle:]}"


def _split_line(lines: list[str], first: int, second: int) -> None:
    middle = second % (len(lines[first]) + 1)
    lines[first : first + 1] = [lines[first][:middle], lines[first][middle:]]


def _join_lines(lines: list[str], first: int, second: int) -> None:
    lines[first : first + 2] = ["".join(lines[first : first + 2])]


def _insert_piece(lines: list[str], first: int, second: int) -> None:
    piece = PIECES[second % len(PIECES)]
    ends = second // len(PIECES) % 2
    lines[first : first + 1] = (lines[first] + piece if ends else piece + lines[first]).split("\n")


def _replace_piece(lines: list[str], first: int, second: int) -> None:
    lines[first : first + 1] = PIECES[second % len(PIECES)].split("\n")


def _change_leaders(lines: list[str], first: int, second: int) -> None:
    old = LEADERS[second % (len(LEADERS) - 1)]
    new = LEADERS[second // len(LEADERS) % len(LEADERS)]
    for index in range(first, min(first + 12, len(lines))):
        lines[index] = lines[index].replace(old, new)


def _change_width(lines: list[str], first: int, second: int) -> None:
    wide = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
    lines[first] = lines[first].translate(wide) if second % 2 else lines[first].swapcase()


def _list_page(lines: list[str], first: int, second: int) -> None:
    leader = LEADERS[second % 5]
    lines[first] = f"{lines[first]}{leader}{second % 40}"


Mutation = Callable[[list[str], int, int], None]
MUTATIONS: tuple[Mutation, ...] = (
    _duplicate, _duplicate_range, _delete, _swap, _move_range, _insert_blank, _delete_blank,
    _delete_blanks, _break_page, _split_line, _join_lines, _insert_piece, _replace_piece,
    _change_leaders, _change_width, _list_page,
)  # fmt: skip
Step = tuple[Mutation, int, int]


def mutate(text: str, steps: Sequence[Step]) -> str:
    """Return a text after some changes of its lines; each step names a change and two numbers."""
    lines = text.split("\n")
    for mutation, first, second in steps:
        if lines:
            # What happens at the front, where the contents are, is half of all.
            front = min(len(lines), 24) if first % 2 else len(lines)
            second_line = (second if second % 3 else first + second) % len(lines)
            is_move = mutation in (_duplicate, _duplicate_range, _swap, _move_range)
            mutation(lines, first // 2 % front, second_line if is_move else second)
    return "\n".join(lines)


def describe_imbalance(text: str) -> str:
    """Return what the account of a text has too much or too little of; "" if it is balanced."""
    audit = audit_characters(text, paged.read(text))
    return "" if audit.is_balanced else f"missing {audit.missing}, extra {audit.extra}"


def shorten(text: str, is_wrong: Callable[[str], object]) -> str:
    """Return a text with as few lines as still are wrong."""
    lines = text.split("\n")
    size = len(lines) // 2
    while size:
        position = 0
        while position < len(lines):
            shorter = lines[:position] + lines[position + size :]
            if is_wrong("\n".join(shorter)):
                lines = shorter
            else:
                position += size
        size //= 2
    return "\n".join(lines)


def _make_texts(seed: int, count: int, files: Sequence[Path]) -> Iterator[str]:
    texts = [load_text(file) for file in [sample.get_path(), *files]]
    for number in range(count):
        rnd = random.Random(f"{seed}-{number}")
        if rnd.random() < 0.2:
            text = rnd.choice(texts)
        else:
            flags = {f.name: rnd.random() < 0.3 for f in fields(Shape) if f.type == "bool"}
            flags["contents"] = rnd.random() < 0.6
            sizes = (rnd.randint(1, 3), rnd.randint(1, 3), rnd.randint(0, 6), rnd.randint(1, 3))
            shape = Shape(rnd.randrange(2**32), *sizes, **flags)
            text = Printer(Generator(shape).publication(), shape).text()
        yield mutate(
            text,
            [
                (rnd.choice(MUTATIONS), rnd.randrange(10_000), rnd.randrange(10_000))
                for _ in range(rnd.randint(1, 10))
            ],
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("files", type=Path, nargs="*")
    arguments = parser.parse_args()
    wrong = 0
    for text in _make_texts(arguments.seed, arguments.count, arguments.files):
        problem = describe_imbalance(text)
        if problem:
            wrong += 1
            shortest = shorten(text, describe_imbalance)
            sys.stdout.write(f"--- {describe_imbalance(shortest)}\n{shortest}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{wrong} of {arguments.count} texts are not accounted for\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
