"""The plain peer of `tongzhu ask`: LangChain, sentence-transformers and FAISS, nothing else.

`python -m eval.benchmarks.langchain_ask CHECKPOINT FOLDER index FILE` writes an index,
`… ask QUESTION` prints the five nearest passages from it. It imports as little of LangChain as
does the work, so that what is timed is what such a script cannot do without.
"""

from __future__ import annotations

import sys
from pathlib import Path

from langchain_community.vectorstores import FAISS
from langchain_core.embeddings import Embeddings
from sentence_transformers import SentenceTransformer


class E5Embeddings(Embeddings):
    """The model with the prompts that it was trained with."""

    def __init__(self, checkpoint: str) -> None:
        self._model = SentenceTransformer(checkpoint, device="cpu", local_files_only=True)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of passages."""
        vectors = self._model.encode(texts, prompt_name="passage", show_progress_bar=False)
        return [vector.tolist() for vector in vectors]

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        vector = self._model.encode(text, prompt_name="query", show_progress_bar=False)
        return [float(number) for number in vector]


def write_index(file: Path, folder: str, embeddings: Embeddings) -> None:
    """Cuts a text into windows of 1,000 characters that overlap by 200, and stores them."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    chunks = splitter.split_text(file.read_text(encoding="utf-8"))
    FAISS.from_texts(chunks, embeddings).save_local(folder)


def ask(question: str, folder: str, embeddings: Embeddings) -> str:
    """The five nearest passages."""
    # The index is a pickle that this very script has written.
    store = FAISS.load_local(folder, embeddings, allow_dangerous_deserialization=True)
    return "\n\n".join(document.page_content for document in store.similarity_search(question, k=5))


def main() -> None:
    """Does what the words on the command line say."""
    checkpoint, folder, command, value = sys.argv[1:]
    embeddings = E5Embeddings(checkpoint)
    if command == "index":
        write_index(Path(value), folder, embeddings)
    else:
        sys.stdout.write(ask(value, folder, embeddings) + "\n")


if __name__ == "__main__":
    main()
