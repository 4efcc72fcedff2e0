"""Make notes of prose and references: labelled references in the sentences of `frames.toml`."""

from __future__ import annotations

import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import NamedTuple

from eval.benchmarks.sources import LabelledParts, LabelledReference
from index.text.scripts import convert_to_simplified

_SCRIPTS = (
    ("ko", "[가-힣]"),
    ("ja", "[\u3040-\u30ff]"),
    ("zh", "[\u3400-\u9fff]"),
    ("ru", "[а-яё]{4}"),
)
_OTHER_LATIN = ("de", "fr", "es", "it", "nl", "pt")
_PAUSE = re.compile(r"[，；。]|[,;.](?=\s|$)")
_END = re.compile(r"[\s。.．;；,，、]+$")
_AFTER_TITLE = re.compile(r"[”’\"*_》〉』」»,，]{1,3}")
_LOCATORS = {
    "en": (", 14", ", 203–5"),
    "zh": ("，第33页", "，頁112"),
    "ja": ("45頁", "、201頁以下"),
    "ko": (", 33쪽",),
}
_SURNAMES = (
    "李王张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘蒋蔡余"
    "杜叶程苏魏吕丁任"
)
_GIVEN = (
    "文彬淑芬明哲志远佩珊正雄丽华建国晓梅秀英书豪玉婷德思敏立群子恒永年美琴春生雨桐振宇静怡克勤伯钧"
)
_PERSON = re.compile(f"(?<![\u3400-\u9fff])[{_SURNAMES}][\u3400-\u9fff]{{1,2}}(?=[：，、:《〈])")
_EXTENSION_SHARE = 0.12
_TEMPLATE_SHARE, _REPLACED_SHARE, _LEAST_PROSE = 0.4, 0.8, 8
_EXPLANATION_SHARE, _BEFORE_SHARE, _AROUND_SHARE, _AFTER_SHARE = 0.25, 0.65, 0.12, 0.5


class Example(NamedTuple):
    """A note, its style, and where the references in it begin and end."""

    style: str
    text: str
    spans: tuple[tuple[int, int], ...]


def locate_sources(reference: LabelledReference) -> Example:
    """Return a labelled note with the places of its sources.

    Args:
        reference: The note.
    """
    spans: list[tuple[int, int]] = []
    for source in (_END.sub("", source.strip()) for source in reference.sources):
        start = reference.text.find(source, spans[-1][1] if spans else 0)
        spans.append((start, start + len(source)))
    return Example(reference.style, reference.text, tuple(spans))


def compose_examples(
    references: Sequence[LabelledReference], count: int, seed: int
) -> Iterator[Example]:
    """Yield notes of one to three references of one style, with prose around them.

    Args:
        references: The labelled notes.
        count: How many notes.
        seed: Of the random choices.
    """
    frames = tomllib.loads(files("eval.training.references").joinpath("frames.toml").read_text())
    choose = random.Random(seed)  # noqa: S311
    sources, explanations = _group(references)
    styles = sorted(sources)
    sources_by_language: defaultdict[str, list[str]] = defaultdict(list)
    for language, style in styles:
        sources_by_language[language] += sources[language, style]
    templates = [example for example in map(locate_sources, references) if _has_prose(example)]
    for _ in range(count):
        if templates and choose.random() < _TEMPLATE_SHARE:
            yield _fill(choose.choice(templates), sources_by_language, frames, choose)
            continue
        language, style = choose.choice(styles)
        count_here = choose.choice((1, 1, 1, 2, 2, 3))
        pool = [
            _vary(choose.choice(sources[language, style]), frames[language], choose)
            for _ in range(count_here)
        ]
        text, spans = _compose(pool, language, explanations.get(language, []), frames, choose)
        yield Example(style, text, tuple(spans))


def _has_prose(example: Example) -> bool:
    """Return whether a note has references, and more than a few words beside them."""
    referring = sum(end - start for start, end in example.spans)
    return 0 < referring < len(example.text) - _LEAST_PROSE


def _fill(
    template: Example,
    sources: Mapping[str, Sequence[str]],
    frames: Mapping[str, Mapping[str, Sequence[str]]],
    choose: random.Random,
) -> Example:
    """Return a note with other references of the same languages in the place of its own."""
    text, position, spans = "", 0, []
    for start, end in template.spans:
        text += template.text[position:start]
        source = template.text[start:end]
        if choose.random() < _REPLACED_SHARE:
            language = _detect_language(source)
            source = _vary(choose.choice(sources[language]), frames[language], choose)
        spans.append((len(text), len(text) + len(source)))
        text += source
        position = end
    return Example(template.style, text + template.text[position:], tuple(spans))


