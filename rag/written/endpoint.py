"""A language model behind an OpenAI-compatible endpoint. Nothing is sent before it is asked."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from index.errors import TongzhuError
from index.messages import MessageCatalogue
from rag.written.evidence import MAX_CHARACTERS
from rag.written.request import SCHEMA, clean_text

URL_VARIABLE = "TONGZHU_LLM_URL"
MODEL_VARIABLE = "TONGZHU_LLM_MODEL"
KEY_VARIABLE = "TONGZHU_LLM_KEY"
KEY_FILE_VARIABLE = "TONGZHU_LLM_KEY_FILE"
CONTEXT_VARIABLE = "TONGZHU_LLM_CONTEXT"

DEFAULT_CONTEXT = 8_192
"""Tokens that a model has room for, unless less was set."""

_MESSAGES = MessageCatalogue("rag", "written")
_TIMEOUT = 120.0  # seconds for the next piece of a reply
_TOTAL_TIMEOUT = 300.0  # seconds for a whole reply
_CONNECT_TIMEOUT = 5.0
_ATTEMPTS = 3
_MAX_WAIT = 10.0  # seconds before another attempt, whatever the endpoint asks for
_MAX_REPLY = 200_000  # characters
_MAX_TRANSFER = 4_000_000  # characters of a reply with what a stream adds to each piece
_MAX_TOKENS = 900  # of a reply
_LEAST_CONTEXT = 1_024  # tokens; the instructions alone take a third of that
_TRY_AGAIN = frozenset((408, 425, 429, 500, 502, 503, 504))
_NO_SCHEMA = frozenset((400, 404, 415, 422, 501))  # of endpoints that know no JSON schema
_REASONING = re.compile(r"\s*<think>.*?(?:</think>|\Z)", re.DOTALL)


class WritingError(TongzhuError):
    """A language model is away, refuses, or answers nonsense."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible endpoint.

    Attributes:
        url: Its address, up to `/v1`.
        model: The name of the model.
        key: The key that it asks for; "" for none.
        context: The tokens that it has room for, question and reply together; of more than
            8,192 no use is made.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    context: int = DEFAULT_CONTEXT

    @property
    def host(self) -> str:
        """The name of its host, and the port where that is not the usual one."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def most_characters(self) -> int:
        """How many characters of sentences it is given at most."""
        return self._take_share(MAX_CHARACTERS)

    @property
    def most_tokens(self) -> int:
        """How many tokens its reply may have."""
        return self._take_share(_MAX_TOKENS)

    def _take_share(self, number: int) -> int:
        """Return the share of a number that there is room for."""
        return number * min(self.context, DEFAULT_CONTEXT) // DEFAULT_CONTEXT

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine."""
        return urlsplit(self.url).hostname in ("localhost", "127.0.0.1", "::1")


def load_endpoint(
    url: str = "", model: str = "", environment: Mapping[str, str] = os.environ
) -> Endpoint | None:
    """Return the endpoint that was set up; None if none was.

    Args:
        url: Its address; "" for that of TONGZHU_LLM_URL.
        model: The model; "" for that of TONGZHU_LLM_MODEL.
        environment: The variables; the key is in TONGZHU_LLM_KEY, or in the file that
            TONGZHU_LLM_KEY_FILE names, and the room of a smaller model in TONGZHU_LLM_CONTEXT.

    Raises:
        WritingError: If the address is none, no model is named, the file cannot be read, the key
            cannot be sent, or the room is no number of tokens.
    """
    url = (url or environment.get(URL_VARIABLE, "")).strip().rstrip("/")
    if not url:
        return None
    model = model or environment.get(MODEL_VARIABLE, "")
    if not _is_address(url):
        raise WritingError(_MESSAGES["invalid_url"].format(url=url))
    if not model:
        raise WritingError(_MESSAGES["no_model"].format(variable=MODEL_VARIABLE))
    return Endpoint(url, model, _read_key(environment), _read_context(environment))


