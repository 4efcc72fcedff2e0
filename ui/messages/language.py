"""Which of the two languages a person is spoken to in."""

from __future__ import annotations

from collections.abc import Mapping

from index.messages import Language


def get_environment_language(environ: Mapping[str, str]) -> Language:
    """The language of a terminal: TONGZHU_LANG, else what the locale says."""
    for name in ("TONGZHU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return parse_language_tag(value)
    return "en"


def parse_language_tag(tag: str) -> Language:
    """The language of a tag such as zh_TW.UTF-8, zh-Hant or en-GB."""
    return "zh" if tag.strip().lower().startswith("zh") else "en"


def parse_accept_language(accept_language: str) -> Language:
    """The language that a browser would rather have, by its Accept-Language header (RFC 9110)."""
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
