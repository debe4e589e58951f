"""``explain`` on run folders of ``simulate``: from the folder alone, against an earlier one, and refused in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from funnelsim.api.runs import save_run
from funnelsim.api.simulate import simulate
from funnelsim.cli.main import run_command
from funnelsim.engines.explaining import funnel_tornado
from funnelsim.outputs import charts, simulation_charts
from outputs.sample_simulation import DOCUMENT


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two runs whose scenario files are gone: only the folders are left."""
    folder = tmp_path_factory.mktemp("runs")
    texts = {"may": DOCUMENT, "june": DOCUMENT.replace("conversion = 0.47", "conversion = 0.3")}
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation_charts, "simulation_images", lambda _: {})  # nobody looks at them here
        for name, text in texts.items():
            file = folder / f"{name}.toml"
            file.write_text(text, encoding="utf-8")
            made[name] = save_run(simulate(file, replications=12, seed=3), folder / name, source=file)
            file.unlink()
    return made


@pytest.fixture(autouse=True)
def few_numbers_and_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = funnel_tornado.candidates

    def few(scenario: Any, strategy: str) -> Any:
        numbers, left_out = kept(scenario, strategy)
        return numbers[:3], left_out

    monkeypatch.setattr(funnel_tornado, "candidates", few)
    monkeypatch.setattr(charts, "chart_png", lambda _: b"drawn elsewhere")


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = run_command(["explain", *words])
    streams = capsys.readouterr()
    return code, streams.out, streams.err


def test_a_run_is_explained_from_its_folder_against_an_earlier_one(
    runs: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capsys, str(runs["june"]), "--since", str(runs["may"]), "--json")
    assert code == 0, err
    document = json.loads(out)
    assert (document["command"], document["run"]["name"], document["since"]["name"]) == ("simulate", "june", "may")
    assert [step["name"] for step in document["bridge"]["steps"]] == ["stage B"]
    assert document["notes"] == []  # among them: that the run is not what was saved


def test_a_page_a_table_and_a_chart_are_made(
    runs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chart = tmp_path / "pareto.svg"
    code, out, err = said(capsys, str(runs["may"]), "--chart", str(chart))
    assert code == 0, err
    assert "conversion of stage" in out
    assert b"Most money is lost" in chart.read_bytes()
    _, table, _ = said(capsys, str(runs["may"]), "--csv", "--out", str(tmp_path / "why"))
    assert table.startswith("table,name,")
    assert (tmp_path / "why" / "manifest.json").is_file()


def test_words_of_a_forecast_are_refused(runs: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, str(runs["may"]), "--by", "owner")
    assert (code, out) == (1, "")
    assert "--by" in err
