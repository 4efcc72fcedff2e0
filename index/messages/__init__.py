"""Messages for people: every text in each language of the project, kept as data.

A package keeps its messages in ``PACKAGE/messages/LANGUAGE/NAME.toml``: one file for each language
and surface, with the same keys and placeholders in all languages. A `MessageCatalogue` reads one
such file of every language when its first message is looked up.

The files are TOML, not Fluent or gettext: the standard library reads it, so there is no dependency
and no build step, a translator edits one plain file for each language, and a file is read in 1 to
3 ms. What the other formats offer beyond it, rules of plural forms for many languages, English and
Chinese do not need.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from index.messages.simplified import convert_message

Language = Literal["en", "zh", "zh-Hans"]
"""English, traditional Chinese or simplified Chinese."""

LANGUAGES: tuple[Language, ...] = ("en", "zh")
"""The languages of the catalogues; simplified Chinese is made from the traditional one."""


def is_chinese(language: Language) -> bool:
    """Return whether a language is Chinese, in either script.

    Args:
        language: The language of a reader.
    """
    return language != "en"


@dataclass(frozen=True, slots=True)
class Message:
    """One text for people in all languages of the project.

    Example:
        >>> message = Message("note {number}", "註 {number}").format(number=3)
        >>> message.in_language("zh")
        '註 3'
        >>> str(message)
        'note 3'

    Attributes:
        en: The text in English.
        zh: The text in traditional Chinese.
        zh_hans: The text in simplified Chinese; "" where `zh` is to be converted.
    """

    en: str
    zh: str
    zh_hans: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.en

    def format(self, **values: object) -> Message:
        """Return the message with its placeholders filled in, in all languages.

        Args:
            **values: A value for each placeholder; a `Message` is filled in by language.
        """
        return Message(
            self.in_language("en", **values),
            self.in_language("zh", **values),
            self.in_language("zh-Hans", **values),
        )

    def in_language(self, language: Language, **values: object) -> str:
        """Return the text in one language, with its placeholders filled in.

        Args:
            language: The language of the reader.
            **values: A value for each placeholder; without any, braces are plain characters.
        """
        text = self._get_text(language)
        if not values:
            return text
        texts = {
            name: value.in_language(language) if isinstance(value, Message) else value
            for name, value in values.items()
        }
        return text.format(**texts)

    def _get_text(self, language: Language) -> str:
        if language == "en":
            return self.en
        return self.zh if language == "zh" else self.zh_hans or convert_message(self.zh)


class MessageCatalogue(Mapping[str, Message]):
    """The messages of one file in all languages, by key; a key in a table is "table.key".

    Example:
        >>> labels = MessageCatalogue("rag", "labels")
        >>> labels["note"].in_language("en", number=3)
        'Note 3'
    """

    def __init__(self, package: str, name: str) -> None:
        """Name the files; they are read when the first message is looked up.

        Args:
            package: One of the top-level packages: "index", "rag", "eval" or "ui".
            name: The file name without ".toml".
        """
        self._package = package
        self._name = name

    def __getitem__(self, key: str) -> Message:
        return Message(*(texts[key] for texts in _read_texts(self._package, self._name)))

    def __iter__(self) -> Iterator[str]:
        first, *others = _read_texts(self._package, self._name)
        return (key for key in first if all(key in texts for texts in others))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def count(self, noun: str, number: int) -> Message:
        """Return a number of things: "1 note", "1,200 notes", "1,200 則註".

        Args:
            noun: The key of a table with the plural forms that a language has, "one" and "other".
            number: How many there are.
        """
        forms = [
            (number == 1 and texts.get(f"{noun}.one")) or texts[f"{noun}.other"]
            for texts in _read_texts(self._package, self._name)
        ]
        return Message(*forms).format(number=f"{number:,}")


@cache
def _read_texts(package: str, name: str) -> tuple[dict[str, str], ...]:
    """Return the texts by key, for each of `LANGUAGES`."""
    folder = Path(__file__).parents[2] / package / "messages"
    contents = (
        (folder / language / f"{name}.toml").read_text(encoding="utf-8") for language in LANGUAGES
    )
    return tuple(dict(_flatten(tomllib.loads(content))) for content in contents)


def _flatten(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)
