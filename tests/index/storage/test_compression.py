"""Records are compressed one by one."""

from __future__ import annotations

import pytest

from index.storage.compression import RecordCompressor, decompress_record

LONG = b'{"text":"' + "燈塔在港口。".encode() * 100 + b'"}'


def test_records_are_read_back_compressed_or_not() -> None:
    compressor = RecordCompressor()
    for record in (LONG, b"{}", b"[]", b'["1"]'):
        stored = compressor.compress(record)
        assert len(stored) <= len(record)
        assert decompress_record(stored) == record == decompress_record(record)
        assert compressor.compress(stored) == stored
    assert len(compressor.compress(LONG)) < 100


def test_damaged_record_is_refused() -> None:
    stored = RecordCompressor().compress(LONG)
    for damaged in (stored[:-5], stored[:6], stored[:4] + b"\xff" * 30):
        with pytest.raises(ValueError, match=r"\w"):
            decompress_record(damaged)
