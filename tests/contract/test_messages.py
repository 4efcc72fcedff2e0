"""Every message exists in all languages, with the same placeholders, and is used by the code."""

from __future__ import annotations

import ast
import itertools
import re
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import opencc
import pytest

from index.messages import LANGUAGES, Message, MessageCatalogue
from tests.helpers.paths import ROOT
from ui.messages.language import (
    detect_reader_language,
    get_environment_language,
    parse_accept_language,
    parse_language_tag,
)

PACKAGES = ("index", "rag", "eval", "ui")
CATALOGUES = sorted(
    (package, file.stem)
    for package in PACKAGES
    for file in (ROOT / package / "messages" / "en").glob("*.toml")
)
# The names of the catalogues in the templates of the page.
TEMPLATE_NAMES = {
    "messages": ("ui", "page"),
    "upload_messages": ("ui", "uploads"),
    "outline_messages": ("ui", "outline"),
    "keeping_messages": ("ui", "keeping"),
    "reading_messages": ("ui", "reading"),
    "writing_messages": ("ui", "writing"),
    "labels": ("rag", "labels"),
}
# Messages of which one language has characters of the other, or none of its own.
MIXED = re.compile(
    r"eval\.report\.metric\..*|ui\.help\.examples\..*|ui\.outline\.labelled|ui\.page\.naming"
)
PLURAL_FORMS = {"en": ("one", "other"), "zh": ("other",)}
# Modules in which an English text that is followed by a Chinese one is no message.
NOT_MESSAGES: frozenset[str] = frozenset({"ui/mcp/tools.py"})
TO_TRADITIONAL = opencc.OpenCC("s2t")
TO_SIMPLIFIED = opencc.OpenCC("t2s")
# Forms that both scripts have, and that the conversion would needlessly exchange.
BOTH = str.maketrans("台注", "臺註")


@cache
def read(package: str, name: str, language: str) -> dict[str, str]:
    """Return the texts of one file by key."""
    file = ROOT / package / "messages" / language / f"{name}.toml"
    texts: dict[str, str] = {}

    def add(table: dict[str, object], prefix: str) -> None:
        for key, value in table.items():
            if isinstance(value, dict):
                add(value, f"{prefix}{key}.")
            else:
                assert isinstance(value, str)
                texts[prefix + key] = value

    add(tomllib.loads(file.read_text(encoding="utf-8")), "")
    return texts


def all_texts(language: str) -> dict[str, str]:
    return {
        f"{package}.{name}.{key}": text
        for package, name in CATALOGUES
        for key, text in read(package, name, language).items()
    }


def nouns(package: str, name: str) -> list[str]:
    keys = read(package, name, "zh")
    return [
        key.removesuffix(".other") for key in keys if f"{key[:-5]}one" in read(package, name, "en")
    ]


NOUNS = [(*catalogue, noun) for catalogue in CATALOGUES for noun in nouns(*catalogue)]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def chinese(text: str) -> bool:
    return bool(re.search("[\u4e00-\u9fff]", text))


def test_every_language_has_the_same_files() -> None:
    for package in PACKAGES:
        folder = ROOT / package / "messages"
        names = {
            language: {file.name for file in (folder / language).glob("*")}
            for language in LANGUAGES
        }
        assert names["en"] == names["zh"]


@pytest.mark.parametrize(("package", "name"), CATALOGUES)
def test_every_language_has_the_same_keys(package: str, name: str) -> None:
    keys = {}
    for language in LANGUAGES:
        texts = read(package, name, language)
        keys[language] = {re.sub(r"\.(one|other)$", "", key) for key in texts}
        for noun in nouns(package, name):
            forms = {key.rpartition(".")[2] for key in texts if key.startswith(f"{noun}.")}
            assert forms == set(PLURAL_FORMS[language])
    assert keys["en"] == keys["zh"]
    # Templates write `messages.key`, which must not be a method of the catalogue.
    assert not keys["en"] & set(dir(MessageCatalogue))


def test_messages_have_both_languages_and_equal_placeholders() -> None:
    english = all_texts("en")
    for name, zh in all_texts("zh").items():
        en = english[name]
        assert en.strip(), name
        assert zh.strip(), name
        assert placeholders(en) == placeholders(zh), name
        if not MIXED.fullmatch(name):
            assert chinese(zh), name
            assert not chinese(en), name


