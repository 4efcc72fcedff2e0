from __future__ import annotations

import numpy as np
import pytest

from eval.benchmarks.sources import LabelledParts, LabelledReference
from eval.training.references.composition import Example, compose_examples, locate_sources
from eval.training.references.fit import (
    build_data,
    choose_features,
    compute_loss,
    count_exact,
    fit_weights,
    read_sequence,
)

BOOKS = [
    LabelledReference(
        style=f"style {number}",
        half="development",
        text=f"See {source}.",
        sources=[source],
        parts=[LabelledParts(authors="Ada Merrow", title="Dry Harbour")],
    )
    for number in range(4)
    for source in (f"Ada Merrow, *Dry Harbour* (Port Sel: Foghorn, 20{number}9), 1{number}",)
]
SENTENCES = [
    LabelledReference("explanation", "development", "The basin was closed, and none came.", []),
    LabelledReference("explanation", "development", "Nobody knows who built the wall.", []),
]


def test_composed_notes_have_their_references_where_they_say() -> None:
    examples = list(compose_examples([*BOOKS, *SENTENCES], 60, seed=3))
    assert examples == list(compose_examples([*BOOKS, *SENTENCES], 60, seed=3))
    assert all(
        example.text[slice(*span)][:1].isalpha() for example in examples for span in example.spans
    )
    assert {"Merrow", "Ada Merrow"} >= {
        example.text[slice(*span)].split(",")[0] for example in examples for span in example.spans
    }


def test_sources_of_a_note_are_located_in_order() -> None:
    note = LabelledReference("x", "test", "See Orme, 3; Orme, 3.", ["Orme, 3", "Orme, 3."])
    assert locate_sources(note).spans == ((4, 11), (13, 20))


def test_weights_learn_where_references_begin_and_end() -> None:
    examples = [*map(locate_sources, [*BOOKS, *SENTENCES])]
    sequences = [*map(read_sequence, examples)]
    rows = choose_features(sequences)
    fitted = fit_weights(build_data(sequences, rows), penalty=0.01, iterations=30)
    assert count_exact(sequences, rows, fitted) == (4, 4)


def test_names_are_no_features() -> None:
    rows = choose_features(map(read_sequence, map(locate_sources, BOOKS)))
    assert not any("merrow" in name for name in rows)
    assert "w2see" in rows


def test_the_gradient_is_that_of_the_loss() -> None:
    sequences = [
        read_sequence(Example("a", text, spans))
        for text, spans in (("See Orme, 3.", ((4, 11),)), ("No.", ()), ("Orme, 3", ((0, 7),)))
    ]
    rows = {"any": 0}
    data = build_data(sequences, rows)
    random = np.random.default_rng(2)
    scores, transitions = random.normal(size=(len(data.labels), 3)), random.normal(size=(3, 3))
    loss, gradient, transition_gradient = compute_loss(scores, transitions, data)
    step = 1e-6
    scores[2, 1] += step
    assert (compute_loss(scores, transitions, data)[0] - loss) / step == pytest.approx(
        gradient[2, 1], abs=1e-4
    )
    scores[2, 1] -= step
    transitions[0, 2] += step
    assert (compute_loss(scores, transitions, data)[0] - loss) / step == pytest.approx(
        transition_gradient[0, 2], abs=1e-4
    )


def test_notes_are_composed_with_other_references_in_the_place_of_theirs() -> None:
    note = LabelledReference(
        "told",
        "development",
        "Orme, *Tides*, 3, has 1851; Voss, *Silt*, 9, has 1852.",
        ["Orme, *Tides*, 3", "Voss, *Silt*, 9"],
    )
    examples = list(compose_examples([*BOOKS, *SENTENCES, note], 80, seed=5))
    filled = [example for example in examples if example.text.endswith(", has 1852.")]
    assert any(example.text != note.text for example in filled)
    assert all(len(example.spans) == 2 for example in filled)
