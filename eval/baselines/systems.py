"""What others would do: systems to compare with, on the same library and the same model.

LangChain and LlamaIndex are set up as their own introductions do it, over the publications as
running text (`baselines.plain_documents`); BM25 and vectors alone search this project's passages.
The model gets its own prompts everywhere. Each may return ten texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from eval.baselines.plain_documents import Document, documents
from eval.judge import DEPTH
from eval.questions.format import Question, QuestionSetError, SectionRef
from eval.system import Response, Returned, System
from index.encoders.protocol import Encoder
from index.passages import encoder_text
from index.storage.library import Library
from index.text.scripts import simplified
from index.update.entries import notes_of

Search = Callable[[str], Sequence[tuple[int, float]]]
"""A question to the ten best texts: their numbers and scores, best first."""


class Baseline:
    """Texts and something that searches them; of a follow-up only the question itself is asked."""

    def __init__(self, name: str, texts: Sequence[Returned], search: Search) -> None:
        """Takes a name for the report, the texts with any score, and what searches them."""
        self.name = name
        self._texts = texts
        self._search = search

    def respond(self, question: Question) -> Response:
        """See `eval.system.System`."""
        found = self._search(question.question)
        return Response(
            tuple(
                Returned(one.text, one.places, score, one.notes, one.reference)
                for one, score in ((self._texts[number], score) for number, score in found)
            )
        )


def langchain(library: Library, publication: str, encoder: Encoder) -> System:
    """LangChain: windows of 1,000 characters that overlap by 200, in FAISS."""
    from eval.baselines.backends import langchain_search, langchain_split

    chunks = list(_chunks(library, publication, langchain_split()))
    search = langchain_search([chunk.text for chunk in chunks], encoder, DEPTH)
    return Baseline("LangChain", chunks, search)


def llamaindex(library: Library, publication: str, encoder: Encoder) -> System:
    """LlamaIndex: sentences in chunks of 1,024 tokens that overlap by 200, in memory."""
    from eval.baselines.backends import llamaindex_search, llamaindex_split

    chunks = list(_chunks(library, publication, llamaindex_split()))
    search = llamaindex_search([chunk.text for chunk in chunks], encoder, DEPTH)
    return Baseline("LlamaIndex", chunks, search)


def bm25(library: Library, publication: str, _encoder: Encoder) -> System:
    """BM25 alone (bm25s), Chinese cut into words by jieba, over our passages and headings."""
    from eval.baselines.backends import bm25_search

    texts = [encoder_text(passage) for passage in library.passages(range(library.engine.size))]
    return Baseline("BM25", _passages(library, publication), bm25_search(texts, DEPTH))


def vectors(library: Library, publication: str, encoder: Encoder) -> System:
    """Vectors alone, over our passages."""

    def search(question: str) -> list[tuple[int, float]]:
        vector = encoder.encode_questions([simplified(question)]).vectors[0]
        return [(found.row, found.score) for found in library.engine.nearest(vector, DEPTH)]

    return Baseline("vectors", _passages(library, publication), search)


BASELINES: dict[str, Callable[[Library, str, Encoder], System]] = {
    "langchain": langchain,
    "llamaindex": llamaindex,
    "bm25": bm25,
    "vectors": vectors,
}


def named(names: str) -> list[str]:
    """The baselines of a list such as "bm25,vectors", or all of them for "all".

    Raises:
        QuestionSetError: If there is none of a name.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if wanted == ["all"]:
        return list(BASELINES)
    known = ", ".join([*BASELINES, "all"])
    for name in wanted:
        if name not in BASELINES:
            raise QuestionSetError(
                f"There is no baseline {name}; there are: {known}.",
                f"沒有 {name} 這個對照系統；可用的有：{known}。",
            )
    return wanted


def _chunks(
    library: Library, publication: str, split: Callable[[str], list[str]]
) -> Iterator[Returned]:
    """All publications of a library, cut; only chunks of the one asked about have places."""
    for summary in library.publications():
        for document in documents(library.publication(summary.id)):
            for chunk, places in _placed(document, split(document.text)):
                own = places if summary.id == publication else frozenset[SectionRef]()
                yield Returned(chunk, own, 0.0)


def _placed(
    document: Document, chunks: Sequence[str]
) -> Iterator[tuple[str, frozenset[SectionRef]]]:
    """Chunks, which are parts of the text in order, with the sections they overlap."""
    start = -1
    for chunk in chunks:
        start = document.text.index(chunk, start + 1)
        yield chunk, document.places(start, start + len(chunk))


def _passages(library: Library, publication: str) -> list[Returned]:
    articles = {
        summary.id: library.publication(summary.id).articles for summary in library.publications()
    }
    return [
        Returned(
            text=passage.text,
            places=frozenset(
                {SectionRef(passage.article, passage.section)}
                if passage.publication == publication
                else ()
            ),
            score=0.0,
            notes=tuple(
                note.text
                for note in notes_of(passage, articles[passage.publication][passage.article])
            ),
            reference=passage.context,
        )
        for passage in library.passages(range(library.engine.size))
    ]
