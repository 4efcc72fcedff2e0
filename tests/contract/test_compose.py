"""The compose file of the documentation: what can be checked of it without running it."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import typer
import yaml

from tests.helpers.paths import ROOT
from ui.cli import main as cli

FILE = ROOT / "docs" / "compose.yaml"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text("utf-8"))["services"]
OWN_SERVICES = [name for name, service in SERVICES.items() if "build" in service]
KEYS = frozenset(
    "build command depends_on environment image ports profiles restart volumes".split()
)


def test_engine_database_and_two_servers_of_one_library_are_started() -> None:
    started = {name for name, service in SERVICES.items() if "profiles" not in service}
    assert started == {"database", "qdrant", "server-1", "server-2"}
    for service in SERVICES.values():
        assert service.keys() <= KEYS
        assert set(service.get("depends_on", ())) <= SERVICES.keys()
        assert ("image" in service) != ("build" in service)
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert len(set(ports)) == len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_servers_only_read_the_library() -> None:
    for name in OWN_SERVICES:
        modes = {
            volume.split(":")[1]: volume.split(":")[2:] for volume in SERVICES[name]["volumes"]
        }
        assert modes["/library"] == ([] if name == "index" else ["ro"])


@pytest.mark.parametrize("name", OWN_SERVICES)
def test_commands_have_only_options_that_exist(name: str) -> None:
    program, command, *arguments = shlex.split(SERVICES[name]["command"])
    assert program == "tongzhu"
    parameters = typer.main.get_command(cli.app).commands[command].params
    options = {option for parameter in parameters for option in parameter.opts}
    assert {argument for argument in arguments if argument.startswith("--")} <= options


def test_extras_exist() -> None:
    (extras,) = re.findall(r"tongzhu\[(.+?)\]", FILE.read_text("utf-8"))
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert all(f"\n{extra} = [" in project for extra in extras.split(","))
