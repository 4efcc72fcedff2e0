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
from index.input_files import read_file
from index.messages import Message, MessageCatalogue
from index.text.terms import analyze

_MESSAGES = MessageCatalogue("index", "glossary")

_MAX_BYTES = 4 << 20
_MAX_FORMS = 12
_MAX_FORM_LENGTH = 200  # characters of a form

_COMMENT = re.compile(r"(?:^|\s)#.*$")
_EQUALS = re.compile("[=＝]")
_FORM_SEPARATOR = re.compile("[;；]")


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
        ReadError: If it cannot be read, is not UTF-8 text, or is larger than 4 MiB.
    """
    content = read_file(path, _MAX_BYTES)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line_number = content[: error.start].count(b"\n") + 1
        raise ReadError(_MESSAGES["not_utf8"].format(path=path, line=line_number)) from error
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
                _MESSAGES["fault_in_line"].format(file=file_name, line=line_number, problem=fault)
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
        return _MESSAGES["too_few_forms"]
    if len(forms) > _MAX_FORMS:
        return _MESSAGES["too_many_forms"].format(number=len(forms), limit=_MAX_FORMS)
    for form in forms:
        if len(form) > _MAX_FORM_LENGTH:
            return _MESSAGES["form_too_long"].format(
                length=len(form), limit=_MAX_FORM_LENGTH, form=form[:20]
            )
        if any(unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") for character in form):
            return _MESSAGES["control_characters"]
        if not analyze(form):
            return _MESSAGES["form_without_words"].format(form=form)
    return None
