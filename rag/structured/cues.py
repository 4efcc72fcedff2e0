"""Questions by the words that they are made of, where no pattern of the whole question matches.

A question of a form has words that only such questions have together (`must-FORM`). Split at its
cue words (`split-FORM`), and without filler at the ends of the pieces, little is left: the words
that name articles, and what is looked for. `rag.structured.answerer` takes the question for one of
the form only if nothing else is left, and if what is looked for is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from index.text.scripts import fold
from rag.answer.model import ListingForm
from rag.structured.parse import list_languages, load_language_patterns, normalize_question

_CUES: Mapping[ListingForm, tuple[str, str]] = {
    "comparison": ("must-comparison", "split-comparison"),
    "definition": ("must-definition", "split-definition"),
    "notes": ("must-notes", "split-notes"),
    "works": ("must-works", "split-works"),
    "mentions": ("must-mentions", "split-mentions"),
    "outline": ("must-outline", "split-outline"),
}
_QUOTED = re.compile(r"《[^《》]{1,60}》|〈[^〈〉]{1,60}〉|「[^「」]{1,60}」|\"[^\"]{1,60}\"")
_PLACEHOLDER = re.compile("[\ue000-\ue0ff]")


class CuedQuestion(NamedTuple):
    """What is left of a question.

    Attributes:
        form: The form that its cue words have.
        pieces: What stands between them, in order, folded.
    """

    form: ListingForm
    pieces: tuple[str, ...]


def split_at_cues(question: str) -> Iterator[CuedQuestion]:
    """Yield what is left of a question for each form whose cue words it has.

    Args:
        question: The question.
    """
    folded = fold(question)
    for language in list_languages(folded):
        patterns = load_language_patterns(language)
        text = normalize_question(folded, language)
        quotations = _QUOTED.findall(text)[:256]
        for index, quotation in enumerate(quotations):
            text = text.replace(quotation, f" {chr(0xE000 + index)} ", 1)
        for form, (needed, separator) in _CUES.items():
            if patterns[needed].search(text) is None:
                continue
            pieces = (
                _strip(piece, patterns["cue-filler"]) for piece in patterns[separator].split(text)
            )
            yield CuedQuestion(
                form, tuple(_restore(piece, quotations) for piece in pieces if piece)
            )


def _strip(piece: str, filler: re.Pattern[str]) -> str:
    """Return a piece without filler words at its ends."""
    previous = ""
    while piece != previous:
        previous = piece
        piece = filler.sub("", piece).strip()
    return piece


def _restore(piece: str, quotations: list[str]) -> str:
    return _PLACEHOLDER.sub(lambda match: quotations[ord(match[0]) - 0xE000], piece).strip()
