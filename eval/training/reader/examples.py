"""What the reader is trained on: questions with passages that answer, and with some that do not.

Of each passage the sentences are read that the encoder finds best, as in the product. A passage
that answers also stands without the sentences that do, and beside a similar and a random one of
another article.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from eval.training.encoder.corpus import TrainingCorpus, TrainingPassage, TrainingQuestion
from eval.training.encoder.tokens import load_tokenizer
from eval.training.reader.unrelated import UNRELATED_GROUP
from index.arrays import FloatArray, Vectors
from index.encoders.protocol import Encoder, PassageEmbeddings, PassageText
from rag.ranking.reading import select_sentences

_SIMILAR_PASSAGES = 8  # by vector; one of them is read
_BATCH = 64
_ABLATED_SHARE = 0.5
_RANDOM_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class ReadingExample:
    """A question with the sentences that are read of a passage.

    Attributes:
        kind: "answer", "near miss", "ablated" (without the sentences that answer), "similar",
            "random" or "unrelated" (whatever the passage).
        question: The index of the question.
        passage: The index of the passage.
        sentences: The sentences that are read.
        answers: Those of them that answer, by their place among `sentences`.
        maxsim: The MaxSim of each of them.
    """

    kind: str
    question: int
    passage: int
    sentences: tuple[int, ...]
    answers: tuple[int, ...]
    maxsim: tuple[float, ...]

    @property
    def best_maxsim(self) -> float:
        """The MaxSim of the best sentence."""
        return max(self.maxsim)


def load_examples(
    corpus: TrainingCorpus, questions: Sequence[int], encoder: Encoder, file: Path, seed: int
) -> list[list[ReadingExample]]:
    """Return the examples of each question; from a file if an earlier run wrote it.

    Args:
        corpus: The corpus.
        questions: The indices of questions.
        encoder: Finds the sentences that are read.
        file: Where they are kept.
        seed: Of what is chosen at random.
    """
    if file.exists():
        return msgspec.json.decode(file.read_bytes(), type=list[list[ReadingExample]])
    examples = build_examples(corpus, questions, encoder, seed)
    draft = file.with_suffix(".tmp")
    draft.write_bytes(msgspec.json.encode(examples))
    draft.replace(file)
    return examples


def build_examples(
    corpus: TrainingCorpus, questions: Sequence[int], encoder: Encoder, seed: int
) -> list[list[ReadingExample]]:
    """Return the examples of each question.

    Args:
        corpus: The corpus.
        questions: The indices of questions.
        encoder: Finds the sentences that are read.
        seed: Of what is chosen at random.
    """
    passages = sorted({corpus.questions[index].passage for index in questions})
    embeddings = dict(zip(passages, _encode_passages(corpus, passages, encoder), strict=True))
    vectors = np.stack([embeddings[index].vector for index in passages])
    generator = np.random.default_rng(seed)
    groups = []
    for start in range(0, len(questions), _BATCH):
        chosen = questions[start : start + _BATCH]
        queries = encoder.encode_queries([corpus.questions[index].text for index in chosen])
        for index, vector, tokens in zip(chosen, queries.vectors, queries.tokens, strict=True):
            question = corpus.questions[index]
            selector = _Selector(corpus, index, tokens, embeddings)
            group = [selector.select(_name_kind(question))]
            if question.answers and generator.random() < _ABLATED_SHARE:
                ablated = selector.select("ablated")
                group += [ablated] if ablated.sentences else []
            similar = _find_similar(corpus, question, passages, vectors @ vector)
            if question.answers and similar:
                group.append(selector.select("similar", similar[generator.integers(len(similar))]))
            other = passages[generator.integers(len(passages))]
            if (
                question.answers
                and generator.random() < _RANDOM_SHARE
                and _is_other(corpus, question, other)
            ):
                group.append(selector.select("random", other))
            groups.append(group)
    return groups


def _name_kind(question: TrainingQuestion) -> str:
    if question.group == UNRELATED_GROUP:
        return "unrelated"
    return "answer" if question.answers else "near miss"


class _Selector:
    """Selects the sentences that are read for one question."""

    def __init__(
        self,
        corpus: TrainingCorpus,
        question: int,
        query_tokens: Vectors,
        embeddings: dict[int, PassageEmbeddings],
    ) -> None:
        self._corpus = corpus
        self._index = question
        self._question = corpus.questions[question]
        self._query_tokens = query_tokens
        self._embeddings = embeddings

    def select(self, kind: str, passage: int | None = None) -> ReadingExample:
        """Return an example of a kind; of the passage of the question unless another is given."""
        own = self._question.passage
        index = own if passage is None else passage
        scores = _score_sentences(self._query_tokens, self._embeddings[index])
        answers = set(self._question.answers) if index == own else set()
        is_ablated = kind == "ablated"
        kept = [number for number in range(len(scores)) if not (is_ablated and number in answers)]
        sentences = self._select_sentences(index, scores, kept, answers)
        return ReadingExample(
            kind,
            self._index,
            index,
            sentences,
            tuple(place for place, sentence in enumerate(sentences) if sentence in answers),
            tuple(round(float(scores[sentence]), 4) for sentence in sentences),
        )

    def _select_sentences(
        self, passage: int, scores: FloatArray, kept: Sequence[int], answers: Set[int]
    ) -> tuple[int, ...]:
        """Return the sentences that are read, of those kept; the best answer in any case."""
        if not kept:
            return ()
        texts = self._corpus.passages[passage].sentences
        lengths = [len(load_tokenizer().encode_piece(texts[number])) for number in kept]
        places = [place for place, number in enumerate(kept) if number in answers]
        first = sorted(places, key=lambda place: -scores[kept[place]])[:1]
        selected = select_sentences([scores[number] for number in kept], lengths, first)
        return tuple(kept[place] for place in selected)


def _encode_passages(
    corpus: TrainingCorpus, passages: Sequence[int], encoder: Encoder
) -> list[PassageEmbeddings]:
    texts = [_build_passage_text(corpus.passages[index]) for index in passages]
    encoded: list[PassageEmbeddings] = []
    for start in range(0, len(texts), _BATCH):
        encoded += encoder.encode_passages(texts[start : start + _BATCH])
        if start // _BATCH % 10 == 0:
            print(f"{len(encoded)} of {len(texts)} passages are encoded", flush=True)  # noqa: T201
    return encoded


def _build_passage_text(passage: TrainingPassage) -> PassageText:
    text = f"{passage.context}\n{''.join(passage.sentences)}"
    return PassageText(text, passage.context, passage.sentences, len(passage.sentences))


def _score_sentences(query_tokens: Vectors, passage: PassageEmbeddings) -> FloatArray:
    """Return the MaxSim of a query in each sentence of a passage; 0 where one has no tokens."""
    if not len(query_tokens):
        return np.zeros(len(passage.tokens) - 1)
    return np.array(
        [
            (query_tokens @ tokens.T).max(axis=1).mean() if len(tokens) else 0.0
            for tokens in passage.tokens[1:]
        ]
    )


def _find_similar(
    corpus: TrainingCorpus,
    question: TrainingQuestion,
    passages: Sequence[int],
    similarity: Vectors,
) -> list[int]:
    """Return the passages that are most like a question and do not answer it."""
    ranking = np.argsort(-similarity)[: 4 * _SIMILAR_PASSAGES].tolist()
    others = [
        passages[position]
        for position in ranking
        if _is_other(corpus, question, passages[position])
    ]
    return others[:_SIMILAR_PASSAGES]


def _is_other(corpus: TrainingCorpus, question: TrainingQuestion, passage: int) -> bool:
    """Return whether a passage says other things, on the same side of the split."""
    own, other = corpus.passages[question.passage], corpus.passages[passage]
    return other.content != own.content and other.is_held_out == own.is_held_out
