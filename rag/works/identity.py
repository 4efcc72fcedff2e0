"""Whether two references mean the same work."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from index.glossary.gloss import Gloss
from index.references.model import Person, Reference
from index.text.characters import contains_han
from index.text.scripts import fold

_LETTERS = re.compile(r"\w+")
_SUBTITLE = re.compile(r"[:：—]|──|\s-\s")
_ARTICLES = re.compile(r"^(?:the|an?|le|la|der|die|das) ")
_LABEL_LENGTH = 6  # letters of a title by which works are looked up
_MIN_HAN, _MIN_LATIN = 4, 12  # letters of a title that few works share
_MIN_SHORT_HAN, _MIN_SHORT_LATIN = 2, 4  # of one that begins another work's title
_SHORTENERS = re.compile(r"^https?://(?:www\.)?")


@lru_cache(maxsize=65_536)
def fold_letters(text: str) -> str:
    """Return the letters and digits of a text, in one width, script and case.

    Args:
        text: A title or a name.
    """
    return "".join(_LETTERS.findall(_ARTICLES.sub("", fold(text)))).replace("_", "")


@dataclass(frozen=True)
class Synonyms:
    """The forms that a library's glossary declares to mean the same, by their folded letters.

    Attributes:
        names: For each form a form that stands for all of them.
        printed: For each form the other ones as printed.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    printed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def unify(self, text: str) -> str:
        """Return the folded letters of a text, those of another form where it has one.

        Args:
            text: A title or a name.
        """
        letters = fold_letters(text)
        return self.names.get(letters, letters)

    def find_other_name(self, name: str) -> str:
        """Return a name in the other script; "" where the library does not know it.

        Args:
            name: A name.
        """
        others = self.printed.get(fold_letters(name), ())
        return next((other for other in others if contains_han(other) != contains_han(name)), "")


def build_synonyms(glosses: Iterable[Gloss]) -> Synonyms:
    """Return the synonyms of a library.

    Args:
        glosses: Its glosses.
    """
    names: dict[str, str] = {}
    printed: dict[str, tuple[str, ...]] = {}
    for gloss in glosses:
        letters = [fold_letters(form) for form in gloss.forms]
        known = next((names[form] for form in letters if form in names), letters[0])
        for form, text in zip(letters, gloss.forms, strict=True):
            names.setdefault(form, known)
            others = tuple(other for other in gloss.forms if other != text)
            printed[form] = printed.get(form, ()) + others
    return Synonyms(names, printed)


def list_keys(reference: Reference, synonyms: Synonyms) -> list[str]:
    """Return the keys by which a reference to the same work is looked up.

    Args:
        reference: The reference.
        synonyms: The forms that mean the same.
    """
    keys = []
    if reference.doi:
        keys.append(f"doi:{reference.doi.casefold()}")
    if reference.url:
        keys.append(f"url:{_fold_url(reference.url)}")
    title = synonyms.unify(reference.title)
    if title:
        keys.append(f"title:{title[:_LABEL_LENGTH]}")
        keys.append(f"title:{fold_letters(_main_title(reference))[:_LABEL_LENGTH]}")
    elif reference.container or reference.date or not reference.authors:
        keys.append(f"text:{_fold_untitled(reference)}")
    if reference.authors and reference.date:
        keys.append(f"author:{_fold_family(reference.authors[0], synonyms)}:{reference.date.year}")
    return list(dict.fromkeys(keys))


def is_same_work(first: Reference, second: Reference, synonyms: Synonyms) -> bool:
    """Return whether two references mean the same work.

    Args:
        first: A reference.
        second: Another one, in any convention, script or short form.
        synonyms: The forms that mean the same.
    """
    if first.doi and second.doi:
        return first.doi.casefold() == second.doi.casefold()
    if _conflict(first, second, synonyms):
        return False
    if first.url and _fold_url(first.url) == _fold_url(second.url):
        return _may_be_same_title(first, second, synonyms)
    if not first.title or not second.title:
        return _is_same_untitled(first, second)
    return _is_same_titled(first, second, synonyms)


def _conflict(first: Reference, second: Reference, synonyms: Synonyms) -> bool:
    """Return whether fields that both references have exclude that they mean the same work."""
    return (
        _dates_differ(first, second)
        or _authors_differ(first, second, synonyms)
        or _containers_differ(first, second, synonyms)
        or _numbers_differ(first, second)
    )


def _dates_differ(first: Reference, second: Reference) -> bool:
    dates = first.date, second.date
    if dates[0] is None or dates[1] is None:
        return False
    return any(
        bool(left and right and left != right)
        for left, right in (
            (dates[0].year, dates[1].year),
            (dates[0].month, dates[1].month),
            (dates[0].day, dates[1].day),
        )
    )


def _authors_differ(first: Reference, second: Reference, synonyms: Synonyms) -> bool:
    if not first.authors or not second.authors:
        return False
    return not any(
        _may_be_same_person(person, other, synonyms)
        for person in first.authors[:3]
        for other in second.authors[:1]
    )


