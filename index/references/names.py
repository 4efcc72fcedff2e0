"""The people and bodies before the title of a reference: "Voss, K., & Orme", 沈一帆、馮一娜."""

from __future__ import annotations

import re
from typing import NamedTuple

from index.readers.notes.masking import fold_widths
from index.references.model import Person
from index.references.remainder import clean
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.references")
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HANGUL = re.compile("[\uac00-\ud7af]")
_INITIALS = r"(?:[A-ZÀ-ÞĀ-Ž]\.?[\s-]?){1,4}"
_ONLY_INITIALS = re.compile(rf"{_INITIALS}(?:,? (?:Jr|Sr|I{{1,3}})\.?)?")
_FAMILY_AND_INITIALS = re.compile(
    r"([^\W\d_](?:[\w’'-]| (?=[^\W\d_a-z][\w’'-]))+) ([^\W\d_a-z]{1,3})"
)
_GIVEN = re.compile(r"[^\W\d_a-z][\w.’'-]*(?: [^\W\d_a-z][\w.’'-]*){0,2}(?: (?:da|de|von|van))?")
_FAMILY = re.compile(
    r"(?:(?:van|von|de|der|da|la|le|du|al) )*[^\W\d_a-z][\w’'-]*(?: [^\W\d_a-z][\w’'-]+)?"
)
_PARTICLE = re.compile(r"(?:V[ao]n|De(?:lla|[lrn])?|D[aiu]|L[ae]|El|Al|Ter?n?|Bin|Ibn|St\.?) ")
_FULL_GIVEN = re.compile(r"[^\W\d_]{3}\.$")
_COMPANY = re.compile(r" (?:LLP|LLC|Inc|Ltd|Co|Corp|GmbH|plc)\.?$")
_WITH_OTHER_NAME = re.compile(r"(?<![^()（）])([^()（）]+)[(（]([^()（）]+)[)）]")
_HAN_SEPARATOR = re.compile(
    r"\s?[、;；，,/＝=–]\s?|(?<=[\u3400-\u9fff])\s?(?:與|与|及|和|并|並)\s?(?=[\u3400-\u9fff]{2})"
)
_KOREAN_SEPARATOR = re.compile(r"\s?[·・,;]\s?")
_LATIN_SEPARATOR = re.compile(r",? (?:and|&|y|e|et|und|ve|with) |\s?&\s|;\s?|\s–\s")
_COMPOUND_FAMILY_NAMES = frozenset(
    "欧阳 司马 上官 诸葛 司徒 夏侯 皇甫 尉迟 公孙 令狐 东方 南宫 독고 남궁".split()
)


class Names(NamedTuple):
    """People as a reference lists them.

    Attributes:
        people: In order.
        has_more: Whether 等, *et al.* or the like follows.
    """

    people: tuple[Person, ...]
    has_more: bool = False


def parse_names(text: str, *, is_japanese: bool = False) -> Names:
    """Return the people that a text lists.

    Args:
        text: What stands before the title or after *edited by*, with or without words for roles.
        is_japanese: Whether names in Han are Japanese, with family names of two characters.

    >>> names = parse_names("Voss, K., & Teague, L. (Eds.)")
    >>> [(person.family, person.given) for person in names.people]
    [('Voss', 'K.'), ('Teague', 'L.')]
    >>> [person.family for person in parse_names("沈一帆、馮一娜等編").people]
    ['沈', '馮']
    """
    is_foreign = bool(_PATTERNS["nationality"].match(fold_widths(text.strip())))
    text, has_more = _strip_roles(clean(text))
    if not text:
        return Names((), has_more)
    if _EAST_ASIAN.search(text) and not _is_mostly_latin(text):
        names = _split_east_asian(text)
        if is_foreign:
            return Names(tuple(Person(clean(name)) for name in names), has_more)
        length = 2 if is_japanese else 1
        return Names(tuple(_build_east_asian(name, length) for name in names), has_more)
    return Names(tuple(_split_latin(text)), has_more)


def _is_mostly_latin(text: str) -> bool:
    without = _WITH_OTHER_NAME.sub(r"\1", text)
    return not _EAST_ASIAN.search(without)


def _strip_roles(text: str) -> tuple[str, bool]:
    """Return names without roles, dynasties and nationalities, and whether more names follow."""
    has_more = False
    before = None
    while text != before:
        before = text
        folded = fold_widths(text)
        for name in ("role-after-name", "more-names"):
            match = _PATTERNS[name].search(folded)
            if match and match.start():
                text = clean(text[: match.start()])
                has_more = has_more or name == "more-names"
                break
        else:
            match = _PATTERNS["before-name"].match(folded)
            if match and match.end() < len(text):
                text = clean(text[match.end() :])
    return text, has_more


