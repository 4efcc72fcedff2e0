"""A file on disk → its lines: decoding, line ends, page breaks, and what cannot be read."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from index.errors import ReadError

MAX_BYTES = 64 * 1024 * 1024
"""Larger than any publication in print; what is larger is something else."""

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
    """The text of a file, decoded; every line end is one newline character.

    Raises:
        ReadError: If there is no such file, or it cannot be opened, is too large, is empty, or is
            not text in UTF-8, UTF-16, UTF-32, Big5 or GB18030.
    """
    text = re.sub(r"\r\n?", "\n", decode_text(_read_bytes(path), path.name))
    if not text.strip():
        raise ReadError(
            f"{path}: there is no text in this file. Give a file that holds a publication.",
            f"{path}：檔案中沒有文字。請提供含有刊物內容的檔案。",
        )
    return text


def _read_bytes(path: Path) -> bytes:
    if path.is_dir():
        raise ReadError(
            f"{path}: this is a folder. Name the files in it that should be read.",
            f"{path}：這是資料夾。請指定其中要讀取的檔案。",
        )
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            limit = MAX_BYTES // 2**20
            raise ReadError(
                f"{path}: {size / 2**20:.0f} MB is too large; files of up to {limit} MB are read. "
                "Split it into single publications.",
                f"{path}：{size / 2**20:.0f} MB 過大，上限為 {limit} MB。請拆成單一刊物。",
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise ReadError(
            f"{path}: there is no such file. Check the name and the folder.",
            f"{path}：找不到這個檔案。請檢查檔名與資料夾。",
        ) from None
    except PermissionError:
        raise ReadError(
            f"{path}: no permission to read this file. Change its permissions, or copy it.",
            f"{path}：沒有讀取權限。請變更檔案權限，或另存一份。",
        ) from None
    except (OSError, ValueError) as error:
        raise ReadError(
            f"{path}: the system cannot read this file ({error}). Copy it and try again.",
            f"{path}：系統無法讀取這個檔案（{error}）。請另存一份再試。",
        ) from None


def decode_text(data: bytes, file_name: str) -> str:
    """Bytes → text, in the first encoding of which they are certainly, or most likely, text.

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
    """UTF-16 without a byte order mark: zero bytes occur, but only in the halves of characters."""
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
    """The share of characters that text of this kind is mostly made of."""
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
    return ReadError(
        f"{file_name}: this is not a text file. Give plain text (.txt) or Markdown (.md, .markdown).",
        f"{file_name}：這不是文字檔。請提供純文字（.txt）或 Markdown（.md、.markdown）。",
    )


def _decoding_error(file_name: str, encoding: str, error: UnicodeDecodeError) -> ReadError:
    line = error.object[: error.start].count(b"\n") + 1
    return ReadError(
        f"{file_name}, line {line}: the bytes there are not {encoding.upper()} text, nor is the file "
        "Big5 or GB18030. Save it again as UTF-8.",
        f"{file_name}，第 {line} 行：該處不是 {encoding.upper()} 文字，全檔也不是 Big5 或 GB18030。"
        "請另存為 UTF-8。",
    )
