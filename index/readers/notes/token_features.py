"""Features of the tokens of a note, by which references are told from prose in any style.

They are what a token is (its shape, its word where that is no name), its neighbours, and what its
clause and its sentence have: years, titles, numbers, words that only prose has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from index.readers.notes.masking import HIDDEN, MaskedText
from index.text.characters import BASIC_HAN, HANGUL, KANA_BLOCKS
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers.notes")
_TOKEN = re.compile(
    rf"(?:https?://|www\.|doi\.org/){HIDDEN}*|{HIDDEN}+|[A-Za-z]+(?:['’ʽʼ][A-Za-z]+)*|\d+"
    rf"|[{HANGUL}]+|[А-Яа-яЁё]+|[Α-ωά-ώ]+|\S"
)
_YEAR = re.compile(r"(?:1[4-9]|20)\d\d")
_SCRIPTS = ((BASIC_HAN, "H"), (KANA_BLOCKS, "K"), (HANGUL, "G"))
_SHAPES_BY_SCRIPT = tuple((re.compile(f"[{script}]"), shape) for script, shape in _SCRIPTS)
_HAN_LIMITS = (0, 4, 8, 15, 25)
_CLAUSE_ENDS = frozenset(",:、")
_OPENING, _CLOSING = frozenset("([【〔"), frozenset(")]】〕")


class Token(NamedTuple):
    """A word, a number, a Han character, the inside of a title, or a sign.

    Attributes:
        start: Where it begins in the text.
        end: Where it ends.
        word: It in lower case, or its shape where that says all.
        shape: What it looks like: Xx, xx, X, Y for a year, d2 for two figures, T for a title.
        is_bracketed: Whether it is in parentheses.
        is_prose: Whether it is of a word that only prose has.
        is_lower: Whether it is of a word in lower case that references seldom have.
        name: The number of Han characters of a person's name up to it, it included; 0 if it is of
            none.
    """

    start: int
    end: int
    word: str
    shape: str
    is_bracketed: bool
    is_prose: bool
    is_lower: bool
    name: int


class TokenFeatures(NamedTuple):
    """The features of a token: its own, and those that all tokens of its clause share."""

    own: list[str]
    shared: tuple[str, ...]


def split_tokens(content: MaskedText) -> list[Token]:
    """Return the tokens of a text, in order.

    Args:
        content: A note or a part of one.
    """
    prose = _mark_matches("prose", content.masked)
    lower = _mark_matches("lower-case-word", content.masked)
    names = _mark_matches("person-name", content.masked)
    name = 0
    tokens = []
    depth = 0
    for match in _TOKEN.finditer(content.masked):
        start, end = match.span()
        shape = _describe_shape(match[0])
        word = match[0].lower() if shape[0] not in "TUYd" else shape
        is_bracketed = depth > 0
        depth += (word in _OPENING) - (word in _CLOSING and is_bracketed)
        name = (name if names[start] == names[start - 1] else 0) + 1 if names[start] else 0
        tokens.append(
            Token(
                start, end, word, shape, is_bracketed, bool(prose[start]), bool(lower[start]), name
            )
        )
    return tokens


def list_features(tokens: Sequence[Token], sentence_starts: frozenset[int]) -> list[TokenFeatures]:
    """Return the features of each token.

    Args:
        tokens: Those of a paragraph of a note.
        sentence_starts: Where its sentences begin in the text.
    """
    begins = (index for index, token in enumerate(tokens) if token.start in sentence_starts)
    padded = [_OUTSIDE, _OUTSIDE, *tokens, _OUTSIDE, _OUTSIDE]
    words, shapes = [token.word for token in padded], [token.shape for token in padded]
    own = [_list_own_features(padded, words, shapes, place + 2) for place in range(len(tokens))]
    features: list[TokenFeatures] = []
    for first, last in pairwise(sorted({0, *begins, len(tokens)})):
        own[first].append("begins" if first else "first")
        own[last - 1].append("ends")
        features += _list_sentence_features(tokens, own, first, last)
    return features


def _mark_matches(name: str, text: str) -> bytearray:
    """Return for each character whether it is in a match: 1 or 2, by turns of the matches."""
    marks = bytearray(len(text))
    for number, match in enumerate(_PATTERNS[name].finditer(text)):
        marks[match.start() : match.end()] = bytes([1 + number % 2]) * len(match[0])
    return marks


def _describe_shape(word: str) -> str:
    first = word[0]
    if first == HIDDEN:
        return "T"
    if HIDDEN in word or (word.endswith("/") and len(word) > 1):
        return "URL"
    if word.isdigit():
        return "Y" if _YEAR.fullmatch(word) else f"d{min(len(word), 5)}"
    if not first.isalpha():
        return word
    if not first.isascii():
        return next((shape for script, shape in _SHAPES_BY_SCRIPT if script.match(first)), "A")
    return _describe_case(word)


def _describe_case(word: str) -> str:
    if word[0].islower():
        return "x" if len(word) == 1 else "xx"
    if word.isupper():
        return "X" if len(word) == 1 else "XX"
    return "Xx" if word[1:].islower() else "XxX"


def _list_sentence_features(
    tokens: Sequence[Token], own: Sequence[list[str]], first: int, last: int
) -> list[TokenFeatures]:
    ends = [
        index + 1
        for index in range(first, last)
        if tokens[index].word in _CLAUSE_ENDS and not tokens[index].is_bracketed
    ]
    bounds = sorted({first, *ends, last})
    clauses = [["start"], *(_describe_part(tokens[a:b]) for a, b in pairwise(bounds)), ["end"]]
    sentence = [f"S{name}" for name in _describe_part(tokens[first:last])]
    groups = _describe_groups(tokens[first:last])
    features: list[TokenFeatures] = []
    for number, (start, end) in enumerate(pairwise(bounds), 1):
        shared = (
            *sentence,
            *(f"C{name}" for name in clauses[number]),
            *(f"P{name}" for name in clauses[number - 1]),
            *(f"N{name}" for name in clauses[number + 1]),
            *_describe_surroundings(tokens[first:start], tokens[end:last]),
        )
        features += [
            TokenFeatures([*own[index], groups[index - first]], shared)
            for index in range(start, end)
        ]
    return features


def _describe_surroundings(before: Sequence[Token], after: Sequence[Token]) -> list[str]:
    """Return what a sentence has before a clause of it, and after that."""
    shapes_before = {token.shape for token in before}
    shapes_after = {token.shape for token in after}
    return [
        *(f"<{shape}" for shape in _KEY_SHAPES if shape in shapes_before),
        *(f">{shape}" for shape in _KEY_SHAPES if shape in shapes_after),
    ]


_KEY_SHAPES = ("Y", "T", "URL", "d1", "d2", "d3")


def _describe_groups(tokens: Sequence[Token]) -> list[str]:
    """Return for each token what the parentheses have that it opens or is in."""
    groups = ["g"] * len(tokens)
    start = len(tokens)
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else _OUTSIDE
        if not token.is_bracketed and following.is_bracketed:
            start = index
        if start < index and not following.is_bracketed:
            shapes = {member.shape for member in tokens[start : index + 1]}
            name = "g" + "".join(shape for shape in ("T", "Y", "URL", "d2", ":") if shape in shapes)
            groups[start : index + 1] = [name] * (index + 1 - start)
            start = len(tokens)
    return groups


def _describe_part(tokens: Sequence[Token]) -> list[str]:
    """Return what a clause or a sentence has."""
    outside = [token for token in tokens if not token.is_bracketed]
    lower = sum(token.is_lower for token in outside)
    capitals = sum(token.shape == "Xx" for token in outside)
    han = sum(token.shape == "H" for token in outside)
    shapes = {token.shape for token in tokens}
    share = min(4, int(4 * capitals / (capitals + lower))) if capitals else 0
    return [
        f"prose{min(sum(token.is_prose for token in outside), 3)}",
        f"lower{min(lower, 4)}",
        f"capitals{share}",
        f"han{sum(han > limit for limit in _HAN_LIMITS)}",
        *(shape for shape in ("Y", "T", "URL") if shape in shapes),
        *(("d",) if shapes & {"d1", "d2", "d3"} else ()),
    ]


def _list_own_features(
    tokens: Sequence[Token], words: Sequence[str], shapes: Sequence[str], index: int
) -> list[str]:
    """Return the features of a token by itself and with its neighbours.

    Args:
        tokens: Those of a paragraph, with two that stand for what is outside at both ends.
        words: Theirs.
        shapes: Theirs.
        index: Of the token among these.
    """
    token, following = tokens[index], tokens[index + 1]
    w0, w1, w2, w3, w4 = words[index - 2 : index + 3]
    s0, s1, s2, s3, s4 = shapes[index - 2 : index + 3]
    features = [
        "any",
        "bracketed1" if token.is_bracketed else "bracketed0",
        *(f"w0{w0}", f"w1{w1}", f"w2{w2}", f"w3{w3}", f"w4{w4}"),
        *(f"s0{s0}", f"s1{s1}", f"s2{s2}", f"s3{s3}", f"s4{s4}"),
        f"b1{w1} {w2}",
        f"b2{w2} {w3}",
        f"t{s1} {s2} {s3}",
    ]
    if tokens[index - 1].is_prose:
        features.append("p1")
    if token.is_prose:
        features.append("p2")
    if following.is_prose:
        features.append("p3")
    if s2 in ("H", "K"):
        features += (f"h1{w0}{w1}{w2}", f"h2{w2}{w3}{w4}")
    if token.name or following.name:
        features.append(f"n{token.name} {following.name}")
    if token.is_lower:
        features.append("lower")
    return features


_OUTSIDE = Token(0, 0, "", "", is_bracketed=False, is_prose=False, is_lower=False, name=0)
