"""A written paragraph as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from index.messages import Language, is_chinese
from rag.answer.model import Answer
from rag.render.written import (
    SupportingNote,
    describe_problems,
    format_not_usable,
    format_shared_sources,
    list_ranks,
    list_supporting_notes,
    list_untranslated,
    written_to_markdown,
    written_to_text,
)
from rag.written.model import WrittenAnswer
from rag.written.plan import plan_translation


@dataclass(frozen=True, slots=True)
class SentenceView:
    """A written sentence.

    Attributes:
        text: Its plain text.
        is_supported: What the check says.
        reasons: Why it is not supported; "" where it is.
        ranks: The ranks of the citations that it rests on.
    """

    text: str
    is_supported: bool
    reasons: str
    ranks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ParagraphView:
    """A written paragraph.

    Attributes:
        written: Who wrote it.
        sentences: Its sentences; none where too little is supported.
        supported_count: Number of supported sentences.
        not_usable: The line in place of the sentences; "" where they are shown.
        untranslated: A line for each sentence that a translation leaves out.
        shared_sources: A line for each work that several sentences rest on.
        notes: The notes that the supported sentences rest on.
        copied_text: All of it as plain text.
        copied_markdown: All of it as Markdown, with footnotes.
        supported_text: The same without what is not supported, which is only counted.
        supported_markdown: That as Markdown.
    """

    written: WrittenAnswer
    sentences: tuple[SentenceView, ...]
    supported_count: int
    not_usable: str
    untranslated: tuple[str, ...]
    shared_sources: tuple[str, ...]
    notes: tuple[SupportingNote, ...]
    copied_text: str
    copied_markdown: str
    supported_text: str
    supported_markdown: str


def can_translate(answer: Answer, language: Language) -> bool:
    """Return whether the quotation of an answer is not in the reader's language."""
    plan = plan_translation(answer)
    return plan is not None and is_chinese(language) == (plan.language == "zh")


def build_paragraph_view(
    written: WrittenAnswer, answer: Answer, language: Language
) -> ParagraphView:
    """Return a written paragraph as the page shows it."""
    is_usable = written.is_usable
    sentences = tuple(
        SentenceView(
            sentence.text,
            sentence.verdict.is_supported,
            describe_problems(sentence, language),
            list_ranks(sentence, written),
        )
        for sentence in written.sentences
        if is_usable
    )
    return ParagraphView(
        written,
        sentences,
        len(written.supported),
        "" if is_usable else format_not_usable(written, language),
        tuple(list_untranslated(written, language)) if is_usable else (),
        tuple(format_shared_sources(written, answer, language)) if is_usable else (),
        list_supporting_notes(written, answer) if is_usable else (),
        written_to_text(written, answer, language),
        written_to_markdown(written, answer, language),
        written_to_text(written, answer, language, supported_only=True),
        written_to_markdown(written, answer, language, supported_only=True),
    )