def _split_east_asian(text: str) -> list[str]:
    separator = _KOREAN_SEPARATOR if _HANGUL.search(text) else _HAN_SEPARATOR
    pieces = [piece for piece in separator.split(text) if piece.strip()]
    joined: list[str] = []
    for piece in pieces:  # 马洛，A.
        if joined and _ONLY_INITIALS.fullmatch(piece.strip()):
            joined[-1] += f", {piece}"
        else:
            joined.append(piece)
    return joined


def _build_east_asian(text: str, family_length: int) -> Person:
    text = _strip_roles(clean(text))[0]
    match = _WITH_OTHER_NAME.fullmatch(text)
    if match and _EAST_ASIAN.search(match[1]) and not _EAST_ASIAN.search(match[2]):
        return Person(match[1].strip(), other_name=match[2].strip())
    if re.search(r"[A-Za-z]", text) and not _EAST_ASIAN.search(text):
        return _build_latin(text)
    plain = text.replace(" ", "")
    is_name = 2 <= len(plain) <= 4 and not _PATTERNS["body-name"].search(fold_widths(plain))
    return split_east_asian_name(text, family_length) if is_name else Person(text)


def split_east_asian_name(text: str, family_length: int = 1) -> Person:
    """Return a person by a name in Han or Hangul; without a family name where it is in neither.

    Args:
        text: The name.
        family_length: The characters of a family name that is not known as a compound one.

    >>> split_east_asian_name("欧阳望").given
    '望'
    """
    plain = text.replace(" ", "")
    if len(plain) < 2 or not re.fullmatch(r"[\u3400-\u9fff々]+|[\uac00-\ud7af]+", plain):
        return Person(text)
    is_compound = len(plain) == 4 or fold_widths(plain[:2]) in _COMPOUND_FAMILY_NAMES
    length = 2 if is_compound else family_length
    length = length if length < len(plain) else 1
    return Person(text, plain[:length], plain[length:])


def _split_latin(text: str) -> list[Person]:
    if _COMPANY.search(text):
        return [Person(text)]
    people: list[Person] = []
    for group in _LATIN_SEPARATOR.split(text):
        pieces = [piece.strip() for piece in group.split(",") if piece.strip()]
        people.extend(_read_pieces(pieces, is_first=not people))
    return people


def _read_pieces(pieces: list[str], *, is_first: bool) -> list[Person]:
    """Return the people of names between commas, family names before or after given ones."""
    people: list[Person] = []
    index = 0
    while index < len(pieces):
        piece, following = pieces[index], pieces[index + 1 : index + 2]
        if following and _is_inverted(piece, following[0], is_first=is_first and index == 0):
            given = following[0]
            if _FULL_GIVEN.search(given):
                given = given.rstrip(".")
            person = Person(f"{piece}, {given}", piece, given)
            index += 1
        else:
            person = _build_latin(piece)
        if people and re.fullmatch(r"(?:Jr|Sr|II|III|IV|LLP|LLC|Inc)\.?", piece):
            people[-1] = _add_suffix(people[-1], piece)
        else:
            people.append(person)
        index += 1
    return people


def _add_suffix(person: Person, suffix: str) -> Person:
    name = f"{person.name}, {suffix}"
    return Person(name, person.family, f"{person.given}, {suffix}" if person.given else "")


def _is_inverted(family: str, given: str, *, is_first: bool) -> bool:
    if not _FAMILY.fullmatch(family):
        return False
    if _ONLY_INITIALS.fullmatch(given):
        return not _ONLY_INITIALS.fullmatch(family)
    is_one_word = " " not in family or family[0].islower() or bool(_PARTICLE.match(family))
    return is_first and is_one_word and bool(_GIVEN.fullmatch(given))


def _build_latin(text: str) -> Person:
    text = clean(text) + ("." if re.search(r"(?:^|\s)\w\.$", text) else "")
    other = _WITH_OTHER_NAME.fullmatch(text)
    other_name = ""
    if other and _EAST_ASIAN.search(other[2]):
        text, other_name = other[1].strip(), other[2].strip()
    if _PATTERNS["body-name"].search(text):
        return Person(text, other_name=other_name)
    vancouver = _FAMILY_AND_INITIALS.fullmatch(text)
    if vancouver:
        return Person(text, vancouver[1], vancouver[2], other_name)
    words = text.split()
    if len(words) == 1:
        return Person(text, text, "", other_name)
    start = len(words) - 1
    while start > 1 and (words[start - 1].islower() or _PARTICLE.match(f"{words[start - 1]} ")):
        start -= 1
    if len(words) > 5 or words[0].islower():
        return Person(text, other_name=other_name)
    return Person(text, " ".join(words[start:]), " ".join(words[:start]), other_name)
