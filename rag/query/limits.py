"""How much can be asked of a library, whoever asks; servers grant less (`service.limits`)."""

from __future__ import annotations

QUESTION = 2_000
"""Characters of a question: no encoder that is known here reads more."""

PASSAGES = 1_000
"""Citations of an answer (k)."""

USUAL = 5
"""Citations of an answer, where nobody says how many."""

CONTEXT = 200
"""Characters of an earlier question that a follow-up is read with; its own words must fit, too."""
