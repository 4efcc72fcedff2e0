"""Open ZIP archives (EPUB, Word) of unknown origin within limits."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from pathlib import Path

import lxml.etree

from index.errors import ReadError
from index.messages import MessageCatalogue

_MESSAGES = MessageCatalogue("index", "readers")

_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError),
)

MAX_MEMBERS = 20_000
"""The most files that an archive may hold."""

MAX_EXPANDED_BYTES = 512 * 2**20
"""The most bytes that all files of an archive may have together."""

MAX_MEMBER_BYTES = 64 * 2**20
"""The most bytes that a file of text in an archive may have."""


def open_archive(data: bytes, path: Path) -> zipfile.ZipFile:
    """Return an open archive.

    Args:
        data: The archive.
        path: Its file, for errors.

    Raises:
        ReadError: If it is no archive, is damaged, encrypted, or would expand beyond the limits.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGE as error:
        raise ReadError(_MESSAGES["archive.damaged"].format(path=path)) from error
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_EXPANDED_BYTES:
        archive.close()
        raise ReadError(
            _MESSAGES["archive.too_large"].format(path=path, limit=MAX_EXPANDED_BYTES // 2**20)
        )
    if any(info.flag_bits & 1 for info in infos):
        archive.close()
        raise ReadError(_MESSAGES["archive.encrypted"].format(path=path))
    return archive


def read_member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    """Return a file of an archive.

    Args:
        archive: An open archive.
        name: The name of the file in it.
        path: The archive, for errors.

    Raises:
        KeyError: If there is no such file.
        ReadError: If it is damaged, too large, or longer than the archive says.
    """
    info = archive.getinfo(name)
    if info.file_size > MAX_MEMBER_BYTES:
        limit = MAX_MEMBER_BYTES // 2**20
        raise ReadError(_MESSAGES["archive.too_large"].format(path=path, limit=limit))
    try:
        with archive.open(info) as member:
            data = member.read(info.file_size + 1)
    except _DAMAGE as error:
        raise ReadError(_MESSAGES["archive.damaged"].format(path=path)) from error
    if len(data) > info.file_size:
        raise ReadError(_MESSAGES["archive.damaged"].format(path=path))
    return data


def parse_xml(data: bytes, path: Path) -> lxml.etree._Element:
    """Return the root of XML from an archive; nothing outside it is read.

    Args:
        data: The XML.
        path: The archive, for errors.

    Raises:
        ReadError: If it is damaged.
    """
    parser = lxml.etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return lxml.etree.fromstring(data, parser)
    except lxml.etree.XMLSyntaxError as error:
        raise ReadError(_MESSAGES["archive.damaged"].format(path=path)) from error
