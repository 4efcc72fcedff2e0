"""The written questions about articles that are held out, as question sets over a library of these.

The articles are read as any others are, from Markdown with footnotes. Their halves have question
sets of their own, so that what is fitted on one can be measured on the other.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from eval.questions.format import AnswerLocation, Language, Question, SectionRef
from eval.training.encoder.corpus import (
    WRITTEN_FOLDER,
    WrittenPassage,
    WrittenQuestion,
    read_written_lines,
)
from eval.training.held_out import HELD_OUT_SHARE, is_held_out
from index import readers
from index.document import Publication
from index.text.characters import contains_han

PASSAGES_FILE = WRITTEN_FOLDER / "passages.jsonl"
"""The file of the passages, as the source of a library."""

_NEAR_MISS = "not answered"


def read_publication(path: Path) -> Publication:
    """Return the articles of a file of written passages that are held out.

    Args:
        path: The file.

    Raises:
        OSError: If it cannot be read.
        ReadError: If its texts cannot be read as a publication.
    """
    articles = _select_articles(read_written_lines(path, WrittenPassage))
    printed = (
        f"# {passages[0].title}\n\n{_print_sections(passages)}" for passages in articles.values()
    )
    text = "\n\n".join(("---\ntitle: Written articles\n---", *printed))
    return readers.read_data(text.encode(), path.with_suffix(".md")).publication


def load_written_sets() -> dict[str, list[Question]]:
    """Return the questions by half and languages: "written-1.en → written-1.zh".

    Raises:
        OSError: If a file cannot be read.
    """
    articles = _select_articles(read_written_lines(PASSAGES_FILE, WrittenPassage))
    places = {
        passage.id: (passage, SectionRef(number, section))
        for number, passages in enumerate(articles.values())
        for section, passage in enumerate(passages)
    }
    sets: dict[str, list[Question]] = defaultdict(list)
    lines = read_written_lines(WRITTEN_FOLDER / "questions.jsonl", WrittenQuestion)
    for number, written in enumerate(lines):
        if written.passage not in places:
            continue
        passage, place = places[written.passage]
        half = zlib.crc32(_get_article(passage).encode()) // HELD_OUT_SHARE % 2 + 1
        question_language, passage_language = written.language[:2], passage.lang[:2]
        sets[f"written-{half}.{question_language} → written-{half}.{passage_language}"].append(
            _build_question(f"written-{number}", written, place)
        )
    return dict(sorted(sets.items()))


def _build_question(question_id: str, written: WrittenQuestion, place: SectionRef) -> Question:
    language: Language = "en"
    if contains_han(written.question):
        language = "zh-Hans" if written.language == "zh-Hans" else "zh-Hant"
    if written.type == _NEAR_MISS:
        return Question(
            question_id, "dev", language, "unanswerable", written.question, near_miss=True
        )
    notes = tuple(
        f"{written.passage}-{answer[1:]}" for answer in written.answers if isinstance(answer, str)
    )
    where: AnswerLocation = "note" if len(notes) == len(written.answers) else "text"
    return Question(
        question_id,
        "dev",
        language,
        "fact",
        written.question,
        notes=notes,
        answers=(written.answer,),
        where=where,
        gold_sections=(place,),
    )


def _get_article(passage: WrittenPassage) -> str:
    return passage.id.rsplit("-", 1)[0]


def _select_articles(passages: Iterable[WrittenPassage]) -> dict[str, list[WrittenPassage]]:
    """Return the passages of the articles that are held out, by article."""
    articles: dict[str, list[WrittenPassage]] = defaultdict(list)
    for passage in passages:
        if is_held_out(f"written/{_get_article(passage)}"):
            articles[_get_article(passage)].append(passage)
    return articles


def _print_sections(passages: Iterable[WrittenPassage]) -> str:
    """Return passages in Markdown, each a section with its notes."""
    return "\n\n".join(line for passage in passages for line in _print_section(passage))


def _print_section(passage: WrittenPassage) -> Iterator[str]:
    marks: dict[int, str] = defaultdict(str)
    for number, sentence in passage.marks.items():
        marks[sentence] += f"[^{passage.id}-{number}]"
    separator = "" if contains_han(passage.sentences[0]) else " "
    yield f"## {passage.heading}"
    yield separator.join(
        f"{sentence}{marks[index]}" for index, sentence in enumerate(passage.sentences)
    )
    for number, note in passage.notes.items():
        yield f"[^{passage.id}-{number}]: {note}"
