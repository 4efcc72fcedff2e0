"""Checks that the optional packages of the evaluation are installed."""

from __future__ import annotations

from importlib import import_module
from typing import Literal

from rag.adapters.extras import build_extra_error

Extra = Literal["eval", "baselines"]

_REQUIRED_MODULES: dict[Extra, tuple[str, ...]] = {
    "eval": ("ir_measures", "matplotlib", "sklearn"),
    "baselines": (
        *("bm25s", "jieba", "langchain_community.vectorstores.faiss"),
        *("langchain_core", "langchain_text_splitters", "llama_index.core"),
    ),
}


def require_extra(extra: Extra) -> None:
    """Raise an error if a package of an extra is not installed.

    Args:
        extra: The name of the extra.

    Raises:
        ExtraError: If one is not; it names the extra.
    """
    for name in _REQUIRED_MODULES[extra]:
        try:
            import_module(name)
        except ImportError as error:
            raise build_extra_error(extra, error) from error
