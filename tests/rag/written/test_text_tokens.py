"""Tests of how seldom the encoder is asked to check written sentences."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from index.document import Span
from index.encoders.protocol import Embeddings, load_encoder
from index.encoders.wrapper import EncoderWrapper
from rag.written.model import NumberedSentence
from rag.written.text_tokens import TextTokens
from rag.written.verification import Verifier

CITED = (
    "The harbour of Port Sel was closed in 1932 because sand had filled its basin.",
    "工會認為企業自查無法取代獨立監測，並要求公開全部原始資料。",
)
NEARLY_VERBATIM = "Sand had filled the basin of Port Sel, so the harbour was closed in 1932."
FREE = ("Silting put an end to shipping there.", "Ships could no longer call at the port.")


class CountingEncoder(EncoderWrapper):
    """Keeps the texts of each call."""

    def __init__(self) -> None:
        super().__init__(load_encoder())
        self.calls: list[list[str]] = []

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        """Return the embeddings of texts."""
        self.calls.append(list(texts))
        return super().encode_queries(texts)


@pytest.fixture
def encoder() -> CountingEncoder:
    encoder = CountingEncoder()
    TextTokens(encoder)  # the means of a language are computed once and kept on disk
    encoder.calls.clear()
    return encoder


def check(verifier: Verifier, *sentences: str) -> list[bool]:
    evidence = [
        NumberedSentence(number, text, 0, Span(0, len(text)))
        for number, text in enumerate(CITED, 1)
    ]
    return [verifier.verify(text, [1], evidence).is_supported for text in sentences]


def test_words_are_enough_for_what_is_nearly_verbatim(encoder: CountingEncoder) -> None:
    assert check(Verifier(encoder), CITED[0], NEARLY_VERBATIM) == [True, True]
    assert encoder.calls == []


def test_a_free_sentence_and_what_it_cites_are_encoded_in_one_call(
    encoder: CountingEncoder,
) -> None:
    check(Verifier(encoder), *FREE, NEARLY_VERBATIM, *FREE)
    assert encoder.calls == [[FREE[0], CITED[0]], [FREE[1]]]


def test_tokens_are_compared_where_a_sentence_has_few_words(encoder: CountingEncoder) -> None:
    verifier = Verifier(encoder)
    assert "similarity" in verifier.measure("The harbour.", CITED[:1]).parts
    assert "similarity" in verifier.measure("It was so.", CITED[:1]).parts
    assert "similarity" not in verifier.measure(CITED[1], CITED[1:]).parts


def test_the_texts_used_last_are_kept(encoder: CountingEncoder) -> None:
    tokens = TextTokens(encoder)
    texts = [f"sentence {number}" for number in range(300)]
    tokens.encode(texts)
    vectors = tokens.encode([texts[299], texts[0], texts[299]])
    assert encoder.calls == [texts, texts[:1]]
    assert [len(part) for part in vectors] == [2, 2, 2]
