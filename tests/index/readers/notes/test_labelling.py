from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import Note
from index.readers.notes.labelling import BEGINS, INSIDE, OUTSIDE, choose_labels, find_spans
from index.readers.notes.masking import mask
from index.readers.notes.resolve import resolve_notes
from index.readers.notes.token_features import list_features, split_tokens

NOTE = "So said Ada Merrow, *Dry Harbour* (Port Sel, 2019), 14; 見沈一帆：《潮與風》，第3頁。"


@given(st.text(max_size=60))
def test_tokens_are_the_text_without_blanks(text: str) -> None:
    content = mask(text)
    tokens = split_tokens(content)
    joined = "".join(content.masked[token.start : token.end] for token in tokens)
    assert joined == "".join(content.masked.split())
    assert len(list_features(tokens, frozenset())) == len(tokens)


@given(st.text(alphabet=NOTE, max_size=80))
def test_spans_are_in_order_and_apart(text: str) -> None:
    content = mask(text)
    spans = find_spans(content, frozenset((0,)), [])
    bounds = [bound for span in spans for bound in span]
    assert bounds == sorted(bounds)
    assert all(0 <= start < end <= len(text) for start, end in spans)


def test_labels_have_the_highest_sum() -> None:
    scores = np.array([[0.0, 9.0, 1.0], [2.0, 0.0, 0.0], [0.0, 1.0, 0.5]])
    transitions = np.zeros((3, 3))
    transitions[OUTSIDE, INSIDE] = -9
    assert choose_labels(scores, transitions) == [OUTSIDE, BEGINS, INSIDE]
    assert choose_labels(np.zeros((0, 3)), transitions) == []


def test_very_long_texts_are_left_to_the_signs_of_styles() -> None:
    text = "Ada Merrow, *Dry Harbour*, 14; " * 1_000
    assert list(find_spans(mask(text), frozenset(), [(0, 3)])) == [(0, 3)]


def test_references_in_parentheses_leave_their_sentence_whole() -> None:
    text = "Some say in winter (Sem Vark, *Tide Tables* [Okell: Dunmore, 1987], 9), some in spring."
    (note,) = resolve_notes([Note("1", text)]).notes
    assert [source.text for source in note.sources] == [
        "Sem Vark, *Tide Tables* [Okell: Dunmore, 1987], 9"
    ]
    assert note.explanation == text


def test_prose_around_a_reference_explains() -> None:
    text = "A late witness is Sem Vark, *Tide Tables* (Okell: Dunmore, 1987), 9, who doubts it."
    (note,) = resolve_notes([Note("1", text)]).notes
    assert [source.text for source in note.sources] == [
        "Sem Vark, *Tide Tables* (Okell: Dunmore, 1987), 9"
    ]
    assert "A late witness is" in note.explanation
    assert "who doubts it" in note.explanation


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("Norland, Sudmark, Westland, the Isles, Thorney and the Upper Marches", []),
        ("Norland has had one since 2005. Sudmark, Westland and the Isles follow in 2007.", []),
        ("About 480 BC.", []),
        ("Petitions are at https://example.org/p.", ["https://example.org/p"]),
        (
            "The pilots left Orme (by the ferry)? The harbour was of 12 m² each. "
            "*Dunmore v Vark* [1948] AC 562 (HL).",
            ["*Dunmore v Vark* [1948] AC 562 (HL)"],
        ),
        (
            "See Tide Chronicle, ch. 64, and the entry for pilots, infra.",
            ["Tide Chronicle, ch. 64"],
        ),
    ],
)
def test_what_has_no_sign_of_a_reference_is_none(text: str, sources: list[str]) -> None:
    (note,) = resolve_notes([Note("1", text)]).notes
    assert [source.text for source in note.sources] == sources


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("Ada Merrow, Silt, London 1998, S. 4, zit. n. Jo Orme, Tides, Bonn 1898, S. 3.", 2),
        (
            "王遠：《港口史》，商務印書館1998年版，第77頁，轉引自李潮：《潮》，三聯書店2001年版，第9頁。",
            2,
        ),
        ("他在三年後離開（王遠：《港口史》，商務印書館1998年版，第77頁），未再回來。", 1),
    ],
)
def test_references_joined_by_a_signal_or_in_brackets_are_parted(text: str, sources: int) -> None:
    (note,) = resolve_notes([Note("1", text)]).notes
    assert len(note.sources) == sources
    assert not any("轉引" in source.text or "zit." in source.text for source in note.sources)
    assert all(source.text.count("（") == source.text.count("）") for source in note.sources)
