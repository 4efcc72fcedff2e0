"""A language model behind an OpenAI-compatible endpoint. Nothing is sent before it is asked."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from index.errors import TongzhuError
from index.messages import MessageCatalogue
from rag.written.request import SCHEMA

URL_VARIABLE = "TONGZHU_LLM_URL"
MODEL_VARIABLE = "TONGZHU_LLM_MODEL"
KEY_VARIABLE = "TONGZHU_LLM_KEY"
KEY_FILE_VARIABLE = "TONGZHU_LLM_KEY_FILE"

_MESSAGES = MessageCatalogue("rag", "written")
_TIMEOUT = 120.0  # seconds for a reply
_CONNECT_TIMEOUT = 5.0
_ATTEMPTS = 3
_MAX_WAIT = 10.0  # seconds before another attempt, whatever the endpoint asks for
_MAX_REPLY = 200_000  # bytes
_MAX_TOKENS = 900
_TRY_AGAIN = frozenset((408, 425, 429, 500, 502, 503, 504))
_NO_SCHEMA = frozenset((400, 404, 415, 422, 501))  # of endpoints that know no JSON schema


class WritingError(TongzhuError):
    """A language model is away, refuses, or answers nonsense."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible endpoint.

    Attributes:
        url: Its address, up to `/v1`.
        model: The name of the model.
        key: The key that it asks for; "" for none.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """The name of its host, and the port where that is not the usual one."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

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
            TONGZHU_LLM_KEY_FILE names.

    Raises:
        WritingError: If the address is none, no model is named, or the file cannot be read.
    """
    url = (url or environment.get(URL_VARIABLE, "")).strip().rstrip("/")
    if not url:
        return None
    model = model or environment.get(MODEL_VARIABLE, "")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WritingError(_MESSAGES["invalid_url"].format(url=url))
    if not model:
        raise WritingError(_MESSAGES["no_model"].format(variable=MODEL_VARIABLE))
    return Endpoint(url, model, _read_key(environment))


def complete(endpoint: Endpoint, messages: Sequence[Mapping[str, str]]) -> str:
    """Return what a model replies to messages.

    Errors that pass are tried again, twice; an endpoint that knows no schema is asked without.

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
        "max_tokens": _MAX_TOKENS,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
        },
    }
    headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
    timeout = httpx.Timeout(_TIMEOUT, connect=_CONNECT_TIMEOUT)
    with httpx.Client(timeout=timeout, headers=headers, follow_redirects=False) as client:
        response = _post(client, endpoint, body)
        if response.status_code in _NO_SCHEMA:
            del body["response_format"]
            response = _post(client, endpoint, body)
    if response.status_code != httpx.codes.OK:
        raise _describe_refusal(endpoint, response)
    return _read_reply(endpoint, response)


def _post(client: httpx.Client, endpoint: Endpoint, body: Mapping[str, Any]) -> httpx.Response:
    """Return the last response of a few attempts."""
    for attempt in range(1, _ATTEMPTS + 1):
        is_last = attempt == _ATTEMPTS
        try:
            response = client.post(f"{endpoint.url}/chat/completions", json=body)
        except httpx.TimeoutException as error:
            raise WritingError(
                _MESSAGES["timeout"].format(host=endpoint.host, seconds=int(_TIMEOUT))
            ) from error
        except httpx.HTTPError as error:
            if is_last:
                raise WritingError(
                    _MESSAGES["away"].format(host=endpoint.host, reason=str(error))
                ) from error
            time.sleep(0.5 * attempt)
            continue
        if is_last or response.status_code not in _TRY_AGAIN:
            break
        time.sleep(_read_wait(response, attempt))
    return response


def _read_wait(response: httpx.Response, attempt: int) -> float:
    """Return the seconds before another attempt: those that are asked for, within limits."""
    seconds = response.headers.get("retry-after", "")
    return min(float(seconds), _MAX_WAIT) if seconds.isdecimal() else 0.5 * attempt


def _describe_refusal(endpoint: Endpoint, response: httpx.Response) -> WritingError:
    reason = " ".join(response.text[:200].split())
    return WritingError(
        _MESSAGES["refused"].format(host=endpoint.host, status=response.status_code, reason=reason)
    )


def _read_reply(endpoint: Endpoint, response: httpx.Response) -> str:
    """Return the text of the first choice."""
    if len(response.content) > _MAX_REPLY:
        raise WritingError(_MESSAGES["nonsense"].format(host=endpoint.host))
    try:
        content = response.json()["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise WritingError(_MESSAGES["nonsense"].format(host=endpoint.host)) from error
    if not isinstance(content, str):
        raise WritingError(_MESSAGES["nonsense"].format(host=endpoint.host))
    return content


def _read_key(environment: Mapping[str, str]) -> str:
    key = environment.get(KEY_VARIABLE, "")
    path = environment.get(KEY_FILE_VARIABLE, "")
    if key or not path:
        return key
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WritingError(_MESSAGES["key_file"].format(path=path)) from error
