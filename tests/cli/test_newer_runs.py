"""A run of a newer version is refused where it asks what this version does not know, and not quietly made otherwise."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from funnelsim.cli.main import run_command
from inputs.good_scenario import GOOD, write_good

COMMANDS = {
    "simulate": ["--replications", "5"],
    "compare": ["--replications", "5", "--no-ledger"],
    "sweep": ["--set", "teams.Sales.heads=2,3", "--replications", "5"],
    "optimize": ["--over", "teams.Sales.heads=2,3", "--metric", "wins", "--max-replications", "20"],
    "forecast": ["--replications", "50", "--as-of", "2026-06-30"],
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_good(tmp_path_factory.mktemp("scenarios"), GOOD.replace("horizon = 12", "horizon = 3"))


def asked_also(folder: Path, **settings: object) -> None:
    """Add settings to a manifest, as a newer version would have written it."""
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["sha256"]
    manifest["request"]["settings"].update(settings)
    compact = json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()
    manifest["sha256"] = hashlib.sha256(compact).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_run_that_asks_what_is_not_known_is_refused(command, small, tmp_path, capsys):
    source = "--example" if command == "forecast" else small
    words = [command, source, *COMMANDS[command], "--threads", "1", "--out", tmp_path / "run", "--quiet"]
    assert run_command([str(word) for word in words]) == 0
    asked_also(tmp_path / "run", colour="red")
    capsys.readouterr()
    assert run_command(["rerun", str(tmp_path / "run"), "--threads", "1"]) != 0
    said = capsys.readouterr().err
    manifest = tmp_path / "run" / "manifest.json"
    assert f"{manifest}: request must be made of settings this version knows; got settings: ['colour']." in said
    assert "hint: rerun it with the version that wrote it" in said
