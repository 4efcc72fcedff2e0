"""SQuAD files as question sets over their own paragraphs, or over those of another file.

Each SQuAD article becomes an `Article` and each of its paragraphs a `Section` without a heading, so
that an ordinary library indexes them. Titles are left out: XQuAD has the same English title in
every language, which would reveal the paragraph to questions in English.

Source: Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text" (2016).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from opencc import OpenCC

from eval.questions.format import Language, Question, QuestionSetError, SectionRef
from index.document import Article, Paragraph, Publication, Section, Span
from index.input_files import read_file
from index.messages import MessageCatalogue
from index.text.characters import contains_han

_MESSAGES = MessageCatalogue("eval", "errors")


def load_squad(path: Path, paragraphs_path: Path | None = None) -> tuple[Question, ...]:
    """Return the questions of a SQuAD file, in its order, of the dev split and the type fact.

    Args:
        path: The file with the questions.
        paragraphs_path: The file with the paragraphs, whose answers are the gold; it must have all
            question ids of `path`. None for `path` itself.

    Raises:
        QuestionSetError: If a file is not a SQuAD file, or an id is missing.
    """
    entries = list(_read_entries(path))
    gold_path = paragraphs_path or path
    gold = {
        entry.id: entry for entry in (entries if gold_path == path else _read_entries(gold_path))
    }
    language = _classify_language("".join(entry.question for entry in entries))
    for entry in entries:
        if entry.id not in gold:
            raise QuestionSetError(
                _MESSAGES["missing_squad_gold"].format(
                    gold_file=gold_path.name, id=entry.id, file=path.name
                )
            )
    return tuple(
        Question(
            id=entry.id,
            split="dev",
            language=language,
            type="fact",
            question=entry.question,
            answers=gold[entry.id].answers,
            where="text",
            gold_sections=(gold[entry.id].section,),
            spans=gold[entry.id].spans,
        )
        for entry in entries
    )


def read_publication(path: Path) -> Publication:
    """Return the paragraphs of a SQuAD file as a publication.

    Args:
        path: The file.

    Raises:
        QuestionSetError: If it is not a SQuAD file.
    """
    articles = tuple(
        Article(
            title="",
            sections=tuple(
                Section(path=(), paragraphs=(Paragraph(paragraph["context"]),))
                for paragraph in article["paragraphs"]
            ),
        )
        for article in _load_articles(path)
    )
    digest = hashlib.sha256()
    for article in articles:
        for section in article.sections:
            digest.update(section.paragraphs[0].text.encode())
    return Publication(id=digest.hexdigest()[:12], title=path.stem, articles=articles)


class _SquadEntry(NamedTuple):
    """A question with its answers and its paragraph."""

    id: str
    question: str
    section: SectionRef
    answers: tuple[str, ...]
    spans: tuple[Span, ...]


def _read_entries(path: Path) -> Iterator[_SquadEntry]:
    for a, article in enumerate(_load_articles(path)):
        for p, paragraph in enumerate(article["paragraphs"]):
            for qa in paragraph["qas"]:
                spans = dict.fromkeys(
                    Span(answer["answer_start"], answer["answer_start"] + len(answer["text"]))
                    for answer in qa["answers"]
                )
                answers = dict.fromkeys(answer["text"] for answer in qa["answers"])
                yield _SquadEntry(
                    qa["id"], qa["question"], SectionRef(a, p), tuple(answers), tuple(spans)
                )


def _load_articles(path: Path) -> list[dict[str, Any]]:
    """Return the articles of a file, every field checked, without answers that are not there."""
    try:
        articles = json.loads(read_file(path))["data"]
        for article in articles:
            for paragraph in article["paragraphs"]:
                context = paragraph["context"]
                for qa in paragraph["qas"]:
                    _ = qa["id"], qa["question"]
                    located = [
                        answer | {"answer_start": start}
                        for answer in qa["answers"]
                        for start in [
                            _locate_answer(context, answer["text"], answer["answer_start"])
                        ]
                        if start >= 0
                    ]
                    if qa["answers"] and not located:
                        raise ValueError(f"no answer to {qa['id']} is in its paragraph")
                    qa["answers"] = located
    except (ValueError, KeyError, TypeError) as error:
        raise QuestionSetError(
            _MESSAGES["invalid_squad"].format(path=path, kind=type(error).__name__, error=error)
        ) from error
    return list(articles)


def _locate_answer(context: str, answer: str, start: int) -> int:
    """Return where the answer nearest to a start begins, -1 if it is nowhere.

    Some of the answers of CMRC 2018 begin elsewhere than they say, or are spelled otherwise.
    """
    before = context.rfind(answer, 0, start + len(answer))
    after = context.find(answer, start)
    places = [place for place in (before, after) if place >= 0]
    return min(places, key=lambda place: abs(place - start), default=-1)


def _classify_language(text: str) -> Language:
    """Return the language of a text, for Chinese the script that conversion changes less."""
    if not contains_han(text):
        return "en"
    traditional = _count_differences(text, OpenCC("t2s").convert(text))
    simplified = _count_differences(text, OpenCC("s2t").convert(text))
    return "zh-Hant" if traditional > simplified else "zh-Hans"


def _count_differences(text: str, converted: str) -> int:
    return sum(a != b for a, b in zip(text, converted, strict=False))
