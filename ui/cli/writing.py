"""Answers that a language model writes, for the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from index.errors import QuestionError
from index.messages import Language, MessageCatalogue
from rag.answer.model import Answer
from rag.written.endpoint import MODEL_VARIABLE, URL_VARIABLE, Endpoint, WritingError, load_endpoint
from rag.written.evidence import number_quotation, number_sentences
from rag.written.model import WrittenAnswer
from ui.cli.output import print_error, print_line
from ui.service.service import Service

if TYPE_CHECKING:
    from ui.service.writing import Writer

_MESSAGES = MessageCatalogue("rag", "written")
_CLI_MESSAGES = MessageCatalogue("ui", "cli")


def find_endpoint(address: str) -> Endpoint:
    """Return the language model that was set up.

    Args:
        address: Its address; "" for the one of the environment.

    Raises:
        QuestionError: If none was.
        WritingError: If its settings are not valid.
    """
    endpoint = load_endpoint(address)
    if endpoint is None:
        message = _MESSAGES["no_endpoint"]
        variables = {"url_variable": URL_VARIABLE, "model_variable": MODEL_VARIABLE}
        raise QuestionError(message.format(**variables))
    return endpoint


def build_writer(service: Service, endpoint: Endpoint | None, language: Language) -> Writer | None:
    """Return the language model of a server; None where none was set up.

    To whom it sends what it is asked is said on stderr, where that is not this machine.

    Args:
        service: The open library.
        endpoint: Where the model is asked; None for none.
        language: The language of the line.
    """
    from ui.service.writing import Writer  # what a server alone needs

    if endpoint is None:
        return None
    if not endpoint.is_local:
        message = _CLI_MESSAGES["writer_sends"]
        print_line(message.in_language(language, host=endpoint.host), stderr=True)
    return Writer(service, endpoint)


def write(
    service: Service, answer: Answer, endpoint: Endpoint, language: Language
) -> WrittenAnswer | None:
    """Return what a model writes of an answer; what goes wrong takes one line on stderr.

    Args:
        service: The open library.
        answer: Its answer.
        endpoint: Where the model is asked.
        language: The language of the line.
    """
    if not answer.is_answered:
        return None
    count = len(number_sentences(answer, endpoint.most_characters))
    return _ask_model(lambda: service.write(answer, endpoint), "sends", count, endpoint, language)


def translate(
    service: Service, answer: Answer, endpoint: Endpoint, language: Language
) -> WrittenAnswer | None:
    """Return the quotation as a model translates it; what goes wrong takes one line on stderr.

    Args:
        service: The open library.
        answer: Its answer.
        endpoint: Where the model is asked.
        language: The language of the line.
    """
    if not answer.is_answered:
        return None
    count = len(number_quotation(answer, most_characters=endpoint.most_characters))
    if not count:
        print_line(_MESSAGES["nothing_quoted"].in_language(language), stderr=True)
        return None
    return _ask_model(
        lambda: service.translate(answer, endpoint), "sends_quotation", count, endpoint, language
    )


def _ask_model(
    ask: Callable[[], WrittenAnswer | None],
    message_key: str,
    count: int,
    endpoint: Endpoint,
    language: Language,
) -> WrittenAnswer | None:
    """Return what a model writes, once it was said how many sentences go to another machine."""
    if not endpoint.is_local:
        line = _MESSAGES[message_key].in_language(language, count=count, host=endpoint.host)
        print_line(line, stderr=True)
    try:
        written = ask()
    except WritingError as error:
        print_error(error.message, language)
        return None
    if written is None:
        message = _MESSAGES["nothing_written"]
        print_line(message.in_language(language, host=endpoint.host), stderr=True)
    return written
