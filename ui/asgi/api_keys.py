"""API keys: who may ask at all."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from starlette.datastructures import Headers

from index.errors import TongzhuError
from ui.service import limits

KEYS_VARIABLE = "TONGZHU_API_KEYS"
_KEY_PATTERN = re.compile(rf"[!-~]{{{limits.MIN_API_KEY_LENGTH},{limits.MAX_API_KEY_LENGTH}}}")


class KeyFileError(TongzhuError):
    """A file of keys cannot be used."""


class ApiKeys:
    """The keys that open a server; without any, it is open to everybody.

    Only digests are kept. A key is compared with all of them, in a time that does not depend on it.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._digests = tuple(_hash_key(key) for key in dict.fromkeys(keys))

    def __bool__(self) -> bool:
        return bool(self._digests)

    def identify_client(self, headers: Headers) -> str | None:
        """A name for who sent the headers, if they have a key; None if they have none."""
        key = headers.get("x-api-key")
        if key is None:
            scheme, _, key = headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer":
                return None
        digest = _hash_key(key.strip())
        matches = [hmac.compare_digest(digest, known_digest) for known_digest in self._digests]
        return f"key:{digest[:8].hex()}" if any(matches) else None


def read_keys(option_keys: Iterable[str], file: Path | None, environ: Mapping[str, str]) -> ApiKeys:
    """The keys of the command line, of a file with one to a line, and of TONGZHU_API_KEYS.

    Raises:
        KeyFileError: If the file cannot be read, or a key is too short or of other characters.
    """
    keys = [*option_keys, *environ.get(KEYS_VARIABLE, "").replace(",", " ").split()]
    if file is not None:
        try:
            lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
        except (OSError, UnicodeDecodeError) as error:
            raise KeyFileError(
                f"{file}: the keys cannot be read ({error}); name a text file, a key to a line.",
                f"{file}：無法讀取金鑰（{error}）；請指定文字檔，每行一個金鑰。",
            ) from error
        keys += [line for line in lines if line and not line.startswith("#")]
        if not keys:
            raise KeyFileError(
                f"{file}: there is no key in it; write one to a line.",
                f"{file}：其中沒有金鑰；請每行寫一個。",
            )
    if not all(_KEY_PATTERN.fullmatch(key) for key in keys):
        raise KeyFileError(
            f"An API key must have at least {limits.MIN_API_KEY_LENGTH} characters, ASCII without blanks.",
            f"API 金鑰至少須有 {limits.MIN_API_KEY_LENGTH} 個字元，限 ASCII 且不含空白。",
        )
    return ApiKeys(keys)


def _hash_key(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
