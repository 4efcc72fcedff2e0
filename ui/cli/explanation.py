"""The explanation of an answer for a terminal: a bar for each contribution."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text

from index.messages import Language, MessageCatalogue
from rag.answer.model import Answer
from rag.render.explanation import (
    Contribution,
    describe_confidence,
    explain,
    format_word_lines,
)
from rag.render.rich_text import escape_controls

_MESSAGES = MessageCatalogue("rag", "explanation")

_TITLE, _DIM, _RED = Style(bold=True), Style(dim=True), Style(color="red")
_INDENT = 4
_MAX_BAR_WIDTH = 24  # cells of a bar


def format_explanation(answer: Answer, language: Language) -> Iterable[Text]:
    """Yield the lines that explain an answer."""
    explanation = explain(answer)
    values = [
        contribution.value
        for passage in explanation.passages
        for contribution in passage.contributions
    ]
    for rank, passage in enumerate(explanation.passages, 1):
        lead = Text.assemble((f"{rank}".ljust(_INDENT), _RED + _TITLE))
        yield lead + Text(_MESSAGES["why"].in_language(language), _TITLE)
        yield from _format_bars(passage.contributions, values, language)
        for line in format_word_lines(passage, language):
            yield Text(" " * _INDENT + escape_controls(line), _DIM)
        yield Text()
    yield Text.assemble(
        " " * _INDENT,
        (f"{_MESSAGES['confidence'].in_language(language)} {answer.confidence:.2f}  ", _TITLE),
        describe_confidence(answer.confidence, language),
    )
    parts = explanation.confidence
    yield from _format_bars(parts, [contribution.value for contribution in parts], language)


def print_explanation(screen: Console, answer: Answer, language: Language) -> None:
    """Print the explanation of an answer."""
    for line in format_explanation(answer, language):
        screen.print(line, soft_wrap=True)
    screen.print()


def _format_bars(
    contributions: Sequence[Contribution], values: Sequence[float], language: Language
) -> Iterable[Text]:
    """Yield a line for each contribution; negative ones are red."""
    largest = max(map(abs, values), default=0.0) or 1.0
    labels = [
        escape_controls(contribution.label.in_language(language)) for contribution in contributions
    ]
    width = max(map(cell_len, labels), default=0)
    for label, contribution in zip(labels, contributions, strict=True):
        bar = "━" * max(1, round(_MAX_BAR_WIDTH * abs(contribution.value) / largest))
        yield Text.assemble(
            " " * _INDENT,
            (label + " " * (width - cell_len(label)), _DIM),
            f"  {contribution.value:+6.2f}  ",
            (bar, _RED if contribution.value < 0 else Style()),
        )
