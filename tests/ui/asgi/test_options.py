"""The options that all servers share."""

from __future__ import annotations

from ui.asgi.options import ServerOptions
from ui.asgi.origin import LOCAL_NAMES


def test_a_server_of_this_machine_answers_to_no_other_name() -> None:
    assert ServerOptions().build_access_policy({}).allowed_hosts == LOCAL_NAMES
    assert ServerOptions("0.0.0.0").build_access_policy({}).allowed_hosts == ()
    assert ServerOptions("0.0.0.0", allowed_hosts=("Library.example",)).build_access_policy(
        {}
    ).allowed_hosts == (
        *LOCAL_NAMES,
        "library.example",
    )
    assert ServerOptions("::1").is_local
    assert not ServerOptions("library.example").is_local
