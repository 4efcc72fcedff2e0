"""Load the text of a file: its encoding, its line ends, and what cannot be read."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from index.errors import ReadError
from index.input_files import read_file
from index.messages import MessageCatalogue

_MESSAGES = MessageCatalogue("index", "readers")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# The commonest characters of written Chinese, in both scripts: a text decoded with the wrong
# table has hardly any of them.
_COMMON_CHARACTERS = frozenset(
    "的一是在不了有和人這这中大為为上個个國国我以要他時时來来用們们生到作地於于出就分對对成會会可"
    "主發发年動动同工也能下過过子說说產产種种面而方後后多定行學学法所民得經经十三之進进著等部度家"
    "電电力裡里如水化高自二理起小物現现實实加量都兩两體体制機机當当使點点從从業业本去把性好應应開"
    "开它合還还因由其些然前外天政四日那社義义事平形相全表間间樣样與与關关各重新線线內内數数正心反"
    "你明看原又麼么利比或但質质氣气第向道命此變变條条只沒没結结解問问意建月公無无系軍军很情者最立"
    "代想已通並并提直題题黨党程展五果料象員员革位入常文總总次品式活設设及管特件長长求老頭头基資资"
    "，。、；：「」（）"
)


def load_text(path: Path) -> str:
    """Return the decoded text of a file, with one newline character for each line end.

    Args:
        path: The file.

    Raises:
        ReadError: If the file cannot be read, as `index.input_files.read_file` says, is empty, or
            is not text in UTF-8, UTF-16, UTF-32, Big5 or GB18030.
    """
    return decode_file(read_file(path), path)


def decode_file(data: bytes, path: Path) -> str:
    """Return the text of a file's content, with one newline character for each line end.

    Args:
        data: The content.
        path: The file, for errors.

    Raises:
        ReadError: If it is empty, or no text; see `load_text`.
    """
    text = re.sub(r"\r\n?", "\n", decode_text(data, path.name))
    if not text.strip():
        raise ReadError(_MESSAGES["no_text"].format(path=path))
    return text


def decode_text(data: bytes, file_name: str) -> str:
    """Return bytes as text, in the first encoding that they are certainly or most likely in.

    Args:
        data: The content of a file.
        file_name: For errors.

    Raises:
        ReadError: If they are text in no encoding that is known here.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return data[len(bom) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise _decoding_error(file_name, encoding, error) from None
    if b"\0" in data:
        return _decode_utf16(data, file_name)
    try:
        return _check_text(data.decode("utf-8"), file_name)
    except UnicodeDecodeError as error:
        decodings = [_try_decode(data, encoding) for encoding in ("cp950", "big5hkscs", "gb18030")]
        best_decoding = max(decodings, key=_score_decoding)
        if _score_decoding(best_decoding) < 0.1:
            raise _decoding_error(file_name, "utf-8", error) from None
        return best_decoding


def _decode_utf16(data: bytes, file_name: str) -> str:
    """Decode UTF-16 without a byte order mark: zero bytes occur only in halves of characters."""
    decodings = [_try_decode(data, encoding) for encoding in ("utf-16-le", "utf-16-be")]
    best_decoding = max(decodings, key=_score_decoding)
    if "\0" in best_decoding or _score_decoding(best_decoding) < 0.1:
        raise _not_text_error(file_name)
    return best_decoding


def _try_decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _score_decoding(text: str) -> float:
    """Return from 0 to 1 how much of a text is of the characters that texts mostly have."""
    sample = text[:100_000]
    usual_count = sum(
        char in _COMMON_CHARACTERS or char == "\n" or " " <= char <= "~" for char in sample
    )
    # Plain ASCII proves little: bytes of any East Asian table hold it in the same places.
    common_count = sum(char in _COMMON_CHARACTERS for char in sample)
    return (usual_count + 2 * common_count) / (3 * len(sample)) if sample else 0.0


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
