"""The user's glossary: a text file with an entry on each line.

    信任建立措施 = confidence-building measures; CBMs
    磋商機制 = consultation mechanism    # text after a # is a comment

or the same with tabs between the forms, as spreadsheets write it.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

from index.errors import ReadError
from index.glossary.gloss import Gloss
from index.messages import Message
from index.text.terms import analyze

_MAX_BYTES = 4 << 20
_MAX_FORMS = 12
_MAX_FORM_LENGTH = 200  # characters of a form

_COMMENT = re.compile(r"(?:^|\s)#.*$")
_EQUALS = re.compile(r"\s*[=＝]\s*")
_FORM_SEPARATOR = re.compile(r"\s*[;；]\s*")


class ParsedGlossary(NamedTuple):
    """The content of a glossary file.

    Attributes:
        glosses: In the order of the file, each once.
        faults: The mistakes, at most one for each line of the file.
    """

    glosses: tuple[Gloss, ...]
    faults: tuple[Message, ...]


def read_glossary(path: Path) -> ParsedGlossary:
    """Return the content of a glossary file.

    Args:
        path: The file.

    Raises:
        ReadError: If it cannot be read, is not UTF-8 text, or is far too large.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(_MAX_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReadError(
            f"{path}: cannot be read ({reason}).", f"{path}：無法讀取（{reason}）。"
        ) from error
    except UnicodeDecodeError as error:
        line_number = content[: error.start].count(b"\n") + 1
        raise ReadError(
            f"{path}, line {line_number}: not UTF-8; save the file as UTF-8 text.",
            f"{path} 第 {line_number} 行：不是 UTF-8 編碼；請將檔案另存為 UTF-8 文字。",
        ) from error
    if len(content) > _MAX_BYTES:
        raise ReadError(
            f"{path}: larger than {_MAX_BYTES >> 20} MB; part the glossary into several files.",
            f"{path}：超過 {_MAX_BYTES >> 20} MB；請將詞彙表分成數個檔案。",
        )
    return parse_glossary(text, str(path))


def parse_glossary(text: str, file_name: str) -> ParsedGlossary:
    """Return the glosses of a glossary file, and the mistakes in it.

    Args:
        text: The content of the file.
        file_name: Its name, as messages show it.
    """
    glosses: dict[frozenset[str], Gloss] = {}
    faults = []
    for line_number, line in enumerate(text.splitlines(), 1):
        content = _COMMENT.sub("", line).strip()
        if not content:
            continue
        forms = _parse_forms(content)
        if fault := _find_fault(forms):
            faults.append(
                Message(
                    f"{file_name}, line {line_number}: {fault.en}",
                    f"{file_name} 第 {line_number} 行：{fault.zh}",
                )
            )
            continue
        gloss = Gloss(forms, "user", line=line_number)
        glosses.setdefault(gloss.key, gloss)
    return ParsedGlossary(tuple(glosses.values()), tuple(faults))


def _parse_forms(line: str) -> tuple[str, ...]:
    """Return the forms of a line, each once."""
    if "\t" in line:
        parts = line.split("\t")
    else:
        term, *rest = _EQUALS.split(line, maxsplit=1)
        parts = [term, *(_FORM_SEPARATOR.split(rest[0]) if rest else [])]
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _find_fault(forms: tuple[str, ...]) -> Message | None:
    """Return the mistake in the forms of a line; None if there is none."""
    if len(forms) < 2 or len(Gloss(forms, "user").key) < 2:
        return Message(
            "two different forms are needed: term = other form; another.",
            "需要兩個不同的寫法：詞 = 另一寫法; 又一寫法。",
        )
    if len(forms) > _MAX_FORMS:
        return Message(
            f"{len(forms)} forms, at most {_MAX_FORMS} are taken.",
            f"共 {len(forms)} 個寫法，至多 {_MAX_FORMS} 個。",
        )
    for form in forms:
        if len(form) > _MAX_FORM_LENGTH:
            return Message(
                f"a form of {len(form)} characters, at most {_MAX_FORM_LENGTH} are taken: {form[:20]}…",
                f"寫法長達 {len(form)} 個字元，至多 {_MAX_FORM_LENGTH} 個：{form[:20]}…",
            )
        if any(unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") for character in form):
            return Message("a form has control characters.", "寫法中有控制字元。")
        if not analyze(form):
            return Message(
                f"a form has no word that can be searched: {form}",
                f"寫法中沒有可檢索的字詞：{form}",
            )
    return None
