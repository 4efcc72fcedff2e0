"""What a user can mend: every error that is shown to a person, one line in each language."""

from __future__ import annotations

from index.messages import Message


class TongzhuError(Exception):
    """Something is wrong that a user can mend: the message says what, where and what to do."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.message = Message(en, zh)


class ReadError(TongzhuError):
    """A file cannot be read as a publication."""


class ModelError(TongzhuError):
    """A model cannot be loaded, or is not the one that made the library."""


class LibraryError(TongzhuError):
    """A library is missing, damaged, foreign, newer or being written by somebody else."""


class QuestionError(TongzhuError):
    """A question, or a setting that came with it, cannot be answered as it stands."""
