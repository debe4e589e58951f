"""A rerun finds the plan and the actuals it was made with, from anywhere, or says which changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from funnelsim.errors import ScenarioError
from funnelsim.inputs.named_files import file_hashes, refuse_changed, with_absolute_paths
from funnelsim.model.settings import ForecastSettings


def test_an_amount_is_no_file() -> None:
    settings = ForecastSettings(plan="5M")
    assert with_absolute_paths(settings) == settings
    assert file_hashes(settings) == {}


def test_files_are_named_absolutely_and_hashed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plan.csv").write_text("period,target\n")
    settings = with_absolute_paths(ForecastSettings(plan="plan.csv", actuals="gone.csv"))
    assert settings.plan == str(tmp_path / "plan.csv")
    then = file_hashes(settings)
    assert set(then) == {"plan"}
    refuse_changed(file_hashes(settings), then)
    Path("plan.csv").write_text("period,target\n2026-07,1\n")
    with pytest.raises(ScenarioError, match=r"the file of --plan must be sha256 [0-9a-f]{16}; got [0-9a-f]{16}"):
        refuse_changed(file_hashes(settings), then)
    Path("plan.csv").unlink()
    with pytest.raises(ScenarioError, match="got none"):
        refuse_changed(file_hashes(settings), then)
