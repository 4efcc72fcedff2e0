"""The terms of passages, by their numbers in the vocabulary of a segment."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.storage import term_vocabulary
from index.storage.compact_integers import encode_integers
from index.storage.passage_terms import PassageTerms, hash_terms
from index.storage.term_vocabulary import TermVocabulary, build_vocabulary

TEXTS = st.lists(st.lists(st.sampled_from("abcdefghij"), unique=True), min_size=1, max_size=5)


def make_terms(texts: list[list[str]]) -> PassageTerms:
    ids = hash_terms([term for text in texts for term in text])
    return PassageTerms(ids, np.array([len(text) for text in texts], np.int64))


def list_texts(terms: PassageTerms) -> list[list[int]]:
    parts = np.split(terms.term_ids, np.cumsum(terms.sizes)[:-1])
    return [sorted(part.tolist()) for part in parts]


@given(passages=st.lists(TEXTS, min_size=1, max_size=4))
def test_terms_are_unpacked_as_they_were_packed(passages: list[list[list[str]]]) -> None:
    terms = [make_terms(texts) for texts in passages]
    vocabulary = build_vocabulary(item.term_ids for item in terms)
    stored = TermVocabulary.parse(vocabulary.join())
    unpacked = stored.unpack([vocabulary.pack(item) for item in terms])
    assert [list_texts(item) for item in unpacked] == [list_texts(item) for item in terms]
    assert stored.unpack([]) == []


def test_frequent_terms_come_first() -> None:
    blocks = [hash_terms(text) for text in (["b", "a"], ["a", "c"], ["c", "a"])]
    assert build_vocabulary(blocks).term_ids.tolist() == hash_terms(["a", "c", "b"]).tolist()


def test_terms_are_counted_over_all_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(term_vocabulary, "_FIRST_BLOCK", 3)
    blocks = [hash_terms([str(number % 7), str(number)]) for number in range(100)]
    all_ids, counts = np.unique(np.concatenate(blocks), return_counts=True)
    expected = all_ids[np.lexsort((all_ids, -counts))]
    assert build_vocabulary(blocks).term_ids.tolist() == expected.tolist()


def test_damaged_terms_are_refused() -> None:
    terms = make_terms([["a", "b"], ["b"]])
    vocabulary = build_vocabulary([terms.term_ids])
    record = vocabulary.pack(terms)
    for size in range(len(record)):
        with pytest.raises(ValueError, match=r"\w"):
            vocabulary.unpack([record, record[:size]])
    with pytest.raises(ValueError, match="term 2 of 2"):
        vocabulary.unpack([encode_integers(np.array([1, 1, 2]))])
    with pytest.raises(ValueError, match=r"\w"):
        TermVocabulary.parse(vocabulary.join()[:-1])
