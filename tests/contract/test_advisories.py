"""Tests of the comparison with advisories, and of the floors and pins that it compares."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import Any

import pytest

from tests.helpers.paths import ROOT

_SPEC = importlib.util.spec_from_file_location("advisories", ROOT / ".ci" / "advisories.py")
assert _SPEC
assert _SPEC.loader
advisories = importlib.util.module_from_spec(_SPEC)
sys.modules["advisories"] = advisories
_SPEC.loader.exec_module(advisories)

PINS = advisories.read_pins((ROOT / "constraints.txt").read_text(encoding="utf-8"))
FLOORS = advisories.read_floors((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _package(*fixes: str, **fields: str) -> dict[str, Any]:
    vulns = [{"id": "PYSEC-1", "fix_versions": [fix]} for fix in fixes]
    return {"name": "a", "version": "1.0", "vulns": vulns, **fields}


def test_each_floor_is_a_release_below_the_pin() -> None:
    for name, floor in FLOORS.items():
        # "6" is no release, so no advisory would be found for it; "6.0.0" is.
        assert len(floor.split(".")) >= min(3, len(PINS[name].split("."))), name
        assert _numbers(floor) <= _numbers(PINS[name]), name


def test_all_requirements_have_floors_and_pins() -> None:
    assert {"gradio", "starlette", "torch", "pytest", "types-pyyaml"} <= FLOORS.keys()
    assert FLOORS.keys() <= PINS.keys()


def test_advisory_is_reported_with_the_version_that_fixes_it() -> None:
    result = advisories.summarize({"dependencies": [_package("1.1"), _package()]})
    assert result.advisories == ["a 1.0: PYSEC-1, fixed in 1.1"]
    assert (result.checked, result.unchecked) == (2, [])


def test_skipped_packages_count_as_unchecked() -> None:
    skipped = {"name": "a", "skip_reason": "Dependency not found on PyPI"}
    result = advisories.summarize({"dependencies": [skipped, _package()]})
    assert (result.checked, result.unchecked) == (1, ["Dependency not found on PyPI"])


@pytest.mark.parametrize(
    ("stdout", "stderr", "reason"),
    [
        ("", "No module named pip_audit", "No module named pip_audit"),
        ("", "Traceback\nConnectionError: no route", "ConnectionError: no route"),
        ("", "", "pip-audit returned 1"),
        (None, "", "no answer within"),
    ],
)
def test_failing_audit_exits_with_status_0_and_prints_the_reason(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    stdout: str | None,
    stderr: str,
    reason: str,
) -> None:
    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        if stdout is None:
            raise subprocess.TimeoutExpired(command, 1)
        return subprocess.CompletedProcess(command, 1, stdout, stderr)

    monkeypatch.setattr(subprocess, "run", run)
    assert advisories.main() == 0
    printed = capsys.readouterr().out
    assert f"constraints.txt: {len(PINS)} not checked (" in printed
    assert f"pyproject.toml: {len(FLOORS)} not checked (" in printed
    assert reason in printed


def test_pins_and_floors_are_both_audited(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    queries: list[dict[str, str]] = []

    def audit(versions: dict[str, str]) -> Any:
        queries.append(versions)
        return advisories.Result(["gradio 6.0.0: PYSEC-1, fixed in 6.16.0"], len(versions))

    monkeypatch.setattr(advisories, "audit", audit)
    assert advisories.main() == 1
    assert queries == [PINS, FLOORS]
    assert "pyproject.toml: gradio 6.0.0: PYSEC-1, fixed in 6.16.0" in capsys.readouterr().out
