"""Tests of token vectors: quantization, storage by text, and MaxSim."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.encoders.language_bias import language_means
from index.encoders.protocol import Embeddings, PassageText, load_encoder
from index.encoders.token_pooling import OWN_SHARE, merge_similar_tokens
from index.errors import LibraryError
from index.storage.library import Library
from index.storage.quantization import dot_products, quantize
from index.storage.token_vectors import (
    TokenVectors,
    compute_max_similarities,
    write_token_vectors,
)
from index.text.scripts import convert_to_simplified, detect_language
from index.update.update import update_library
from rag.answering.confidence import summarize_maxsim
from rag.ranking.features import compute_maxsim
from rag.ranking.parameters import MaxsimSummary
from rag.retriever import Retriever
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.printing import print_to
from tests.helpers.recording import record_generation

DIMENSION = 384
BITS = 4
TYPICAL = MaxsimSummary(0.6, 0.4)


def random_unit_vectors(*shape: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


@pytest.mark.parametrize(("bits", "largest_error"), [(2, 0.13), (4, 0.04), (8, 0.005)])
def test_quantization_preserves_inner_products(bits: int, largest_error: float) -> None:
    tokens = random_unit_vectors(200, DIMENSION)
    query_tokens = random_unit_vectors(10, DIMENSION, seed=1)
    codes = quantize(tokens, bits)
    assert codes.shape == (200, DIMENSION * bits // 8)
    assert codes.dtype == np.uint8
    products = dot_products(codes, query_tokens, bits)
    assert np.abs(products - tokens @ query_tokens.T).max() < largest_error


@given(st.lists(st.lists(st.integers(0, 5), max_size=5), max_size=5), st.integers(0, 4))
def test_stored_tokens_are_grouped_by_text(rows: list[list[int]], token_count: int) -> None:
    with TemporaryDirectory() as folder:
        check_tokens_of_texts(Path(folder), rows, token_count)


def check_tokens_of_texts(folder: Path, rows: list[list[int]], token_count: int) -> None:
    counts = [count for row in rows for count in row]
    parts = [
        quantize(random_unit_vectors(count, 16, seed=index), BITS)
        for index, count in enumerate(counts)
    ]
    write_token_vectors(folder, 16 * BITS // 8, counts, parts)
    stored = TokenVectors(record_generation(folder), BITS)
    assert stored.group_count == len(counts)
    assert stored.group_sizes(0, stored.group_count).tolist() == counts
    assert [part.tolist() for part in stored.split_range(0, stored.group_count)] == [
        part.tolist() for part in parts
    ]
    question = random_unit_vectors(token_count, 16, seed=99)
    ends = np.cumsum([len(row) for row in rows]).tolist()
    ranges = list(zip([0, *ends], ends, strict=False))
    sizes = [stored.group_sizes(*text_range) for text_range in ranges]
    result = compute_max_similarities(question, stored.read_ranges(ranges), sizes, BITS)
    assert len(result) == len(rows)
    index = 0
    for row, best in zip(rows, result, strict=True):
        assert best.shape == (len(row), token_count)
        for count, nearest in zip(row, best, strict=True):
            every = dot_products(parts[index], question, BITS)
            expected = every.max(axis=0) if count else np.zeros(token_count)
            assert nearest == pytest.approx(expected, abs=1e-5)
            index += 1


def test_mismatching_token_files_are_detected(tmp_path: Path) -> None:
    write_token_vectors(tmp_path, 8, [2, 3], [quantize(random_unit_vectors(2, 16), BITS)])
    with pytest.raises(LibraryError, match="mmap"):
        TokenVectors(record_generation(tmp_path), BITS)


def test_maxsim_covers_headings_and_sentences(tmp_path: Path) -> None:
    files = [print_to(tmp_path, number, f"第{number}號燈塔。", "港口在東。") for number in (1, 2)]
    encoder = HashingEncoder()
    update_library(tmp_path / "library", files[:1], encoder=encoder)
    update_library(tmp_path / "library", files, encoder=encoder)  # the first is carried over
    means = language_means(encoder)
    with Library.open(tmp_path / "library") as library:
        for row in range(library.engine.size):
            passage = library.passage(row)
            for index, ref in enumerate(library.sentences([row])[0], 1):
                article = library.article(passage.publication_id, passage.article_index)
                text = convert_to_simplified(ref.extract_text(passage, article))
                [encoded] = encoder.encode_passages([PassageText.from_text(text)])
                centred = means[detect_language(text)].center_tokens(encoded.tokens[1])
                tokens = merge_similar_tokens(centred, OWN_SHARE)
                [result] = library.engine.max_similarities(tokens, [row])
                assert result.shape == (1 + len(library.sentences([row])[0]), len(tokens))
                assert result[index].min() > 0.9
        empty = np.empty((0, encoder.dimension), np.float32)
        assert library.engine.max_similarities(empty, [0])[0].shape[1] == 0
        assert library.engine.max_similarities(empty, []) == []


def test_maxsim_counts_the_heading_as_text_of_the_passage() -> None:
    sentences = np.array([[0.9, 0.1, 0.2], [0.1, 0.8, 0.2]], np.float32)
    without_heading = compute_maxsim(sentences, np.zeros(3, np.float32))
    under = compute_maxsim(sentences, np.array([0.0, 0.0, 0.9], np.float32))
    assert without_heading == pytest.approx(((0.9 + 0.8 + 0.2) / 3, 0.4))
    assert under == pytest.approx(((0.9 + 0.8 + 0.9) / 3, (0.9 + 0.1 + 0.9) / 3))
    assert summarize_maxsim(sentences, np.zeros(3, np.float32), TYPICAL) == pytest.approx(
        ((0.9 + 0.8 + 0.2) / 3, 0.2)
    )


def test_maxsim_without_tokens_is_neutral() -> None:
    no_tokens = np.zeros((4, 0), np.float32), np.zeros(0, np.float32)
    assert compute_maxsim(*no_tokens) == (0.0, 0.0)
    assert summarize_maxsim(*no_tokens, TYPICAL) == TYPICAL


class EncoderWithoutTokens(HashingEncoder):
    """A model that gives no tokens."""

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        none = np.empty((0, self.dimension), np.float32)
        return Embeddings(super().encode_queries(texts).vectors, (none,) * len(texts))


def test_library_without_token_vectors_is_ranked_by_other_features(tmp_path: Path) -> None:
    files = [print_to(tmp_path, number, f"第{number}號燈塔。", "港口在東。") for number in (1, 2)]
    encoder = EncoderWithoutTokens()
    update_library(tmp_path / "library", files, encoder=encoder)
    with Library.open(tmp_path / "library") as library:
        answer = Retriever(library, encoder).retrieve("燈塔在哪裡？")
        for citation in answer.citations:
            parts = {part.name: part.value for part in citation.score_parts}
            assert parts["maxsim"] == parts["sentence-maxsim"] == 0.0


def test_query_tokens_are_nearest_to_their_translations() -> None:
    encoder = load_encoder()
    means = language_means(encoder)
    query_tokens = encoder.encode_queries(["Which company builds the lighthouse?"]).tokens[0]
    question = means["en"].center_tokens(query_tokens)

    def nearest(text: str) -> float:
        [encoded] = encoder.encode_passages([PassageText.from_text(text)])
        tokens = means["zh"].center_tokens(encoded.tokens[1])
        return float((question @ tokens.T).max(axis=1).mean())

    assert nearest("燈塔由一家本地公司建造。") > nearest("市長昨日拜訪了三所小學。") + 0.05
