"""Vectors on disk: of passages in FAISS, of sentences in a memory-mapped array.

Both are kept as 16-bit floats, which changes similarities of unit vectors by less than 0.001 and
halves what has to be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import faiss
import numpy as np

from index.arrays import Rows, Vectors
from index.storage.array_file import write_array_file
from index.storage.engine import SearchHit

PASSAGE_INDEX_FILE = "passages.faiss"
SENTENCES_FILE = "sentences.npy"
SENTENCE_OFFSETS_FILE = "offsets.npy"


class PassageVectors:
    """Searches passages by inner product, exhaustively: exact, and quick up to a million."""

    def __init__(self, path: Path) -> None:
        """Maps the file into memory.

        Raises:
            RuntimeError: If it is damaged or cannot be read.
        """
        self._index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        self.size: int = self._index.ntotal
        self.dimension: int = self._index.d

    def search(self, vector: Vectors, k: int, rows: Rows | None) -> list[SearchHit]:
        """As `index.storage.engine.Engine.nearest`."""
        k = min(k, self.size if rows is None else len(rows))
        if k < 1:
            return []
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        options = None
        if rows is not None:
            mask = np.zeros(self.size, dtype=bool)
            mask[rows] = True
            bits = np.packbits(mask, bitorder="little")
            options = faiss.SearchParameters()
            options.sel = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
        with _single_faiss_thread():
            scores, ids = self._index.search(query, k, params=options)
        order = np.lexsort((ids[0], -scores[0]))
        return [SearchHit(int(ids[0][i]), float(scores[0][i])) for i in order if ids[0][i] >= 0]

    def similarities(self, vector: Vectors, rows: Rows) -> Vectors:
        """As `index.storage.engine.Engine.scores`."""
        vectors = self._index.reconstruct_batch(np.ascontiguousarray(rows, dtype=np.int64))
        return np.asarray(vectors @ np.asarray(vector, dtype=np.float32), dtype=np.float32)

    def read_range(self, start: int, stop: int) -> Vectors:
        """The vectors of a range of rows, [stop - start, d]."""
        return np.asarray(self._index.reconstruct_n(start, stop - start), dtype=np.float32)


@contextmanager
def _single_faiss_thread() -> Iterator[None]:
    """FAISS shares out queries, not passages: for one query others would only be waited for."""
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


class SentenceVectors:
    """The vectors of the sentences of each row."""

    def __init__(self, folder: Path) -> None:
        """Maps the files into memory.

        Raises:
            ValueError: If they are damaged.
            OSError: If they cannot be read.
        """
        self._offsets = np.load(folder / SENTENCE_OFFSETS_FILE, allow_pickle=False)
        mapped = np.load(folder / SENTENCES_FILE, mmap_mode="r", allow_pickle=False)
        self._vectors = np.asarray(mapped)  # still mapped; slices of a plain array are cheaper
        self.size = len(self._offsets) - 1
        self.sentence_count = len(self._vectors)
        if self._offsets[-1] != len(self._vectors):
            raise ValueError("as many sentence vectors as the offsets say")

    def similarities(self, vector: Vectors, rows: Sequence[int]) -> list[Vectors]:
        """As `index.storage.engine.Engine.sentence_scores`."""
        if not len(rows):
            return []
        blocks = [self._vectors[self._offsets[row] : self._offsets[row + 1]] for row in rows]
        stacked = np.concatenate(blocks).astype(np.float32)
        scores = stacked @ np.asarray(vector, dtype=np.float32)
        return np.split(scores, np.cumsum([len(block) for block in blocks])[:-1])

    def sentence_range(self, start: int, stop: int) -> tuple[int, int]:
        """The sentences of a range of rows: the first one, and the one after the last."""
        return int(self._offsets[start]), int(self._offsets[stop])

    def sentence_counts(self, start: int, stop: int) -> list[int]:
        """The number of sentences of each of a range of rows."""
        counts: list[int] = np.diff(self._offsets[start : stop + 1]).tolist()
        return counts

    def read_range(self, start: int, stop: int) -> Vectors:
        """The vectors of all sentences of a range of rows, in order, [n, d]."""
        selected = self._vectors[self._offsets[start] : self._offsets[stop]]
        return np.asarray(selected, dtype=np.float32)


def write_passage_vectors(path: Path, dimension: int, chunks: Iterable[Vectors]) -> None:
    """Writes vectors, in order.

    Raises:
        OSError: If they cannot be written.
    """
    quantizer_type = faiss.ScalarQuantizer.QT_fp16
    index = faiss.IndexScalarQuantizer(dimension, quantizer_type, faiss.METRIC_INNER_PRODUCT)
    for chunk in chunks:
        index.add(np.ascontiguousarray(chunk, dtype=np.float32))
    # FAISS's own file writer does not tell when the last bytes find no room.
    path.write_bytes(faiss.serialize_index(index).data)


def write_sentence_vectors(
    folder: Path, dimension: int, counts: Sequence[int], chunks: Iterable[Vectors]
) -> None:
    """Writes vectors, in order, and how many belong to each row.

    Raises:
        OSError: If they cannot be written.
    """
    write_array_file(
        folder / SENTENCES_FILE,
        folder / SENTENCE_OFFSETS_FILE,
        counts,
        chunks,
        width=dimension,
        dtype="<f2",
    )