def _is_address(url: str) -> bool:
    """Return whether a request can be sent to an address, to which a path is added."""
    try:
        parts = urlsplit(url)
        httpx.URL(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and not parts.query + parts.fragment
            and not re.search(r"\s", url)
        )
    except (ValueError, httpx.InvalidURL):  # of a port, of brackets; of a name of a host
        return False


def complete(endpoint: Endpoint, messages: Sequence[Mapping[str, str]]) -> str:
    """Return what a model replies to messages; see `stream_reply`.

    Args:
        endpoint: The endpoint.
        messages: Those of a chat completion.

    Raises:
        WritingError: If it is away, refuses, or replies with something else.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(_collect_reply(endpoint, messages))
    with ThreadPoolExecutor(1) as executor:  # a notebook runs a loop in this thread
        return executor.submit(asyncio.run, _collect_reply(endpoint, messages)).result()


async def _collect_reply(endpoint: Endpoint, messages: Sequence[Mapping[str, str]]) -> str:
    reply = "".join([piece async for piece in stream_reply(endpoint, messages)])
    return drop_reasoning(reply)


def drop_reasoning(reply: str) -> str:
    """Return a reply, or the beginning of one, without what a model thought before it.

    Args:
        reply: What the model wrote.
    """
    match = _REASONING.match(reply)
    return reply[match.end() :] if match else reply


async def stream_reply(
    endpoint: Endpoint, messages: Sequence[Mapping[str, str]]
) -> AsyncGenerator[str, None]:
    """Yield what a model replies to messages, piece by piece; to close it ends the connection.

    Errors that pass are tried again, twice, as long as no piece has come; an endpoint that knows no
    schema is asked without. Of a reply that is cut off, what has come is all.

    Args:
        endpoint: The endpoint.
        messages: Those of a chat completion.

    Raises:
        WritingError: If it is away, refuses, or replies with something else.
    """
    body: dict[str, Any] = {
        "model": endpoint.model,
        "messages": list(messages),
        "temperature": 0,
        "max_tokens": endpoint.most_tokens,
        "stream": True,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
        },
    }
    headers = {"Accept-Encoding": "identity"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    timeout = httpx.Timeout(_TIMEOUT, connect=_CONNECT_TIMEOUT)
    deadline = time.monotonic() + _TOTAL_TIMEOUT
    length = 0
    try:
        async with httpx.AsyncClient(
            timeout=timeout, headers=headers, follow_redirects=False, trust_env=False
        ) as client:
            response = await _open(client, endpoint, body)
            if response.status_code in _NO_SCHEMA:
                await response.aclose()
                del body["response_format"]
                response = await _open(client, endpoint, body)
            if response.status_code != httpx.codes.OK:
                raise _describe_refusal(endpoint, response.status_code, await _peek(response))
            async with aclosing(_read_pieces(endpoint, response)) as pieces:
                async for piece in pieces:
                    length += len(piece)
                    if length > _MAX_REPLY:
                        raise _describe_nonsense(endpoint)
                    if time.monotonic() > deadline:
                        raise _describe_timeout(endpoint, _TOTAL_TIMEOUT)
                    yield piece
    except httpx.TimeoutException as error:
        raise _describe_timeout(endpoint, _TIMEOUT) from error
    if not length:
        raise _describe_nonsense(endpoint)


async def _open(
    client: httpx.AsyncClient, endpoint: Endpoint, body: Mapping[str, Any]
) -> httpx.Response:
    """Return the last response of a few attempts, its body unread."""
    for attempt in range(1, _ATTEMPTS + 1):
        is_last = attempt == _ATTEMPTS
        request = client.build_request("POST", f"{endpoint.url}/chat/completions", json=body)
        try:
            response = await client.send(request, stream=True)
        except httpx.TimeoutException:
            raise
        except httpx.HTTPError as error:
            if is_last:
                raise WritingError(
                    _MESSAGES["away"].format(host=endpoint.host, reason=str(error))
                ) from error
            await asyncio.sleep(0.5 * attempt)
            continue
        if is_last or response.status_code not in _TRY_AGAIN:
            break
        await response.aclose()
        await asyncio.sleep(_read_wait(response, attempt))
    return response


def _read_wait(response: httpx.Response, attempt: int) -> float:
    """Return the seconds before another attempt: those that are asked for, within limits."""
    seconds = response.headers.get("retry-after", "")
    return min(float(seconds), _MAX_WAIT) if seconds.isdecimal() else 0.5 * attempt


async def _peek(response: httpx.Response) -> str:
    """Return the beginning of a body; "" where it does not come."""
    try:
        async for text in response.aiter_text():
            return text
    except httpx.HTTPError:
        pass  # the status says enough
    return ""


async def _read_pieces(endpoint: Endpoint, response: httpx.Response) -> AsyncGenerator[str, None]:
    """Yield the pieces of a reply: those of server-sent events, or a whole completion as one."""
    other_lines: list[str] = []
    async with aclosing(_read_lines(endpoint, response)) as lines:
        async for line in lines:
            if not line.startswith("data:"):
                other_lines.append(line)
                continue
            data = line.removeprefix("data:").strip()
            if data == "[DONE]":
                return
            if piece := _read_content(endpoint, data):
                yield piece
    whole = "\n".join(other_lines).strip()
    if whole.startswith("{") and (piece := _read_content(endpoint, whole)):
        yield piece


async def _read_lines(endpoint: Endpoint, response: httpx.Response) -> AsyncGenerator[str, None]:
    """Yield the lines of a body; one that is cut off ends there."""
    transferred = 0
    line = ""
    try:
        async for text in response.aiter_text():
            transferred += len(text)
            if transferred > _MAX_TRANSFER:
                raise _describe_nonsense(endpoint)
            *complete_lines, line = (line + text).split("\n")
            for complete_line in complete_lines:
                yield complete_line
    except httpx.TimeoutException:
        raise
    except httpx.HTTPError:
        return  # each sentence that has come is checked by itself
    yield line


def _read_content(endpoint: Endpoint, data: str) -> str:
    """Return the text of the first choice of a completion, or of a chunk of one; "" for none.

    What a model thinks (`reasoning`, `reasoning_content`), sources, and counts of tokens, which
    endpoints send in chunks of their own, are passed over.

    Raises:
        WritingError: If it is an error.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    if isinstance(value, dict) and value.get("error"):
        reason = json.dumps(value["error"], ensure_ascii=False)
        raise _describe_refusal(endpoint, httpx.codes.OK, reason)
    try:
        choice = value["choices"][0]
        content = (choice.get("delta") or choice.get("message") or {}).get("content")
    except (KeyError, IndexError, TypeError, AttributeError):
        return ""
    return content if isinstance(content, str) else ""