def _may_be_same_person(first: Person, second: Person, synonyms: Synonyms) -> bool:
    names = [
        {synonyms.unify(name) for name in (person.name, person.other_name) if name}
        for person in (first, second)
    ]
    if names[0] & names[1]:
        return True
    if contains_han(first.name) or contains_han(second.name):
        return _is_begin(fold_letters(first.name), fold_letters(second.name))
    if _fold_family(first, synonyms) != _fold_family(second, synonyms):
        return False
    given = [fold_letters(person.given) for person in (first, second)]
    return not all(given) or given[0][0] == given[1][0]


def _fold_family(person: Person, synonyms: Synonyms) -> str:
    name = person.name if contains_han(person.name) or not person.family else person.family
    return synonyms.unify(name)


def _is_begin(first: str, second: str) -> bool:
    short, long = sorted((first, second), key=len)
    return len(short) > 1 and long.startswith(short)


def _containers_differ(first: Reference, second: Reference, synonyms: Synonyms) -> bool:
    if not first.container or not second.container:
        return False
    letters = [synonyms.unify(item.container) for item in (first, second)]
    return not (
        letters[0] in letters[1] or letters[1] in letters[0] or _is_abbreviation(first, second)
    )


def _is_abbreviation(first: Reference, second: Reference) -> bool:
    """Return whether a container abbreviates another: J. Lake Hist., Journal of Lake History."""
    short, long = sorted((first.container, second.container), key=len)
    words = [
        word for word in fold(long).split() if word not in ("of", "the", "and", "for", "in", "&")
    ]
    parts = re.findall(r"\w+", fold(short))
    return (
        len(parts) > 1
        and len(parts) == len(words)
        and all(word.startswith(part) for part, word in zip(parts, words, strict=True))
    )


def _numbers_differ(first: Reference, second: Reference) -> bool:
    if not (first.date and second.date):
        return False
    return any(
        bool(left and right and fold_letters(left) != fold_letters(right))
        for left, right in ((first.volume, second.volume), (first.issue, second.issue))
        if left.isdigit() and right.isdigit()
    )


def _fold_url(url: str) -> str:
    return _SHORTENERS.sub("", url.casefold()).rstrip("/")


def _main_title(reference: Reference) -> str:
    return _SUBTITLE.split(reference.title, maxsplit=1)[0]


def _may_be_same_title(first: Reference, second: Reference, synonyms: Synonyms) -> bool:
    titles = [synonyms.unify(item.title) for item in (first, second)]
    return not all(titles) or titles[0][:2] == titles[1][:2]


def _is_same_titled(first: Reference, second: Reference, synonyms: Synonyms) -> bool:
    titles = [synonyms.unify(item.title) for item in (first, second)]
    has_author = bool(first.authors and second.authors)
    if titles[0] != titles[1]:
        return has_author and _is_shortened(*sorted((first, second), key=_title_length))
    if has_author or _is_long(first.title) or first.type == second.type == "legislation":
        return True
    return bool(first.container and second.container and first.date and second.date)


def _title_length(reference: Reference) -> int:
    return len(reference.title)


def _is_shortened(short: Reference, long: Reference) -> bool:
    """Return whether a title is another one without its subtitle, or its beginning."""
    title = fold_letters(short.title)
    is_main = fold_letters(_main_title(long)) == title
    leaves_out = not (short.date and short.container)
    return (
        fold_letters(long.title).startswith(title)
        and (is_main or leaves_out)
        and _is_long(short.title, is_short=True)
    )


def _is_long(title: str, *, is_short: bool = False) -> bool:
    """Return whether a title is long enough to mean one work alone."""
    letters = fold_letters(title)
    if contains_han(title):
        return len(letters) >= (_MIN_SHORT_HAN if is_short else _MIN_HAN)
    return len(letters) >= (_MIN_SHORT_LATIN if is_short else _MIN_LATIN)


def _fold_untitled(reference: Reference) -> str:
    if reference.container:
        date = reference.date
        day = f"{date.year}-{date.month}-{date.day}" if date else ""
        return f"{fold_letters(reference.container)}:{day}:{reference.volume}"
    return fold_letters(reference.text)


def _names_author_and_year(short: Reference, titled: Reference) -> bool:
    return bool(
        short.authors
        and short.date
        and titled.date
        and not short.container
        and len(short.authors) == len(titled.authors)
    )


def _is_same_untitled(first: Reference, second: Reference) -> bool:
    if first.title or second.title:  # "Orme 2014: 47" and what it means
        titled, short = (first, second) if first.title else (second, first)
        return _names_author_and_year(short, titled)
    if first.authors and second.authors and not (first.container or second.container):
        return bool(first.date and second.date)
    return _fold_untitled(first) == _fold_untitled(second)
