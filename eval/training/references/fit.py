"""Fit the weights by which tokens of notes are labelled as parts of references.

Run `python -m eval.training.references.fit` in the project's folder; `--write` replaces
`index/readers/notes/labelling.json`. It
prints how many labelled references are cut as labelled by the weights alone: of styles that were
left out of the fit (`--folds 8`), or of those that it was fitted on.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from rich.console import Console
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from eval.benchmarks.sources import LabelledReference, load_labelled
from eval.training.references.composition import Example, compose_examples, locate_sources
from index.readers.notes.labelling import (
    BEGINS,
    INSIDE,
    LABELS,
    OUTSIDE,
    LabelWeights,
    choose_labels,
)
from index.readers.notes.masking import mask
from index.readers.notes.token_features import Token, TokenFeatures, list_features, split_tokens
from index.readers.notes.units import split_units

_LABELLED = Path("tests", "index", "readers", "notes", "labelled", "references.jsonl")
_WEIGHTS = Path("index", "readers", "notes", "labelling.json")
_LEAST_STYLES = 3  # in which a feature occurs
_MOST_AT_START = 0.5  # of a word's places in references: a name is learnt by its shape alone
_START = 3  # tokens
_LEAST_WEIGHT = 0.06
_CONSOLE = Console()
_Array = npt.NDArray[np.float64]


class _Sequence(NamedTuple):
    style: str
    tokens: Sequence[Token]
    features: Sequence[TokenFeatures]
    labels: Sequence[int]


class _Data(NamedTuple):
    """Sequences as one matrix of tokens × features, longest sequence first."""

    matrix: csr_matrix
    labels: npt.NDArray[np.int64]
    bounds: npt.NDArray[np.int64]


def read_sequence(example: Example) -> _Sequence:
    """Return the tokens of a note with their features and labels.

    Args:
        example: The note.
    """
    text = example.text.replace("\n", " ")
    tokens = split_tokens(mask(text))
    starts, position = [], 0
    for unit in split_units(text):
        position = text.index(unit.content.text, position)
        starts += [position] if unit.boundary in ("stop", "semicolon") else []
        position += len(unit.content.text)
    labels = [OUTSIDE] * len(tokens)
    for start, end in example.spans:
        within = [index for index, token in enumerate(tokens) if start <= token.start < end]
        for index in within:
            labels[index] = BEGINS if index == within[0] else INSIDE
    return _Sequence(example.style, tokens, list_features(tokens, frozenset(starts)), labels)


def choose_features(sequences: Iterable[_Sequence]) -> dict[str, int]:
    """Return the features that are learnt, with their rows: those of several styles, without names.

    Args:
        sequences: Those that the weights are fitted on.
    """
    sequences = list(sequences)
    names = _find_names(sequences)
    styles: defaultdict[str, set[str]] = defaultdict(set)
    for sequence in sequences:
        for item in sequence.features:
            for name in (*item.own, *item.shared):
                styles[name].add(sequence.style)
    kept = [
        name
        for name, where in styles.items()
        if len(where) >= _LEAST_STYLES and not _has_name(name, names)
    ]
    return {name: row for row, name in enumerate(sorted(kept))}


def _find_names(sequences: Iterable[_Sequence]) -> frozenset[str]:
    places: Counter[str] = Counter()
    starts: Counter[str] = Counter()
    for sequence in sequences:
        since = _START
        for token, label in zip(sequence.tokens, sequence.labels, strict=True):
            since = 0 if label == BEGINS else since + 1
            if token.shape in ("Xx", "XX", "XxX", "H", "K", "G", "A"):
                places[token.word] += 1
                starts[token.word] += since < _START
    return frozenset(word for word in places if starts[word] > _MOST_AT_START * places[word])


def _has_name(feature: str, names: frozenset[str]) -> bool:
    if feature[0] == "h":
        return any(char in names for char in feature[2:])
    return feature[0] in "wb" and any(word in names for word in feature[2:].split(" "))


def build_data(sequences: Sequence[_Sequence], rows: dict[str, int]) -> _Data:
    """Return sequences as a matrix.

    Args:
        sequences: The sequences.
        rows: The features by name.
    """
    ordered = sorted(sequences, key=lambda sequence: -len(sequence.labels))
    ordered = [sequence for sequence in ordered if sequence.labels]
    columns: list[int] = []
    ends = [0]
    for sequence in ordered:
        for item in sequence.features:
            columns += [rows[name] for name in (*item.own, *item.shared) if name in rows]
            ends.append(len(columns))
    matrix = csr_matrix(
        (np.ones(len(columns)), np.array(columns), np.array(ends)), (len(ends) - 1, len(rows))
    )
    lengths = [len(sequence.labels) for sequence in ordered]
    labels = np.array([label for sequence in ordered for label in sequence.labels])
    return _Data(matrix, labels, np.cumsum([0, *lengths]))


def fit_weights(data: _Data, penalty: float, iterations: int) -> tuple[_Array, _Array]:
    """Return the transitions and the weights of a conditional random field.

    Args:
        data: What they are fitted to, by the likelihood of its labels.
        penalty: Of the squares of the weights.
        iterations: Of L-BFGS (Liu and Nocedal 1989) at most.
    """
    transposed = data.matrix.T.tocsr()
    count = data.matrix.shape[1]

    def compute(flat: _Array) -> tuple[float, _Array]:
        transitions = flat[: LABELS * LABELS].reshape(LABELS, LABELS)
        weights = flat[LABELS * LABELS :].reshape(count, LABELS)
        loss, token_gradient, transition_gradient = compute_loss(
            data.matrix @ weights, transitions, data
        )
        gradient = np.concatenate(
            [transition_gradient.ravel(), (transposed @ token_gradient).ravel()]
        )
        return loss + penalty / 2 * float(flat @ flat), gradient + penalty * flat

    start = np.zeros(LABELS * LABELS + count * LABELS)
    flat = minimize(compute, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations}).x
    return flat[: LABELS * LABELS].reshape(LABELS, LABELS), flat[LABELS * LABELS :].reshape(
        count, LABELS
    )


def compute_loss(scores: _Array, transitions: _Array, data: _Data) -> tuple[float, _Array, _Array]:
    """Return the negative log likelihood, and its gradients by the scores and the transitions.

    All sequences are gone through at once, a token of each at a time; they are ordered by length,
    so that those that are not at their end are always the first ones.

    Args:
        scores: Those of the labels of each token.
        transitions: The score of each label before each other one.
        data: The sequences.
    """
    starts, lengths = data.bounds[:-1], np.diff(data.bounds)
    longest = int(lengths[0])
    active = [int((lengths > position).sum()) for position in range(longest)]
    forward = np.zeros((longest, len(lengths), LABELS))
    forward[0] = scores[starts]
    for position in range(1, longest):
        rows = slice(active[position])
        totals = forward[position - 1, rows, :, None] + transitions
        forward[position, rows] = _log_sum(totals, 1) + scores[starts[rows] + position]
    last = forward[lengths - 1, np.arange(len(lengths))]
    partition = _log_sum(last, 1)
    backward = np.zeros((longest, len(lengths), LABELS))
    gradient = np.zeros_like(scores)
    transition_gradient = np.zeros_like(transitions)
    for position in range(longest - 1, -1, -1):
        rows = slice(active[position])
        if position + 1 < longest:
            going_on = slice(active[position + 1])
            following = backward[position + 1, going_on] + scores[starts[going_on] + position + 1]
            totals = transitions + following[:, None, :]
            backward[position, going_on] = _log_sum(totals, 2)
            pairs = forward[position, going_on, :, None] + totals - partition[going_on, None, None]
            transition_gradient += np.exp(pairs).sum(axis=0)
        marginals = forward[position, rows] + backward[position, rows] - partition[rows, None]
        gradient[starts[rows] + position] = np.exp(marginals)
    tokens = np.arange(len(data.labels))
    gradient[tokens, data.labels] -= 1
    is_followed = np.ones(len(data.labels), bool)
    is_followed[data.bounds[1:] - 1] = False
    before = np.flatnonzero(is_followed)
    np.add.at(transition_gradient, (data.labels[before], data.labels[before + 1]), -1)
    gold = scores[tokens, data.labels].sum()
    gold += transitions[data.labels[before], data.labels[before + 1]].sum()
    return float(partition.sum() - gold), gradient, transition_gradient


def _log_sum(values: _Array, axis: int) -> _Array:
    highest = values.max(axis=axis, keepdims=True)
    return np.asarray(
        np.log(np.exp(values - highest).sum(axis=axis)) + np.squeeze(highest, axis=axis)
    )


def count_exact(
    sequences: Iterable[_Sequence], rows: dict[str, int], fitted: tuple[_Array, _Array]
) -> tuple[int, int]:
    """Return how many references there are, and how many are labelled from end to end.

    Args:
        sequences: Labelled notes.
        rows: The features by name.
        fitted: The transitions and the weights.
    """
    transitions, weights = fitted
    references = exact = 0
    for sequence in sequences:
        scores = np.array(
            [
                weights[[rows[name] for name in (*item.own, *item.shared) if name in rows]].sum(
                    axis=0
                )
                for item in sequence.features
            ]
        )
        expected = _list_bounds(sequence.labels)
        references += len(expected)
        exact += len(expected & _list_bounds(choose_labels(scores, transitions)))
    return references, exact


def _list_bounds(labels: Sequence[int]) -> set[tuple[int, int]]:
    starts = [index for index, label in enumerate(labels) if label == BEGINS]
    return {
        (start, next((end for end in range(start + 1, len(labels)) if labels[end] != INSIDE), -1))
        for start in starts
    }


def _cross_validate(
    labelled: Sequence[_Sequence], composed: Sequence[_Sequence], options: argparse.Namespace
) -> None:
    """Print how references of styles that were left out of the fit are labelled."""
    styles = sorted({sequence.style for sequence in labelled})
    random.Random(1).shuffle(styles)  # noqa: S311
    total = np.zeros(2, int)
    for fold in range(options.folds):
        left_out = frozenset(styles[fold :: options.folds])
        kept = [item for item in (*labelled, *composed) if item.style not in left_out]
        rows = choose_features(kept)
        fitted = fit_weights(build_data(kept, rows), options.penalty, options.iterations)
        total += count_exact((item for item in labelled if item.style in left_out), rows, fitted)
        _CONSOLE.print(f"fold {fold + 1}: {total[1]} of {total[0]}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit the weights, print how they transfer, and return the exit status.

    Args:
        arguments: Those of the command line.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--composed", type=int, default=6000, help="notes made of prose and references"
    )
    parser.add_argument("--penalty", type=float, default=0.3)
    parser.add_argument("--iterations", type=int, default=90)
    parser.add_argument("--folds", type=int, default=0, help="of styles, for cross-validation")
    parser.add_argument("--write", action="store_true", help="replace the weights")
    options = parser.parse_args(arguments)
    labelled = [
        item
        for half in ("development", "test", "prose")
        for item in load_labelled(_LABELLED, LabelledReference, half)
    ]
    notes = [read_sequence(locate_sources(item)) for item in labelled]
    composed = [*map(read_sequence, compose_examples(labelled, options.composed, 1))]
    if options.folds:
        _cross_validate(notes, composed, options)
    rows = choose_features([*notes, *composed])
    fitted = fit_weights(build_data([*notes, *composed], rows), options.penalty, options.iterations)
    references, exact = count_exact(notes, rows, fitted)
    _CONSOLE.print(f"fitted: {exact} of {references} references by the weights alone")
    if options.write:
        _write(*fitted, rows, len(notes) + len(composed))
    return 0


def _write(transitions: _Array, weights: _Array, rows: dict[str, int], count: int) -> None:
    features = {
        name: [round(float(value), 2) for value in weights[row]]
        for name, row in rows.items()
        if np.abs(weights[row]).max() >= _LEAST_WEIGHT
    }
    source = f"python -m eval.training.references.fit, {count} notes"
    fitted = LabelWeights(source, np.round(transitions, 3).tolist(), features)
    _WEIGHTS.write_bytes(msgspec.json.encode(fitted) + b"\n")


if __name__ == "__main__":
    sys.exit(main())
