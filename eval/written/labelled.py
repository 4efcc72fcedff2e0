"""Written sentences that were labelled by hand: `{labelled,contrasts}-{tuning,test}.jsonl`.

All of it is invented, for this project. `supported`: all of it follows from the cited sentences
alone, where amounts may be computed and calendars converted; `partly`: something true and
something that is absent; `not`: something is contradicted, or another sentence would have to be
cited. The two halves share no passage. One person labelled all, each twice. The contrasts are
short sentences, half true, half false: roles, modality, scope, direction, order, cause, negation.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

Half = Literal["tuning", "test"]
LabelledSet = Literal["labelled", "contrasts"]


class LabelledSentence(msgspec.Struct, frozen=True):
    """A written sentence, what it cites, and whether that supports it.

    Attributes:
        id: Its id.
        cited: The sentences that it cites.
        cited_language: Their language and script.
        sentence: The written sentence.
        language: Its language and script.
        label: Whether it is supported.
        kind: What makes it so: a number, a negation, a paraphrase and so on.
        group: The passage; no passage is in both halves.
        topic: What the passage is about.
        why: The reason, for people.
    """

    id: str
    cited: tuple[str, ...]
    cited_language: str
    sentence: str
    language: str
    label: Literal["supported", "partly", "not"]
    kind: str
    group: str
    topic: str
    why: str = ""

    @property
    def is_cross_lingual(self) -> bool:
        """Whether it cites sentences in the other language; the script does not count."""
        return self.language[:2] != self.cited_language[:2]


def load_labelled(half: Half, name: LabelledSet = "labelled") -> list[LabelledSentence]:
    """Return the sentences of a half.

    Args:
        half: "tuning", for choosing and fitting, or "test", for reporting.
        name: The set.
    """
    data = Path(__file__).with_name(f"{name}-{half}.jsonl").read_bytes()
    return [msgspec.json.decode(line, type=LabelledSentence) for line in data.splitlines()]
