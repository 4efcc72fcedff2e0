"""Whether the passages of an answer rest on one work, in words."""

from __future__ import annotations

from index.messages import Language, MessageCatalogue, is_chinese
from rag.answer.model import Answer
from rag.works.shared import SharedWork, find_shared_works

_MESSAGES = MessageCatalogue("rag", "labels")


def format_common_sources(answer: Answer, language: Language) -> list[str]:
    """Return a line for each work that two or more passages of an answer rest on, without italics.

    Args:
        answer: The answer; of one that is not found or lists items there are no lines.
        language: The language of the lines.
    """
    if not answer.is_answered or answer.listing is not None:
        return []
    return [
        _MESSAGES["shared_work"].in_language(
            language,
            passages=_join([str(index + 1) for index in shared.citations], language),
            work=format_shared_work(shared, language),
        )
        for shared in find_shared_works(answer.citations)
    ]


def format_shared_work(shared: SharedWork, language: Language) -> str:
    """Return the reference to a work in the style of a language, without italics.

    Args:
        shared: The work.
        language: The language.
    """
    from rag.works.formats import chicago, taiwan

    format_item = taiwan.format_item if is_chinese(language) else chicago.format_item
    return format_item(shared.reference).replace("*", "")


def _join(numbers: list[str], language: Language) -> str:
    separator, last = ("、", "、") if is_chinese(language) else (", ", " and ")
    return separator.join(numbers[:-1]) + last + numbers[-1]
