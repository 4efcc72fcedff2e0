"""A question becomes cited passages: the public surface for other programs, as docs/python.md says.

Names are imported when they are first used, so that `import rag` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.catalogue import Criteria
    from index.document import Author, Mark, Source, Span
    from index.encoder import Encoded, Encoder, load_encoder
    from index.errors import LibraryError, ModelError, QuestionError, ReadError, TongzhuError
    from index.library import Library
    from rag.answer import (
        Answer,
        ArticleRef,
        Citation,
        CitedNote,
        Evidence,
        Part,
        PublicationRef,
        Statement,
    )
    from rag.citation import from_dict, schema, to_dict, to_json
    from rag.extras import ExtraError
    from rag.plain import to_markdown, to_text
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
    "index.catalogue": ("Criteria",),
    "index.document": ("Author", "Mark", "Source", "Span"),
    "index.encoder": ("Encoded", "Encoder", "load_encoder"),
    "index.errors": ("LibraryError", "ModelError", "QuestionError", "ReadError", "TongzhuError"),
    "index.library": ("Library",),
    "rag.answer": (
        "Answer",
        "ArticleRef",
        "Citation",
        "CitedNote",
        "Evidence",
        "Part",
        "PublicationRef",
        "Statement",
    ),
    "rag.citation": ("from_dict", "schema", "to_dict", "to_json"),
    "rag.extras": ("ExtraError",),
    "rag.plain": ("to_markdown", "to_text"),
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
