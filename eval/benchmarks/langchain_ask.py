"""A plain LangChain script to compare `tongzhu ask` with: sentence-transformers and FAISS.

`python -m eval.benchmarks.langchain_ask CHECKPOINT FOLDER index FILE` writes an index,
`… ask QUESTION` prints the five nearest passages. It imports no more of LangChain than it needs, so
that no avoidable time is measured.
"""

from __future__ import annotations

import sys
from pathlib import Path

from langchain_community.vectorstores import FAISS
from langchain_core.embeddings import Embeddings
from sentence_transformers import SentenceTransformer


class E5Embeddings(Embeddings):
    """The model with its own prompts."""

    def __init__(self, checkpoint: str) -> None:
        self._model = SentenceTransformer(checkpoint, device="cpu", local_files_only=True)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of passages."""
        vectors = self._model.encode(texts, prompt_name="passage", show_progress_bar=False)
        return [vector.tolist() for vector in vectors]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        vector = self._model.encode(text, prompt_name="query", show_progress_bar=False)
        return [float(number) for number in vector]


def write_index(file: Path, folder: str, embeddings: Embeddings) -> None:
    """Write the index of a text, split into windows of 1,000 characters that overlap by 200."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    chunks = splitter.split_text(file.read_text(encoding="utf-8"))
    FAISS.from_texts(chunks, embeddings).save_local(folder)


def ask(question: str, folder: str, embeddings: Embeddings) -> str:
    """Return the five nearest passages."""
    # The index is a pickle that this script wrote.
    store = FAISS.load_local(folder, embeddings, allow_dangerous_deserialization=True)
    return "\n\n".join(document.page_content for document in store.similarity_search(question, k=5))


def main() -> None:
    """Run the command of the command line."""
    checkpoint, folder, command, value = sys.argv[1:]
    embeddings = E5Embeddings(checkpoint)
    if command == "index":
        write_index(Path(value), folder, embeddings)
    else:
        sys.stdout.write(ask(value, folder, embeddings) + "\n")


if __name__ == "__main__":
    main()
