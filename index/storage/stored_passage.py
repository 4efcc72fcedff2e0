"""What every engine stores of a passage."""

from __future__ import annotations

from typing import NamedTuple

from index.arrays import Vectors
from index.storage.quantization import Codes
from index.storage.term_index import TermDocument


class StoredPassage(NamedTuple):
    """What an engine stores of a passage.

    Attributes:
        vector: Its vector, of unit length, [dimension].
        sentences: The quantized vectors of its sentences, [sentences, bytes].
        tokens: The quantized tokens of the heading, then of each sentence, [tokens, bytes] each.
        terms: Its terms.
    """

    vector: Vectors
    sentences: Codes
    tokens: tuple[Codes, ...]
    terms: TermDocument
