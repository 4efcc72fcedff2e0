"""Label the tokens of a note as beginning a reference, inside one, or prose.

The labels are those of a linear-chain conditional random field (Lafferty, McCallum and Pereira
2001) over `token_features`. Its weights in `labelling.json` were fitted by
`python -m eval.training.references.fit` on the labelled notes of the tests.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from index.readers.notes.masking import MaskedText
from index.readers.notes.token_features import (
    Token,
    TokenFeatures,
    list_features,
    split_tokens,
)
from index.text.characters import HANGUL

_MAX_TOKENS = 4_000  # of a text that is labelled
# Set by hand on labelled notes that the weights were not fitted to.
_AGREEMENT = np.array((0.3, 0.3, 0.06))  # by label
_WEIGHT_ALONE = 2.0  # of the agreement with one reference that is all of a text
_MAX_REST = 2  # tokens beside such a reference
_ADDRESS_END = re.compile(r"(?:[\w/~%&=?#@+-]|\.(?=\w)){0,400}")
_REST_OF_WORD = re.compile(r"(?<=[A-Za-z0-9])(?:[A-Za-z0-9]|\.(?=[A-Za-z0-9]))+")
_PARTICLE = re.compile(
    rf"(?<=[\d)」』》\]쪽면장절조항호권년일집])(?:에서는?|에[는도]?|으?로|[을를의과와은는이가도])(?![{HANGUL}])"
)
_PARTING = frozenset(" ,.:;、。・!?")
_PAIRS = dict(zip(")]】〕", "([【〔", strict=True))

BEGINS, INSIDE, OUTSIDE = range(3)
LABELS = 3


class LabelWeights(msgspec.Struct, forbid_unknown_fields=True):
    """What the labels of tokens are scored by.

    Attributes:
        source: Where the numbers come from.
        transitions: The score of each label after each other one.
        features: The scores of the three labels for each feature.
    """

    source: str
    transitions: list[list[float]]
    features: dict[str, list[float]]


class _Weights(NamedTuple):
    transitions: npt.NDArray[np.float64]
    rows: dict[str, int]
    scores: npt.NDArray[np.float64]


Span = tuple[int, int]


def find_spans(
    content: MaskedText,
    sentence_starts: frozenset[int],
    chosen: Sequence[Span],
    parted: frozenset[int] = frozenset(),
) -> dict[Span, float]:
    """Return where the references in a text begin and end, with what speaks for each.

    Args:
        content: A note or a part of one.
        sentence_starts: Where its sentences begin.
        chosen: The references that the signs of styles find in it; each token that is labelled
            otherwise has to have a score that is higher by some constant.
        parted: Where no reference goes on: after a semicolon between two.

    Returns:
        By how much the score of its tokens is higher than if they were prose; `chosen`, with no
        limit, where the labels agree.
    """
    tokens = split_tokens(content)
    if not 0 < len(tokens) <= _MAX_TOKENS:
        return dict.fromkeys(chosen, np.inf)
    scores = score_labels(list_features(tokens, sentence_starts))
    expected = _label_spans(tokens, chosen)
    is_alone = _is_alone(tokens, chosen)
    weight = _WEIGHT_ALONE if is_alone else 1.0
    scores[np.arange(len(tokens)), expected] += weight * _AGREEMENT[expected]
    scores[_find_first_tokens(tokens, parted), INSIDE] = -np.inf
    transitions = _load_weights().transitions
    labels = choose_labels(scores, transitions)
    if labels == expected or (is_alone and not any(label != OUTSIDE for label in labels)):
        return dict.fromkeys(chosen, np.inf)
    gains = scores[np.arange(len(tokens)), labels] - scores[:, OUTSIDE]
    gains[1:] += transitions[labels[:-1], labels[1:]] - transitions[OUTSIDE, OUTSIDE]
    return _read_spans(content, tokens, labels, chosen, gains)


def _find_first_tokens(tokens: Sequence[Token], places: Iterable[int]) -> list[int]:
    """Return the indexes of the first tokens from places on."""
    starts = [token.start for token in tokens]
    indexes = (bisect_left(starts, place) for place in places)
    return [index for index in indexes if index < len(tokens)]


def _is_alone(tokens: Sequence[Token], chosen: Sequence[Span]) -> bool:
    """Return whether the signs find one reference in a text, and there is no prose in that."""
    if len(chosen) != 1 or any(token.is_prose for token in tokens):
        return False
    start, end = chosen[0]
    return sum(token.start < start or token.end > end for token in tokens[:-1]) <= _MAX_REST


def _label_spans(tokens: Sequence[Token], spans: Sequence[Span]) -> list[int]:
    labels = [OUTSIDE] * len(tokens)
    index = 0
    for start, end in spans:
        while index < len(tokens) and tokens[index].start < start:
            index += 1
        first = index
        while index < len(tokens) and tokens[index].start < end:
            labels[index] = BEGINS if index == first else INSIDE
            index += 1
    return labels


def _read_spans(
    content: MaskedText,
    tokens: Sequence[Token],
    labels: Sequence[int],
    chosen: Sequence[Span],
    gains: npt.NDArray[np.float64],
) -> dict[Span, float]:
    """Return the spans that labels mean with their gains, chosen ones as they were."""
    bounds: list[list[int]] = []
    for index, label in enumerate(labels):
        if label == BEGINS or (label == INSIDE and not (index and labels[index - 1] != OUTSIDE)):
            bounds.append([index, index])
        elif label == INSIDE:
            bounds[-1][1] = index
    known = {tuple(_list_indexes(tokens, span)): span for span in chosen}
    return {
        known.get((first, last)) or _balance(content, tokens, first, last): float(
            gains[first : last + 1].sum()
        )
        for first, last in bounds
    }


def _list_indexes(tokens: Sequence[Token], span: Span) -> tuple[int, int]:
    """Return the indexes of the first and the last token of a span."""
    within = [index for index, token in enumerate(tokens) if span[0] <= token.start < span[1]]
    return (within[0], within[-1]) if within else (-1, -1)


def _balance(content: MaskedText, tokens: Sequence[Token], first: int, last: int) -> Span:
    """Return a span with whole names and addresses at its ends, and its parentheses paired."""
    while tokens[first].name > 1:
        first -= 1
    start, end = tokens[first].start, tokens[last].end
    folded = content.folded
    if "/" in folded[start:end].split()[-1]:  # an address
        end = end + len(_ADDRESS_END.findall(folded, end, end + 400)[0])
    while start < end - 1 and folded[start] in _PARTING:
        start += 1
    if rest := _REST_OF_WORD.match(folded, end):
        end = rest.end()
    particle = _PARTICLE.search(folded, max(start, end - 4), end)
    if particle and particle.end() == end:
        end = particle.start()
    text = folded[start:end]
    start -= folded[:start].endswith("*") and text.count("*") % 2
    for closing, opening in _PAIRS.items():
        excess = text.count(closing) - text.count(opening)
        if excess > 0 and text.endswith(closing):
            end -= 1
        elif excess < 0 and folded[end : end + 1] == closing:
            end += 1
    return start, end


def score_labels(features: Sequence[TokenFeatures]) -> npt.NDArray[np.float64]:
    """Return the scores of the labels of each token by its features, an array of tokens × 3.

    Args:
        features: Those of the tokens of a paragraph.
    """
    weights = _load_weights()
    find_row = weights.rows.get
    known: list[int] = []
    starts = []
    sums_of_clauses: dict[int, npt.NDArray[np.float64]] = {}
    shared = []
    for item in features:
        starts.append(len(known))
        known += [row for name in item.own if (row := find_row(name)) is not None]
        known.append(-1)  # the row of zeros
        clause = id(item.shared)
        if clause not in sums_of_clauses:
            rows = [weights.rows[name] for name in item.shared if name in weights.rows]
            sums_of_clauses[clause] = weights.scores[rows].sum(axis=0)
        shared.append(sums_of_clauses[clause])
    return np.add.reduceat(weights.scores[known], starts) + np.array(shared)


def choose_labels(
    scores: npt.NDArray[np.float64], transitions: npt.NDArray[np.float64]
) -> list[int]:
    """Return the labels with the highest sum of scores and of transitions (Viterbi 1967).

    Args:
        scores: Those of the labels of each token.
        transitions: The score of each label (first axis) before each other one.
    """
    scores_into: list[list[float]] = transitions.T.tolist()
    rows: list[list[float]] = scores.tolist()
    if not rows:
        return []
    rows[0][INSIDE] = -np.inf  # nothing goes on before the first token
    best = rows[0]
    origins = []
    for row in rows[1:]:
        first, second, third = best
        best, origin = [], []
        for score, into in zip(row, scores_into, strict=True):
            totals = (first + into[0], second + into[1], third + into[2])
            highest = max(totals)
            best.append(highest + score)
            origin.append(totals.index(highest))
        origins.append(origin)
    labels = [best.index(max(best))]
    for origin in reversed(origins):
        labels.append(origin[labels[-1]])
    return labels[::-1]


@cache
def _load_weights() -> _Weights:
    data = files("index.readers.notes").joinpath("labelling.json").read_bytes()
    weights = msgspec.json.decode(data, type=LabelWeights)
    rows = {name: row for row, name in enumerate(weights.features)}
    scores = np.array([*weights.features.values(), [0.0] * LABELS])
    return _Weights(np.array(weights.transitions), rows, scores)
