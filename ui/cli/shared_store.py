"""The option --store: the database that several servers share."""

from __future__ import annotations

import os

from index.errors import OptionError
from index.messages import MessageCatalogue
from ui.conversations.database import POSTGRES_SCHEMES, hide_secret

_MESSAGES = MessageCatalogue("ui", "cli")


def resolve_store(address: str) -> str:
    """Return the address of the option, else of TONGZHU_STORE; "" where neither names one.

    Raises:
        OptionError: If it is no address of a PostgreSQL database.
    """
    address = address or os.environ.get("TONGZHU_STORE", "")
    if address and not address.startswith(POSTGRES_SCHEMES):
        raise OptionError(_MESSAGES["invalid_store"].format(address=hide_secret(address)))
    return address
