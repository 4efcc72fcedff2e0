"""The fields of forms that the page sends: what stands in them stands in no address."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.requests import Request


class FormFields:
    """The fields of a form.

    Args:
        values: The values of each field, in order.
    """

    def __init__(self, values: dict[str, list[str]]) -> None:
        self._values = values

    def get(self, name: str) -> str:
        """Return the first value of a field; "" where it is not there."""
        return next(iter(self._values.get(name, ())), "")

    def list_values(self, name: str) -> list[str]:
        """Return all values of a field."""
        return self._values.get(name, [])


async def read_form(request: Request) -> FormFields:
    """Return the fields in the body of a request."""
    body = (await request.body()).decode(errors="replace")
    return FormFields(parse_qs(body, keep_blank_values=True))
