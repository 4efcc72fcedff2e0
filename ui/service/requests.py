"""What may be asked of a library, whatever surface it comes through: types that check themselves.

A value of the wrong type is refused and never converted: "5" is no number, 1 is no truth value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, ValidationError
from pydantic_core import PydanticCustomError

from index.storage.records import Criteria
from ui.service import limits
from ui.service.errors import of_validation

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass  # a day that no calendar has
    raise PydanticCustomError("day", "a day such as 2025-05-22 is wanted")


def _whole(value: Any) -> Any:
    """A whole number however it is written: to JSON Schema 8.0 is an integer too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def whole_text(text: str) -> str:
    """A text without half a character, which no other program could take."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("string_unicode", "whole Unicode text is wanted") from None
    return text


WORDS = r"[\p{L}\p{N}]"
"""What every question and every filter has: a letter or a digit."""

QuestionText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=limits.QUESTION,
        pattern=WORDS,
        description="In Chinese, in either script, or in English.",
        examples=["鯨門潮汐電廠何時開始商轉？"],
    ),
]
Day = Annotated[date, BeforeValidator(_day)]
One = Annotated[int, Field(ge=1, le=1), BeforeValidator(_whole)]
Index = Annotated[
    int,
    Field(ge=0, le=limits.INDEX, description="From 0, as an answer gives it."),
    BeforeValidator(_whole),
]
Name = Annotated[str, Field(min_length=1, max_length=limits.CRITERION)]
Criterion = Annotated[Name, Field(pattern=WORDS)]
Passages = Annotated[
    int,
    Field(ge=1, le=limits.PASSAGES, description="How many passages at most.", examples=[3]),
    BeforeValidator(_whole),
]
History = Annotated[
    tuple[QuestionText, ...],
    Strict(strict=False),
    Field(
        max_length=limits.HISTORY,
        description="The questions asked before it, oldest first: what a follow-up leans on.",
    ),
]


Threshold = Annotated[
    float,
    Field(
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="The confidence below which the answer is not in the library.",
    ),
]


class Strictly(BaseModel):
    """What a request holds: nothing of another type, and nothing unknown."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


_Asked = TypeVar("_Asked", bound=BaseModel)


def read(kind: type[_Asked], values: Mapping[str, object]) -> _Asked:
    """What is asked for, in the values that a program sent; null is what it leaves out.

    Raises:
        RefusalError: If they are not what is wanted.
    """
    try:
        return kind.model_validate({name: v for name, v in values.items() if v is not None})
    except ValidationError as error:
        raise of_validation(error.errors()) from None


class Filters(Strictly):
    """Which articles to look in: those that meet all that is given, in either script."""

    publication: Criterion | None = Field(
        default=None, description="An id, or part of title or number."
    )
    article: Criterion | None = Field(
        default=None, description="Part of its title, in either language."
    )
    author: Criterion | None = Field(
        default=None, description="Part of a name, printed or romanised."
    )
    topic: Criterion | None = Field(default=None, description="Part of a topic.")
    after: Day | None = Field(default=None, description="The first day of publication.")
    before: Day | None = Field(default=None, description="The last day of publication.")

    def criteria(self) -> Criteria:
        """The same for the library."""
        return Criteria(**self.model_dump())


class Asked(Strictly):
    """A question and how to answer it."""

    question: QuestionText
    k: Passages = limits.USUAL
    history: History = ()
    filters: Filters = Filters()
    threshold: Threshold | None = None


class Batch(Strictly):
    """Questions that are answered in one go, each for itself."""

    questions: Annotated[
        tuple[QuestionText, ...], Strict(strict=False), Field(min_length=1, max_length=limits.BATCH)
    ]
    k: Annotated[
        int,
        Field(ge=1, le=limits.BATCH_PASSAGES, description="How many passages each at most."),
        BeforeValidator(_whole),
    ] = limits.USUAL
    filters: Filters = Filters()
    threshold: Threshold | None = None

    def each(self) -> tuple[Asked, ...]:
        """The questions, one by one."""
        return tuple(
            Asked(question=question, k=self.k, filters=self.filters, threshold=self.threshold)
            for question in self.questions
        )
