"""The collection of a library: its name, and how passages are stored as the points of it.

The point of a passage has its key as id, two vectors, and codes as text in its payload, and stays
what it is through all generations. Beside them stand points without vectors: tables of the passages
with each term, in blocks, of which each generation names those that it adds up, and a head for each
generation, so that one that has a head is complete.

Every point has the generation that it was added in, and one that is in the library no more the
generation that dropped it. So readers of a generation see its own passages, whatever a writer of
the next one has sent by now.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from index.arrays import IntArray, Vectors
from index.storage.qdrant.term_frequencies import COUNTS, FrequencyTable
from index.storage.qdrant.term_weights import SparseVector, round_lengths
from index.storage.quantization import Codes
from index.storage.stored_passage import StoredPassage

PASSAGE_VECTOR = "passage"
TERM_VECTOR = "terms"

ADDED_FIELD = "added"
DROPPED_FIELD = "dropped"
KEY_FIELD = "key"
VECTOR_FIELD = "vector"
SENTENCES_FIELD = "sentences"
TOKENS_FIELD = "tokens"
TEXT_SIZES_FIELD = "text_sizes"
LENGTHS_FIELD = "lengths"

FIRST_BLOCK_ID = 1 << 61
"""The smallest id of a point that is no passage."""

BLOCK_TERMS = 50_000
"""The most terms of a block, which takes some 1.5 MB."""

_MAX_BLOCKS = 1 << 20  # of the tables of one generation
_FIRST_HEAD_ID = 1 << 62

_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


class TablePlace(NamedTuple):
    """Where a table of terms stands.

    Attributes:
        generation: The generation that has sent it.
        blocks: The number of its blocks.
        terms: The number of its terms.
    """

    generation: int
    blocks: int
    terms: int

    def list_ids(self) -> list[int]:
        """Return the ids of the points of its blocks."""
        first = FIRST_BLOCK_ID + self.generation * _MAX_BLOCKS
        return list(range(first, first + self.blocks))


class CollectionHead(NamedTuple):
    """What is stored of a generation as a whole.

    Attributes:
        generation: Its number.
        checksum: The checksum of its manifest, so that a copy of the library that was changed
            otherwise does not take it for its own.
        size: The number of passages.
        dimension: The numbers in a vector.
        token_bits: The bits of a number of a token.
        lengths: The number of terms in each field of all passages.
        first_means: The mean number of them when the collection was begun.
        tables: The tables that add up to the number of passages with each term.
    """

    generation: int
    checksum: int
    size: int
    dimension: int
    token_bits: int
    lengths: Sequence[int]
    first_means: Sequence[float]
    tables: Sequence[TablePlace]


def name_collection(library: str, generation: int) -> str:
    """Return the name of a collection of a library.

    Args:
        library: The name of the library.
        generation: The number of the generation that it was begun with.
    """
    return f"{clean_name(library)}-{generation:06}"


def get_head_id(generation: int) -> int:
    """Return the id of the point of the head of a generation.

    Args:
        generation: The number of the generation.
    """
    return _FIRST_HEAD_ID + generation


def clean_name(name: str) -> str:
    """Return a name without the characters that names of collections cannot have.

    Args:
        name: Any name.
    """
    return _NOT_IN_NAMES.sub("-", name).strip("-.") or "library"


def passage_payload(key: int, passage: StoredPassage) -> dict[str, Any]:
    """Return the payload of the point of a passage.

    Args:
        key: Its key.
        passage: The passage.
    """
    return {
        KEY_FIELD: key,
        VECTOR_FIELD: _encode(passage.vector.astype("<f2")),
        SENTENCES_FIELD: _encode(passage.sentences),
        TOKENS_FIELD: _encode(np.concatenate(passage.tokens)),
        TEXT_SIZES_FIELD: list(map(len, passage.tokens)),
        LENGTHS_FIELD: round_lengths(passage.terms),
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
        "counts": _encode(block.counts.astype("<i4")),
    }


def parse_table(payload: dict[str, Any]) -> FrequencyTable:
    """Return a block of terms.

    Args:
        payload: The payload of its point.
    """
    return FrequencyTable(
        np.frombuffer(_decode(payload["term_ids"]), "<u8"),
        np.frombuffer(_decode(payload["counts"]), "<i4").reshape(-1, COUNTS),
    )


def head_payload(head: CollectionHead) -> dict[str, Any]:
    """Return the payload of a head.

    Args:
        head: The head.
    """
    return {**head._asdict(), "tables": list(map(list, head.tables))}


def parse_head(payload: dict[str, Any]) -> CollectionHead:
    """Return a head.

    Args:
        payload: The payload of its point.
    """
    fields = {name: payload[name] for name in CollectionHead._fields}
    return CollectionHead(**{**fields, "tables": [TablePlace(*t) for t in payload["tables"]]})


def build_filter(generation: int, **rows: Any) -> Any:
    """Return the filter of Qdrant that lets the passages of a generation through.

    Args:
        generation: The number of the generation.
        rows: Further conditions, as `qdrant_client.models.Filter` takes them.
    """
    from qdrant_client.models import FieldCondition, Filter, Range

    return Filter(
        must=[
            FieldCondition(key=KEY_FIELD, range=Range(gte=0)),
            FieldCondition(key=ADDED_FIELD, range=Range(lte=generation)),
        ],
        must_not=[FieldCondition(key=DROPPED_FIELD, range=Range(lte=generation))],
        **rows,
    )


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
