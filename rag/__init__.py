"""Retrieval of cited passages: the public API, which docs/python.md describes.

Each name is imported when it is first used, so that `import rag` takes no time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.document import Author, NoteMark, Source, Span
    from index.encoders.protocol import Embeddings, Encoder, load_encoder
    from index.errors import LibraryError, ModelError, QuestionError, ReadError, TongzhuError
    from index.storage.library import Library
    from index.storage.records import Filters
    from rag.adapters.extras import ExtraError
    from rag.answer.model import (
        Answer,
        ArticleRef,
        Citation,
        CitedNote,
        Evidence,
        PublicationRef,
        ScoreComponent,
        Statement,
    )
    from rag.answer.serialization import from_dict, schema, to_dict, to_json
    from rag.render.markdown import to_markdown
    from rag.render.text import to_text
    from rag.retriever import Retriever

__all__ = [
    "Answer",
    "ArticleRef",
    "Author",
    "Citation",
    "CitedNote",
    "Embeddings",
    "Encoder",
    "Evidence",
    "ExtraError",
    "Filters",
    "Library",
    "LibraryError",
    "ModelError",
    "NoteMark",
    "PublicationRef",
    "QuestionError",
    "ReadError",
    "Retriever",
    "ScoreComponent",
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

_MODULE_EXPORTS = {
    "index.storage.records": ("Filters",),
    "index.document": ("Author", "NoteMark", "Source", "Span"),
    "index.encoders.protocol": ("Embeddings", "Encoder", "load_encoder"),
    "index.errors": ("LibraryError", "ModelError", "QuestionError", "ReadError", "TongzhuError"),
    "index.storage.library": ("Library",),
    "rag.answer.model": (
        "Answer",
        "ArticleRef",
        "Citation",
        "CitedNote",
        "Evidence",
        "ScoreComponent",
        "PublicationRef",
        "Statement",
    ),
    "rag.answer.serialization": ("from_dict", "schema", "to_dict", "to_json"),
    "rag.adapters.extras": ("ExtraError",),
    "rag.render.markdown": ("to_markdown",),
    "rag.render.text": ("to_text",),
    "rag.retriever": ("Retriever",),
}
_MODULE_OF = {name: home for home, names in _MODULE_EXPORTS.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
