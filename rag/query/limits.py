"""Limits of what a library can be asked; servers allow less (`ui.service.limits`)."""

from __future__ import annotations

MAX_QUESTION_CHARACTERS = 2_000
"""Characters of a question, also once normalised; the known encoders read no more."""

MAX_FILTER_CHARACTERS = 200
"""Characters of a filter, also once normalised."""

MAX_CITATIONS = 1_000
"""Citations of an answer (k)."""

DEFAULT_CITATIONS = 5
"""Citations of an answer, by default."""

MAX_CONTEXT_CHARACTERS = 200
"""Characters of an earlier question with which a follow-up is encoded, beside its own."""

MAX_LISTED_ITEMS = 200
"""Notes or sentences that a listing shows; it counts them all."""

MAX_LISTED_GROUPS = 100
"""Works, outlets or authors that a listing shows; it counts them all."""

MAX_READINGS = 3
"""Readings of a Chinese word that are explained, such as those of 發 and 髮, both written 发."""

MAX_MEANINGS = 4
"""Meanings of one reading of a word, or translations of an English word, that are shown."""