def _describe_refusal(endpoint: Endpoint, status: int, reason: str) -> WritingError:
    line = clean_text(reason[:200])
    return WritingError(_MESSAGES["refused"].format(host=endpoint.host, status=status, reason=line))


def _describe_nonsense(endpoint: Endpoint) -> WritingError:
    return WritingError(_MESSAGES["nonsense"].format(host=endpoint.host))


def _describe_timeout(endpoint: Endpoint, seconds: float) -> WritingError:
    return WritingError(_MESSAGES["timeout"].format(host=endpoint.host, seconds=int(seconds)))


def _read_key(environment: Mapping[str, str]) -> str:
    key = environment.get(KEY_VARIABLE, "")
    path = environment.get(KEY_FILE_VARIABLE, "")
    if not key and path:
        try:
            key = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise WritingError(_MESSAGES["key_file"].format(path=path)) from error
    if not re.fullmatch("[!-~]*", key):
        variables = f"{KEY_VARIABLE}, {KEY_FILE_VARIABLE}"
        raise WritingError(_MESSAGES["invalid_key"].format(variables=variables))
    return key


def _read_context(environment: Mapping[str, str]) -> int:
    text = environment.get(CONTEXT_VARIABLE, "").strip()
    if not text:
        return DEFAULT_CONTEXT
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < _LEAST_CONTEXT:
        message = _MESSAGES["invalid_context"]
        raise WritingError(
            message.format(variable=CONTEXT_VARIABLE, value=text, least=_LEAST_CONTEXT)
        )
    return int(text)
