"""The requests of programs, as pydantic models that validate themselves.

A value of the wrong type is refused, never converted: "5" is not a number, 1 is not a boolean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from index.storage.records import Filters
from rag.query.validation import count_characters
from ui.service import limits
from ui.service.errors import validation_to_request_error
from ui.service.query import Query

_DATE_PATTERN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _parse_date(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        if _DATE_PATTERN.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass  # a day that no calendar has
    raise PydanticCustomError("day", "a day such as 2025-05-22 is wanted")


def _parse_integer(value: Any) -> Any:
    """Return a whole number however it is written: to JSON Schema 8.0 is an integer too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def check_unicode(text: str) -> str:
    """Return a text; raise an error for a lone surrogate, which no other program could take."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("string_unicode", "whole Unicode text is wanted") from None
    return text


def _check_length(limit: int) -> AfterValidator:
    """Return the validator of a text that must keep to a limit also once it is normalised."""

    def check(text: str) -> str:
        if count_characters(text) > limit:
            raise PydanticCustomError(
                "string_too_long", "at most {max_length} characters", {"max_length": limit}
            )
        return text

    return AfterValidator(check)


WORD_PATTERN = r"[\p{L}\p{N}]"
"""Matches a letter or a digit, which every question and every filter must have."""

QuestionText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=limits.MAX_QUESTION_LENGTH,
        pattern=WORD_PATTERN,
        description="In Chinese, in either script, or in English.",
        examples=["鯨門潮汐電廠何時開始商轉？"],
    ),
    _check_length(limits.MAX_QUESTION_LENGTH),
]
DateText = Annotated[date, BeforeValidator(_parse_date)]
ExactlyOne = Annotated[int, Field(ge=1, le=1), BeforeValidator(_parse_integer)]
ItemIndex = Annotated[
    int,
    Field(ge=0, le=limits.MAX_INDEX, description="From 0, as an answer gives it."),
    BeforeValidator(_parse_integer),
]
NameText = Annotated[
    str,
    Field(min_length=1, max_length=limits.MAX_NAME_LENGTH),
    _check_length(limits.MAX_NAME_LENGTH),
]
FilterText = Annotated[
    str,
    Field(min_length=1, max_length=limits.MAX_NAME_LENGTH, pattern=WORD_PATTERN),
    _check_length(limits.MAX_NAME_LENGTH),
]
PassageCount = Annotated[
    int,
    Field(ge=1, le=limits.MAX_PASSAGES, description="How many passages at most.", examples=[3]),
    BeforeValidator(_parse_integer),
]
History = Annotated[
    tuple[QuestionText, ...],
    Strict(strict=False),
    Field(
        max_length=limits.MAX_HISTORY,
        description="The questions asked before it, oldest first, for follow-ups.",
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


class StrictModel(BaseModel):
    """A request model: no value of another type, and no unknown field."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


_Model = TypeVar("_Model", bound=BaseModel)


def parse_request(model: type[_Model], values: Mapping[str, object]) -> _Model:
    """Return the request in the values that a program sent; null counts as left out.

    Raises:
        RequestError: If they are not valid.
    """
    try:
        return model.model_validate(
            {name: value for name, value in values.items() if value is not None}
        )
    except ValidationError as error:
        raise validation_to_request_error(error.errors()) from None


class RequestFilters(StrictModel):
    """Which articles to search: those that meet all filters, in either script."""

    publication: FilterText | None = Field(
        default=None, description="An id, or part of title or number."
    )
    article: FilterText | None = Field(
        default=None, description="Part of its title, in either language."
    )
    author: FilterText | None = Field(
        default=None, description="Part of a name, printed or romanised."
    )
    topic: FilterText | None = Field(default=None, description="Part of a topic.")
    after: DateText | None = Field(default=None, description="The first day of publication.")
    before: DateText | None = Field(default=None, description="The last day of publication.")

    def to_filters(self) -> Filters:
        """Return the filters as the library takes them."""
        return Filters(**self.model_dump())


class WorksRequest(RequestFilters):
    """Which works to show: those that notes of chosen articles cite, and that have all words."""

    text: Annotated[
        str,
        Field(
            max_length=limits.MAX_NAME_LENGTH,
            description="Words of a title, an author or an outlet, or the id of a work.",
        ),
        AfterValidator(check_unicode),
    ] = ""

    def to_filters(self) -> Filters:
        """Return the filters as the library takes them."""
        return Filters(**self.model_dump(exclude={"text"}))


class AskRequest(StrictModel):
    """A question and how to answer it."""

    question: QuestionText
    k: PassageCount = limits.DEFAULT_PASSAGES
    history: History = ()
    filters: RequestFilters = RequestFilters()
    threshold: Threshold | None = None

    def to_query(self) -> Query:
        """Return the question as the service takes it."""
        filters = self.filters.to_filters()
        return Query(self.question, self.k, self.history, filters, self.threshold)


class WritingRequest(AskRequest):
    """A question, and what a language model is to write of its answer."""

    task: Literal["answer", "translation"] = Field(
        default="answer",
        description="A paragraph (of an outline, a summary), or the quotation translated.",
    )


class BatchRequest(StrictModel):
    """Questions that are answered together, each on its own."""

    questions: Annotated[
        tuple[QuestionText, ...],
        Strict(strict=False),
        Field(min_length=1, max_length=limits.MAX_BATCH_QUESTIONS),
    ]
    k: Annotated[
        int,
        Field(ge=1, le=limits.MAX_BATCH_PASSAGES, description="How many passages each at most."),
        BeforeValidator(_parse_integer),
    ] = limits.DEFAULT_PASSAGES
    filters: RequestFilters = RequestFilters()
    threshold: Threshold | None = None

    def to_queries(self) -> list[Query]:
        """Return the questions one by one, as the service takes them."""
        filters = self.filters.to_filters()
        return [
            Query(question, self.k, filters=filters, threshold=self.threshold)
            for question in self.questions
        ]
