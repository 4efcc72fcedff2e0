"""Follow-ups: whether a question leans on the ones before it, and what it then asks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.language import fold, words
from rag import limits

_CHANGES_TOPIC = re.compile(
    r"换个话题|换一个(?:话题|问题)|另外一个问题|另一个问题|另外想问|题外话|别的问题"
    r"|\b(?:different|another|new|change of|changing the) (?:topic|subject|question|note)"
    r"|\b(?:on|to) (?:a )?(?:different|another) (?:note|topic|subject|matter)|\bunrelated\b"
)
_LEANS = re.compile(
    r"^(?:那(?!些国家)|而|还有|接着|后来|之后|然后|所以|其中|其他|此外|又|再|这|该|它|他|她|对此|为此|同样)"
    r"|这[个些种项次段场篇]|那[个些种项次段场篇年]|它们?|他们?|她们?|其[中他它]?(?!实)|该|呢[？?]?$|上述|前者|后者|此[举事次]"
    r"|还(?:有|说|提)|作者还"
    r"|^(?:and|but|so|then|what about|how about|why so|why not|also|or)\b"
    r"|\b(?:it|its|they|them|their|theirs|this|that|these|those|he|his|him|she|her|hers|there|one"
    r"|ones|the (?:former|latter|first|second|third|same|other|others)|such|both|else)\b"
)
_FEW_WORDS = 3  # in English; of a question this short something is often left out
_FEW_SIGNS = 6  # in Chinese, without the question words


def leans_on_history(question: str, history: Sequence[str]) -> bool:
    """Whether a question can only be understood with the ones before it."""
    folded = fold(question).strip()
    if not history or _CHANGES_TOPIC.search(folded):
        return False
    return _LEANS.search(folded) is not None or _is_short(question)


def in_context(question: str, history: Sequence[str], most: int = 2) -> str:
    """The question with the beginnings of the last ones before it, oldest first, a line each."""
    before = (each[: limits.CONTEXT] for each in history[-most:])
    return "\n".join([*before, question])


def last_line(text: str) -> str:
    """The question itself, of what `in_context` made."""
    return text.rsplit("\n", 1)[-1]


def _is_short(question: str) -> bool:
    terms = words(question)
    signs = sum(len(term) == 1 and not term.isascii() for term in terms)
    latin = sum(term.isascii() for term in terms)
    return signs <= _FEW_SIGNS and latin <= _FEW_WORDS
