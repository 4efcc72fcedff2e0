"""Baselines: other systems on the same library with the same model.

LangChain and LlamaIndex are set up as in their introductions, over the publications as running
text (`eval.baselines.plain_documents`); BM25 and vector search use this project's passages. The
model has its own prompts everywhere. Each system returns ten texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from eval.baselines.plain_documents import PlainDocument, build_documents
from eval.judge import DEPTH, Response, RetrievedText
from eval.questions.format import Question, SectionRef
from eval.run import RetrievalSystem
from index.encoders.protocol import Encoder
from index.errors import OptionError
from index.messages import MessageCatalogue
from index.passages import build_encoder_input, find_passage_notes
from index.storage.library import Library
from index.text.scripts import convert_to_simplified

_MESSAGES = MessageCatalogue("eval", "errors")

SearchFunction = Callable[[str], Sequence[tuple[int, float]]]
"""Returns the indices and scores of the ten best texts for a query, best first."""


class BaselineSystem:
    """A search over texts; of a follow-up it gets the question alone.

    Args:
        name: The name in a report.
        texts: The texts, with any score.
        search: Returns the best of them.
    """

    def __init__(self, name: str, texts: Sequence[RetrievedText], search: SearchFunction) -> None:
        self.name = name
        self._texts = texts
        self._search = search

    def respond(self, question: Question) -> Response:
        """See `RetrievalSystem`."""
        hits = self._search(question.question)
        return Response(
            tuple(
                RetrievedText(text.text, text.sections, score, text.notes, text.reference)
                for text, score in ((self._texts[row], score) for row, score in hits)
            )
        )


def build_langchain(library: Library, publication: str, encoder: Encoder) -> RetrievalSystem:
    """Return LangChain: windows of 1,000 characters that overlap by 200, in FAISS."""
    from eval.baselines.backends import create_langchain_search, create_langchain_splitter

    chunks = list(_build_chunks(library, publication, create_langchain_splitter()))
    search = create_langchain_search([chunk.text for chunk in chunks], encoder, DEPTH)
    return BaselineSystem("LangChain", chunks, search)


def build_llamaindex(library: Library, publication: str, encoder: Encoder) -> RetrievalSystem:
    """Return LlamaIndex: sentences in chunks of 1,024 tokens that overlap by 200, in memory."""
    from eval.baselines.backends import create_llamaindex_search, create_llamaindex_splitter

    chunks = list(_build_chunks(library, publication, create_llamaindex_splitter()))
    search = create_llamaindex_search([chunk.text for chunk in chunks], encoder, DEPTH)
    return BaselineSystem("LlamaIndex", chunks, search)


def build_bm25(library: Library, publication: str, _encoder: Encoder) -> RetrievalSystem:
    """Return BM25 (bm25s) over passages with their headings, Chinese segmented by jieba."""
    from eval.baselines.backends import create_bm25_search

    texts = [
        build_encoder_input(passage) for passage in library.passages(range(library.engine.size))
    ]
    return BaselineSystem(
        "BM25", _load_passages(library, publication), create_bm25_search(texts, DEPTH)
    )


def build_vector_search(library: Library, publication: str, encoder: Encoder) -> RetrievalSystem:
    """Return exact vector search over passages."""

    def search(query: str) -> list[tuple[int, float]]:
        vector = encoder.encode_queries([convert_to_simplified(query)]).vectors[0]
        return [(hit.row, hit.score) for hit in library.engine.search_vectors(vector, DEPTH)]

    return BaselineSystem("vectors", _load_passages(library, publication), search)


BASELINES: dict[str, Callable[[Library, str, Encoder], RetrievalSystem]] = {
    "langchain": build_langchain,
    "llamaindex": build_llamaindex,
    "bm25": build_bm25,
    "vectors": build_vector_search,
}


def parse_baseline_names(names: str) -> list[str]:
    """Return the names in a list such as "bm25,vectors"; all for "all".

    Args:
        names: Names separated by commas.

    Raises:
        OptionError: If a name is unknown.
    """
    requested = [name.strip() for name in names.split(",") if name.strip()]
    if requested == ["all"]:
        return list(BASELINES)
    available = ", ".join([*BASELINES, "all"])
    for name in requested:
        if name not in BASELINES:
            raise OptionError(_MESSAGES["unknown_baseline"].format(name=name, available=available))
    return requested


def _build_chunks(
    library: Library, publication: str, split: Callable[[str], list[str]]
) -> Iterator[RetrievedText]:
    """Yield the chunks of all publications; only those of the target have sections."""
    for summary in library.publications():
        for document in build_documents(library.publication(summary.id)):
            for chunk, sections in _locate_chunks(document, split(document.text)):
                target_sections = sections if summary.id == publication else frozenset[SectionRef]()
                yield RetrievedText(chunk, target_sections, 0.0)


def _locate_chunks(
    document: PlainDocument, chunks: Sequence[str]
) -> Iterator[tuple[str, frozenset[SectionRef]]]:
    """Yield chunks, which are parts of the text in order, with the sections they overlap."""
    start = -1
    for chunk in chunks:
        start = document.text.index(chunk, start + 1)
        yield chunk, document.find_sections(start, start + len(chunk))


def _load_passages(library: Library, publication: str) -> list[RetrievedText]:
    articles = {
        summary.id: library.publication(summary.id).articles for summary in library.publications()
    }
    return [
        RetrievedText(
            text=passage.text,
            sections=frozenset(
                {SectionRef(passage.article_index, passage.section_index)}
                if passage.publication_id == publication
                else ()
            ),
            score=0.0,
            notes=tuple(
                note.text
                for note in find_passage_notes(
                    passage, articles[passage.publication_id][passage.article_index]
                )
            ),
            reference=passage.context,
        )
        for passage in library.passages(range(library.engine.size))
    ]
