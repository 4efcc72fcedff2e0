"""How much can be asked of a library, whoever asks; servers grant less (`service.limits`)."""

from __future__ import annotations

MAX_QUESTION_CHARACTERS = 2_000
"""Characters of a question: no encoder that is known here reads more."""

MAX_CITATIONS = 1_000
"""Citations of an answer (k)."""

DEFAULT_CITATIONS = 5
"""Citations of an answer, where nobody says how many."""

MAX_CONTEXT_CHARACTERS = 200
"""Characters of an earlier question that a follow-up is read with; its own words must fit, too."""
