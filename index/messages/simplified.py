"""Messages in simplified Chinese, made from those in traditional Chinese.

OpenCC converts script and words (網路, 网络; 檔案, 文件); a table beside this file has the words
that it gets wrong.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_CACHE_SIZE = 4_096  # messages
_QUOTATION_MARKS = str.maketrans("「」『』", "“”‘’")


@lru_cache(_CACHE_SIZE)
def convert_message(text: str) -> str:
    """Return a message in simplified Chinese, with the words and quotation marks of the mainland.

    Args:
        text: The message in traditional Chinese; its placeholders stay.

    >>> convert_message("「{name}」：檔案的註腳")
    '“{name}”：文件的脚注'
    """
    words, pattern = _load_words()
    converter = _load_converter()
    pieces: list[str] = pattern.split(text)
    converted = [words[piece] if piece in words else converter.convert(piece) for piece in pieces]
    return "".join(converted).translate(_QUOTATION_MARKS)


@cache
def _load_converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("tw2sp")


@cache
def _load_words() -> tuple[dict[str, str], re.Pattern[str]]:
    file = Path(__file__).with_suffix(".toml")
    words: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))["words"]
    longest_first = sorted(words, key=len, reverse=True)
    return words, re.compile(f"({'|'.join(map(re.escape, longest_first))})")
