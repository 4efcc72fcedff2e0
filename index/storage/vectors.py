"""Embeddings on disk: of passages in FAISS, of sentences in an array.

Those of passages are stored as 16-bit floats, which changes the similarities of unit vectors by
less than 0.001 and halves the bytes to be read; those of sentences in eight bits a number.

Where there are many, the vectors of passages lie in lists, each of those that are nearest to its
center, and a search looks into the lists whose centers are nearest to the query (Sivic and
Zisserman, "Video Google", 2003; FAISS's IVF). With √n lists of n passages, and a fixed number of
them searched, the time grows with √n.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from index.arrays import Rows, Vectors
from index.storage.array_file import GroupedArray, write_grouped_array
from index.storage.quantization import Codes, dot_products
from index.storage.records import SearchHit
from index.storage.verified_files import GenerationFiles

PASSAGE_INDEX_FILE = "passages.faiss"
SENTENCES_FILE = "sentences.npy"
SENTENCE_OFFSETS_FILE = "offsets.npy"
SENTENCE_BITS = 8

MIN_LISTED_PASSAGES = 1 << 16
"""The fewest passages of a segment whose vectors lie in lists: fewer are compared in 2 ms."""

SEARCHED_LISTS = 96
"""The lists that a search looks into; with 64, recall at 32 hits is .99, with 96 it is .995."""

MAX_APPROXIMATE_HITS = 100
"""The most hits that are looked for in some lists only."""

_TRAINING_ROUNDS, _TRAINING_VECTORS = 8, 64  # of k-means; vectors for each center
_BLOCK_PASSAGES = 1 << 14  # vectors held as 32-bit floats at once


class PassageVectors:
    """Searches passages by inner product: exactly, but in a large segment as good as that.

    Attributes:
        size: The number of passages.
        dimension: The numbers in a vector.
    """

    def __init__(self, files: GenerationFiles) -> None:
        """Map the file into memory.

        Args:
            files: The generation's files.

        Raises:
            LibraryError: If it is damaged or cannot be read.
        """
        self._file = files.open(PASSAGE_INDEX_FILE)
        with files.reporter.report(PASSAGE_INDEX_FILE):
            index: Any = faiss.read_index(str(self._file.path), faiss.IO_FLAG_MMAP_IFC)
            self._list_count: int = getattr(index, "nlist", 0)
            if self._list_count:
                index.make_direct_map()  # so that a vector can be read by its row
        self._index = index
        self.size: int = self._index.ntotal
        self.dimension: int = self._index.d

    def search(self, vector: Vectors, k: int, rows: Rows | None) -> list[SearchHit]:
        """Return the k nearest passages by inner product, best first; equal ones by row.

        Where vectors lie in lists, a search for few hits among most of the passages can miss some.

        Args:
            vector: A query of unit length, [dimension].
            k: The most hits to return.
            rows: The passages to be searched; None for all.
        """
        k = min(k, self.size if rows is None else len(rows))
        if k < 1:
            return []
        self._file.verify_if_changed()
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        options = self._choose_lists(k, rows)
        if rows is not None:
            mask = np.zeros(self.size, dtype=bool)
            mask[rows] = True
            bits = np.packbits(mask, bitorder="little")
            options.sel = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
        with _single_faiss_thread():
            scores, ids = self._index.search(query, k, params=options)
        order = np.lexsort((ids[0], -scores[0]))
        return [SearchHit(int(ids[0][i]), float(scores[0][i])) for i in order if ids[0][i] >= 0]

    def read(self, rows: Sequence[int] | Rows) -> Vectors:
        """Return the vectors of rows, [rows, dimension].

        Args:
            rows: Rows in any order.
        """
        self._file.verify_if_changed()
        wanted = np.ascontiguousarray(rows, dtype=np.int64)
        return np.asarray(self._index.reconstruct_batch(wanted), dtype=np.float32)

    def read_range(self, start: int, stop: int) -> Vectors:
        """Return the vectors of a range of rows, [stop - start, dimension].

        Args:
            start: The first row.
            stop: The row after the last.
        """
        return self.read(range(start, stop))

    def _choose_lists(self, k: int, rows: Rows | None) -> Any:
        """Return the options of a search, with how many lists it looks into if there are any."""
        if not self._list_count:
            return faiss.SearchParameters()
        has_few_rows = rows is not None and len(rows) < self.size / 2
        is_exact = has_few_rows or k > MAX_APPROXIMATE_HITS
        options: Any = faiss.SearchParametersIVF()
        options.nprobe = self._list_count if is_exact else SEARCHED_LISTS
        return options


@contextmanager
def _single_faiss_thread() -> Iterator[None]:
    """Keep FAISS to one thread: it divides queries, so that for a single one others only wait."""
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


class SentenceVectors(GroupedArray):
    """The vectors of all sentences; those of the passage in position i are group i."""

    def __init__(self, files: GenerationFiles) -> None:
        """Open the files.

        Args:
            files: The generation's files.

        Raises:
            LibraryError: If they are damaged or cannot be read.
        """
        super().__init__(files, SENTENCES_FILE, SENTENCE_OFFSETS_FILE)


def compute_sentence_similarities(blocks: Sequence[Codes], vector: Vectors) -> list[Vectors]:
    """Return the inner products of a vector with the sentences of each of some passages.

    Args:
        blocks: The quantized vectors of the sentences of each passage, [sentences, bytes] each.
        vector: A query of unit length, [dimension].
    """
    if not blocks:
        return []
    query = np.asarray(vector, dtype=np.float32)[None]
    scores = dot_products(np.concatenate(blocks), query, SENTENCE_BITS)[:, 0]
    return np.split(scores, np.cumsum([len(block) for block in blocks])[:-1])


def write_passage_vectors(path: Path, dimension: int, chunks: Iterable[Vectors]) -> None:
    """Write the vectors of passages.

    Args:
        path: The file to be written.
        dimension: The numbers in a vector.
        chunks: The vectors, in the order of the rows, in chunks of any size, [n, dimension].

    Raises:
        OSError: If they cannot be written.
    """
    quantizer_type = faiss.ScalarQuantizer.QT_fp16
    index = faiss.IndexScalarQuantizer(dimension, quantizer_type, faiss.METRIC_INNER_PRODUCT)
    for chunk in chunks:
        index.add(np.ascontiguousarray(chunk, dtype=np.float32))
    is_large = index.ntotal >= MIN_LISTED_PASSAGES
    # FAISS's own file writer does not report a disk that is full at the last bytes.
    path.write_bytes(faiss.serialize_index(_arrange_in_lists(index) if is_large else index).data)


def _arrange_in_lists(flat: faiss.IndexScalarQuantizer) -> faiss.IndexIVFScalarQuantizer:
    """Return an index of the same vectors, in lists; a vector keeps its row as id."""
    count = math.isqrt(flat.ntotal)
    listed = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(flat.d), flat.d, count, faiss.ScalarQuantizer.QT_fp16, flat.metric_type
    )
    listed.by_residual = False
    listed.cp.niter = _TRAINING_ROUNDS
    listed.cp.max_points_per_centroid = _TRAINING_VECTORS
    sample = np.linspace(0, flat.ntotal - 1, count * _TRAINING_VECTORS, dtype=np.int64)
    listed.train(flat.reconstruct_batch(np.unique(sample)))
    for start in range(0, flat.ntotal, _BLOCK_PASSAGES):
        listed.add(flat.reconstruct_n(start, min(_BLOCK_PASSAGES, flat.ntotal - start)))
    return listed


def write_sentence_vectors(
    folder: Path, dimension: int, counts: Sequence[int], chunks: Iterable[Codes]
) -> None:
    """Write the vectors of sentences.

    Args:
        folder: Where to write them.
        dimension: The numbers in a vector.
        counts: The number of sentences of each passage, in the order of the rows.
        chunks: The vectors, in order, quantized, in chunks of any size, [n, dimension].

    Raises:
        OSError: If they cannot be written.
    """
    write_grouped_array(
        folder / SENTENCES_FILE,
        folder / SENTENCE_OFFSETS_FILE,
        counts,
        chunks,
        width=dimension,
        dtype="|u1",
    )
