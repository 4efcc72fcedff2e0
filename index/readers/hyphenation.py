"""Tell the hyphens that only end lines from those of compounds, by the words of the whole text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers", "en")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LINE_END = re.compile(r"(?P<compound>-?)(?P<word>[^\W\d_]+)(?P<hyphen>[-\u00ad\u2010])$")
_SOFT_HYPHEN = re.compile("\u00ad(?=[^\\W\\d_])")  # within a line
_LINE_START = re.compile(r"(?P<indent>\s*)(?P<word>[^\W\d_]+)(?P<rest>\S*)")
_MAX_WORD = 80  # characters
_MIN_PART = 3  # letters of a part of a compound that is known only from the text
_HYPHENS = ("-", "\u00ad", "\u2010")


class Hyphenation:
    """The words of a text, whole and hyphenated."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Count the words, without the parts of those that line ends cut.

        Args:
            lines: All lines of the text.
        """
        self._words: Counter[str] = Counter()
        is_cut = False
        for line in lines:
            words = [word.casefold() for word in _WORD.findall(line)]
            if is_cut:
                del words[:1]
            if is_cut := line.rstrip().endswith(_HYPHENS):
                del words[-1:]
            self._words.update(words)

    def is_compound(self, left: str, right: str) -> bool:
        """Return whether the hyphen between two parts of a word at a line's end belongs to it.

        The form that the text has elsewhere decides; where it has neither, a capital letter, the
        first part (well-, self-), and last whether both parts are words of the text.

        Args:
            left: The letters before the hyphen.
            right: The letters on the next line.
        """
        is_name = right[:1].isupper()
        left, right = left.casefold(), right.casefold()
        hyphenated, joined = self._words[f"{left}-{right}"], self._words[left + right]
        if hyphenated or joined:
            return hyphenated > joined
        if is_name or _PATTERNS["compound-opening"].fullmatch(left):
            return True
        return (
            min(len(left), len(right)) >= _MIN_PART
            and bool(self._words[left] and self._words[right])
            and not _PATTERNS["word-opening"].fullmatch(left)
        )


def _drop_soft_hyphens(lines: Sequence[str]) -> tuple[list[str], list[tuple[int, str]]]:
    """Return the lines without soft hyphens between letters, and these with their lines."""
    dropped = [
        (index, hyphen)
        for index, line in enumerate(lines)
        if "\u00ad" in line
        for hyphen in _SOFT_HYPHEN.findall(line)
    ]
    return [_SOFT_HYPHEN.sub("", line) for line in lines] if dropped else list(lines), dropped


def join_hyphenated_words(lines: Sequence[str]) -> tuple[list[str], list[tuple[int, str]]]:
    """Make the words whole that a hyphen at the end of a line cuts; compounds keep their hyphens.

    The beginning of a word goes down to the line on which it ends, or the end up where nothing else
    stands on its line.

    Args:
        lines: Those of a file.

    Returns:
        The lines, and the hyphens that are in none of them, each with the index of its line.
    """
    joined_lines, dropped_hyphens = _drop_soft_hyphens(lines)
    hyphenation: Hyphenation | None = None
    for index in range(len(lines) - 1):
        left, right = joined_lines[index].rstrip(), joined_lines[index + 1]
        end = _LINE_END.search(left[-_MAX_WORD:]) if left.endswith(_HYPHENS) else None
        start = _LINE_START.match(right)
        if not end or not start or not start["word"][0].islower():
            continue
        hyphenation = hyphenation or Hyphenation(lines)
        is_kept = end["hyphen"] == "-" and (
            bool(end["compound"]) or hyphenation.is_compound(end["word"], start["word"])
        )
        if not is_kept:
            dropped_hyphens.append((index, end["hyphen"]))
        hyphen = end["hyphen"] if is_kept else ""
        word_start = max(left.rfind(" "), left.rfind("\t")) + 1
        if left[:word_start].strip():
            joined_lines[index] = left[:word_start].rstrip()
            word = left[word_start:-1] + hyphen
            joined_lines[index + 1] = start["indent"] + word + right[start.start("word") :]
        elif right[start.end() :].strip():
            joined_lines[index] = left[:-1] + hyphen + start["word"] + start["rest"]
            joined_lines[index + 1] = start["indent"] + right[start.end() :].lstrip()
        elif not is_kept:
            dropped_hyphens.pop()
    return joined_lines, dropped_hyphens
