"""Compare the pinned versions and the floors of the requirements with known advisories.

    python .ci/advisories.py

Prints a line for each advisory and exits with 1 if there is one. The advisories come from
pip-audit, which needs a network: without one, or without pip-audit, it says "not checked" and
exits with 0.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?:\[[^\]]*\])?[^;]*?>=\s*(?P<floor>[\w.]+)")
_TIMEOUT = 120  # seconds for all packages


@dataclass
class Result:
    """What is known about some packages.

    Attributes:
        advisories: A line for each.
        checked: The number of packages that were compared.
        unchecked: Why some or all packages could not be compared.
    """

    advisories: list[str] = field(default_factory=list)
    checked: int = 0
    unchecked: list[str] = field(default_factory=list)


def normalize_name(name: str) -> str:
    """Return a package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_pins(text: str) -> dict[str, str]:
    """Return the version of each package of a constraints file."""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    pairs = (line.split("==") for line in lines if "==" in line)
    return {normalize_name(name): version for name, version in pairs}


def read_floors(text: str) -> dict[str, str]:
    """Return the least version that a `pyproject.toml` allows of each package."""
    project = tomllib.loads(text)["project"]
    requirements = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        requirements += extra
    matches = (_REQUIREMENT.match(requirement) for requirement in requirements)
    return {normalize_name(match["name"]): match["floor"] for match in matches if match}


def audit(versions: dict[str, str]) -> Result:
    """Return what pip-audit knows about these versions."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "requirements.txt"
        file.write_text("".join(f"{name}=={version}\n" for name, version in versions.items()))
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(file)]
        command += ["--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
        try:
            process = subprocess.run(
                command, capture_output=True, text=True, timeout=_TIMEOUT, check=False
            )
        except subprocess.TimeoutExpired:
            return Result(unchecked=[f"no answer within {_TIMEOUT} seconds"])
    try:
        return summarize(json.loads(process.stdout))
    except ValueError:
        last_line = (process.stderr.strip().splitlines() or [""])[-1]
        return Result(unchecked=[last_line or f"pip-audit returned {process.returncode}"])


def summarize(report: dict[str, Any]) -> Result:
    """Return the result in a report of pip-audit; what it skips is not checked."""
    result = Result()
    for package in report["dependencies"]:
        if "skip_reason" in package:
            result.unchecked.append(package["skip_reason"])
            continue
        result.checked += 1
        for advisory in package["vulns"]:
            fixed = ", ".join(advisory["fix_versions"]) or "no release"
            result.advisories.append(
                f"{package['name']} {package['version']}: {advisory['id']}, fixed in {fixed}"
            )
    return result


def main() -> int:
    """Print what is known about pins and floors; return 1 if an advisory applies to one."""
    pins = read_pins((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    floors = read_floors((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    status = 0
    for name, versions in (("constraints.txt", pins), ("pyproject.toml", floors)):
        result = audit(versions)
        status = max(status, bool(result.advisories))
        lines = list(result.advisories)
        lines.append(f"{result.checked} of {len(versions)} packages compared with advisories")
        if result.unchecked:
            lines.append(f"{len(versions) - result.checked} not checked ({result.unchecked[0]})")
        sys.stdout.writelines(f"{name}: {line}\n" for line in lines)
    return status


if __name__ == "__main__":
    sys.exit(main())
