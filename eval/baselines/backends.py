"""Splitters and indexes of other projects, set up as in their documentation."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import bm25s
import jieba
from langchain_community.vectorstores import FAISS
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from llama_index.core import VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import TextNode
from pydantic import PrivateAttr

from index.encoders.protocol import Encoder, PassageText
from index.text.scripts import convert_to_simplified

SearchFunction = Callable[[str], list[tuple[int, float]]]
"""Returns the indices and scores of the best texts for a query, best first."""


def _encode_texts(encoder: Encoder, texts: Sequence[str]) -> list[list[float]]:
    passages = [PassageText.from_text(text) for text in texts]
    return [embeddings.vector.tolist() for embeddings in encoder.encode_passages(passages)]


class _LangChainEmbeddings(Embeddings):
    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return _encode_texts(self._encoder, texts)

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self._encoder.encode_queries([text]).vectors[0].tolist()
        return vector


class _LlamaIndexEmbedding(BaseEmbedding):
    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(model_name=encoder.name)
        self._encoder = encoder

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return _encode_texts(self._encoder, texts)

    def _get_query_embedding(self, query: str) -> list[float]:
        vector: list[float] = self._encoder.encode_queries([query]).vectors[0].tolist()
        return vector

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def create_langchain_splitter() -> Callable[[str], list[str]]:
    """Return a splitter into windows of 1,000 characters that overlap by 200."""
    return RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_text


def create_langchain_search(texts: Sequence[str], encoder: Encoder, k: int) -> SearchFunction:
    """Return a search of LangChain's FAISS store; scores are negated distances.

    Args:
        texts: The texts.
        encoder: Their encoder.
        k: The number of hits.
    """
    metadatas = [{"number": number} for number in range(len(texts))]
    store = FAISS.from_texts(list(texts), _LangChainEmbeddings(encoder), metadatas)

    def search(query: str) -> list[tuple[int, float]]:
        hits = store.similarity_search_with_score(query, k=k)
        return [(document.metadata["number"], -float(distance)) for document, distance in hits]

    return search


def create_llamaindex_splitter() -> Callable[[str], list[str]]:
    """Return LlamaIndex's default splitter: chunks of 1,024 tokens that overlap by 200."""
    return SentenceSplitter().split_text


def create_llamaindex_search(texts: Sequence[str], encoder: Encoder, k: int) -> SearchFunction:
    """Return a search of LlamaIndex's index in memory.

    Args:
        texts: The texts.
        encoder: Their encoder.
        k: The number of hits.
    """
    nodes = [TextNode(text=text, id_=str(number)) for number, text in enumerate(texts)]
    index = VectorStoreIndex(nodes, embed_model=_LlamaIndexEmbedding(encoder))
    retriever = index.as_retriever(similarity_top_k=k)

    def search(query: str) -> list[tuple[int, float]]:
        return [(int(hit.node_id), float(hit.score or 0)) for hit in retriever.retrieve(query)]

    return search


def create_bm25_search(texts: Sequence[str], k: int) -> SearchFunction:
    """Return a search of a bm25s index; texts that share no word with the query are no hits.

    Args:
        texts: The texts.
        k: The number of hits.
    """
    jieba.setLogLevel(logging.WARNING)
    index = bm25s.BM25()
    index.index([_tokenize(text) for text in texts], show_progress=False)

    def search(query: str) -> list[tuple[int, float]]:
        tokens = _tokenize(convert_to_simplified(query))
        if not tokens:
            return []
        rows, scores = index.retrieve([tokens], k=min(k, len(texts)), show_progress=False)
        pairs = zip(rows[0].tolist(), scores[0].tolist(), strict=True)
        return [(number, score) for number, score in pairs if score > 0]

    return search


def _tokenize(text: str) -> list[str]:
    return [token for token in jieba.lcut(text.lower()) if any(map(str.isalnum, token))]
