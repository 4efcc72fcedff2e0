"""Texts that a regular expression nearly matches, made from the expression itself.

Of each part that it repeats, a text holds what comes before that part, and the part many times; so
does what an expression opens, such as a bracket, that is never closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from typing import Any

_PARSER: Any = import_module("re._parser")
_CHARACTERS = ' a1A.。年（一《*|-,:\n\t頁（）[]"<>=#/é'  # of classes, three
_MAX_SAMPLES = 25
_MAX_PREFIX = 15  # characters that are repeated
_MANY = 20  # repeats that count as without limit

COMMON_PARTS = (
    *("1", " ", "(", "[", "《", "“", "*", ".", ",", "，", "a", "A", "年", "-", "\n", "é"),
    *("1 ", "1.", "A.", "Aa ", "a ", "年1", " \t", "[1]", "( ", "（年", "《年", "http://", "<a "),
)

Sample = tuple[tuple[str, bool], ...]  # pieces, each with whether it repeats without limit


def make_near_misses(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Return beginnings of texts, each with the part that is to be repeated after it."""
    seen = set()
    for near_miss in _list_near_misses(pattern):
        if near_miss[1] and near_miss not in seen:
            seen.add(near_miss)
            yield near_miss


def _list_near_misses(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    yield from (("", part) for part in COMMON_PARTS)
    tree = _PARSER.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    for sample in islice(_list_samples(tree), _MAX_SAMPLES):
        text = ""
        for piece, is_repeated in sample:
            if is_repeated:
                yield text, piece
                yield "", text + piece
            text += piece
            if len(text) <= _MAX_PREFIX:
                yield "", text


def _list_samples(tree: Any) -> Iterator[Sample]:
    """Return texts that the tree may match: one with all first choices, then one for each other."""
    choices = [list(islice(_list_choices(*node), 12)) or [()] for node in tree]
    first = [options[0] for options in choices]
    yield sum(first, ())
    for index, options in enumerate(choices):
        for option in options[1:]:
            yield sum([*first[:index], option, *first[index + 1 :]], ())


def _list_choices(operator: Any, argument: Any) -> Iterator[Sample]:
    match str(operator):
        case "LITERAL":
            yield ((chr(argument), False),)
        case "NOT_LITERAL" | "ANY" | "IN":
            for character in _list_characters(operator, argument):
                yield ((character, False),)
        case "BRANCH":
            for branch in argument[1]:
                yield from _list_samples(branch)
        case "SUBPATTERN" | "ATOMIC_GROUP" | "ASSERT" | "ASSERT_NOT":
            if operator is _PARSER.ASSERT_NOT:
                yield ()
            yield from _list_samples(argument if operator is _PARSER.ATOMIC_GROUP else argument[-1])
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            yield from _list_repeats(*argument)
        case _:
            yield ()


def _list_repeats(least: int, most: Any, tree: Any) -> Iterator[Sample]:
    is_endless = int(most) >= _MANY
    for sample in _list_samples(tree):
        text = "".join(piece for piece, _ in sample)
        if any(is_repeated for _, is_repeated in sample):
            yield sample
        yield ((text, True),) if is_endless else ((text * max(least, 1), False),)
    if least == 0:
        yield ()


def _list_characters(operator: Any, argument: Any) -> Iterator[str]:
    expression = re.compile(_write_class(operator, argument), re.DOTALL)
    fitting = [character for character in _CHARACTERS if expression.match(character)]
    if fitting:
        yield from fitting[:3]
        return
    for _, value in argument:
        if isinstance(value, int):
            yield chr(value)
            return
        if isinstance(value, tuple):
            yield chr(value[0])
            return


def _write_class(operator: Any, argument: Any) -> str:
    if str(operator) == "ANY":
        return "."
    if str(operator) == "NOT_LITERAL":
        return f"[^{re.escape(chr(argument))}]"
    parts = []
    for kind, value in argument:
        match str(kind):
            case "NEGATE":
                parts.insert(0, "^")
            case "LITERAL":
                parts.append(re.escape(chr(value)))
            case "RANGE":
                parts.append("-".join(re.escape(chr(end)) for end in value))
            case "CATEGORY":
                parts.append(_CATEGORIES[str(value)])
    return f"[{''.join(parts)}]"


_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}
