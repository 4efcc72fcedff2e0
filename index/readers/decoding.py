"""Load the text of a file: its encoding, its line ends, and what cannot be read."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import NamedTuple

from index.document import Finding
from index.errors import ReadError
from index.input_files import read_file
from index.messages import MessageCatalogue
from index.readers.encoding_guess import EncodingGuess, guess_encoding

_MESSAGES = MessageCatalogue("index", "readers")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_MIN_CONFIDENCE = 0.95  # of a guessed encoding; below, the guess is reported as unsure
_ENCODING_NAMES = {
    "cp950": "Big5",
    "big5hkscs": "Big5-HKSCS",
    "gb18030": "GB18030",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp932": "Shift-JIS",
    "euc-jp": "EUC-JP",
    "cp949": "EUC-KR",
    "cp1252": "Windows-1252",
    "mac-roman": "Mac Roman",
}


class DecodedText(NamedTuple):
    """The text of a file.

    Attributes:
        text: With one newline character for each line end.
        guess: The encoding, where it was guessed; None where it is certain.
    """

    text: str
    guess: EncodingGuess | None = None

    def describe_guess(self) -> Finding | None:
        """Return the remark that the encoding was guessed, and how sure that is."""
        if self.guess is None:
            return None
        is_sure = self.guess.confidence >= _MIN_CONFIDENCE
        message = _MESSAGES["finding.encoding" if is_sure else "finding.unsure_encoding"].format(
            encoding=_ENCODING_NAMES[self.guess.encoding], confidence=self.guess.confidence
        )
        return Finding("encoding" if is_sure else "unsure-encoding", 1, message)


def load_text(path: Path) -> str:
    """Return the decoded text of a file, with one newline character for each line end.

    Args:
        path: The file.

    Raises:
        ReadError: If the file cannot be read, as `index.input_files.read_file` says, is empty, or
            is not text in an encoding that is known here.
    """
    return decode_file(read_file(path), path).text


def decode_file(data: bytes, path: Path) -> DecodedText:
    """Return the text of a file's content.

    Args:
        data: The content.
        path: The file, for errors.

    Raises:
        ReadError: If it is empty, or no text; see `load_text`.
    """
    decoded = decode_text(data, path.name)
    text = re.sub(r"\r\n?", "\n", decoded.text)
    if not text.strip():
        raise ReadError(_MESSAGES["no_text"].format(path=path))
    return decoded._replace(text=text)


def decode_text(data: bytes, file_name: str) -> DecodedText:
    """Return bytes as text, in the encoding that they are certainly or most likely in.

    Args:
        data: The content of a file.
        file_name: For errors.

    Raises:
        ReadError: If they are text in no encoding that is known here.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return DecodedText(data[len(bom) :].decode(encoding))
            except UnicodeDecodeError as problem:
                raise _decoding_error(file_name, encoding, problem) from None
    error = _find_utf8_error(data)
    if error is None and b"\0" not in data:
        return DecodedText(_check_text(data.decode("utf-8"), file_name))
    guess = None if error and _is_damaged_utf8(data) else guess_encoding(data)
    if guess is None:
        if error is None or b"\0" in data:
            raise _not_text_error(file_name)
        raise _decoding_error(file_name, "utf-8", error)
    return DecodedText(_check_text(data.decode(guess.encoding), file_name), guess)


def _find_utf8_error(data: bytes) -> UnicodeDecodeError | None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error
    return None


def _is_damaged_utf8(data: bytes) -> bool:
    """Return whether most of what is beyond ASCII is UTF-8 all the same."""
    text = data.decode("utf-8", "replace")
    damaged_count = text.count("\ufffd")
    return sum(char > "\x7f" for char in text) >= 4 * damaged_count


def _check_text(text: str, file_name: str) -> str:
    sample = text[:100_000]
    control_count = sum(char < " " and not char.isspace() for char in sample)
    if control_count > len(sample) / 50:
        raise _not_text_error(file_name)
    return text


def _not_text_error(file_name: str) -> ReadError:
    return ReadError(_MESSAGES["not_text"].format(file=file_name))


def _decoding_error(file_name: str, encoding: str, error: UnicodeDecodeError) -> ReadError:
    line = error.object[: error.start].count(b"\n") + 1
    return ReadError(
        _MESSAGES["wrong_encoding"].format(file=file_name, line=line, encoding=encoding.upper())
    )
