"""A question becomes cited passages: the public surface for other programs, as docs/python.md says.

Names are imported when they are first used, so that `import rag` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.document import Author, Mark, Source, Span
    from index.encoders.protocol import Encoded, Encoder, load_encoder
    from index.errors import LibraryError, ModelError, QuestionError, ReadError, TongzhuError
    from index.storage.library import Library
    from index.storage.records import Criteria
    from rag.adapters.extras import ExtraError
    from rag.answer.model import (
        Answer,
        ArticleRef,
        Citation,
        CitedNote,
        Evidence,
        Part,
        PublicationRef,
        Statement,
    )
    from rag.answer.serialization import from_dict, schema, to_dict, to_json
    from rag.render.text import to_markdown, to_text
    from rag.retriever import Retriever

__all__ = [
    "Answer",
    "ArticleRef",
    "Author",
    "Citation",
    "CitedNote",
    "Criteria",
    "Encoded",
    "Encoder",
    "Evidence",
    "ExtraError",
    "Library",
    "LibraryError",
    "Mark",
    "ModelError",
    "Part",
    "PublicationRef",
    "QuestionError",
    "ReadError",
    "Retriever",
    "Source",
    "Span",
    "Statement",
    "TongzhuError",
    "from_dict",
    "load_encoder",
    "schema",
    "to_dict",
    "to_json",
    "to_markdown",
    "to_text",
]

_HOMES = {
    "index.storage.records": ("Criteria",),
    "index.document": ("Author", "Mark", "Source", "Span"),
    "index.encoders.protocol": ("Encoded", "Encoder", "load_encoder"),
    "index.errors": ("LibraryError", "ModelError", "QuestionError", "ReadError", "TongzhuError"),
    "index.storage.library": ("Library",),
    "rag.answer.model": (
        "Answer",
        "ArticleRef",
        "Citation",
        "CitedNote",
        "Evidence",
        "Part",
        "PublicationRef",
        "Statement",
    ),
    "rag.answer.model.serialization": ("from_dict", "schema", "to_dict", "to_json"),
    "rag.adapters.extras": ("ExtraError",),
    "rag.render.text": ("to_markdown", "to_text"),
    "rag.retriever": ("Retriever",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_HOME[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
