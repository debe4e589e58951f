"""What ``optimize`` prints, where, and how it ends."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

import funnelsim
from funnelsim.cli.main import run_command
from inputs.good_scenario import GOOD, write_good

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "optimize.json"
FEW = ["--metric", "revenue", "--max-replications", "25", "--threads", "1"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_good(tmp_path_factory.mktemp("scenarios"), GOOD.replace("horizon = 12", "horizon = 3"))


@pytest.fixture
def run(capsys):
    """Run one command line; returns exit code, standard output and standard error."""

    def command(*words):
        code = run_command([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_the_page_begins_with_the_answer(run, small):
    code, out, err = run("optimize", small, "--metric", "revenue", "--delta", "50%")
    assert (code, err) == (0, "")
    first = " ".join(out.split("\n\n")[0].split())
    assert "the most revenue, give or take" in first
    assert "sure to 95 %" in first
    assert "if the best is better than every other by at least" in first


def test_json_is_valid_and_the_same_for_any_threads(run, small):
    code, first, err = run("optimize", small, *FEW, "--json")
    assert (code, err) == (0, "")
    answer = json.loads(first)
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(answer)
    assert [one["strategy"] for one in answer["designs"]] == ["relay", "hand back"]
    assert answer["runs"] == sum(one["replications"] for one in answer["designs"])
    assert run("optimize", small, *FEW[:-1], "2", "--json")[1] == first


def test_csv_has_a_row_a_design_and_quiet_is_nothing(run, small):
    levers = ["--over", "sources.web.rate=2,3", "--strategy", "relay", "--strategy", "hand back"]
    code, out, err = run("optimize", small, *FEW, *levers, "--csv")
    assert (code, err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {(row["strategy"], row["sources.web.rate"]) for row in rows} == {
        (name, rate) for name in ("relay", "hand back") for rate in "23"
    }
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4"]
    assert run("optimize", small, *FEW, "--quiet") == (0, "", "")


def test_a_run_comes_back_bit_for_bit_even_alone(run, small, tmp_path):
    code, out, _ = run("optimize", small, *FEW, "--json", "--out", tmp_path / "run")
    wanted = json.loads(out)["content_hash"]
    said = f"then {wanted}\nnow  {wanted}\nthe same, bit for bit.\n"
    assert (code, run("rerun", tmp_path / "run", "--out", tmp_path / "again")[:2]) == (0, (0, said))
    for name in ("designs.parquet", "replications.parquet", "scenario.parquet", "optimum.json", "charts/designs.svg"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name
    rows = pq.read_table(tmp_path / "run" / "replications.parquet")
    assert rows.num_rows == json.loads(out)["runs"]


def test_python_chooses_too_and_saves_with_the_scenario(small, tmp_path):
    answer = funnelsim.optimize(small, {"sources.web.per_day": [2, 3]}, metric="wins", max_replications=20, threads=1)
    folder = funnelsim.save_run(answer, tmp_path / "run", source=small)
    assert funnelsim.rerun(folder, threads=1).same
    with pytest.raises(funnelsim.ScenarioError, match="the scenario of the simulation"):
        funnelsim.save_run(answer, tmp_path / "other")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--metric", "cost_per_win"], 1, "ratio of two sums"),
        (["--metric", "wins", "--strategy", "rely"], 1, "did you mean 'relay'?"),
        (["--metric", "wins", "--over", "sources.web.rate=1..3"], 1, "a range without points"),
        (["--metric", "wins", "--over", "sources.wb.rate=1,3"], 1, "did you mean 'web'?"),
        (["--metric", "wins", "--delta", "much"], 2, "write 10k or 2%"),
        (["--metric", "wins", "--confidence", "0.2"], 1, "above 0.5 and below 1"),
        (["--metric", "wins", "--json", "--csv"], 2, "exclude each other"),
        ([], 2, "--metric"),
    ],
)
def test_mistakes_end_with_one_sentence(run, small, words, code, said):
    got, out, err = run("optimize", small, *words)
    assert (got, out) == (code, "")
    assert said in err
