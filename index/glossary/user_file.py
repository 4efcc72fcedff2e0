"""The user's glossary: a text file with an entry on each line.

    信任建立措施 = confidence-building measures; CBMs
    磋商機制 = consultation mechanism    # what stands after a # is for people

or the same parted by tabs, as spreadsheets write it.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

from index.document import Message
from index.errors import ReadError
from index.glossary.gloss import Gloss
from index.text.terms import words

_MOST_BYTES = 4 << 20
_MOST_FORMS = 12
_LONGEST = 200  # characters of a form

_REMARK = re.compile(r"(?:^|\s)#.*$")
_EQUALS = re.compile(r"\s*[=＝]\s*")
_OTHERS = re.compile(r"\s*[;；]\s*")


class Entries(NamedTuple):
    """What a glossary file says.

    Attributes:
        glosses: In the order of the file, each once.
        faults: What is wrong, a line for each line of the file.
    """

    glosses: tuple[Gloss, ...]
    faults: tuple[Message, ...]


def read_glossary(path: Path) -> Entries:
    """Reads and checks a glossary file.

    Raises:
        ReadError: If it cannot be read, is not UTF-8 text, or is far too large.
    """
    try:
        with path.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReadError(
            f"{path}: cannot be read ({reason}).", f"{path}：無法讀取（{reason}）。"
        ) from error
    except UnicodeDecodeError as error:
        at = content[: error.start].count(b"\n") + 1
        raise ReadError(
            f"{path}, line {at}: not UTF-8; save the file as UTF-8 text.",
            f"{path} 第 {at} 行：不是 UTF-8 編碼；請將檔案另存為 UTF-8 文字。",
        ) from error
    if len(content) > _MOST_BYTES:
        raise ReadError(
            f"{path}: larger than {_MOST_BYTES >> 20} MB; part the glossary into several files.",
            f"{path}：超過 {_MOST_BYTES >> 20} MB；請將詞彙表分成數個檔案。",
        )
    return parse_glossary(text, str(path))


def parse_glossary(text: str, name: str) -> Entries:
    """Checks what a glossary file says.

    Args:
        text: What stands in it.
        name: Of the file, as it is told to the user.
    """
    found: dict[frozenset[str], Gloss] = {}
    faults = []
    for number, line in enumerate(text.splitlines(), 1):
        bare = _REMARK.sub("", line).strip()
        if not bare:
            continue
        forms = _forms(bare)
        if fault := _fault(forms):
            faults.append(
                Message(f"{name}, line {number}: {fault.en}", f"{name} 第 {number} 行：{fault.zh}")
            )
            continue
        gloss = Gloss(forms, "user", line=number)
        found.setdefault(gloss.key, gloss)
    return Entries(tuple(found.values()), tuple(faults))


def _forms(line: str) -> tuple[str, ...]:
    """The forms of a line; those that stand twice once."""
    if "\t" in line:
        parts = line.split("\t")
    else:
        term, *rest = _EQUALS.split(line, maxsplit=1)
        parts = [term, *(_OTHERS.split(rest[0]) if rest else [])]
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _fault(forms: tuple[str, ...]) -> Message | None:
    """What is wrong with the forms of a line; None if nothing is."""
    if len(forms) < 2 or len(Gloss(forms, "user").key) < 2:
        return Message(
            "two different forms are needed: term = other form; another.",
            "需要兩個不同的寫法：詞 = 另一寫法; 又一寫法。",
        )
    if len(forms) > _MOST_FORMS:
        return Message(
            f"{len(forms)} forms, at most {_MOST_FORMS} are taken.",
            f"共 {len(forms)} 個寫法，至多 {_MOST_FORMS} 個。",
        )
    for form in forms:
        if len(form) > _LONGEST:
            return Message(
                f"a form of {len(form)} characters, at most {_LONGEST} are taken: {form[:20]}…",
                f"寫法長達 {len(form)} 個字元，至多 {_LONGEST} 個：{form[:20]}…",
            )
        if any(unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") for sign in form):
            return Message("a form has control characters.", "寫法中有控制字元。")
        if not words(form):
            return Message(
                f"a form has no word that can be searched: {form}",
                f"寫法中沒有可檢索的字詞：{form}",
            )
    return None
