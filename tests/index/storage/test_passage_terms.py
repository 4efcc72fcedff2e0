"""The terms of sentences are stored with a passage, and found again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import Article, Note, Passage, Span, TextPosition
from index.storage.passage_terms import hash_terms, pack_terms, unpack_terms
from index.storage.records import SentenceRef
from index.text.terms import analyze
from index.update.entries import pack_passage_terms
from rag.ranking.term_match import HashedTexts

TERMS = st.lists(st.text(min_size=1, max_size=3), unique=True, max_size=6)


@given(texts=st.lists(TERMS, max_size=5), queried=TERMS)
def test_postings_list_the_texts_that_contain_a_term(
    texts: list[list[str]], queried: list[str]
) -> None:
    flat = hash_terms([term for text in texts for term in text])
    postings = HashedTexts(flat, np.array([len(text) for text in texts], np.int64)).postings(
        queried
    )
    expected = {
        term: [index for index, text in enumerate(texts) if term in text] for term in queried
    }
    assert {term: positions.tolist() for term, positions in postings.items()} == {
        term: positions for term, positions in expected.items() if positions
    }


def test_passage_terms_cover_heading_sentences_and_notes() -> None:
    texts = ["燈塔在港口。港口在東岸，港口很大。", "Lighthouse keepers' report, p. 3."]
    article = Article("燈塔", "Lighthouses", notes=(Note("1", texts[1]),))
    refs = [
        SentenceRef(None, Span(0, 6)),
        SentenceRef(None, Span(6, 17)),
        SentenceRef("1", Span(0, 20)),
    ]
    passage = Passage("p", "q", 0, 0, TextPosition(0, 0), texts[0], (), (), "燈塔的歷史")
    stored = unpack_terms(pack_passage_terms(passage, article, refs))
    texts_of_terms = ["燈塔的歷史\nLighthouses", texts[0][:6], texts[0][6:17], texts[1][:20]]
    distinct = [list(dict.fromkeys(analyze(text))) for text in texts_of_terms]
    assert stored.sizes.tolist() == [len(terms) for terms in distinct]
    np.testing.assert_array_equal(stored.heading, hash_terms(distinct[0]))
    np.testing.assert_array_equal(
        stored.sentences, hash_terms([term for terms in distinct[1:] for term in terms])
    )


def test_truncated_terms_record_is_refused() -> None:
    record = pack_terms(["\n", "港口"])
    for size in (0, 3, 7, len(record) - 6, len(record) - 1):
        with pytest.raises(ValueError, match=r"\w"):
            unpack_terms(record[:size])