def test_chinese_messages_are_in_traditional_characters() -> None:
    texts = {name: text.translate(BOTH) for name, text in all_texts("zh").items()}
    converted = {name: TO_TRADITIONAL.convert(text).translate(BOTH) for name, text in texts.items()}
    assert converted == texts


@pytest.mark.parametrize(("package", "name", "noun"), NOUNS)
def test_counted_nouns_have_plural_forms(package: str, name: str, noun: str) -> None:
    catalogue = MessageCatalogue(package, name)
    texts = read(package, name, "en")
    assert catalogue.count(noun, 1).en == texts[f"{noun}.one"].format(number=1)
    assert catalogue.count(noun, 1200).en == texts[f"{noun}.other"].format(number="1,200")
    assert chinese(catalogue.count(noun, 0).zh)


def catalogue_of(node: ast.AST, names: dict[str, tuple[str, str]]) -> tuple[str, str] | None:
    """Return the catalogue of an expression: its name, or MessageCatalogue("ui", "page")."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "MessageCatalogue":
        package, name = (ast.literal_eval(argument) for argument in node.args)
        return package, name
    return None


def key_patterns(node: ast.expr, module: ast.Module, suffix: str) -> Iterator[str]:
    """Yield regular expressions of the keys that an expression can be, with `suffix`."""
    match node:
        case ast.Constant(value=str(key)):
            yield re.escape(key) + suffix
        case ast.IfExp():
            yield from key_patterns(node.body, module, suffix)
            yield from key_patterns(node.orelse, module, suffix)
        case ast.JoinedStr():
            yield (
                "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
                    for part in node.values
                )
                + suffix
            )
        case _:  # computed from strings of the same module
            yield from (
                rf"(?:{re.escape(descendant.value)}{suffix})?"
                for descendant in ast.walk(module)
                if isinstance(descendant, ast.Constant) and isinstance(descendant.value, str)
            )


def uses_in_code(path: Path) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield catalogue and pattern of the keys for each look-up in a module."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        node.targets[0].id: catalogue
        for node in ast.walk(module)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if (catalogue := catalogue_of(node.value, {}))
    }
    for node in ast.walk(module):
        key: ast.expr | None = None
        target: ast.expr | None = None
        suffix = ""
        if isinstance(node, ast.Subscript):
            target, key = node.value, node.slice
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            target, key = node.comparators[0], node.left
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("count", "get")
            and node.args
        ):
            target, key = node.func.value, node.args[0]
            suffix = r"\.\w+" if node.func.attr == "count" else ""
        if target is not None and key is not None and (used := catalogue_of(target, names)):
            yield from ((used, pattern) for pattern in key_patterns(key, module, suffix))


def uses_in_template(path: Path) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield catalogue and pattern of the keys for each look-up in a template."""
    text = path.read_text(encoding="utf-8")
    for name, catalogue in TEMPLATE_NAMES.items():
        for key in re.findall(rf"\b{name}\.(\w+)", text):
            yield catalogue, re.escape(key)
        for key, computed in re.findall(rf'\b{name}\["([\w.-]+)"( ~)?', text):
            yield catalogue, re.escape(key) + (".+" if computed else "")
    for noun in re.findall(r'\bformat_count\("(\w+)"', text):
        yield ("ui", "nouns"), rf"{noun}\.\w+"


@cache
def all_uses() -> dict[tuple[str, str], set[str]]:
    uses: dict[tuple[str, str], set[str]] = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for catalogue, pattern in uses_in_code(path):
                uses.setdefault(catalogue, set()).add(pattern)
    for path in (ROOT / "ui" / "page" / "templates").rglob("*.html"):
        for catalogue, pattern in uses_in_template(path):
            uses.setdefault(catalogue, set()).add(pattern)
    return uses


def test_every_message_key_used_in_code_exists() -> None:
    assert set(all_uses()) == set(CATALOGUES)
    missing = [
        (*catalogue, pattern)
        for catalogue, patterns in all_uses().items()
        for pattern in patterns
        if not any(re.fullmatch(pattern, key) for key in ("", *read(*catalogue, "en")))
    ]
    assert not missing


