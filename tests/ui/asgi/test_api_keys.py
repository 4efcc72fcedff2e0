"""API keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from index.errors import TongzhuError
from ui.asgi.api_keys import ApiKeys, read_keys

KEY = "correct-horse-battery"


@given(st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), max_size=300))
def test_only_a_configured_api_key_is_accepted(given_key: str) -> None:
    headers = Headers({"authorization": f"Bearer {given_key}"})
    assert (ApiKeys([KEY]).identify_client(headers) is not None) == (given_key == KEY)


def test_api_keys_are_read_from_options_file_and_environment(tmp_path: Path) -> None:
    file = tmp_path / "keys.txt"
    file.write_text("# ours\nfrom-the-file\n\n", encoding="utf-8")
    keys = read_keys(["from-the-line"], file, {"TONGZHU_API_KEYS": "from-the-env, and-another"})
    for key in ("from-the-file", "from-the-line", "from-the-env", "and-another"):
        assert keys.identify_client(Headers({"x-api-key": key}))
    assert not keys.identify_client(Headers({"x-api-key": "# ours"}))


@pytest.mark.parametrize(
    "content", [None, b"", b"# none\n", b"short\n", b"\xff\xff\xff", "鑰匙鑰匙鑰匙鑰匙".encode()]
)
def test_unusable_api_key_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "keys.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(TongzhuError):
        read_keys([], file, {})
