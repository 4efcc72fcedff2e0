"""The language and script of messages for a reader."""

from __future__ import annotations

import re
from collections.abc import Mapping

from index.messages import Language

LANGUAGE_TAGS: dict[Language, str] = {"en": "en", "zh": "zh-Hant", "zh-Hans": "zh-Hans"}
"""The languages as HTML and HTTP name them."""

_SIMPLIFIED_SUBTAGS = frozenset({"cn", "sg", "my"})  # regions that write simplified script


def get_environment_language(environ: Mapping[str, str]) -> Language:
    """The language of a terminal: TONGZHU_LANG, else what the locale says."""
    for name in ("TONGZHU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return parse_language_tag(value)
    return "en"


def parse_language_tag(tag: str) -> Language:
    """The language of a tag such as zh_TW.UTF-8, zh-Hans, zh-CN or en-GB.

    The script decides, else the region; Chinese without either is in traditional script.
    """
    language, *subtags = re.split("[-_.@]", tag.strip().lower())
    if not language.startswith("zh"):
        return "en"
    if "hans" in subtags or ("hant" not in subtags and not _SIMPLIFIED_SUBTAGS.isdisjoint(subtags)):
        return "zh-Hans"
    return "zh"


def detect_reader_language(question: str) -> Language:
    """The language and the script that a question is asked in."""
    from index.text.scripts import detect_language, is_simplified

    language = detect_language(question)
    return "zh-Hans" if language == "zh" and is_simplified(question) else language


def parse_accept_language(accept_language: str) -> Language:
    """The language that a browser prefers, by its Accept-Language header (RFC 9110)."""
    weighted_tags: list[tuple[float, str]] = []
    for entry in accept_language.split(","):
        tag, _, parameter = entry.strip().partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            weight = float(value) if name == "q" else 1.0
        except ValueError:
            continue
        if weight > 0 and tag[:2].lower() in ("zh", "en"):
            weighted_tags.append((weight, tag))
    best = max(weighted_tags, key=lambda weighted_tag: weighted_tag[0], default=(0.0, "en"))
    return parse_language_tag(best[1])