def _group(
    references: Sequence[LabelledReference],
) -> tuple[dict[tuple[str, str], list[str]], dict[str, list[str]]]:
    """Return the sources by language and style, and the explanations by language."""
    sources: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    explanations: defaultdict[str, list[str]] = defaultdict(list)
    for item in references:
        language = _detect_language(item.text)
        for source in item.sources:
            sources[language, item.style].append(_END.sub("", source.strip()))
        for source, parts in zip(item.sources, item.parts, strict=False):
            sources[language, item.style] += _shorten(source, parts, language)
        if not item.sources:
            explanations[language].append(item.text.strip())
    return dict(sources), dict(explanations)


def _shorten(source: str, parts: LabelledParts, language: str) -> list[str]:
    """Return a reference up to its title and with a page, as notes cite a work again."""
    if not parts.authors or not parts.title or not source.startswith(parts.authors):
        return []
    end = source.index(parts.title) + len(parts.title)
    marks = _AFTER_TITLE.match(source, end)
    author = parts.authors.split(" ")[-1] if language == "en" else parts.authors
    head = author + source[len(parts.authors) : marks.end() if marks else end].rstrip(" ,，")
    return [head + locator for locator in _LOCATORS.get(language, ())]


def _vary(source: str, frame: Mapping[str, Sequence[str]], choose: random.Random) -> str:
    """Return a reference with other names of persons, and now and then with more at its end."""
    source = _PERSON.sub(
        lambda match: choose.choice(_SURNAMES) + "".join(choose.sample(_GIVEN, len(match[0]) - 1)),
        source,
    )
    is_extended = choose.random() < _EXTENSION_SHARE and "inside" in frame
    return source + choose.choice(frame["inside"]) if is_extended else source


def _detect_language(text: str) -> str:
    return next((name for name, script in _SCRIPTS if re.search(script, text)), "en")


def _compose(
    pool: Sequence[str],
    language: str,
    explanations: Sequence[str],
    frames: Mapping[str, Mapping[str, Sequence[str]]],
    choose: random.Random,
) -> tuple[str, list[tuple[int, int]]]:
    """Return a note of references with prose around them, and where the references are."""
    if language == "en" and choose.random() < 0.35:
        language = choose.choice(_OTHER_LATIN)
    frame = frames[language]
    is_simplified = language == "zh" and all(convert_to_simplified(text) == text for text in pool)
    gap = "" if language in ("zh", "ja") else " "

    def pick(name: str) -> str:
        text = choose.choice(frame[name])
        return convert_to_simplified(text) if is_simplified else text

    if explanations and choose.random() < _AROUND_SHARE:
        return _insert(pool[0], choose.choice(explanations), gap, choose)
    if choose.random() < _AROUND_SHARE:
        before, after = pick("around").split("{0}")
        text, spans = _join(before, pool, pick)
        return text + after, spans

    def pick_explanation() -> str:
        is_picked = explanations and choose.random() < _EXPLANATION_SHARE
        return choose.choice(explanations) if is_picked else ""

    text = f"{explanation}{gap}" if (explanation := pick_explanation()) else ""
    if choose.random() < _BEFORE_SHARE:
        text += pick("before")
    text, spans = _join(text, pool, pick)
    if choose.random() < _AFTER_SHARE:
        return text + pick("after"), spans
    end = "." if gap else "。"
    return f"{text}{end}{gap}{pick_explanation()}".rstrip(), spans


def _join(
    text: str, pool: Sequence[str], pick: Callable[[str], str]
) -> tuple[str, list[tuple[int, int]]]:
    """Return a text and then references with words between them, and where the references are."""
    spans = []
    for index, source in enumerate(pool):
        text += pick("between") if index else ""
        spans.append((len(text), len(text) + len(source)))
        text += source
    return text, spans


def _insert(
    source: str, explanation: str, gap: str, choose: random.Random
) -> tuple[str, list[tuple[int, int]]]:
    """Return a sentence with a reference in parentheses before one of its commas or its end."""
    places = [match.start() for match in _PAUSE.finditer(explanation)] or [len(explanation)]
    place = choose.choice(places)
    opening = " (" if gap else "（"
    start = place + len(opening)
    text = explanation[:place] + opening + source + (")" if gap else "）") + explanation[place:]
    return text, [(start, start + len(source))]
