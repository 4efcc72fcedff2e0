"""The library of a Zotero that runs on this machine, by its local interface.

See https://www.zotero.org/support/dev/web_api/v3/start: the local interface has the same form.
"""

from __future__ import annotations

import json
from typing import Final
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from index.errors import ReadError
from index.messages import MessageCatalogue
from index.metadata.items import CatalogueItem, parse_items

_MESSAGES = MessageCatalogue("index", "metadata")

ADDRESS: Final = "http://127.0.0.1:23119"
"""Where Zotero listens; no other host is ever asked."""

_ITEMS_PER_PAGE = 100
_MAX_PAGES = 1_000
_TIMEOUT = 10.0  # seconds


def fetch_items(address: str = ADDRESS) -> tuple[CatalogueItem, ...]:
    """Return all items of the library of a Zotero that runs on this machine.

    Args:
        address: Of the interface.

    Raises:
        ReadError: If no Zotero answers, or it lets no other program read.
    """
    opener = build_opener(ProxyHandler({}))  # a proxy would take the request to another host
    entries: list[object] = []
    try:
        for page in range(_MAX_PAGES):
            query = f"format=json&limit={_ITEMS_PER_PAGE}&start={page * _ITEMS_PER_PAGE}"
            with opener.open(f"{address}/api/users/0/items?{query}", timeout=_TIMEOUT) as response:
                values = json.load(response)
            entries += values
            if len(values) < _ITEMS_PER_PAGE:
                break
    except (URLError, OSError, ValueError, TypeError) as error:
        reason = getattr(error, "reason", error)
        raise ReadError(_MESSAGES["no_zotero"].format(address=address, error=reason)) from error
    return parse_items(json.dumps(entries).encode())
