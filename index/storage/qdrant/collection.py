"""A collection: its name, and how passages are stored as the points of one.

The point of a passage has its row as id, two vectors, and codes as text in its payload. Beside
them stand points without vectors: the number of passages with each term, in blocks, and last of all
a head, so that a collection that has one is complete.
"""

from __future__ import annotations

import base64
import re
from typing import Any, NamedTuple

import numpy as np

from index.arrays import IntArray, Vectors
from index.storage.qdrant.term_weights import FrequencyTable, SparseVector
from index.storage.quantization import Codes
from index.storage.stored_passage import StoredPassage

PASSAGE_VECTOR = "passage"
TERM_VECTOR = "terms"

ROW_FIELD = "row"
VECTOR_FIELD = "vector"
SENTENCES_FIELD = "sentences"
TOKENS_FIELD = "tokens"
TEXT_SIZES_FIELD = "text_sizes"

HEAD_ID = 1 << 62
FIRST_BLOCK_ID = HEAD_ID + 1
BLOCK_TERMS = 50_000
"""The most terms of a block, which takes some 0.8 MB."""

_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


class CollectionHead(NamedTuple):
    """What is stored of a collection as a whole.

    Attributes:
        size: The number of passages.
        dimension: The numbers in a vector.
        token_bits: The bits of a number of a token.
        blocks: The number of blocks of the table of terms.
    """

    size: int
    dimension: int
    token_bits: int
    blocks: int


def name_collection(library: str, generation: int) -> str:
    """Return the name of the collection of a generation.

    Args:
        library: The name of the library.
        generation: The number of the generation.
    """
    return f"{clean_name(library)}-{generation:06}"


def clean_name(name: str) -> str:
    """Return a name without the characters that names of collections cannot have.

    Args:
        name: Any name.
    """
    return _NOT_IN_NAMES.sub("-", name).strip("-.") or "library"


def passage_payload(row: int, passage: StoredPassage) -> dict[str, Any]:
    """Return the payload of the point of a passage.

    Args:
        row: Its row.
        passage: The passage.
    """
    return {
        ROW_FIELD: row,
        VECTOR_FIELD: _encode(passage.vector.astype("<f2")),
        SENTENCES_FIELD: _encode(passage.sentences),
        TOKENS_FIELD: _encode(np.concatenate(passage.tokens)),
        TEXT_SIZES_FIELD: list(map(len, passage.tokens)),
    }


def read_vector(payload: dict[str, Any]) -> Vectors:
    """Return the vector of a passage, [dimension].

    Args:
        payload: The payload of its point.
    """
    return np.frombuffer(_decode(payload[VECTOR_FIELD]), "<f2").astype(np.float32)


def read_sentences(payload: dict[str, Any], width: int) -> Codes:
    """Return the quantized vectors of the sentences of a passage, [sentences, width].

    Args:
        payload: The payload of its point.
        width: The bytes of a vector.
    """
    return np.frombuffer(_decode(payload[SENTENCES_FIELD]), np.uint8).reshape(-1, width)


def read_tokens(payload: dict[str, Any], width: int) -> tuple[Codes, IntArray]:
    """Return the quantized tokens of a passage, [tokens, width], and their number in each text.

    Args:
        payload: The payload of its point.
        width: The bytes of a token.
    """
    codes = np.frombuffer(_decode(payload[TOKENS_FIELD]), np.uint8).reshape(-1, width)
    return codes, np.array(payload[TEXT_SIZES_FIELD], dtype=np.int64)


def table_payload(block: FrequencyTable) -> dict[str, Any]:
    """Return the payload of the point of a block of terms.

    Args:
        block: The block.
    """
    return {
        "term_ids": _encode(block.term_ids.astype("<u8")),
        "frequencies": _encode(block.frequencies.astype("<u4")),
    }


def read_table(payload: dict[str, Any]) -> FrequencyTable:
    """Return a block of terms.

    Args:
        payload: The payload of its point.
    """
    return FrequencyTable(
        np.frombuffer(_decode(payload["term_ids"]), "<u8"),
        np.frombuffer(_decode(payload["frequencies"]), "<u4"),
    )


def head_payload(head: CollectionHead) -> dict[str, Any]:
    """Return the payload of the head of a collection.

    Args:
        head: The head.
    """
    return dict(head._asdict())


def read_sparse_vector(vector: Any) -> SparseVector:
    """Return the terms of a passage as the client gives them.

    Args:
        vector: The vectors of its point, by name.
    """
    sparse = vector[TERM_VECTOR]
    return SparseVector(tuple(sparse.indices), tuple(sparse.values))


def _encode(array: Any) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")


def _decode(text: str) -> bytes:
    return base64.b64decode(text)