@pytest.mark.parametrize(("package", "name"), CATALOGUES)
def test_every_message_key_is_used_in_code(package: str, name: str) -> None:
    patterns = all_uses()[package, name]
    unused = [
        key
        for key in read(package, name, "en")
        if not any(re.fullmatch(pattern, key) for pattern in patterns)
    ]
    assert not unused


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def literal_text(node: ast.AST) -> str:
    """Return the characters of a string that are written out."""
    return "".join(
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def bilingual_calls(source: str) -> list[str]:
    """Return the calls that are given one text in English and the next in Chinese."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        for english, translated in itertools.pairwise(node.args)
        if is_text(english) and is_text(translated)
        if chinese(literal_text(translated)) and not chinese(literal_text(english))
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_message_is_written_in_python(package: str) -> None:
    messages = [
        f"{path.relative_to(ROOT)}: {call}"
        for path in (ROOT / package).rglob("*.py")
        for call in bilingual_calls(path.read_text(encoding="utf-8"))
        if str(path.relative_to(ROOT)) not in NOT_MESSAGES
    ]
    assert not messages


def test_bilingual_text_in_python_is_detected() -> None:
    assert bilingual_calls('raise ReadError(f"{path}: not found.", f"{path}：找不到。")')
    assert bilingual_calls('A = {"a": Message("note", "註")}')
    assert not bilingual_calls('re.compile("註|注")')


def test_simplified_messages_are_converted_from_traditional() -> None:
    for name, text in all_texts("zh").items():
        simplified = Message("", text).in_language("zh-Hans")
        assert placeholders(simplified) == placeholders(text), name
        assert TO_SIMPLIFIED.convert(simplified) == simplified, name
        assert not re.search("[「」『』]", simplified), name


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("註腳與網路資料庫的檔案", "脚注与网络数据库的文件"),
        ("「預設」的連接埠", "“默认”的端口"),
        ("計算段落向量的指標", "计算段落向量的指标"),
        ("請釋出空間，再於終端機複製紀錄", "请腾出空间，再于终端复制记录"),
    ],
)
def test_simplified_messages_use_mainland_vocabulary(traditional: str, simplified: str) -> None:
    assert Message("", traditional).in_language("zh-Hans") == simplified


def test_quoted_values_keep_their_script_in_simplified_messages() -> None:
    message = Message("no {name}", "沒有檔案「{name}」").format(name="《網路檔案》")
    assert message.in_language("zh-Hans") == "没有文件“《網路檔案》”"
    assert Message("{a}", "見{a}").format(a=message).in_language("zh-Hans").startswith("见没有文件")


def test_placeholders_are_filled_in_both_languages() -> None:
    message = Message("note {number}", "註 {number}")
    assert message.in_language("en", number=3) == "note 3"
    assert message.format(number=3) == Message("note 3", "註 3")
    assert Message("{", "{").in_language("en") == "{"  # braces of others' messages are left alone


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "zh_TW.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "TONGZHU_LANG": "en"}, "en"),
        ({"TONGZHU_LANG": "zh-Hant"}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-Hans"),
        ({"LANG": "zh_SG"}, "zh-Hans"),
        ({"LANG": "zh_HK.UTF-8"}, "zh"),
        ({"LC_ALL": "", "LANG": "zh"}, "zh"),
    ],
)
def test_terminal_language_is_read_from_the_environment(
    environment: dict[str, str], language: str
) -> None:
    assert get_environment_language(environment) == language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr, zh;q=0.4, en;q=0.5", "en"),
        ("fr, zh;q=0.5, en;q=0.4", "zh"),
        ("zh;q=0, en;q=0.1", "en"),
        ("zh;q=high, ;;=,", "en"),
        ("de, *", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-Hans-HK, zh-TW;q=0.9", "zh-Hans"),
        ("zh-Hant-CN", "zh"),
        ("zh-SG;q=0.3, zh-TW;q=0.4", "zh"),
    ],
)
def test_browser_language_is_read_from_accept_language(header: str, language: str) -> None:
    assert parse_accept_language(header) == language
    assert parse_language_tag("EN-gb") == "en"


def test_reader_language_is_detected_from_the_question() -> None:
    questions = (
        "潮汐电厂何时开始商转？",
        "潮汐電廠何時開始商轉？",
        "潮汐？",
        "When did 电厂 open?",
    )
    assert [detect_reader_language(question) for question in questions] == [
        "zh-Hans",
        "zh",
        "zh",
        "en",
    ]
