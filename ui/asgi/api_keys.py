"""API keys, which clients need to use a server."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from starlette.datastructures import Headers

from index.errors import TongzhuError
from index.input_files import read_file
from index.messages import MessageCatalogue
from ui.service import limits

_MESSAGES = MessageCatalogue("ui", "requests")

KEYS_VARIABLE = "TONGZHU_API_KEYS"
_KEY_PATTERN = re.compile(rf"[!-~]{{{limits.MIN_API_KEY_LENGTH},{limits.MAX_API_KEY_LENGTH}}}")


class KeyFileError(TongzhuError):
    """API keys cannot be read or used."""


class ApiKeys:
    """The API keys of a server; without any, it is open to everybody.

    Only digests are stored. A key is compared with all of them in constant time.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._digests = tuple(_hash_key(key) for key in dict.fromkeys(keys))

    def __bool__(self) -> bool:
        return bool(self._digests)

    def identify_client(self, headers: Headers) -> str | None:
        """Return a name for the client that sent a valid key; None without one."""
        key = headers.get("x-api-key")
        if key is None:
            scheme, _, key = headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer":
                return None
        digest = _hash_key(key.strip())
        matches = [hmac.compare_digest(digest, known_digest) for known_digest in self._digests]
        return f"key:{digest[:8].hex()}" if any(matches) else None


def read_keys(option_keys: Iterable[str], file: Path | None, environ: Mapping[str, str]) -> ApiKeys:
    """Return the keys of the command line, of a file and of TONGZHU_API_KEYS.

    Raises:
        ReadError: If the file cannot be read.
        KeyFileError: If it is not UTF-8 text, or a key is too short or not ASCII.
    """
    keys = [*option_keys, *environ.get(KEYS_VARIABLE, "").replace(",", " ").split()]
    if file is not None:
        try:
            lines = [line.strip() for line in read_file(file).decode("utf-8").splitlines()]
        except UnicodeDecodeError as error:
            raise KeyFileError(
                _MESSAGES["key_file_unreadable"].format(file=file, error=error)
            ) from error
        keys += [line for line in lines if line and not line.startswith("#")]
        if not keys:
            raise KeyFileError(_MESSAGES["key_file_empty"].format(file=file))
    if not all(_KEY_PATTERN.fullmatch(key) for key in keys):
        raise KeyFileError(_MESSAGES["key_too_short"].format(limit=limits.MIN_API_KEY_LENGTH))
    return ApiKeys(keys)


def _hash_key(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
