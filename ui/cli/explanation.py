"""Why an answer is what it is, set for a terminal: a bar for each part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text

from rag.answer.model import Answer
from rag.render.explanation import CONFIDENCE, WHY, Contribution, chance, explain, word_lines
from rag.render.rich_text import visible
from ui.messages.cli import Language, say

_TITLE, _QUIET, _RED = Style(bold=True), Style(dim=True), Style(color="red")
_INDENT = 4
_LONGEST = 24  # cells of a bar


def explained(answer: Answer, language: Language) -> Iterable[Text]:
    """The lines that explain an answer."""
    explanation = explain(answer)
    values = [each.value for why in explanation.passages for each in why.contributions]
    for rank, why in enumerate(explanation.passages, 1):
        lead = Text.assemble((f"{rank}".ljust(_INDENT), _RED + _TITLE))
        yield lead + Text(say(WHY, language), _TITLE)
        yield from _bars(why.contributions, values, language)
        for line in word_lines(why, language):
            yield Text(" " * _INDENT + visible(line), _QUIET)
        yield Text()
    yield Text.assemble(
        " " * _INDENT,
        (f"{say(CONFIDENCE, language)} {answer.confidence:.2f}  ", _TITLE),
        chance(answer.confidence, language),
    )
    parts = explanation.confidence
    yield from _bars(parts, [each.value for each in parts], language)


def print_explanation(screen: Console, answer: Answer, language: Language) -> None:
    """Prints why an answer is what it is."""
    for line in explained(answer, language):
        screen.print(line, soft_wrap=True)
    screen.print()


def _bars(
    parts: Sequence[Contribution], values: Sequence[float], language: Language
) -> Iterable[Text]:
    """A line for each part; what speaks against is red."""
    most = max(map(abs, values), default=0.0) or 1.0
    labels = [visible(say(each.label, language)) for each in parts]
    width = max(map(cell_len, labels), default=0)
    for label, each in zip(labels, parts, strict=True):
        bar = "━" * max(1, round(_LONGEST * abs(each.value) / most))
        yield Text.assemble(
            " " * _INDENT,
            (label + " " * (width - cell_len(label)), _QUIET),
            f"  {each.value:+6.2f}  ",
            (bar, _RED if each.value < 0 else Style()),
        )
