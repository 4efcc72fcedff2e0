"""Regular expressions that match in simplified and traditional script alike."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from opencc import OpenCC

from index.text.characters import BASIC_HAN

_FIRST_HAN, _LAST_HAN = 0x3400, 0x9FFF
# What OpenCC's dictionaries map only within some words (餘 in names, 著 as a particle).
_FURTHER_VARIANTS = ("餘馀", "著着")
_EXPRESSION_TOKEN = re.compile(
    rf"\\.|\[(?P<class>\^?\]?(?:\\.|[^\]\\])*)\]|(?P<han>[{BASIC_HAN}])", re.DOTALL
)
_CLASS_TOKEN = re.compile(rf"\\.|(?P<range>[^\\]-[^\\])|(?P<han>[{BASIC_HAN}])", re.DOTALL)


def match_either_script(expression: str) -> str:
    """Return a regular expression in which each Chinese character stands for all its variants.

    Two characters are variants if OpenCC simplifies them alike (門, 门; 後, 后; 裡, 裏, 里), so the
    expression matches the same places of a text and of its simplified form. Escapes and ranges of
    characters stay as they are.

    Args:
        expression: In either script, or in both.

    >>> match_either_script("第[期號]|頁$")
    '第[期号號]|[頁页]$'
    """
    return _EXPRESSION_TOKEN.sub(_expand_token, expression)


def list_variants(character: str) -> str:
    """Return a character and all its variants in both scripts, in the order of their code points.

    Args:
        character: Any character.

    >>> list_variants("裡")
    '裏裡里'
    """
    return _load_variants().get(character, character)


def _expand_token(match: re.Match[str]) -> str:
    if match["han"]:
        variants = list_variants(match["han"])
        return f"[{variants}]" if len(variants) > 1 else variants
    if match["class"] is not None:
        return f"[{_CLASS_TOKEN.sub(_expand_class_token, match['class'])}]"
    return match[0]


def _expand_class_token(match: re.Match[str]) -> str:
    return list_variants(match["han"]) if match["han"] else match[0]


@cache
def _load_variants() -> Mapping[str, str]:
    """Return for each character that has variants all of them, itself included."""
    # One character on each line, so that no words are found among them.
    lines = "\n".join(map(chr, range(_FIRST_HAN, _LAST_HAN + 1)))
    converted: str = OpenCC("t2s").convert(lines)
    groups: defaultdict[str, set[str]] = defaultdict(set)
    pairs = [*zip(lines, converted, strict=True), *_FURTHER_VARIANTS]
    for left, right in pairs:
        if left != right:
            group = groups[left] | groups[right] | {left, right}
            groups.update(dict.fromkeys(group, group))
    return {character: "".join(sorted(group)) for character, group in groups.items()}
