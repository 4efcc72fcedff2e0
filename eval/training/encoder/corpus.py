"""The passages and questions of training, from written questions and SQuAD files.

Everything is split by article into what is trained on and what is held out: the paragraphs of an
article, in whichever language, are on one side.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from eval.questions import squad
from eval.questions.gold import find_gold_sections
from eval.questions.sets import QuestionSet, find_set
from eval.training.held_out import is_held_out, name_squad_article
from index.input_files import read_file
from index.storage.library import Library
from index.text.scripts import convert_to_simplified
from index.text.sentences import split_sentences
from index.update.entries import build_passage_text

SQUAD_PAIRS = (
    ("cmrc.dev.json", "cmrc.dev.json"),
    ("drcd.dev.json", "drcd.dev.json"),
    ("xquad.en.dev.json", "xquad.en.dev.json"),
    ("xquad.zh.dev.json", "xquad.zh.dev.json"),
    ("xquad.en.dev.json", "xquad.zh.dev.json"),
    ("xquad.zh.dev.json", "xquad.en.dev.json"),
)
"""Files of questions, each with the file of the paragraphs that they are asked of."""

WRITTEN_FOLDER = Path(__file__).parents[1] / "written"
"""The articles and questions that were written for this project."""

_TEXT_KEY_LENGTH = 40  # characters at the start of a paragraph that identify it


@dataclass(frozen=True, slots=True)
class TrainingPassage:
    """A passage in simplified script.

    Attributes:
        id: Unique.
        article: The passages of an article are hard negatives of one another.
        content: The same for passages with the same contents in different languages.
        context: The title and headings above it; empty if there are none.
        sentences: Its sentences, then those of its notes.
    """

    id: str
    article: str
    content: str
    context: str
    sentences: tuple[str, ...]

    @property
    def is_held_out(self) -> bool:
        """Whether its article is not trained on."""
        return is_held_out(self.content.rsplit("/", 1)[0])


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """A question about a passage.

    Attributes:
        group: The set that it comes from, with the languages of question and passage.
        text: The question, in simplified script.
        passage: The index of the passage.
        answers: The sentences that answer it; none if the passage does not.
        near: The sentences that look most like an answer where there is none.
        change: What differs from the answered question that it is a near miss of, if it is one.
        pair: The number that such questions share, among those about a passage; or 0.
    """

    group: str
    text: str
    passage: int
    answers: tuple[int, ...]
    near: tuple[int, ...] = ()
    change: str = ""
    pair: int = 0


@dataclass(frozen=True, slots=True)
class TrainingClaim:
    """A written sentence that cites sentences of a passage, which support it or not.

    Attributes:
        group: The languages of claim and passage.
        text: The claim, in simplified script.
        passage: The index of the passage.
        cited: The sentences that it cites.
        is_supported: Whether all of it follows from them.
        change: What was changed of its twin so that it is not; "" if it is supported.
        pair: The number that it shares with its twin, if it has one.
    """

    group: str
    text: str
    passage: int
    cited: tuple[int, ...]
    is_supported: bool
    change: str
    pair: int


@dataclass(frozen=True, slots=True)
class TrainingCorpus:
    """Passages, with questions and claims about them.

    Attributes:
        passages: The passages.
        questions: Questions, each with the index of its passage.
        claims: Claims, each with the index of its passage.
    """

    passages: tuple[TrainingPassage, ...]
    questions: tuple[TrainingQuestion, ...]
    claims: tuple[TrainingClaim, ...] = ()

    def select(self, *, held_out: bool) -> list[TrainingQuestion]:
        """Return the questions on one side of the split.

        Args:
            held_out: Whether those that are not trained on.
        """
        return [
            question
            for question in self.questions
            if self.passages[question.passage].is_held_out == held_out
        ]


def load_corpus(
    written_folders: Sequence[Path], squad_folder: Path, sets: Sequence[tuple[str, Path]] = ()
) -> TrainingCorpus:
    """Return all passages, questions and claims.

    Args:
        written_folders: Folders of `passages.jsonl`, `questions.jsonl` and, where there are claims,
            `claims.jsonl`; without an id twice.
        squad_folder: The folder of the files in `SQUAD_PAIRS`.
        sets: Question sets, each with the folder of the library that it is asked of.

    Raises:
        QuestionSetError: If a file is no question set.
        LibraryError: If a library cannot be read.
        OSError: If a file cannot be read.
    """
    builder = _CorpusBuilder()
    for question_file, paragraph_file in SQUAD_PAIRS:
        builder.add_squad(squad_folder / question_file, squad_folder / paragraph_file)
    for folder in written_folders:
        builder.add_written(folder)
    for name, library_path in sets:
        with Library.open(library_path) as library:
            builder.add_library(find_set(name), library)
    return TrainingCorpus(tuple(builder.passages), tuple(builder.questions), tuple(builder.claims))


def load_written_corpus(folder: Path) -> TrainingCorpus:
    """Return the passages, questions and claims of a folder of written ones alone.

    Args:
        folder: As of `load_corpus`.

    Raises:
        OSError: If a file cannot be read.
    """
    builder = _CorpusBuilder()
    builder.add_written(folder)
    return TrainingCorpus(tuple(builder.passages), tuple(builder.questions), tuple(builder.claims))


_T = TypeVar("_T")


class WrittenPassage(msgspec.Struct):
    """A line of `passages.jsonl`; the README beside it explains the fields."""

    id: str
    lang: str
    source: str
    sentences: list[str]
    title: str = ""
    heading: str = ""
    notes: dict[str, str] = {}
    marks: dict[str, int] = {}


class WrittenQuestion(msgspec.Struct):
    """A line of `questions.jsonl`; the README beside it explains the fields."""

    passage: str
    question: str
    language: str
    answers: list[int | str]
    type: str
    answer: str = ""
    near: list[int | str] = []
    change: str = ""
    pair: int = 0


class _WrittenClaim(msgspec.Struct):
    passage: str
    language: str
    cites: list[int | str]
    claim: str
    label: Literal["supported", "partly", "not"]
    pair: int
    change: str = ""


class _CorpusBuilder:
    """Collects passages by their text, so that a paragraph of two sets is one passage."""

    def __init__(self) -> None:
        self.passages: list[TrainingPassage] = []
        self.questions: list[TrainingQuestion] = []
        self.claims: list[TrainingClaim] = []
        self._index_by_id: dict[str, int] = {}
        self._id_by_text: dict[str, str] = {}

    def add_squad(self, question_file: Path, paragraph_file: Path) -> None:
        """Add the questions of a SQuAD file about the paragraphs of another."""
        publication = squad.read_publication(paragraph_file)
        for question in squad.load_squad(question_file, paragraph_file):
            (section,) = question.gold_sections
            text = (
                publication.articles[section.article].sections[section.section].paragraphs[0].text
            )
            article = f"{paragraph_file.stem}/{section.article}"
            content = f"{name_squad_article(paragraph_file, section.article)}/{section.section}"
            spans = split_sentences(text)
            sentences = [text[span.start : span.end] for span in spans]
            passage = self._add_passage(
                f"{article}/{section.section}", article, content, "", sentences
            )
            answers = tuple(
                index
                for index, span in enumerate(spans)
                if any(span.start <= answer.start < span.end for answer in question.spans)
            )
            group = f"{question_file.stem} → {paragraph_file.stem}"
            self._add_question(group, question.question, passage, answers)

    def add_written(self, folder: Path) -> None:
        """Add questions and claims, after the SQuAD files, whose paragraphs some are about."""
        passages = {
            passage.id: passage
            for passage in read_written_lines(folder / "passages.jsonl", WrittenPassage)
        }
        for question in read_written_lines(folder / "questions.jsonl", WrittenQuestion):
            written = passages[question.passage]
            passage, note_starts = self._add_written_passage(written)
            answers, near = (
                tuple(
                    item if isinstance(item, int) else note_starts[item[1:]]
                    for item in items
                    if isinstance(item, int) or item[1:] in note_starts
                )
                for items in (question.answers, question.near)
            )
            group = f"written {question.language[:2]} → {written.lang[:2]}"
            self.questions.append(
                TrainingQuestion(
                    group,
                    convert_to_simplified(question.question),
                    passage,
                    answers,
                    near,
                    question.change,
                    question.pair,
                )
            )

        path = folder / "claims.jsonl"
        for claim in read_written_lines(path, _WrittenClaim) if path.exists() else ():
            written = passages[claim.passage]
            passage, note_starts = self._add_written_passage(written)
            ends = [*note_starts.values(), len(self.passages[passage].sentences)][1:]
            notes = {
                f"n{number}": range(start, end)
                for (number, start), end in zip(note_starts.items(), ends, strict=True)
            }
            cited = chain.from_iterable(
                [item] if isinstance(item, int) else notes[item] for item in claim.cites
            )
            self.claims.append(
                TrainingClaim(
                    f"{claim.language[:2]} → {written.lang[:2]}",
                    convert_to_simplified(claim.claim),
                    passage,
                    tuple(cited),
                    claim.label == "supported",
                    claim.change,
                    claim.pair,
                )
            )

    def _add_written_passage(self, written: WrittenPassage) -> tuple[int, dict[str, int]]:
        """Add a passage; return its index, and that of the first sentence of each of its notes."""
        sentences, note_starts = _append_notes(written)
        article = written.id.rsplit("-", 1)[0] if written.title else written.id
        passage = self._add_passage(
            written.id,
            article,
            self._find_content(written) or f"written/{article}/{written.id}",
            " › ".join(filter(None, (written.title, written.heading))),
            sentences,
        )
        return passage, note_starts

    def add_library(self, question_set: QuestionSet, library: Library) -> None:
        """Add the questions of a set that a passage of a library answers, for each such passage."""
        group = f"{question_set.name}, {library.path.name}"
        for summary in library.publications():
            publication = library.publication(summary.id)
            rows = list(library.rows_of(summary.id))
            passages = list(zip(library.passages(rows), library.sentences(rows), strict=True))
            for question in question_set.questions:
                gold = find_gold_sections(question, publication)
                for passage, refs in passages:
                    if (passage.article_index, passage.section_index) not in gold:
                        continue
                    article = publication.articles[passage.article_index]
                    text = build_passage_text(passage, article, refs)
                    answers = tuple(
                        index
                        for index, sentence in enumerate(text.sentences)
                        if any(convert_to_simplified(a) in sentence for a in question.answers)
                    )
                    if answers:
                        key = f"{summary.id}/{passage.article_index}"
                        added = self._add_passage(
                            passage.id, key, f"{key}/{passage.id}", text.heading, text.sentences
                        )
                        self._add_question(group, question.question, added, answers)

    def _find_content(self, written: WrittenPassage) -> str:
        """Return the content of the SQuAD paragraph that a written passage repeats, if any."""
        same = self._id_by_text.get(_text_key(written.sentences))
        return "" if same is None else self.passages[self._index_by_id[same]].content

    def _add_passage(
        self, passage_id: str, article: str, content: str, context: str, sentences: Sequence[str]
    ) -> int:
        if passage_id not in self._index_by_id:
            self._index_by_id[passage_id] = len(self.passages)
            self._id_by_text.setdefault(_text_key(sentences), passage_id)
            self.passages.append(
                TrainingPassage(
                    passage_id,
                    article,
                    content,
                    convert_to_simplified(context),
                    tuple(map(convert_to_simplified, sentences)),
                )
            )
        return self._index_by_id[passage_id]

    def _add_question(self, group: str, text: str, passage: int, answers: tuple[int, ...]) -> None:
        self.questions.append(
            TrainingQuestion(group, convert_to_simplified(text), passage, answers)
        )


def _append_notes(written: WrittenPassage) -> tuple[list[str], dict[str, int]]:
    """Return the sentences of a passage and its notes, and the index of the first of each note."""
    sentences = list(written.sentences)
    note_starts: dict[str, int] = {}
    for number, note in written.notes.items():
        note_starts[number] = len(sentences)
        sentences += [note[span.start : span.end] for span in split_sentences(note)]
    return sentences, note_starts


def _text_key(sentences: Sequence[str]) -> str:
    return "".join("".join(sentences).split())[:_TEXT_KEY_LENGTH]


def read_written_lines(path: Path, kind: type[_T]) -> Iterator[_T]:
    """Yield the lines of a file of written passages or questions.

    Args:
        path: The file.
        kind: What each line is.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If a line is none of that kind.
    """
    for line in read_file(path).splitlines():
        if line.strip():
            yield msgspec.convert(json.loads(line), kind)
