"""Other people's splitters and indexes, as their documentation sets them up."""

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

from index.encoders.protocol import Encoder
from index.text.scripts import simplified

Search = Callable[[str], list[tuple[int, float]]]


class _LangChainEmbeddings(Embeddings):
    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [vector.tolist() for vector in self._encoder.encode_passages(texts).vectors]

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self._encoder.encode_questions([text]).vectors[0].tolist()
        return vector


class _LlamaIndexEmbedding(BaseEmbedding):
    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(model_name=encoder.name)
        self._encoder = encoder

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [vector.tolist() for vector in self._encoder.encode_passages(texts).vectors]

    def _get_query_embedding(self, query: str) -> list[float]:
        vector: list[float] = self._encoder.encode_questions([query]).vectors[0].tolist()
        return vector

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def langchain_split() -> Callable[[str], list[str]]:
    """Windows of 1,000 characters that overlap by 200."""
    return RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_text


def langchain_search(texts: Sequence[str], encoder: Encoder, k: int) -> Search:
    """LangChain's FAISS store; scores are negated distances."""
    numbers = [{"number": number} for number in range(len(texts))]
    store = FAISS.from_texts(list(texts), _LangChainEmbeddings(encoder), numbers)

    def search(question: str) -> list[tuple[int, float]]:
        found = store.similarity_search_with_score(question, k=k)
        return [(document.metadata["number"], -float(distance)) for document, distance in found]

    return search


def llamaindex_split() -> Callable[[str], list[str]]:
    """Sentences in chunks of 1,024 tokens that overlap by 200, LlamaIndex's defaults."""
    return SentenceSplitter().split_text


def llamaindex_search(texts: Sequence[str], encoder: Encoder, k: int) -> Search:
    """LlamaIndex's index in memory."""
    nodes = [TextNode(text=text, id_=str(number)) for number, text in enumerate(texts)]
    index = VectorStoreIndex(nodes, embed_model=_LlamaIndexEmbedding(encoder))
    retriever = index.as_retriever(similarity_top_k=k)

    def search(question: str) -> list[tuple[int, float]]:
        return [(int(one.node_id), float(one.score or 0)) for one in retriever.retrieve(question)]

    return search


def bm25_search(texts: Sequence[str], k: int) -> Search:
    """The bm25s index with its defaults; what shares no word with the question is not returned."""
    jieba.setLogLevel(logging.WARNING)
    index = bm25s.BM25()
    index.index([_words(text) for text in texts], show_progress=False)

    def search(question: str) -> list[tuple[int, float]]:
        words = _words(simplified(question))
        if not words:
            return []
        numbers, scores = index.retrieve([words], k=min(k, len(texts)), show_progress=False)
        pairs = zip(numbers[0].tolist(), scores[0].tolist(), strict=True)
        return [(number, score) for number, score in pairs if score > 0]

    return search


def _words(text: str) -> list[str]:
    return [word for word in jieba.lcut(text.lower()) if any(map(str.isalnum, word))]
